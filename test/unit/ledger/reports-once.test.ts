import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Life } from "./life.ts";

const MAINTAINER = {
  userId: 1,
  userType: "User",
  permission: "admin",
  role: "admin",
  maintains: true,
} as const;
const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 60);
const UNKNOWN = { kind: "unknown", cause: "timeout" } as const;
const LATER = { kind: "later", notBeforeMs: null, cause: "rate-limited" } as const;

/** A round as usual, a death while a report is told, an end of the first run, a command. */
const event = fc.constantFrom("pass" as const, "die" as const, "end" as const, "command" as const);
const fate = fc.constantFrom("done" as const, "lost" as const, UNKNOWN, LATER);

test(
  "whatever is lost and killed: one check run a dispatch, one comment, one order and one reaction a command",
  { timeout: 60_000 },
  () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 10 }),
        fc.array(fate, { maxLength: 10 }),
        async (events, fates) => {
          const life = new Life();
          life.github.people.set("octocat", MAINTAINER);
          life.github.reportFates.push(...fates);
          life.merge(1);
          life.deliverMerge(1, "first");
          for (const each of events) await happen(life, each);
          life.github.reportFates.length = 0;
          await life.passRounds(40);
          const ids = life.github.checks.map(({ subject }) => subject.dispatchId);
          expect(new Set(ids).size).toBe(ids.length);
          expect(life.github.comments.length).toBeLessThanOrEqual(1);
          const ordered = life.rows().filter((row) => row.event === "comment");
          expect(ordered.length).toBeLessThanOrEqual(1);
          expect(new Set(life.github.reactions.map(({ reaction }) => reaction)).size).toBeLessThan(
            2,
          );
          expect(life.bugs).toEqual([]);
          if (events.includes("command")) expect(life.github.reactions).not.toEqual([]);
        },
      ),
      { numRuns: RUNS },
    ),
);

async function happen(life: Life, each: "pass" | "die" | "end" | "command"): Promise<void> {
  switch (each) {
    case "pass":
      return life.passRounds(1);
    case "die":
      return life.passAndDieTelling();
    case "end": {
      const [run] = life.github.runs;
      if (run !== undefined)
        life.github.setRun(run.id, { status: "completed", conclusion: "success" });
      life.wake();
      return life.pass();
    }
    case "command":
      return life.deliverCommand(1, 77);
  }
}
