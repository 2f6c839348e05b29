import { describe, expect, test } from "vitest";
import type { CommentCommand } from "../../src/domain/command.ts";
import { takeReceipt } from "../../src/ledger/take-receipt.ts";
import { LATER } from "./fake-github.ts";
import { POLL_MS, Room, SETTLE_MS } from "./ledger-room.ts";

const MARIA = { id: 7, login: "maria" };
const DIGEST = `sha256:${"d".repeat(64)}`;
const REFUSED = {
  kind: "refused",
  reason: "permission-missing",
  remedy: "",
  status: 422,
} as const;

/** A merged pull request, reports on, and Maria, who maintains. */
function reportingRoom(on: { checks?: boolean; comments?: boolean } = {}): Room {
  const room = new Room();
  room.settings = { ...room.settings, reports: { checks: true, comments: true, ...on } };
  room.github.merge(7);
  room.github.people.set("maria", {
    userId: 7,
    userType: "User",
    permission: "write",
    role: "maintain",
    maintains: true,
  });
  return room;
}

function comment(room: Room, change: Partial<CommentCommand> = {}, guid?: string) {
  const command: CommentCommand = {
    kind: "comment",
    verb: "publish",
    route: null,
    pullRequest: 7,
    commentId: 500,
    writtenAtMs: room.now,
    inPublic: true,
    sender: MARIA,
    ...change,
  };
  return room.take({ kind: "command", command }, guid);
}

async function finish(room: Room, conclusion: string, runId = 5001): Promise<void> {
  room.github.setRun(runId, { status: "completed", conclusion });
  await room.pass(POLL_MS);
}

const routes = (room: Room) => room.github.checks.map(({ content }) => content.conclusion);

describe("a check run", () => {
  test("is made when the dispatch is sent, and follows it to its end", async () => {
    const room = reportingRoom();
    await room.takeMerge();
    await room.pass();
    const [check] = room.github.checks;
    const { id } = await room.dispatch();
    expect(check).toMatchObject({
      subject: { dispatchId: id, name: "merge-relay / image" },
      content: { status: "in_progress", conclusion: null },
    });
    await finish(room, "success");
    expect(room.github.checks).toHaveLength(1);
    expect(check!.content).toMatchObject({ status: "completed", conclusion: "success" });
  });

  test("is not made twice when the answer to its making is lost", async () => {
    const room = reportingRoom({ comments: false });
    room.github.reportFates.push("lost");
    await room.takeMerge();
    await room.pass();
    await room.pass(SETTLE_MS);
    await finish(room, "failure");
    await room.passRounds(4);
    expect(routes(room)).toEqual(["failure"]);
  });

  test("that GitHub never made is made after a look", async () => {
    const room = reportingRoom({ comments: false });
    room.github.reportFates.push({ kind: "unknown", cause: "timeout" });
    await room.takeMerge();
    await room.pass();
    expect(room.github.checks).toHaveLength(0);
    await room.pass(SETTLE_MS);
    expect(room.github.told).toEqual(["createCheck", "findCheck", "createCheck"]);
  });
});

describe("the comment", () => {
  test("is made when the first dispatch is finished, and kept up to date", async () => {
    const room = reportingRoom({ checks: false });
    await room.takeMerge();
    await room.pass();
    expect(room.github.comments).toEqual([]);
    await finish(room, "failure");
    expect(room.github.comments).toHaveLength(1);
    expect(room.github.comments[0]!.body).toContain("`failed: run-failure`");
    await room.order({ kind: "pull", pullRequest: 7 });
    await room.pass();
    await finish(room, "success", 5002);
    const { id } = (await room.dispatches())[1]!;
    const image = { image: "ghcr.io/acme/app", digest: DIGEST, tags: ["a`|@x"], platforms: [] };
    const run = { runId: 5002, repositoryId: room.id, workflow: "publish-image.yml" };
    await room.within((store) => takeReceipt(store, id, { run, receipt: image, nowMs: room.now }));
    await room.pass();
    expect(room.github.comments).toHaveLength(1);
    const { body } = room.github.comments[0]!;
    expect(body).toContain(`\`ghcr.io/acme/app@${DIGEST}\``);
    expect(body).toContain("`succeeded` (2)");
    expect(body).toContain("`a'\u00A6@x`");
  });

  test("that was deleted by hand comes back only when somebody asks", async () => {
    const room = reportingRoom({ checks: false });
    await room.takeMerge();
    await room.pass();
    await finish(room, "failure");
    room.github.comments = [];
    await room.order({ kind: "pull", pullRequest: 7 });
    await room.pass();
    await finish(room, "failure", 5002);
    await room.passRounds(3);
    expect(room.github.comments).toEqual([]);
    await comment(room, { verb: "explain" });
    await room.pass();
    expect(room.github.comments).toHaveLength(1);
    expect(room.github.comments[0]!.body).toContain("`dispatch`");
  });

  test("is not made for a merge that no route takes", async () => {
    const room = reportingRoom();
    room.github.configure("version: 1\nroutes:\n  - name: app\n    branches: [next]\n");
    await room.takeMerge();
    await room.passRounds(4);
    expect(room.github.told).toEqual([]);
  });
});

