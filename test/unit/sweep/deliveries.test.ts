import { describe, expect, test } from "vitest";
import { DAY, HookWorld, MINUTE, OUTAGE } from "./support/hook-world.ts";

/** A cron every five minutes, as often as said. */
async function crons(world: HookWorld, times: number): Promise<void> {
  for (let tick = 0; tick < times; tick++) {
    const next = world.now + 5 * MINUTE;
    await world.cron();
    world.now = Math.max(world.now, next);
  }
}

const guidsAsked = (world: HookWorld) => world.posts.map(({ guid }) => guid);

describe("what failed at GitHub", () => {
  test("is asked for once and forgotten when it has come", async () => {
    const world = new HookWorld();
    world.happen();
    const lost = world.happen({ failures: 1 });
    world.happen();
    await crons(world, 3);
    expect(guidsAsked(world)).toEqual([lost.guid]);
    expect(world.rows("SELECT * FROM failures")).toEqual([]);
    expect(world.said("sweep.finished")).toMatchObject([{ asked: 1 }, { asked: 0 }, { asked: 0 }]);
  });

  test("is not asked for when somebody had it redelivered already", async () => {
    const world = new HookWorld();
    world.pageSize = 2;
    const lost = world.happen({ failures: 1 });
    for (let other = 0; other < 10; other++) world.happen();
    world.attempt(lost, true);
    for (let other = 0; other < 10; other++) world.happen();
    await crons(world, 2);
    expect(world.posts).toEqual([]);
  });

  test("is not asked for when its ledger has it: only our answer was lost", async () => {
    const world = new HookWorld();
    const lost = world.happen({ failures: 1 });
    world.known.add(lost.guid);
    await crons(world, 3);
    expect(world.posts).toEqual([]);
    expect(world.state().failing).toBe(0);
  });

  test("is not asked for while its ledger is at work on it, and is if that comes to nothing", async () => {
    const world = new HookWorld();
    const lost = world.happen({ failures: 1 });
    world.underWay.add(lost.guid);
    await crons(world, 3);
    expect(world.posts).toEqual([]);
    expect(world.state().failing).toBe(1);
    world.underWay.clear();
    await crons(world, 2);
    expect(guidsAsked(world)).toEqual([lost.guid]);
  });

  test("and cannot matter is left alone", async () => {
    const world = new HookWorld();
    world.happen({ failures: 1, event: "star", action: "created" });
    world.happen({ failures: 1, action: "opened" });
    world.happen({ failures: 1, event: "workflow_job", action: "completed" });
    const push = world.happen({ failures: 1, event: "push", action: null });
    await crons(world, 2);
    expect(guidsAsked(world)).toEqual([push.guid]);
  });

  test("is asked for oldest first, a bounded number at a time, never faster than GitHub allows", async () => {
    const world = new HookWorld();
    world.pageSize = 100;
    const lost = Array.from(
      { length: 100 },
      (_, nth) => world.happen({ failures: 1, at: world.now - 1_000 + nth }).guid,
    );
    await crons(world, 1);
    expect(guidsAsked(world)).toEqual(lost);
    for (const { at } of world.posts) {
      const minute = world.posts.filter((post) => post.at >= at && post.at < at + MINUTE);
      expect(minute.length).toBeLessThanOrEqual(75);
    }
  });

  test("again and again is asked for with growing waits, until nobody can ask any more", async () => {
    const world = new HookWorld();
    const poison = world.happen({ failures: Number.POSITIVE_INFINITY });
    await crons(world, 6 * 24 * 12);
    const waits = world.posts.slice(1).map(({ at }, index) => at - world.posts[index]!.at);
    const minutes = waits.map((wait) => Math.round(wait / MINUTE));
    expect(minutes.slice(0, 5)).toEqual([5, 10, 20, 40, 60]);
    expect(Math.max(...minutes)).toBe(60);
    const last = world.posts.at(-1)!.at - world.attempts[0]!.deliveredAtMs;
    expect(last).toBeLessThanOrEqual(3 * DAY);
    expect(last).toBeGreaterThan(3 * DAY - 2 * 60 * MINUTE);
    expect(world.said("sweep.given-up")).toEqual([
      expect.objectContaining({ delivery_id: poison.guid, cause: "window-over" }),
    ]);
    expect(world.rows("SELECT * FROM failures")).toEqual([]);
  });

  test("and GitHub will not deliver again is given up with the reason, once", async () => {
    const world = new HookWorld();
    const gone = world.happen({ failures: 1 });
    world.refusals.set(gone.guid, { kind: "impossible", cause: "status-422" });
    world.pageSize = 100;
    for (let tick = 0; tick < 6; tick++) {
      world.happen();
      await crons(world, 1);
    }
    expect(world.posts).toHaveLength(1);
    expect(world.said("sweep.given-up")).toMatchObject([{ cause: "status-422" }]);
  });

  test.each(["redelivery", "ledger"])(
    "one poison %s does not stand before the others",
    async (of) => {
      const world = new HookWorld();
      world.pageSize = 100;
      for (let poison = 0; poison < 40; poison++) {
        const { guid } = world.happen({ failures: 99, repositoryId: 666 });
        if (of === "redelivery") world.refusals.set(guid, OUTAGE);
        else world.brokenLedgers.add(666);
      }
      const good = world.happen({ failures: 1 });
      await crons(world, 3);
      expect(guidsAsked(world)).toContain(good.guid);
    },
  );
});

