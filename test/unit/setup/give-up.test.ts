/** An address that never answers costs an examination two waits, not dozens. */
import { expect, test } from "vitest";
import { givingUp } from "../../../src/cli/setup/give-up.ts";
import type { HttpAnswer } from "../../../src/doctor/ports.ts";

const SILENCE = { kind: "unreachable", cause: "no answer in 15 s" } as const;
const ANSWER = { kind: "answer", status: 200, headers: {}, text: "" } as const;

function listening(answers: readonly HttpAnswer[]) {
  const asked: string[] = [];
  const send = givingUp(({ url }) => {
    asked.push(url);
    return Promise.resolve(answers[asked.length - 1] ?? ANSWER);
  });
  return { asked, ask: (url: string) => send({ method: "GET", url }) };
}

test("asks an address no third time that was silent twice, and others still", async () => {
  const { asked, ask } = listening([SILENCE, SILENCE]);
  await ask("https://hub.example/1");
  await ask("https://hub.example/2");
  expect(await ask("https://hub.example/3")).toMatchObject({
    cause: expect.stringContaining("not asked again"),
  });
  expect(await ask("https://relay.example/1")).toEqual(ANSWER);
  expect(asked).toHaveLength(3);
});

test("goes on asking where an answer, or another fault, lies between two silences", async () => {
  const refused = { kind: "unreachable", cause: "connection refused" } as const;
  const { asked, ask } = listening([SILENCE, ANSWER, SILENCE, refused, refused, refused]);
  for (let count = 1; count <= 7; count += 1) await ask(`https://hub.example/${count}`);
  expect(asked).toHaveLength(7);
});
