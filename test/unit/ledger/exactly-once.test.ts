import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isFinal } from "../../../src/domain/dispatch-state.ts";
import { LATER, shaOf } from "../../worker/fake-github.ts";
import { Life, SCAN_MS, SETTLE_MS } from "./life.ts";

const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 60);
const pull = fc.constantFrom(1, 2);

/** What may happen to a ledger, in any order. */
const event = fc.oneof(
  fc.record({
    what: fc.constant("meanwhile" as const),
    pull,
    other: fc.constantFrom("deliver", "order", "cancel", "wake", "pause"),
  }),
  fc.record({ what: fc.constant("deliver" as const), pull, guid: fc.constantFrom("a", "b") }),
  fc.record({ what: fc.constant("push" as const), pull }),
  fc.record({ what: fc.constant("order" as const), pull }),
  fc.record({ what: fc.constant("wait" as const), ms: fc.constantFrom(0, 1, 2_000, SETTLE_MS) }),
  fc.record({
    what: fc.constantFrom(
      "pass" as const,
      "run-event" as const,
      "crash" as const,
      "scan" as const,
      "replay" as const,
      "cancel" as const,
      "pause" as const,
      "resume" as const,
      "outage" as const,
      "recovery" as const,
    ),
  }),
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;
const fate = fc.constantFrom(
  "accept" as const,
  "accept-without-id" as const,
  "lose-after" as const,
  "lose-before" as const,
  "late" as const,
  LATER,
);

async function happen(life: Life, each: Event): Promise<void> {
  switch (each.what) {
    case "deliver":
      return life.deliverMerge(each.pull, `${each.guid}-${each.pull}`);
    case "push": {
      const claim = { kind: "push", branch: "main", sha: shaOf(each.pull) } as const;
      return life.deliver(claim, `push-${each.pull}`);
    }
    case "order":
      return life.order({ kind: "pull", pullRequest: each.pull });
    case "wait":
      return life.pass(each.ms);
    case "meanwhile":
      return life.passWith(() => happenMeanwhile(life, each));
    default:
      return PLAIN[each.what](life);
  }
}

const PLAIN = {
  pass: (life) => life.pass(),
  "run-event": (life) => {
    life.wake();
    return life.pass();
  },
  crash: (life) => life.passAndDie(),
  scan: (life) => life.pass(SCAN_MS),
  replay: (life) => life.replay(),
  cancel: (life) => life.cancelSome(),
  pause: (life) => life.pause(),
  resume: (life) => life.resume(),
  outage: (life) => void (life.github.outage = LATER),
  recovery: (life) => void (life.github.outage = null),
} as const satisfies Record<string, (life: Life) => Promise<void> | void>;

/** What comes in while GitHub has a question or a dispatch and has not answered. */
async function happenMeanwhile(
  life: Life,
  { pull: number, other }: Extract<Event, { what: "meanwhile" }>,
): Promise<void> {
  switch (other) {
    case "deliver":
      return life.deliverMerge(number, "meanwhile");
    case "order":
      return life.order({ kind: "pull", pullRequest: number });
    case "cancel":
      return life.cancelSome();
    case "wake":
      return life.wake();
    case "pause":
      return life.pause();
  }
}

/** A ledger of two merges and two routes that has been through all that, and has come to rest. */
async function livedThrough(
  events: readonly Event[],
  fates: readonly unknown[],
  showsIds: boolean,
): Promise<Life> {
  const life = new Life();
  life.github.showsIds = showsIds;
  life.github.configure(
    "version: 1\nroutes:\n  - name: app\n    on: [merge, push]\n  - name: docs\n",
  );
  life.merge(1);
  life.merge(2);
  life.github.fates.push(...(fates as typeof life.github.fates));
  life.deliverMerge(1, "first");
  for (const each of events) await happen(life, each);
  life.github.outage = null;
  life.github.fates.length = 0;
  life.resume();
  await life.settle();
  // Whatever was never delivered is found by the scan.
  await life.passToScan();
  await life.settle();
  return life;
}

function law(check: (life: Life) => void): Promise<void> {
  return fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 16 }),
      fc.array(fate, { maxLength: 8 }),
      // Half of the workflows have no `run-name`: what GitHub lists does not tell whose a run is.
      fc.boolean(),
      async (events, fates, showsIds) => check(await livedThrough(events, fates, showsIds)),
    ),
    { numRuns: RUNS },
  );
}

describe(
  "whatever is delivered, repeated, scanned, asked for, lost and killed, in any order",
  { timeout: 120_000 },
  () => {
    test("no dispatch has two runs, and no key has two dispatches of one generation", () =>
      law((life) => {
        expect([...life.runs().values()].filter((count) => count > 1)).toEqual([]);
        const names = life.rows().map(({ key, generation }) => `${key}/${generation}`);
        expect(new Set(names).size).toBe(names.length);
      }));

    test("nothing but a person makes a second run of one route and commit", () =>
      law((life) => {
        expect([...life.automaticRuns().values()].filter((count) => count > 1)).toEqual([]);
      }));

    test("every merge comes to a run for each route, or to a recorded end", () =>
      law((life) => {
        const rows = life.rows();
        for (const number of [1, 2]) {
          for (const route of ["app", "docs"]) {
            const own = rows.filter(
              (row) => row.pullRequest === number && (row.route === route || row.route === null),
            );
            const ended = own.some((row) => life.runs().has(row.id) || isFinal(row.state));
            expect(ended, `${route} of #${number}`).toBe(true);
          }
        }
        expect(life.bugs).toEqual([]);
      }));

    test("the ledger says of every run whose it is", () =>
      law((life) => {
        const known = new Set(life.rows().map(({ id }) => id));
        expect([...life.runs().keys()].filter((id) => !known.has(id))).toEqual([]);
      }));
  },
);
