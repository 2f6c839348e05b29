import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allFiles } from "../../src/simulator/world/tree.ts";
import { type Rig, startRig } from "./support/relay.ts";
import type { Place } from "./support/place.ts";
import { waitFor } from "./support/wait-for.ts";

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});

afterAll(async () => {
  // Nothing was asked that GitHub does not have, in any of the tests.
  expect(rig.simulator.unknownRequests()).toEqual([]);
  await rig.close();
});

/** The only dispatch of a place, followed to its end. */
async function onlySuccess(place: Place) {
  const [row] = await place.settled();
  expect(row).toMatchObject({ state: "succeeded", generation: 1, reason: null });
  await rig.simulator.idle();
  expect(place.dispatches()).toHaveLength(1);
  expect(await place.rows()).toHaveLength(1);
  return { row: row!, dispatch: place.dispatches()[0]! };
}

describe.concurrent("a merged pull request", () => {
  test("from a stranger's fork becomes one dispatch with the contract's inputs, followed to its end", async () => {
    const place = rig.place();
    const { number, sha } = place.merge({
      title: "${{ github.token }} $(id)",
      headBranch: "x-$(curl)",
    });
    const { row, dispatch } = await onlySuccess(place);
    expect(dispatch).toMatchObject({ workflow: "publish-image.yml", ref: "main" });
    expect(dispatch.inputs).toEqual({
      dispatch_id: row.id,
      sha,
      branch: "main",
      pr: String(number),
    });
    expect(row).toMatchObject({
      route: "image",
      pull_request: number,
      sha,
      branch: "main",
      run_id: dispatch.runId,
    });
    const states = await place.states(row.id);
    expect(states.filter((state) => state !== "running")).toEqual([
      "queued",
      "proving",
      "dispatching",
      "dispatched",
      "succeeded",
    ]);
  });

  test.each(["merge", "squash", "rebase", "queue"] as const)(
    "by %s is dispatched once, at the commit that GitHub names",
    async (method) => {
      const place = rig.place();
      const { sha } = place.merge({ commits: 2, changedFiles: ["a", "b"] }, { method });
      const { dispatch } = await onlySuccess(place);
      expect(dispatch.inputs["sha"]).toBe(sha);
    },
  );

  test.each(["github-actions[bot]", "dependabot[bot]"])(
    "by %s is dispatched once, though its token could start no workflow itself",
    async (mergedBy) => {
      const place = rig.place();
      place.merge({ user: mergedBy }, { mergedBy });
      await onlySuccess(place);
    },
  );

  test("whose fork is deleted is dispatched once", async () => {
    const place = rig.place();
    place.merge({ headRepo: null });
    await onlySuccess(place);
  });

  test("into another branch than the default one is recorded and not dispatched", async () => {
    const place = rig.place();
    rig.simulator.world.createBranch(place.id, "next");
    place.merge({ base: "next" });
    const [row] = await place.settled();
    expect(row).toMatchObject({ state: "skipped", reason: "no-route" });
    expect(place.dispatches()).toHaveLength(0);
  });

  test("whose run fails ends in failed, and nothing is dispatched again", async () => {
    const place = rig.place();
    rig.simulator.world.scriptRuns(place.id, [{ conclusion: "failure" }]);
    place.merge();
    const [row] = await place.settled();
    expect(row).toMatchObject({ state: "failed", reason: "run-failure" });
    expect(row!.remedy).not.toBeNull();
    expect(place.dispatches()).toHaveLength(1);
  });

  test("is followed by the poll when no run event ever arrives", async () => {
    const place = rig.place();
    const { world, deliveries } = rig.simulator;
    const installation = world.state.installations.get(place.installation.id)!;
    installation.events = installation.events.filter((event) => event !== "workflow_run");
    place.merge();
    await onlySuccess(place);
    expect(deliveries.recorded.some(({ event }) => event.repositoryId === place.id)).toBe(true);
    expect(place.deliveries("workflow_run")).toHaveLength(0);
  });

  test("goes on from storage when the ledger is taken out of memory on the way", async () => {
    const place = rig.place();
    const { world } = rig.simulator;
    const remove = place.fault("/compare/.*", { kind: "status", status: 500 });
    place.merge();
    await waitFor("the first look", () => place.requests().some(({ fault }) => fault !== null));
    await rig.relay.evict(place.id);
    remove();
    await onlySuccess(place);
    expect(world.runsOf(place.id)).toHaveLength(1);
  });

  test("and twenty more of the same repository become twenty-one dispatches with one run each", async () => {
    const place = rig.place();
    const merges = Array.from({ length: 21 }, () => place.merge());
    const rows = await place.settled(21, 30_000);
    expect(rows.map(({ state }) => state)).toEqual(merges.map(() => "succeeded"));
    const built = place.dispatches().map(({ inputs }) => inputs["sha"]);
    expect(new Set(built)).toEqual(new Set(merges.map(({ sha }) => sha)));
    expect(built).toHaveLength(21);
  });
});

