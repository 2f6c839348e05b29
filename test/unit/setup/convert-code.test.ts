/** GitHub has made the App and stumbles over its key: the App must not be lost, nor its code shown. */
import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { convertCode } from "../../../src/cli/setup/convert-code.ts";
import type { World } from "../../../src/cli/setup/world.ts";
import type { HttpAnswer } from "../../../src/doctor/ports.ts";
import { openBench } from "./support/bench.ts";

const CODE = "a180b1a3d263c81bc6441d7b990bae27d4c10679";

const answer = (status: number, text = '{"message":"Server Error"}'): HttpAnswer => ({
  kind: "answer",
  status,
  headers: {},
  text,
});

function credentials(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs1", format: "pem" });
  return JSON.stringify({ id: 5, slug: "a", client_id: "c", client_secret: "s", pem });
}

/** GitHub's answers, one after the other; the last one stays. */
async function worldAnswering(...answers: readonly HttpAnswer[]) {
  const { world } = await openBench();
  const seen = { sent: 0, slept: 0 };
  const patient: World = {
    ...world,
    send: () => {
      const next = answers[Math.min(seen.sent, answers.length - 1)];
      seen.sent += 1;
      return next === undefined ? Promise.reject(new Error("no answer")) : Promise.resolve(next);
    },
    sleep: (ms) => {
      seen.slept += ms;
      return Promise.resolve();
    },
  };
  return { patient, seen };
}

const UNREACHABLE: HttpAnswer = { kind: "unreachable", cause: "the connection broke" };

test("asks again when GitHub fails, since the code is still good", async () => {
  const { patient, seen } = await worldAnswering(answer(502), answer(201, credentials()));
  expect(await convertCode(patient, "https://github.test", CODE)).toMatchObject({ appId: "5" });
  expect(seen).toEqual({ sent: 2, slept: 2000 });
});

test.each([
  ["fails for long", answer(500)],
  ["does not answer", UNREACHABLE],
])(
  "when GitHub %s, says how to go on with the App, and does not print the code",
  async (_, last) => {
    const { patient, seen } = await worldAnswering(last);
    const problem = await convertCode(patient, "https://github.test", CODE).catch(String);
    expect(problem).toContain("--code");
    expect(problem).toContain("one hour");
    expect(problem).not.toContain(CODE);
    expect(seen.sent).toBe(3);
  },
);

test("takes a refusal at its word", async () => {
  const { patient, seen } = await worldAnswering(answer(404));
  await expect(convertCode(patient, "https://github.test", CODE)).rejects.toThrow("does not know");
  expect(seen.sent).toBe(1);
});
