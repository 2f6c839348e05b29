import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { InstalledRepository } from "../../../src/domain/app-github.ts";
import { isVisited } from "../../../src/ledger/sweep/visit-rule.ts";
import { DAY, HookWorld, MINUTE, OUTAGE } from "./support/hook-world.ts";

function install(
  world: HookWorld,
  id: number,
  parts: { count?: number; suspended?: boolean; pushedAtMs?: number } = {},
): InstalledRepository[] {
  const createdAtMs = world.now - id * DAY;
  const { suspended = false, count = 1, pushedAtMs = 0 } = parts;
  world.installed.push({ id, ownerId: id + 500, owner: `Org-${id}`, createdAtMs, suspended });
  const repositories = Array.from({ length: count }, (_, nth) => ({
    ...repository(id, id * 1_000 + nth),
    pushedAtMs,
  }));
  world.held.set(id, repositories);
  return repositories;
}

function repository(installationId: number, id: number): InstalledRepository {
  const ref = { id, owner: `Org-${installationId}`, name: `app-${id}`, installationId };
  return { repository: ref, pushedAtMs: 0, active: true };
}

/** Pushed to again and again: never out of a walk. */
const BUSY = { pushedAtMs: Number.MAX_SAFE_INTEGER };

const pushed = (id: number, pushedAtMs: number | null) => ({ ...repository(1, id), pushedAtMs });
const visited = (world: HookWorld) => world.visits.map((visit) => visit.repository.id);
const inOrder = (ids: number[]) => ids.toSorted((one, other) => one - other);

async function cron(world: HookWorld, times = 1): Promise<void> {
  for (let tick = 0; tick < times; tick++) {
    const next = world.now + 5 * MINUTE;
    await world.cron();
    world.now = Math.max(world.now, next);
  }
}

describe("the walk over installations", () => {
  test("visits every repository of every installation, with the time of the installation", async () => {
    const world = new HookWorld();
    for (const id of [1, 2, 3, 4, 5]) install(world, id, { count: 2 });
    await cron(world);
    expect(inOrder(visited(world))).toEqual([
      1000, 1001, 2000, 2001, 3000, 3001, 4000, 4001, 5000, 5001,
    ]);
    expect(world.visits[0]).toEqual({
      repository: world.held.get(1)![0]!.repository,
      installedAtMs: world.installed[0]!.createdAtMs,
      pushedAtMs: 0,
    });
  });

  test("comes once in an interval", async () => {
    const world = new HookWorld();
    install(world, 1, BUSY);
    await cron(world, 12);
    expect(world.visits).toHaveLength(4);
  });

  test("leaves out what is suspended, archived, or not allowed", async () => {
    const world = new HookWorld();
    world.allowedOwners = ["org-1", "502", "org-4"];
    for (const id of [1, 2, 3]) install(world, id);
    install(world, 4, { suspended: true });
    world.held.get(1)!.push({ ...repository(1, 1_001), active: false });
    await cron(world);
    expect(visited(world)).toEqual([1000, 2000]);
    expect(world.calls.filter((call) => call.startsWith("repositories"))).toHaveLength(2);
  });

  test("goes on at its page after a crash", async () => {
    const world = new HookWorld();
    install(world, 1, { count: 250 });
    install(world, 2);
    // Deliveries, installations, the first page; the second is lost with the process.
    world.fates = ["pass", "pass", "pass", "crash-after"];
    await cron(world);
    expect(new Set(visited(world)).size).toBe(251);
    expect(world.calls.filter((call) => call === "repositories 1 1")).toHaveLength(1);
  });

  test("waits for one installation's limit without holding up the others", async () => {
    const world = new HookWorld();
    install(world, 1);
    install(world, 2, BUSY);
    const notBeforeMs = world.now + 22 * MINUTE;
    world.heldAnswers.set(1, [{ kind: "later", notBeforeMs, cause: "rate-limited" }]);
    await cron(world, 4);
    expect(visited(world)).toEqual([2000, 2000]);
    expect(world.calls.filter((call) => call.startsWith("repositories 1"))).toHaveLength(1);
    await cron(world, 3);
    expect(visited(world)).toContain(1000);
  });

  test("leaves an installation that never answers to the next walk", async () => {
    const world = new HookWorld();
    install(world, 1);
    install(world, 2, BUSY);
    world.heldAnswers.set(1, [OUTAGE, OUTAGE, OUTAGE]);
    await cron(world, 3);
    expect(visited(world)).toEqual([2000]);
    await cron(world);
    expect(inOrder(visited(world))).toEqual([1000, 2000, 2000]);
  });

  test("passes over an installation that is gone, and over a ledger that throws", async () => {
    const world = new HookWorld();
    install(world, 1);
    install(world, 2, { count: 2 });
    world.heldAnswers.set(1, [{ kind: "absent", cause: "installation-gone" }]);
    world.brokenLedgers.add(2_000);
    await cron(world);
    expect(visited(world)).toEqual([2001]);
    expect(world.said("walk.visit-failed")).toMatchObject([{ repository_id: 2_000 }]);
  });

  test("survives an outage in the list", async () => {
    const world = new HookWorld();
    for (const id of [1, 2, 3]) install(world, id);
    world.fates = ["pass", OUTAGE, OUTAGE, "pass", "crash-before"];
    await cron(world, 2);
    expect(new Set(visited(world))).toEqual(new Set([1000, 2000, 3000]));
  });
});