describe("reports that GitHub does not take", () => {
  test("change nothing about the dispatch, and are off for six hours after a refusal", async () => {
    const room = reportingRoom();
    room.github.reportFates.push(REFUSED, REFUSED);
    await room.takeMerge();
    await room.pass();
    await finish(room, "success");
    expect(room.github.posts).toHaveLength(1);
    expect(await room.dispatch()).toMatchObject({ state: "succeeded" });
    const asked = room.github.told.length;
    await room.order({ kind: "pull", pullRequest: 7 });
    await room.pass();
    expect(room.github.told).toHaveLength(asked);
    await room.pass(6 * 3_600_000);
    await finish(room, "success", 5002);
    expect(room.github.comments).toHaveLength(1);
  });

  test("are given up in the end", async () => {
    const room = reportingRoom({ comments: false });
    room.github.reportFates.push(LATER, LATER, LATER, LATER);
    await room.takeMerge();
    await room.pass();
    for (let round = 0; round < 6; round++) await room.pass(5_000);
    expect(room.github.told).toHaveLength(3);
  });

  test("cost not one call when both are off", async () => {
    const room = reportingRoom({ checks: false, comments: false });
    await room.takeMerge();
    await room.pass();
    await finish(room, "success");
    expect(room.github.told).toEqual([]);
  });
});

describe("a command", () => {
  test("is carried out once, whatever GUID the same comment comes by", async () => {
    const room = reportingRoom();
    await room.takeMerge();
    await room.pass();
    await finish(room, "failure");
    expect(await comment(room, {}, "g1")).toEqual({ outcome: "accepted" });
    expect(await comment(room, {}, "g1")).toEqual({ outcome: "duplicate" });
    expect(await comment(room, {}, "g2")).toEqual({ outcome: "duplicate" });
    await room.passRounds(3);
    expect(room.github.posts).toHaveLength(2);
    expect(room.github.reactions).toEqual([{ commentId: 500, reaction: "eyes" }]);
    expect((await room.dispatches())[1]).toMatchObject({ event: "comment", actor: "maria" });
  });

  test("whose order is there, but not the record of its answer, orders nothing more", async () => {
    const room = reportingRoom();
    await comment(room);
    // What a process leaves that dies right after the order: its rows, under the command's name.
    const idempotency = { key: "command:comment-500", digest: "comment-500" };
    await room.order({ kind: "pull", pullRequest: 7 }, { via: "comment", idempotency });
    await room.within((store) => store.commands.putOff("comment-500", room.now + 2 * POLL_MS, 1));
    await room.pass();
    await finish(room, "failure");
    await room.passRounds(4);
    expect(room.github.reactions).toEqual([{ commentId: 500, reaction: "eyes" }]);
    expect(await room.dispatches()).toHaveLength(1);
  });

  test("of somebody who cannot write gets no answer in public, and a refusal in private", async () => {
    const room = reportingRoom();
    const stranger = { id: 9, login: "stranger" };
    await comment(room, { sender: stranger });
    await room.pass();
    await comment(room, { sender: stranger, commentId: 501, inPublic: false });
    await room.pass();
    expect(room.github.reactions).toEqual([{ commentId: 501, reaction: "-1" }]);
    expect(await room.dispatches()).toEqual([]);
    expect(room.github.comments).toEqual([]);
  });

  test("of somebody who floods is taken five times, until those are answered", async () => {
    const room = reportingRoom();
    const outcomes = [];
    for (let id = 1; id <= 7; id++) outcomes.push(await comment(room, { commentId: id }));
    expect(outcomes.filter(({ outcome }) => outcome === "accepted")).toHaveLength(5);
  });

  test("for a route that is not there is refused and explained", async () => {
    const room = reportingRoom();
    await comment(room, { route: "nope" });
    await room.pass();
    expect(room.github.reactions).toEqual([{ commentId: 500, reaction: "confused" }]);
    expect(room.github.comments[0]!.body).toContain("no route nope");
    expect(await room.dispatches()).toEqual([]);
  });

  test("that is days old is not obeyed", async () => {
    const room = reportingRoom();
    const outcome = await comment(room, { writtenAtMs: room.now - 5 * 86_400_000 });
    expect(outcome).toEqual({ outcome: "ignored", reason: "command-too-old" });
  });
});

