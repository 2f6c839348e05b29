import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Fate, HookWorld, MINUTE, OUTAGE } from "./support/hook-world.ts";

const POISON = 10_000;

interface Happening {
  readonly relevant: boolean;
  readonly failures: number;
  /** The ledger has it. */
  readonly known: boolean;
  /** Somebody had it redelivered in the meantime, with success. */
  readonly repaired: boolean;
  readonly minutesAgo: number;
}

const happening: fc.Arbitrary<Happening> = fc.record({
  relevant: fc.boolean(),
  failures: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constant(POISON)),
  known: fc.boolean(),
  repaired: fc.boolean(),
  minutesAgo: fc.integer({ min: 0, max: 2_000 }),
});

const fate = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fate>("pass") },
  fc.constantFrom<Fate>("crash-before", "crash-after", "answer-lost", "cursor-gone", OUTAGE),
  fc.constant<Fate>({
    kind: "later",
    notBeforeMs: 1_800_000_000_000 + 9 * MINUTE,
    cause: "rate-limited",
  }),
);

function place(world: HookWorld, { relevant, failures, known, repaired, minutesAgo }: Happening) {
  const action = relevant ? "closed" : "opened";
  const event = world.happen({ action, failures, at: world.now - minutesAgo * MINUTE });
  if (known) world.known.add(event.guid);
  if (repaired && !world.hasSucceeded(event.guid)) {
    event.failures = 0;
    // So long ago that it is listed: what is not can be known to the ledger only.
    world.attempt(event, true, world.now - world.listedAfterMs);
  }
  return { guid: event.guid, relevant, known, poison: failures === POISON && !repaired };
}

async function cron(world: HookWorld): Promise<void> {
  const next = world.now + 5 * MINUTE;
  await world.cron();
  world.now = Math.max(world.now, next);
}

test("whatever fails, crashes and arrives: each lost delivery comes, and none is asked for in vain", async () => {
  const property = fc.asyncProperty(
    fc.array(happening, { maxLength: 14 }),
    fc.array(happening, { maxLength: 6 }),
    fc.array(fate, { maxLength: 30 }),
    fc.record({ pageSize: fc.integer({ min: 1, max: 6 }), lagMs: fc.constantFrom(0, 10_000) }),
    async (before, meanwhile, fates, { pageSize, lagMs }) => {
      const world = new HookWorld();
      world.pageSize = pageSize;
      world.listedAfterMs = lagMs;
      const oldestFirst = before.toSorted((one, other) => other.minutesAgo - one.minutesAgo);
      const placed = oldestFirst.map((one) => place(world, one));
      const arriving = [...meanwhile];
      world.duringPage = () => {
        const one = arriving.shift();
        if (one) placed.push(place(world, { ...one, minutesAgo: 0 }));
      };
      world.fates = [...fates];
      for (let tick = 0; tick < 8; tick++) await cron(world);
      world.fates = [];
      for (let tick = 0; tick < 30; tick++) await cron(world);

      expect(world.posts.filter(({ vain }) => vain)).toEqual([]);
      const asked = new Map<string, number>();
      for (const { guid } of world.posts) asked.set(guid, (asked.get(guid) ?? 0) + 1);
      for (const { guid, relevant, known, poison } of placed) {
        if (!relevant || known) expect(asked.get(guid) ?? 0).toBe(0);
        else if (poison) expect(asked.get(guid)).toBeGreaterThanOrEqual(4);
        else expect(world.hasSucceeded(guid)).toBe(true);
      }
      const stillFailing = placed.filter((one) => one.poison && one.relevant && !one.known);
      expect(world.state()).toMatchObject({ behind: false, failing: stillFailing.length });
      expect(world.said("sweep.bug")).toEqual([]);
    },
  );
  await fc.assert(property, { numRuns: 100 });
}, 60_000);