describe("a walk", () => {
  test("reads one page when nothing is new, and counts no failure twice", async () => {
    const world = new HookWorld();
    world.pageSize = 100;
    for (let other = 0; other < 90; other++) world.happen();
    await crons(world, 4);
    const pages = world.calls.filter((call) => call.startsWith("deliveries"));
    expect(pages).toEqual(Array(4).fill("deliveries top"));
  });

  test("goes back to the last one's mark and not further", async () => {
    const world = new HookWorld();
    world.pageSize = 10;
    for (let hour = 48; hour > 0; hour--) world.happen({ at: world.now - hour * 3_600_000 });
    await crons(world, 1);
    expect(world.calls.filter((call) => call.startsWith("deliveries"))).toHaveLength(6);
    world.calls.length = 0;
    world.happen();
    await crons(world, 1);
    expect(world.calls.filter((call) => call.startsWith("deliveries"))).toHaveLength(1);
  });

  test("goes on at its page after a crash, and over an outage longer than the interval", async () => {
    const world = new HookWorld();
    const lost = Array.from({ length: 40 }, () => world.happen({ failures: 1 }).guid);
    world.fates = [
      "pass",
      "crash-after",
      "pass",
      "crash-before",
      "pass",
      "pass",
      ...Array(12).fill(OUTAGE),
    ];
    await crons(world, 12);
    expect(guidsAsked(world).toSorted()).toEqual(lost.toSorted());
    const tops = world.calls.filter((call) => call === "deliveries top");
    // One a cron: neither crash nor outage made a walk begin anew.
    expect(tops.length).toBeLessThanOrEqual(12);
  });

  test("waits as long as a rate limit says, over crons and restarts, and then goes on", async () => {
    const world = new HookWorld();
    const lost = Array.from({ length: 9 }, () => world.happen({ failures: 1 }).guid);
    const lifted = world.now + 40 * MINUTE;
    world.fates = ["pass", { kind: "later", notBeforeMs: lifted, cause: "rate-limited" }];
    await crons(world, 7);
    expect(world.calls.filter((call) => call.startsWith("deliveries"))).toHaveLength(2);
    expect(world.posts).toEqual([]);
    await crons(world, 3);
    expect(guidsAsked(world).toSorted()).toEqual(lost.toSorted());
    expect(Math.min(...world.posts.map(({ at }) => at))).toBeGreaterThanOrEqual(lifted);
  });

  test("of which a rate limit stops the asking loses no ask and makes none twice", async () => {
    const world = new HookWorld();
    world.pageSize = 100;
    const lost = Array.from({ length: 20 }, () => world.happen({ failures: 1 }).guid);
    const lifted = world.now + 2 * MINUTE;
    const limit = { kind: "later", notBeforeMs: lifted, cause: "rate-limited" } as const;
    world.fates = ["pass", "pass", "pass", "pass", limit];
    await crons(world, 1);
    expect(guidsAsked(world).toSorted()).toEqual(lost.toSorted());
    expect(world.posts.filter(({ at }) => at < lifted)).toHaveLength(3);
  });

  test("keeps the silence that the asking before it was told to keep", async () => {
    const world = new HookWorld();
    world.happen({ failures: 1 });
    const lifted = world.now + 22 * MINUTE;
    world.fates = ["pass", { kind: "later", notBeforeMs: lifted, cause: "rate-limited" }];
    await crons(world, 4);
    // A page, the POST that met the limit; what installations are asked for has to wait as well.
    expect(world.calls).toEqual(["deliveries top", "redeliver 1"]);
    await crons(world, 4);
    expect(guidsAsked(world)).toHaveLength(1);
  });

  test("that began before a redelivery was listed does not take it for lost", async () => {
    const world = new HookWorld();
    world.listedAfterMs = 10_000;
    world.pageSize = 2;
    for (let other = 0; other < 6; other++) world.happen({ failures: other === 0 ? 1 : 0 });
    world.now += MINUTE;
    await crons(world, 1);
    expect(guidsAsked(world)).toHaveLength(1);
    // The next cron comes too early; its walk reads the top and then meets an outage.
    world.now = world.posts[0]!.at + 2_000;
    world.fates = ["pass", ...Array(7).fill(OUTAGE)];
    await crons(world, 4);
    expect(guidsAsked(world)).toHaveLength(1);
  });

  test("begins at the top again when its cursor leads nowhere", async () => {
    const world = new HookWorld();
    const lost = Array.from({ length: 12 }, () => world.happen({ failures: 1 }).guid);
    world.fates = ["pass", "pass", "cursor-gone"];
    await crons(world, 2);
    expect(world.said("sweep.started-over")).toHaveLength(1);
    expect(guidsAsked(world).toSorted()).toEqual(lost.toSorted());
  });

  test("sees in the next one what arrives meanwhile", async () => {
    const world = new HookWorld();
    const lost = Array.from({ length: 12 }, () => world.happen({ failures: 1 }).guid);
    let more = 5;
    world.duringPage = () => {
      if (more-- > 0) lost.push(world.happen({ failures: 1 }).guid);
    };
    await crons(world, 2);
    expect(guidsAsked(world).toSorted()).toEqual(lost.toSorted());
  });
});