describe.concurrent("a repository that moved", () => {
  test("is found by a late delivery that still bears its old name", async () => {
    const place = rig.place();
    const { world } = rig.simulator;
    world.setWebhook({ active: false });
    place.merge();
    const late = world.buildDelivery(world.lastEvent("pull_request", "closed"));
    world.setWebhook({ active: true });
    world.renameRepository(place.id, "renamed");
    expect((await rig.post(late)).body["outcome"]).toBe("accepted");
    await onlySuccess(place);
  });

  test("is found by its id when another repository has taken the old name", async () => {
    const place = rig.place();
    const { world } = rig.simulator;
    world.setWebhook({ active: false });
    const { sha } = place.merge();
    const late = world.buildDelivery(world.lastEvent("pull_request", "closed"));
    world.setWebhook({ active: true });
    world.renameRepository(place.id, "moved");
    const usurper = world.addRepository({
      owner: place.owner,
      name: place.name,
      files: Object.fromEntries(
        allFiles(world.state.commits.get(place.repository.branches.get("main")!)!.files),
      ),
    });
    expect((await rig.post(late)).status).toBe(202);
    const { dispatch } = await onlySuccess(place);
    expect(dispatch).toMatchObject({ repositoryId: place.id, inputs: { sha } });
    expect(world.runsOf(usurper.id)).toHaveLength(0);
  });

  test("to another owner is dispatched through that owner's installation", async () => {
    const place = rig.place();
    const { world } = rig.simulator;
    world.setWebhook({ active: false });
    place.merge();
    const late = world.buildDelivery(world.lastEvent("pull_request", "closed"));
    world.setWebhook({ active: true });
    const heir = world.addInstallation({ owner: `heir-of-${place.owner}` });
    world.transferRepository(place.id, `heir-of-${place.owner}`);
    expect((await rig.post(late)).status).toBe(202);
    await onlySuccess(place);
    const [dispatch] = rig.simulator.requests.filter(
      ({ method, path }) => method === "POST" && path.includes(`/heir-of-${place.owner}/`),
    );
    expect(dispatch!.scope).toMatchObject({ installationId: heir.id, repositoryIds: [place.id] });
  });
});

describe("what a merge asks of GitHub", () => {
  test("every token is narrowed to one repository; only the dispatch's may write, and only actions", async () => {
    const place = rig.place();
    place.merge();
    await onlySuccess(place);
    const asked = place.requests().filter(({ path }) => path !== place.mints);
    expect(asked.length).toBeGreaterThan(4);
    for (const { method, scope } of asked) {
      const permissions =
        method === "POST"
          ? { actions: "write", metadata: "read" }
          : { actions: "read", contents: "read", metadata: "read", pull_requests: "read" };
      expect(scope).toEqual({
        kind: "installation",
        installationId: place.installation.id,
        repositoryIds: [place.id],
        permissions,
      });
    }
    expect(place.requests().filter(({ path }) => path === place.mints)).toHaveLength(2);
  });

  test("a merge costs six calls from delivery to dispatch, and no token once there is one", async () => {
    const place = rig.place();
    place.merge();
    await onlySuccess(place);
    const before = place.requests().length;
    place.merge();
    await place.settled(2);
    const asked = place.requests().slice(before);
    const follow = /\/actions\/runs\/\d+$/;
    const short = ({ method, path }: { method: string; path: string }) =>
      `${method} ${path.replace(`/repos/${place.fullName}`, "").replace(/[0-9a-f]{40}/, "SHA")}`;
    const dispatching = asked.filter(({ path }) => !follow.test(path)).map(short);
    expect(dispatching.toSorted()).toEqual([
      "GET ",
      "GET /actions/workflows/publish-image.yml",
      "GET /compare/main...SHA",
      "GET /contents/.github/merge-relay.yml",
      "GET /pulls/2",
      "POST /actions/workflows/publish-image.yml/dispatches",
    ]);
    // Three run events (requested, in progress, completed), one look each at most, and a poll.
    expect(asked.length - dispatching.length).toBeLessThanOrEqual(4);
  });
});
