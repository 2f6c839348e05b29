import { describe, expect, test } from "vitest";
import { standing, takeVisit } from "../../src/ledger/visits.ts";
import { expectScan, metaNumber, scanDueAt } from "../../src/ledger/scan-schedule.ts";
import { LATER, shaOf } from "./fake-github.ts";
import { Room } from "./ledger-room.ts";

const INTERVAL = 900_000;
const MINUTE = 60_000;

/** A ledger that has heard of one merge, and expects its first scan. */
async function scanningRoom(): Promise<Room> {
  const room = new Room();
  room.github.merge(1, { mergedAt: at(room, 0) });
  await room.takeMerge(1);
  await room.within((store) => expectScan(store, room.now, INTERVAL));
  await room.pass();
  return room;
}

function at(room: Room, minutes: number): string {
  return new Date(room.now + minutes * MINUTE).toISOString();
}

const time = (room: Room) => ({ nowMs: room.now, intervalMs: INTERVAL });
const visitOf = (room: Room) => ({
  repository: { id: room.id, owner: "acme", name: "app", installationId: 99 },
  installedAtMs: room.now,
});

/** The rounds of one interval: the scan, and whatever it finds. */
async function passInterval(room: Room): Promise<void> {
  await room.pass(INTERVAL);
  await room.passRounds(8);
}

async function pullsOf(room: Room): Promise<number[]> {
  const numbers = (await room.dispatches()).map(({ pull_request: number }) => number ?? 0);
  return numbers.toSorted((a, b) => a - b);
}

describe("the scan", () => {
  test("finds a merge that GitHub never delivered, and dispatches it once", async () => {
    const room = await scanningRoom();
    room.github.merge(2, { mergedAt: at(room, 1) });
    await passInterval(room);
    await passInterval(room);
    expect(await pullsOf(room)).toEqual([1, 2]);
    expect(room.github.posts).toHaveLength(2);
    const found = (await room.dispatches()).find(({ pull_request: number }) => number === 2);
    expect(found).toMatchObject({ event: "scan", state: "dispatched" });
    expect(found?.history[0]?.cause).toBe("found by the scan");
  });

  test("and a delivery that comes after all make one dispatch", async () => {
    const room = await scanningRoom();
    room.github.merge(2, { mergedAt: at(room, 1) });
    await passInterval(room);
    await room.takeMerge(2);
    await room.passRounds(4);
    expect(room.github.posts).toHaveLength(2);
  });

  test("asks GitHub for nothing that the ledger has, however it ended", async () => {
    const room = await scanningRoom();
    await room.passRounds(1);
    const before = (await room.dispatches()).length;
    await passInterval(room);
    expect(room.github.listed).toEqual([1]);
    expect(await room.dispatches()).toHaveLength(before);
  });

  test.each(["push", "person"] as const)(
    "does not find a merge again that a %s was quicker to dispatch",
    async (first) => {
      const room = await scanningRoom();
      room.github.configure("version: 1\nroutes:\n  - on: [merge, push]\n");
      room.github.merge(2, { mergedAt: at(room, 1) });
      if (first === "push") await room.claim({ kind: "push", branch: "main", sha: shaOf(2) });
      else await room.order({ kind: "pull", pullRequest: 2 });
      await room.pass();
      await room.takeMerge(2);
      await room.passRounds(4);
      let proofs = 0;
      const pullRequest = room.github.pullRequest.bind(room.github);
      room.github.pullRequest = (...asked) => {
        proofs++;
        return pullRequest(...asked);
      };
      for (let round = 0; round < 3; round++) await passInterval(room);
      expect(room.github.listed.length).toBeGreaterThanOrEqual(2);
      expect(proofs).toBe(0);
      expect(room.github.posts).toHaveLength(2);
    },
  );

  test("does not look behind the installation of the App", async () => {
    const room = await scanningRoom();
    room.github.installedAtMs = room.now;
    room.github.merge(2, { mergedAt: at(room, -1) });
    room.github.merge(3, { mergedAt: at(room, 1) });
    await passInterval(room);
    expect(await pullsOf(room)).toEqual([1, 3]);
  });

  test("leaves the pull requests of another repository that took the name", async () => {
    const room = await scanningRoom();
    room.github.merge(2, { mergedAt: at(room, 1), baseRepositoryId: 4 });
    await passInterval(room);
    expect(await pullsOf(room)).toEqual([1]);
  });

  test("goes on at the page at which the process ended", async () => {
    const room = await scanningRoom();
    room.github.pageSize = 2;
    for (let number = 2; number <= 30; number++) {
      room.github.merge(number, { mergedAt: at(room, number / 10) });
    }
    await room.pass(INTERVAL);
    const first = [...room.github.listed];
    expect(first).toEqual([1, 2, 3, 4, 5]);
    await room.restart();
    await room.pass();
    // Beside a full batch of what it found it reads one page a round.
    expect(room.github.listed.slice(5)).toEqual([6]);
    await room.passRounds(40);
    expect(room.github.listed.slice(0, 15)).toEqual(
      Array.from({ length: 15 }, (_, nth) => nth + 1),
    );
    expect(await pullsOf(room)).toHaveLength(30);
    expect(room.github.posts).toHaveLength(30);
  });

  test("that GitHub does not answer is made up for, however long it takes", async () => {
    const room = await scanningRoom();
    await passInterval(room);
    room.github.merge(2, { mergedAt: at(room, 1) });
    room.github.outage = LATER;
    for (let round = 0; round < 20; round++) await room.pass(INTERVAL);
    room.github.outage = null;
    // After many failures it asks seldom, but it does not give up.
    await room.pass(24 * INTERVAL);
    await room.passRounds(8);
    expect(await pullsOf(room)).toContain(2);
    expect(room.github.posts).toHaveLength(2);
  });

  test("finds a merge that a comment moved to the top while the list was read", async () => {
    const room = await scanningRoom();
    room.github.pageSize = 1;
    room.github.merge(2, { mergedAt: at(room, 1) });
    room.github.merge(3, { mergedAt: at(room, 2) });
    const mergedPulls = room.github.mergedPulls.bind(room.github);
    // While page 1 is read, #2 moves up: page 2 shows #3 again, and #2 is on no page that is read.
    room.github.mergedPulls = async (repository, page) => {
      const answer = await mergedPulls(repository, page === 2 ? 1 : page);
      if (answer.kind !== "ok") return answer;
      return { kind: "ok", value: { ...answer.value, more: page < 2 } };
    };
    await room.pass(INTERVAL);
    room.github.touched.set(2, room.now);
    await room.passRounds(8);
    expect(await pullsOf(room)).toEqual([1, 3]);
    room.github.mergedPulls = mergedPulls;
    await passInterval(room);
    expect(await pullsOf(room)).toEqual([1, 2, 3]);
  });
});

