import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { InstalledRepository } from "../../../src/domain/app-github.ts";
import { isVisited } from "../../../src/ledger/sweep/visit-rule.ts";
import { DAY, HookWorld, MINUTE, OUTAGE } from "./support/hook-world.ts";

function install(
  world: HookWorld,
  id: number,
  parts: { count?: number; suspended?: boolean } = {},
) {
  const createdAtMs = world.now - id * DAY;
  const { suspended = false, count = 1 } = parts;
  world.installed.push({ id, ownerId: id + 500, owner: `Org-${id}`, createdAtMs, suspended });
  const repositories = Array.from({ length: count }, (_, nth) => repository(id, id * 1_000 + nth));
  world.held.set(id, repositories);
  return repositories;
}

function repository(installationId: number, id: number): InstalledRepository {
  const ref = { id, owner: `Org-${installationId}`, name: `app-${id}`, installationId };
  return { repository: ref, pushedAtMs: 0, active: true };
}

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
    });
  });

  test("comes once in an interval", async () => {
    const world = new HookWorld();
    install(world, 1);
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
    install(world, 2);
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
    install(world, 2);
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
          const walk = { begunAt, walkedAt, intervalMs };
          if (isVisited(pushed(id, null), 101, walk)) seenAt = begunAt;
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
