import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { createDispatchIndex } from "../../src/ledger/index/d1-reader.ts";
import { createIndexWriter } from "../../src/ledger/index/d1-writer.ts";
import type { IndexWriter } from "../../src/ledger/index/index-batch.ts";
import { Projector } from "../../src/ledger/index/projector.ts";
import { pause } from "../../src/ledger/pause.ts";
import { LATER } from "./fake-github.ts";
import { ACTOR, Room } from "./ledger-room.ts";

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const index = createDispatchIndex(env.INDEX);

beforeEach(async () => {
  const tables = ["dispatches", "ledgers", "names"];
  await env.INDEX.batch(tables.map((name) => env.INDEX.prepare(`DROP TABLE IF EXISTS ${name}`)));
});

/** Writes what a room's ledger has to tell. */
function project(room: Room, writer: IndexWriter | null = createIndexWriter(env.INDEX)) {
  return room.within((store) =>
    new Projector({ store, writer, now: () => room.now, log: SILENT }).run(),
  );
}

async function finishedRoom(pullRequests = [7]): Promise<Room> {
  const room = new Room();
  for (const number of pullRequests) {
    room.github.merge(number, { mergedAt: new Date(room.now - 4_000).toISOString() });
    await room.takeMerge(number);
  }
  await room.passRounds(3);
  for (const { id } of room.github.runs) {
    room.github.setRun(id, { status: "completed", conclusion: "success" });
  }
  await room.pass(60_000);
  return room;
}

const search = async (room: Room, about = {}) => {
  const answer = await index.search({
    repositoryIds: [room.id],
    state: null,
    route: null,
    actor: null,
    since: null,
    until: null,
    before: null,
    limit: 10,
    ...about,
  });
  if (answer.kind !== "ok") throw new Error("no index");
  return answer.value;
};

describe("the index", () => {
  test("is made on first use, and holds what the ledger has", async () => {
    const room = await finishedRoom();
    expect(await search(room)).toEqual([]);
    expect(await project(room)).toBeNull();
    expect(await search(room)).toMatchObject([
      {
        repository: "acme/app",
        repository_id: room.id,
        pull_request: 7,
        state: "succeeded",
        actor: "maintainer",
        route: "image",
      },
    ]);
    expect(await room.within((store) => store.outbox.first(10))).toEqual([]);
  });

  test("shows only the repositories that are asked for", async () => {
    const room = await finishedRoom();
    await project(room);
    expect(await search(room, { repositoryIds: [room.id + 1] })).toEqual([]);
    expect(await search(room, { repositoryIds: [] })).toEqual([]);
  });

  test("is searched by state, route, person and time, and paged", async () => {
    const room = await finishedRoom([7, 8, 9]);
    await project(room);
    expect(await search(room, { state: "failed" })).toEqual([]);
    expect(await search(room, { state: "succeeded" })).toHaveLength(3);
    expect(await search(room, { route: "image" })).toHaveLength(3);
    expect(await search(room, { route: "docs" })).toHaveLength(0);
    expect(await search(room, { actor: "MAINTAINER" })).toHaveLength(3);
    expect(await search(room, { actor: "nobody" })).toHaveLength(0);
    expect(await search(room, { since: room.now })).toHaveLength(0);
    const [first, second] = await search(room, { limit: 2 });
    const before = { at: Date.parse(second!.created_at), id: second!.id };
    const rest = await search(room, { before });
    expect(rest).toHaveLength(1);
    expect([first!.id, second!.id]).not.toContain(rest[0]!.id);
  });

  test("is never set back by a late writer", async () => {
    const room = new Room();
    room.github.merge(7);
    await room.takeMerge();
    const late: Parameters<IndexWriter["write"]>[0][] = [];
    const real = createIndexWriter(env.INDEX);
    await project(room, {
      write: (batch) => {
        late.push(batch);
        return real.write(batch);
      },
    });
    await room.passRounds(1);
    await project(room);
    for (const batch of late) await real.write(batch);
    expect(await search(room)).toMatchObject([{ state: "dispatched" }]);
  });

  test("that is away costs nothing but a later try", async () => {
    const room = await finishedRoom();
    expect(await project(room, { write: () => Promise.resolve(null) })).toBe(room.now + 60_000);
    expect(await project(room)).toBeNull();
    expect(await search(room)).toHaveLength(1);
  });

  test("that is lost is filled again by the next change", async () => {
    const room = await finishedRoom();
    await project(room);
    await env.INDEX.batch([
      env.INDEX.prepare("DROP TABLE dispatches"),
      env.INDEX.prepare("DROP TABLE ledgers"),
      env.INDEX.prepare("DROP TABLE names"),
    ]);
    room.github.merge(8);
    await room.takeMerge(8);
    await room.pass();
    await project(room);
    const numbers = new Set((await search(room)).map(({ pull_request: number }) => number));
    expect(numbers).toEqual(new Set([7, 8]));
  });

  test("forgets a claim that another one settled", async () => {
    const room = new Room();
    room.github.merge(7);
    room.github.configure("version: 1\nroutes:\n  - on: [merge, push]\n");
    await room.takeMerge();
    await room.passRounds(1);
    await room.claim({
      kind: "push",
      branch: "main",
      sha: room.github.pulls.get(7)!.mergeCommitSha!,
    });
    await project(room);
    await room.passRounds(1);
    await project(room);
    expect(await search(room)).toHaveLength(1);
  });

  test("says which repositories are well, paused, or have something open", async () => {
    const room = await finishedRoom([7, 8]);
    room.github.outage = LATER;
    await room.takeMerge(9);
    await room.pass();
    await room.atDesk((desk) => pause(desk, ACTOR, null));
    await project(room);
    expect(await index.repositories([room.id])).toMatchObject({
      kind: "ok",
      value: [{ repository: "acme/app", paused: true, open: 1, succeeded: 2, failed: 0, last: {} }],
    });
  });

  test("counts, and says how long each part of the way took", async () => {
    const room = await finishedRoom([7, 8]);
    await project(room);
    const answer = await index.stats([room.id], 0);
    expect(answer).toMatchObject({
      kind: "ok",
      value: {
        repositories: 1,
        dispatches: { succeeded: 2 },
        lag: {
          received: { count: 2, p50: 4_000, p95: 4_000 },
          dispatched: { count: 2, p50: 0 },
          finished: { count: 2, p50: 180_000 },
        },
      },
    });
  });

  test("that is not bound is unavailable, and the ledger keeps no queue for it", async () => {
    const room = await finishedRoom();
    expect(await project(room, null)).toBeNull();
    expect(await room.within((store) => store.outbox.first(10))).toEqual([]);
    const none = createDispatchIndex(undefined);
    expect(await none.stats([1], 0)).toEqual({ kind: "unavailable" });
  });
});