describe("what the sweep says of itself", () => {
  test("behind after three intervals without a finished walk, and no more when one has ended", async () => {
    const world = new HookWorld();
    await crons(world, 1);
    expect(world.state()).toMatchObject({ behind: false, failing: 0 });
    const last = world.state().last;
    world.fates = Array(40).fill(OUTAGE);
    await crons(world, 5);
    expect(world.state()).toMatchObject({ behind: true, last });
    expect(world.said("sweep.behind")[0]).toMatchObject({ cause: "no-walk-finished" });
    world.fates = [];
    await crons(world, 2);
    expect(world.state().behind).toBe(false);
  });

  test("behind when GitHub's list no longer reaches back to the mark", async () => {
    const world = new HookWorld();
    world.happen();
    await crons(world, 1);
    world.attempts.length = 0;
    world.now += 60 * MINUTE;
    world.happen();
    await crons(world, 2);
    expect(world.said("sweep.behind")).toEqual([
      expect.objectContaining({ cause: "no-walk-finished" }),
      expect.objectContaining({ cause: "list-too-short" }),
    ]);
  });

  test("nothing when an App is quiet for longer than GitHub remembers", async () => {
    const world = new HookWorld();
    world.happen();
    await crons(world, 4 * 24 * 12);
    expect(world.said("sweep.behind")).toEqual([]);
  });
});
