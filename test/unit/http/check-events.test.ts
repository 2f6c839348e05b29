import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isPlainlyCheckNews, readPayload } from "../../../src/http/payload.ts";

const SHA = "a".repeat(40);
const SENDER = { id: 7, login: "maria", type: "User" };
const AROUND = {
  repository: { id: 1, name: "app", owner: { login: "acme" } },
  installation: { id: 99 },
};
const SUITE = { id: 3, head_sha: SHA, app: { id: 4711, client_id: "Iv1.x" } };

function read(action: string, change: { suite?: object; sender?: object } = {}) {
  const suite = { ...SUITE, ...change.suite };
  const sender = { ...SENDER, ...change.sender };
  return readPayload("check_suite", "guid", { action, check_suite: suite, ...AROUND, sender });
}

test("a suite that a person wants anew wakes the ledger with the commit and the suite's App", () => {
  expect(read("rerequested")).toMatchObject({
    kind: "delivery",
    delivery: {
      wake: {
        kind: "suite",
        command: { sha: SHA, app: ["4711", "Iv1.x"], sender: { id: 7, login: "maria" } },
      },
    },
  });
});

test("a suite that nobody asked for, or a machine, or that has no App is ignored", () => {
  for (const action of ["requested", "completed"]) {
    expect(read(action)).toEqual({ kind: "ignored", reason: "action-not-used" });
  }
  expect(read("rerequested", { sender: { type: "Bot" } })).toMatchObject({ reason: "no-person" });
  expect(read("rerequested", { suite: { app: null } })).toMatchObject({ reason: "check-not-ours" });
  expect(read("rerequested", { suite: { head_sha: "main" } })).toMatchObject({ kind: "ignored" });
});

test("what is called plain news is what the parser ignores", () => {
  const actions = ["requested", "created", "completed", "rerequested", "requested_action"];
  const events = fc.constantFrom("check_suite", "check_run");
  fc.assert(
    fc.property(events, fc.constantFrom(...actions), fc.jsonValue(), (event, action, extra) => {
      const run = { external_id: "", app: { id: 1 } };
      const subject = event === "check_suite" ? { check_suite: SUITE } : { check_run: run };
      const payload = { action, ...subject, extra, ...AROUND, sender: SENDER };
      const isPlain = isPlainlyCheckNews(event, JSON.stringify(payload));
      expect(isPlain).toBe(!/^rerequested|_action$/.test(action));
      if (!isPlain) return;
      const reason = { kind: "ignored", reason: "action-not-used" };
      expect(readPayload(event, "guid", payload)).toEqual(reason);
    }),
  );
  expect(isPlainlyCheckNews("push", '{"action":"created","check_suite":{}}')).toBe(false);
});
