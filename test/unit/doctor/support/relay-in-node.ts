/** The relay's own HTTP code, without a runtime around it: the settings are given with each question. */
import { readSettings } from "../../../../src/config.ts";
import type { HttpAnswer, HttpQuestion } from "../../../../src/doctor/ports.ts";
import { createApp } from "../../../../src/http/app.ts";

/** Asks a relay that runs with these settings. */
export async function askRelay(
  settings: Record<string, string>,
  question: HttpQuestion,
): Promise<HttpAnswer> {
  const app = createApp<Record<string, string>>({
    settings: readSettings,
    ledger: () => {
      throw new Error("the doctor must not reach a ledger");
    },
    askStanding: () => () => {
      throw new Error("the doctor must not pass for a maintainer");
    },
    log: { info: () => undefined, error: () => undefined },
  } as unknown as Parameters<typeof createApp<Record<string, string>>>[0]);
  const { url, method, headers, body } = question;
  const request = new Request(url, {
    method,
    headers: { ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const response = await app.fetch(request, { ...settings });
  return {
    kind: "answer",
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: await response.text(),
  };
}
