/** The relay killed in the middle of its reports: what GitHub shows in the end stands there once. */
import { afterAll, expect, test } from "vitest";
import { LEASE_MS } from "../../src/config.ts";
import type { FaultAction } from "../../src/simulator/faults.ts";
import { type Killable, startKillable } from "./support/killable.ts";
import { WORKFLOW, WORKFLOW_PATH } from "./support/place.ts";
import { waitFor } from "./support/wait-for.ts";

const ends: (() => Promise<void>)[] = [];

afterAll(async () => {
  await Promise.all(ends.map((end) => end()));
});

/** A relay that reports, one repository whose first run fails, and Maria, who maintains it. */
async function begin() {
  const pair = await startKillable({ REPORT_CHECKS: "on", REPORT_COMMENTS: "on" });
  ends.push(() => pair.close());
  const { world, faults } = pair.simulator;
  world.addInstallation({ owner: "acme" });
  const files = { [WORKFLOW_PATH]: WORKFLOW };
  const repository = world.addRepository({ owner: "acme", name: "app", files });
  repository.roles.set("maria", "maintain");
  world.scriptRuns(repository.id, [{ conclusion: "failure" }]);
  const { number } = world.openPullRequest({ repo: repository.id, user: "stranger" });
  return { ...sights(pair, repository.id), ...pair, repository, number, faults };
}

/** What GitHub shows of the repository. */
function sights({ simulator }: Killable, id: number) {
  const { state } = simulator.world;
  return {
    checks: () => [...state.checkRuns.values()].filter((one) => one.repositoryId === id),
    comments: () => [...state.comments.values()].filter((one) => one.byApp),
    runs: () => simulator.world.runsOf(id),
  };
}

type Scene = Awaited<ReturnType<typeof begin>>;

const CHECKS = /^\/repos\/acme\/app\/check-runs$/;
const CHECK = /^\/repos\/acme\/app\/check-runs\/\d+$/;
const COMMENTS = /^\/repos\/acme\/app\/issues\/\d+\/comments$/;
const LOOK = /^\/repos\/acme\/app\/commits\/[0-9a-f]+\/check-runs$/;

/** GitHub does it at once, and the answer takes its time. */
const answersLate: FaultAction = { kind: "latency", ms: 1_200, when: "after" };
/** GitHub does it when the process that asked is dead. */
const actsLate: FaultAction = { kind: "latency", ms: 1_200, when: "before" };
const never: FaultAction = { kind: "hang" };

interface Moment {
  readonly method: string;
  readonly path: RegExp;
  readonly action: FaultAction;
}

const MOMENTS: [string, Moment][] = [
  ["has the check run and has not answered", { method: "POST", path: CHECKS, action: answersLate }],
  [
    "makes the check run after the process's death",
    { method: "POST", path: CHECKS, action: actsLate },
  ],
  ["will never make the check run", { method: "POST", path: CHECKS, action: never }],
  ["will never hear how the run ended", { method: "PATCH", path: CHECK, action: never }],
  ["has the comment and has not answered", { method: "POST", path: COMMENTS, action: answersLate }],
  [
    "writes the comment after the process's death",
    { method: "POST", path: COMMENTS, action: actsLate },
  ],
  ["will never write the comment", { method: "POST", path: COMMENTS, action: never }],
];

// The longest first: they pass side by side.
test.concurrent(
  "killed twice, the second time while it looks for what it made: still one check run",
  async () => {
    const scene = await begin();
    scene.faults.add({ match: { method: "POST", path: CHECKS, times: 1 }, action: actsLate });
    scene.faults.add({ match: { method: "GET", path: LOOK, times: 1 }, action: answersLate });
    scene.simulator.world.mergePullRequest(scene.repository.id, scene.number);
    await waitFor("the creation", () => scene.hasArrived("POST", CHECKS));
    await scene.relay.kill();
    await scene.start();
    await waitFor("the look", () => scene.hasArrived("GET", LOOK), LEASE_MS + 15_000);
    await scene.relay.kill();
    await scene.start();
    await hasToldTheEnd(scene, "failure");
    await isSaidOnce(scene, 1);
  },
  LEASE_MS * 3 + 60_000,
);