async function finished() {
  const room = reportingRoom();
  await room.takeMerge();
  await room.pass();
  await finish(room, "failure");
  const { id } = await room.dispatch();
  const press = (app: string, dispatchId = id, isRerun = false) =>
    room.take({
      kind: "command",
      command: { kind: "check-run", dispatchId, app: [app], isRerun, sender: MARIA },
    });
  return { room, press };
}

describe("the button", () => {
  test("repeats the dispatch of our own record", async () => {
    const { room, press } = await finished();
    await press("4711");
    await room.passRounds(3);
    expect((await room.dispatches())[1]).toMatchObject({ generation: 2, event: "check-run" });
    expect(room.github.posts).toHaveLength(2);
  });

  test("does nothing for a person whose permission was removed", async () => {
    const { room, press } = await finished();
    room.github.people.delete("maria");
    await press("4711");
    await room.passRounds(3);
    expect(room.github.posts).toHaveLength(1);
  });

  test("of GitHub's own Re-run repeats it too, and says again what the old check run said", async () => {
    const { room, press } = await finished();
    const before = room.github.told.length;
    await press("4711", undefined, true);
    await room.passRounds(3);
    expect((await room.dispatches())[1]).toMatchObject({ generation: 2, event: "check-run" });
    expect(room.github.told.slice(before)).toContain("updateCheck");
    expect(routes(room)[0]).toBe("failure");
  });

  test("of GitHub's own Re-run by somebody without the role only says the same again", async () => {
    const { room, press } = await finished();
    room.github.people.delete("maria");
    const before = room.github.told.length;
    await press("4711", undefined, true);
    await room.passRounds(3);
    expect(room.github.told.slice(before)).toEqual(["updateCheck"]);
    expect(room.github.posts).toHaveLength(1);
  });

  test("of another App, or of a dispatch that nobody knows, does nothing", async () => {
    const { room, press } = await finished();
    expect(await press("4711", `mr-1-${"0".repeat(26)}`)).toEqual({
      outcome: "ignored",
      reason: "check-not-ours",
    });
    await press("666");
    await room.passRounds(3);
    expect(room.github.posts).toHaveLength(1);
  });
});

async function succeed(room: Room, pullRequest: number, runId: number) {
  room.github.merge(pullRequest);
  await room.takeMerge(pullRequest);
  await room.pass();
  await finish(room, "success", runId);
  return (await room.dispatches()).find((view) => view.pull_request === pullRequest)!;
}

const send = (room: Room, id: string, runId: number) =>
  room.within((store) =>
    takeReceipt(store, id, {
      run: { runId, repositoryId: room.id, workflow: "publish-image.yml" },
      receipt: { image: "ghcr.io/acme/app", digest: DIGEST, tags: [], platforms: [] },
      nowMs: room.now,
    }),
  );

describe("a receipt that does not come", () => {
  test("is said after ten minutes, and mended by one that comes later", async () => {
    const room = new Room();
    const { id } = await succeed(room, 7, 5001);
    await room.pass(599_000);
    expect(await room.dispatch()).toMatchObject({ reason: null });
    await room.pass(1_000);
    const told = await room.dispatch();
    expect(told).toMatchObject({ state: "succeeded", reason: "receipt-missing" });
    expect(told.history.at(-1)).toMatchObject({ cause: "no receipt came" });
    expect(told.remedy).toContain("MERGE_RELAY_URL");
    await send(room, id, 5001);
    expect(await room.dispatch()).toMatchObject({ reason: null, remedy: null });
  });

  test("is a hint once where none ever came, and missed each time where they are usual", async () => {
    const room = new Room();
    await succeed(room, 7, 5001);
    await room.pass(600_000);
    await succeed(room, 8, 5002);
    await room.pass(600_000);
    const third = await succeed(room, 9, 5003);
    await send(room, third.id, 5003);
    await succeed(room, 10, 5004);
    await room.pass(600_000);
    const reasons = new Map(
      (await room.dispatches()).map((view) => [view.pull_request, view.reason]),
    );
    expect([7, 8, 9, 10].map((number) => reasons.get(number))).toEqual([
      "receipt-missing",
      null,
      null,
      "receipt-missing",
    ]);
  });
});