describe("what a walk costs", () => {
  test("a small App has everything visited in every walk, whatever GitHub says of pushes", async () => {
    const world = new HookWorld();
    world.fewInstallations = 2;
    install(world, 1);
    install(world, 2, { count: 101 });
    await cron(world, 9);
    world.visits.length = 0;
    await cron(world, 9);
    const ofSmall = world.visits.filter(({ repository: { id } }) => id === 1000);
    expect(ofSmall).toHaveLength(3);
    expect(ofSmall.every((visit) => !("pushedAtMs" in visit))).toBe(true);
    expect(world.visits.length).toBeLessThan(20);
    install(world, 3);
    await cron(world, 3);
    world.visits.length = 0;
    await cron(world, 9);
    expect(visited(world).filter((id) => id === 1000).length).toBeLessThanOrEqual(1);
  });

  test("a repository of a large App to which nothing is pushed has one visit a day, however small its installation", async () => {
    const world = new HookWorld();
    install(world, 1);
    await cron(world, 3 * 288);
    expect(world.visits.length).toBeGreaterThanOrEqual(3);
    expect(world.visits.length).toBeLessThanOrEqual(4);
  });

  test("the last three tenths of an installation's hour are left to its merges", async () => {
    const world = new HookWorld();
    install(world, 1, BUSY);
    install(world, 2, BUSY);
    const resetAtMs = world.now + 22 * MINUTE;
    world.quotas.set(1, { limit: 5_000, remaining: 1_499, resetAtMs });
    world.quotas.set(2, { limit: 5_000, remaining: 1_500, resetAtMs });
    await cron(world, 4);
    expect(new Set(visited(world))).toEqual(new Set([2000]));
    world.quotas.clear();
    await cron(world, 2);
    expect(visited(world)).toContain(1000);
    expect(world.said("walk.left-out")).toEqual([]);
  });

  test("visits that make ledgers ask GitHub are at most 120 a minute", async () => {
    const world = new HookWorld();
    install(world, 1, { count: 1_000, ...BUSY });
    const startedAt = world.now;
    const times: number[] = [];
    world.visits.push = (...visits) => {
      times.push(...visits.map(() => world.now));
      return times.length;
    };
    await cron(world, 3);
    expect(new Set(times).size).toBeGreaterThan(1);
    expect(times.length).toBeGreaterThanOrEqual(1_000);
    for (const time of times) {
      const until = times.filter((at) => at <= time).length;
      expect(until).toBeLessThanOrEqual(100 + ((time - startedAt) / MINUTE) * 120);
    }
  });

  test("a round asks at most 50 questions and makes at most 1,000 calls of objects", async () => {
    const world = new HookWorld();
    world.pageSize = 1;
    for (let id = 1; id <= 12; id++) install(world, id, { count: 300 });
    for (let event = 0; event < 60; event++) world.happen({ failures: 9 });
    world.overdueRows = Array.from({ length: 120 }, (_, nth) => ({
      repositoryId: nth + 1,
      dueAtMs: world.now - 5 * MINUTE,
    }));
    let most = 0;
    let mostObjects = 0;
    let before: readonly [number, number] = [0, 0];
    world.afterRound = () => {
      // A list of repositories may cost its token as well; a look of the index is one more.
      const calls = world.calls.map((call) => (call.startsWith("repositories") ? 2 : 1));
      const sum = calls.reduce((total: number, cost) => total + cost, 0);
      const objects = world.visits.length + world.kicks.length + world.asked;
      most = Math.max(most, sum - before[0]);
      mostObjects = Math.max(mostObjects, objects - before[1]);
      before = [sum, objects];
    };
    await cron(world, 2);
    expect(world.visits.length).toBeGreaterThan(1_000);
    expect(most).toBeLessThanOrEqual(50);
    expect(mostObjects).toBeLessThanOrEqual(1_000);
  });
});

