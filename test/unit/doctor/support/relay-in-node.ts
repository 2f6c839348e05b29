/** The relay's own HTTP code, without a runtime around it: the settings are given with each question. */
import { readSettings } from "../../../../src/config.ts";
import type { HttpAnswer, HttpQuestion } from "../../../../src/doctor/ports.ts";
import { createApp } from "../../../../src/http/app.ts";

/** Asks a relay that runs with these settings. */
export async function askRelay(
  settings: Record<string, string>,
  question: HttpQuestion,
): Promise<HttpAnswer> {
  const unasked = (): never => {
    throw new Error("the doctor asks for no repository");
  };
  const app = createApp<Record<string, string>>({
    settings: readSettings,
    ledger: () => {
      throw new Error("the doctor must not reach a ledger");
    },
    identity: () => ({
      askPerson: unasked,
      askStanding: unasked,
      askVisible: unasked,
      askRunStanding: unasked,
    }),
    index: unasked,
    limiter: () => null,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const response = await app.fetch(request, { ...settings });
  return {
    kind: "answer",
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: await response.text(),
  };
}
