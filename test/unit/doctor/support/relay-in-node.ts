/** The relay's own HTTP code, without a runtime around it: the settings are given with each question. */
import { readSettings } from "../../../../src/config.ts";
import type { HttpAnswer, HttpQuestion } from "../../../../src/doctor/ports.ts";
import { createApp } from "../../../../src/http/app.ts";

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

function unasked(): never {
  throw new Error("the doctor must not get as far as this");
}

const app = createApp<Record<string, string>>({
  settings: readSettings,
  ledger: unasked,
  identity: () => ({
    askPerson: unasked,
    askStanding: unasked,
    askVisible: unasked,
    askRunStanding: unasked,
  }),
  index: () => ({ search: unasked, repositories: unasked, stats: unasked }),
  indexState: () => Promise.resolve("ready"),
  limiter: () => null,
  log: SILENT,
});

/** Asks a relay that runs with these settings. */
export async function askRelay(
  settings: Record<string, string>,
  question: HttpQuestion,
): Promise<HttpAnswer> {
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