describe("a large installation", () => {
  test("has only those visited that were pushed to, and a slice of the rest", async () => {
    const world = new HookWorld();
    const all = install(world, 1, { count: 960 });
    await cron(world, 3);
    expect(world.visits).toHaveLength(960);
    world.visits.length = 0;
    all[17] = pushed(1_017, world.now - MINUTE);
    await cron(world);
    expect(visited(world)).toContain(1_017);
    expect(world.visits.length).toBeLessThanOrEqual(25);
  });

  test("has each visited at least once a day, whenever the walks come", () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 5 * 3_600_000 }), {
      minLength: 1,
      maxLength: 200,
    });
    const interval = fc.integer({ min: 50, max: DAY });
    fc.assert(
      fc.property(fc.integer({ min: 1 }), interval, gaps, (id, intervalMs, waits) => {
        let walkedAt = 1_800_000_000_000;
        let seenAt = walkedAt;
        for (const wait of waits) {
          const begunAt = walkedAt + wait;
          const due = begunAt - seenAt >= DAY + intervalMs;
          const walk = { begunAt, walkedAt, intervalMs, isSmall: false };
          if (isVisited(pushed(id, null), walk)) seenAt = begunAt;
          else expect(due).toBe(false);
          walkedAt = begunAt;
        }
      }),
    );
  });
});

describe("ledgers that are overdue", () => {
  test("are kicked, the oldest first, each once a cron, and one that throws holds up none", async () => {
    const world = new HookWorld();
    world.overdueRows = Array.from({ length: 120 }, (_, nth) => ({
      repositoryId: 120 - nth,
      dueAtMs: world.now - 5 * MINUTE - nth,
    }));
    world.overdueRows.push({ repositoryId: 999, dueAtMs: world.now - MINUTE });
    for (let id = 1; id <= 60; id++) world.brokenLedgers.add(id);
    await cron(world);
    expect(world.kicks).toEqual(Array.from({ length: 120 }, (_, nth) => nth + 1));
  });

  test.each(["unavailable", "hangs"] as const)(
    "an index that is %s stops nothing",
    async (how) => {
      const world = new HookWorld();
      world.overdueRows = how;
      install(world, 1);
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      const done = cron(world);
      await vi.advanceTimersByTimeAsync(6_000);
      await done;
      vi.useRealTimers();
      expect(world.kicks).toEqual([]);
      expect(visited(world)).toEqual([1000]);
    },
    10_000,
  );
});
