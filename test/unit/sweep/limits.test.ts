import { describe, expect, test } from "vitest";
import { CallMeter } from "../../../src/ledger/allowance.ts";
import { AlarmFull } from "../../../src/domain/alarm-full.ts";
import { DAY, HookWorld, MINUTE } from "./support/hook-world.ts";

const INSTALLATIONS = 40;
const REPOSITORIES = 100;
const FAILED = 90;
const OVERDUE = 170;

/** What our own count keeps back is no failure of anybody's. */
const GRIEVANCES = [
  "sweep.bug",
  "sweep.given-up",
  "sweep.postponed",
  "sweep.unasked",
  "walk.left-out",
  "walk.postponed",
  "walk.visit-failed",
];

/** A bad day: everything that a sweep can be about, and a lot of it. */
function badDay(requestsPerCall: number): HookWorld {
  const world = new HookWorld();
  world.requestsPerCall = requestsPerCall;
  for (let id = 1; id <= INSTALLATIONS; id++) {
    const createdAtMs = world.now - 30 * DAY;
    world.installed.push({
      id,
      ownerId: id + 500,
      owner: `org-${id}`,
      createdAtMs,
      suspended: false,
    });
    const ids = Array.from({ length: REPOSITORIES }, (_, nth) => id * 1_000 + nth);
    const held = ids.map((each) => ({
      repository: { id: each, owner: `org-${id}`, name: `app-${each}`, installationId: id },
      pushedAtMs: null,
      active: true,
    }));
    world.held.set(id, held);
  }
  for (let nth = 0; nth < FAILED; nth++) world.happen({ failures: 1, repositoryId: 10_000 + nth });
  world.overdueRows = Array.from({ length: OVERDUE }, (_, nth) => ({
    repositoryId: 50_000 + nth,
    dueAtMs: world.now - 10 * MINUTE - nth * 1_000,
  }));
  return world;
}

describe.each([
  ["as GitHub usually answers", 1],
  ["with a token for each", 2],
  ["with every token refused once", 4],
  ["behind two redirects, tokens refused", 7],
])("what one alarm of the sweeper sends, %s", (_, requestsPerCall) => {
  test("is at most 50 requests and 1,000 calls, and the next alarms do all that is left, once", async () => {
    const world = badDay(requestsPerCall);
    for (let tick = 0; tick < 12; tick++) {
      const next = world.now + 5 * MINUTE;
      await world.cron();
      world.now = Math.max(world.now, next);
    }
    expect(Math.max(...world.requests)).toBeLessThanOrEqual(50);
    expect(Math.max(...world.objectCalls)).toBeLessThanOrEqual(1_000);
    expect(new Set(world.posts.map(({ guid }) => guid)).size).toBe(FAILED);
    expect(world.posts).toHaveLength(FAILED);
    expect(new Set(world.kicks).size).toBe(OVERDUE);
    const visited = new Set(world.visits.map(({ repository }) => repository.id));
    expect(visited.size).toBe(INSTALLATIONS * REPOSITORIES);
    expect(GRIEVANCES.flatMap((event) => world.said(event))).toEqual([]);
  });
});

test("an alarm calls a thousand objects and no more; another invocation is not kept from calling", async () => {
  const meter = new CallMeter(() => Promise.resolve(new Response()));
  let called = 0;
  const call = (): number => meter.call(() => (called += 1));
  meter.limit((allowance) => {
    for (let count = 0; count < 1_000; count++) call();
    expect(allowance.callsLeft()).toBe(0);
    expect(call).toThrow(AlarmFull);
  });
  expect(call()).toBe(1_001);
});
