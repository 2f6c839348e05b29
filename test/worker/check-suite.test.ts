/** GitHub's "Re-run all checks" of a commit. */
import { expect, test } from "vitest";
import { shaOf } from "./fake-github.ts";
import { POLL_MS, Room } from "./ledger-room.ts";

const MARIA = { id: 7, login: "maria" };
const TWO_ROUTES = `version: 1
routes:
  - { name: app, workflow: app.yml }
  - { name: docs, workflow: docs.yml }
`;

/** A merge whose two routes have had their runs, and Maria, who maintains. */
async function finished() {
  const room = new Room();
  room.settings = { ...room.settings, reports: { checks: true, comments: false } };
  room.github.merge(7);
  room.github.configure(TWO_ROUTES);
  const role = { permission: "write", role: "maintain", maintains: true } as const;
  room.github.people.set("maria", { userId: 7, userType: "User", ...role });
  await room.takeMerge();
  await room.pass();
  for (const { id } of room.github.runs) {
    room.github.setRun(id, { status: "completed", conclusion: "failure" });
  }
  await room.pass(POLL_MS);
  const rerun = (change: { sha?: string; app?: string; guid?: string } = {}) => {
    const { sha = shaOf(7), app = "4711", guid } = change;
    return room.take({ kind: "suite", command: { sha, app: [app], sender: MARIA } }, guid);
  };
  return { room, rerun };
}

test("publishes every route of the commit again, once, for whoever has the role", async () => {
  const { room, rerun } = await finished();
  expect(await rerun({ guid: "one" })).toEqual({ outcome: "accepted" });
  expect(await rerun({ guid: "one" })).toEqual({ outcome: "duplicate" });
  await room.passRounds(6);
  const again = (await room.dispatches()).filter(({ generation }) => generation > 1);
  expect(again.map(({ route, event }) => `${route} by ${event}`).toSorted()).toEqual([
    "app by check-run",
    "docs by check-run",
  ]);
  expect(room.github.posts).toHaveLength(4);
});

test("pressed again while that is under way starts nothing more", async () => {
  const { room, rerun } = await finished();
  await rerun();
  await rerun();
  await room.passRounds(6);
  expect(room.github.posts).toHaveLength(4);
  expect(await room.dispatches()).toHaveLength(4);
});

test("repeats the newest generation of a route, and none of those before it", async () => {
  const { room, rerun } = await finished();
  await rerun();
  await room.passRounds(6);
  for (const { id } of room.github.runs) {
    room.github.setRun(id, { status: "completed", conclusion: "failure" });
  }
  await room.pass(POLL_MS);
  await rerun();
  const asked = await room.within((store) => store.commands.due(room.now, 100));
  expect(asked).toHaveLength(2);
  await room.passRounds(6);
  const generations = (await room.dispatches()).map(({ generation }) => generation);
  expect(generations.toSorted((one, other) => one - other)).toEqual([1, 1, 2, 2, 3, 3]);
});

test("takes our check runs out of GitHub's queue again", async () => {
  const { room, rerun } = await finished();
  const before = room.github.told.length;
  await rerun();
  await room.passRounds(6);
  const told = room.github.told.slice(before);
  expect(told.filter((name) => name === "updateCheck").length).toBeGreaterThanOrEqual(2);
});

test("of another App's suite, or by a person without the role, starts nothing", async () => {
  const { room, rerun } = await finished();
  await rerun({ app: "666" });
  await room.passRounds(6);
  room.github.people.delete("maria");
  await rerun();
  await room.passRounds(6);
  expect(room.github.posts).toHaveLength(2);
});

test("of a commit on which the relay has no check run is nothing to do", async () => {
  const { rerun } = await finished();
  const ignored = { outcome: "ignored", reason: "check-not-ours" };
  expect(await rerun({ sha: shaOf(8) })).toEqual(ignored);
});

test("of somebody who floods is taken until so many wait", async () => {
  const { rerun } = await finished();
  const outcomes = [];
  for (let press = 0; press < 4; press++) outcomes.push((await rerun()).outcome);
  expect(outcomes).toEqual(["accepted", "accepted", "accepted", "ignored"]);
});