test.concurrent.each(MOMENTS)(
  "killed while GitHub %s: one check run and one comment after the restart",
  async (_, { method, path, action }) => {
    const scene = await begin();
    scene.faults.add({ match: { method, path, times: 1 }, action });
    if (method === "PATCH") endsOnceShown(scene);
    scene.simulator.world.mergePullRequest(scene.repository.id, scene.number);
    await waitFor("the moment", () => scene.hasArrived(method, path));
    await scene.relay.kill();
    await scene.start();
    await hasToldTheEnd(scene, "failure");
    await isSaidOnce(scene, 1);
  },
  LEASE_MS * 2 + 60_000,
);

const COMMAND_MOMENTS: [string, Moment][] = [
  [
    "says who commands",
    {
      method: "GET",
      path: /^\/repos\/acme\/app\/collaborators\/maria\/permission$/,
      action: answersLate,
    },
  ],
  [
    "has the reaction and has not answered",
    {
      method: "POST",
      path: /^\/repos\/acme\/app\/issues\/comments\/\d+\/reactions$/,
      action: answersLate,
    },
  ],
];

test.concurrent.each(COMMAND_MOMENTS)(
  "killed while GitHub %s: the command is carried out once and answered once",
  async (_, { method, path, action }) => {
    const scene = await begin();
    const { world } = scene.simulator;
    world.mergePullRequest(scene.repository.id, scene.number);
    await hasToldTheEnd(scene, "failure");
    scene.faults.add({ match: { method, path, times: 1 }, action });
    const command = world.comment(scene.repository.id, scene.number, "maria", "/publish");
    await waitFor("the moment", () => scene.hasArrived(method, path));
    await scene.relay.kill();
    await scene.start();
    await waitFor("the reaction", () => command.reactions.length > 0, LEASE_MS + 15_000);
    await hasToldTheEnd(scene, "success");
    await isSaidOnce(scene, 2);
    expect(command.reactions.map(({ content }) => content)).toEqual(["eyes"]);
    expect(scene.comments()[0]!.body).toContain("`succeeded` (2)");
  },
  LEASE_MS * 2 + 90_000,
);

/** A run that ends before its check run is made leaves nothing to change: the check run says the end at once. */
function endsOnceShown({ simulator, checks }: Scene): void {
  simulator.world.onDispatch(async () => {
    await waitFor("the check run", () => checks().length > 0);
    return { conclusion: "failure" };
  });
}

/** Until the newest check run and the comment say how the newest run ended. */
async function hasToldTheEnd(scene: Scene, conclusion: string): Promise<void> {
  const word = conclusion === "success" ? "succeeded" : "failed";
  await waitFor(
    "the end to be told",
    () =>
      scene.checks().at(-1)?.conclusion === conclusion &&
      scene.comments().some(({ body }) => body.includes(word)),
    LEASE_MS * 2 + 20_000,
  );
}

const OPEN = `SELECT subject FROM reports
  WHERE kind <> 'receipt' AND (due_at IS NOT NULL OR intent_at IS NOT NULL)
  UNION SELECT name FROM commands WHERE due_at IS NOT NULL`;

/** Exactly that many runs, a check run for each, one comment, when the relay has no more to say. */
async function isSaidOnce(scene: Scene, runs: number): Promise<void> {
  await waitFor(
    "the relay to have said all",
    async () => (await scene.relay.query(OPEN)).length === 0,
    LEASE_MS + 15_000,
  );
  await scene.simulator.idle();
  expect(scene.runs()).toHaveLength(runs);
  const subjects = scene.checks().map(({ externalId }) => externalId);
  expect(subjects).toHaveLength(runs);
  expect(new Set(subjects).size).toBe(runs);
  expect(scene.checks().every(({ status }) => status === "completed")).toBe(true);
  expect(scene.comments()).toHaveLength(1);
}