describe("a visit", () => {
  test("makes a ledger that never heard of its repository find its merges", async () => {
    const room = new Room();
    room.github.merge(5, { mergedAt: at(room, 0) });
    expect(await room.within((store) => takeVisit(store, visitOf(room), time(room)))).toBe(true);
    await room.passRounds(4);
    expect(await pullsOf(room)).toEqual([5]);
    expect(room.github.posts).toHaveLength(1);
  });

  test("starts no second scan within the interval", async () => {
    const room = new Room();
    await room.within((store) => takeVisit(store, visitOf(room), time(room)));
    await room.pass();
    const begun = await room.within((store) => metaNumber(store, "scan_begun"));
    room.now += INTERVAL - 1;
    const dueAt = await room.within((store) => {
      takeVisit(store, visitOf(room), time(room));
      // The second visit for the same news changes nothing.
      expect(takeVisit(store, visitOf(room), time(room))).toBe(false);
      return scanDueAt(store);
    });
    expect(dueAt).toBe((begun ?? 0) + INTERVAL);
    expect(dueAt).toBeGreaterThan(room.now);
  });

  test("a delivery that was taken is known, another one is not", async () => {
    const room = new Room();
    await room.takeMerge(7, "guid-1");
    expect(await room.within((store) => standing(store, "guid-1"))).toBe("open");
    expect(await room.within((store) => standing(store, "guid-2"))).toBe("missing");
  });
});

describe("retention", () => {
  const DAY = 86_400_000;

  test("takes the long parts of what is long over, and lets nothing be dispatched again", async () => {
    const room = await scanningRoom();
    const { github } = room;
    github.setRun(github.runs[0]?.id ?? 0, { status: "completed", conclusion: "success" });
    await room.pass(MINUTE);
    const guid = "old";
    await room.pass(91 * DAY);
    const dispatch = await room.dispatch();
    expect(dispatch).toMatchObject({ state: "succeeded", history: [], trace: [] });
    await room.takeMerge(1, guid);
    await passInterval(room);
    expect(github.posts).toHaveLength(1);
    await room.dispatch();
  });

  test("leaves what is younger, and what is not finished", async () => {
    const room = await scanningRoom();
    await room.pass(91 * DAY);
    expect((await room.dispatch()).history.length).toBeGreaterThan(0);
  });
});
