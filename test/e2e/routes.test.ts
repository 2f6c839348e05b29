import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CONFIGURATION_PATH, type Place, WORKFLOW, WORKFLOW_PATH } from "./support/place.ts";
import { type Rig, startRig } from "./support/relay.ts";

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});

afterAll(async () => {
  expect(rig.simulator.unknownRequests()).toEqual([]);
  await rig.close();
});

/** A configuration with these routes, each a line of flow style. */
function routes(...lines: string[]): string {
  return ["version: 1", "routes:", ...lines.map((line) => `  - { ${line} }`), ""].join("\n");
}

async function only(place: Place) {
  const [row, ...others] = await place.settled();
  expect(others).toEqual([]);
  return row!;
}

describe.concurrent("routes", () => {
  test("several that match are a dispatch each, with their own inputs", async () => {
    const place = rig.place({
      configuration: routes(
        "name: api, image: ghcr.io/acme/api, platforms: [linux/amd64, linux/arm64], context: api, file: api/Dockerfile, inputs: { channel: stable }",
        "name: web, workflow: web.yml, paths: ['web/**']",
        "name: docs, paths: ['docs/**']",
      ),
      files: { ".github/workflows/web.yml": WORKFLOW },
    });
    const { number, sha } = place.merge({ changedFiles: ["web/src/index.ts", "readme"] });
    const rows = await place.settled(2);
    expect(new Map(rows.map(({ route, state }) => [route, state]))).toEqual(
      new Map([
        ["api", "succeeded"],
        ["web", "succeeded"],
      ]),
    );
    expect(rows).toHaveLength(2);
    const inputsOf = (workflow: string) =>
      place.dispatches().find((dispatch) => dispatch.workflow === workflow)!.inputs;
    const common = { dispatch_id: expect.any(String), sha, branch: "main", pr: String(number) };
    expect(inputsOf("web.yml")).toEqual(common);
    expect(inputsOf("publish-image.yml")).toEqual({
      ...common,
      image: "ghcr.io/acme/api",
      platforms: "linux/amd64,linux/arm64",
      context: "api",
      file: "api/Dockerfile",
      channel: "stable",
    });
    expect(place.dispatches()).toHaveLength(2);
  });

  test.each([
    ["labels: { any: [publish] }", { labels: ["publish", "bug"] }, "succeeded"],
    ["labels: { any: [publish] }", { labels: ["bug"] }, "skipped"],
    ["labels: { none: [skip-image] }", { labels: ["skip-image"] }, "skipped"],
    ["paths: ['app/**']", { changedFiles: ["app/a/b.ts"] }, "succeeded"],
    ["paths: ['app/*']", { changedFiles: ["app/a/b.ts"] }, "skipped"],
    ["branches: ['release/*']", {}, "skipped"],
    ["branches: [main]", {}, "succeeded"],
    ["'on': [tag], tags: ['v*']", {}, "skipped"],
  ])("{ %s } and a pull request with %o: %s", async (line, pull, state) => {
    const place = rig.place({ configuration: routes(line) });
    place.merge(pull);
    const row = await only(place);
    expect(row.state).toBe(state);
    expect(row.reason).toBe(state === "skipped" ? "no-route" : null);
    expect(row.trace).not.toBeNull();
    expect(place.posts()).toHaveLength(state === "skipped" ? 0 : 1);
  });

  test("the file on the default branch rules, whatever the base branch says", async () => {
    const place = rig.place({ configuration: routes("branches: [next]") });
    const { world } = rig.simulator;
    world.createBranch(place.id, "next");
    world.commit(place.id, "next", { files: { [CONFIGURATION_PATH]: routes("ref: next") } });
    place.merge({ base: "next" });
    expect(await only(place)).toMatchObject({ state: "succeeded", branch: "next" });
    expect(place.dispatches()).toMatchObject([{ ref: "main", inputs: { branch: "next" } }]);
  });

  test("merge and push of one commit meet in one dispatch", async () => {
    const place = rig.place({ configuration: routes("'on': [merge, push]") });
    const { sha } = place.merge();
    const row = await only(place);
    await rig.simulator.idle();
    expect(row).toMatchObject({ state: "succeeded", sha });
    expect(await place.rows()).toHaveLength(1);
    expect(place.posts()).toHaveLength(1);
  });

  test("a push without a pull request is dispatched where a route asks for pushes", async () => {
    const place = rig.place({ configuration: routes("'on': [push]") });
    const sha = rig.simulator.world.commit(place.id, "main", { files: { a: "b" } });
    expect(await only(place)).toMatchObject({ state: "succeeded", sha, pull_request: null });
    expect(place.dispatches()[0]!.inputs).toMatchObject({ sha, branch: "main", pr: "" });
  });
});

describe.concurrent("tags", () => {
  test.each([
    ["light", {}],
    ["annotated", { message: "Release" }],
  ])(
    "%s, on the default branch: one dispatch with the peeled commit and the tag",
    async (_, how) => {
      const place = rig.place({ configuration: routes("'on': [tag], tags: ['v*']") });
      const sha = place.repository.branches.get("main")!;
      rig.simulator.world.addTag(place.id, "v1.2.3", how);
      expect(await only(place)).toMatchObject({ state: "succeeded", sha });
      expect(place.dispatches().map(({ inputs }) => inputs)).toEqual([
        { dispatch_id: expect.any(String), sha, branch: "main", pr: "", tag: "v1.2.3" },
      ]);
    },
  );

  test("on a commit that no allowed branch holds, or of another name, start nothing", async () => {
    const place = rig.place({ configuration: routes("'on': [tag], tags: ['v*']") });
    const { world } = rig.simulator;
    world.createBranch(place.id, "side");
    world.commit(place.id, "side", { files: { side: "1" } });
    world.addTag(place.id, "v9", { at: "side" });
    world.addTag(place.id, "nightly");
    const rows = await place.settled(2);
    expect(rows.map(({ state, reason }) => [state, reason])).toEqual([
      ["skipped", "no-route"],
      ["skipped", "no-route"],
    ]);
    expect(place.posts()).toEqual([]);
  });

  test("on a release branch are dispatched with that branch", async () => {
    const place = rig.place({
      configuration: routes("'on': [tag], tags: ['v*'], branches: ['release/*']"),
    });
    const { world } = rig.simulator;
    world.createBranch(place.id, "release/1");
    const sha = world.commit(place.id, "release/1", { files: { fix: "1" } });
    world.addTag(place.id, "v1.0.1", { at: "release/1" });
    expect(await only(place)).toMatchObject({ state: "succeeded", sha, branch: "release/1" });
  });

  test("on a merged commit are a second dispatch beside the merge's", async () => {
    const place = rig.place({ configuration: routes("'on': [merge, tag], tags: ['v*']") });
    const { sha } = place.merge();
    await place.settled();
    rig.simulator.world.addTag(place.id, "v2");
    const rows = await place.settled(2);
    expect(rows.map((row) => [row.state, row.sha])).toEqual([
      ["succeeded", sha],
      ["succeeded", sha],
    ]);
    expect(place.posts()).toHaveLength(2);
  });
});

describe.concurrent("a repository that is not ready", () => {
  test("with a broken configuration is rejected with the line, and never falls back to the default", async () => {
    const place = rig.place({
      configuration: "version: 1\nroutes:\n  - name: app\n    brunches: [main]\n",
    });
    place.merge();
    const row = await only(place);
    expect(row).toMatchObject({ state: "rejected", reason: "config-invalid" });
    expect(row.remedy).toMatch(/\b4\b.*brunches.*branches/s);
    expect(place.posts()).toEqual([]);
  });

  test("without workflow and configuration is skipped, without a dispatch", async () => {
    const place = rig.place({ workflow: false });
    place.merge();
    expect(await only(place)).toMatchObject({ state: "skipped", reason: "no-workflow" });
    expect(place.posts()).toEqual([]);
  });

  test.each([
    ["a workflow that is not there", "workflow: absent.yml", "workflow-not-found", 0],
    ["a ref that is not there", "ref: gone", "workflow-not-found", 1],
    ["inputs that the workflow does not know", "inputs: { colour: red }", "inputs-refused", 1],
  ])("%s is rejected with a remedy", async (_, line, reason, posts) => {
    const place = rig.place({ configuration: routes(line) });
    place.merge();
    const row = await only(place);
    expect(row).toMatchObject({ state: "rejected", reason });
    expect(row.remedy).not.toBeNull();
    expect(place.posts()).toHaveLength(posts);
    expect(place.dispatches()).toEqual([]);
  });

  test("a disabled workflow is rejected before anything is sent; disabled Actions by GitHub", async () => {
    const { world } = rig.simulator;
    const workflowOff = rig.place();
    world.setWorkflowState(workflowOff.id, "publish-image.yml", "disabled_manually");
    const actionsOff = rig.place();
    world.setActionsEnabled(actionsOff.id, false);
    workflowOff.merge();
    actionsOff.merge();
    for (const place of [workflowOff, actionsOff]) {
      expect(await only(place)).toMatchObject({ state: "rejected", reason: "workflow-disabled" });
      expect(place.dispatches()).toEqual([]);
    }
    expect(workflowOff.posts()).toEqual([]);
  });

  test("an installation that grants too little is rejected, and the remedy names the permissions", async () => {
    const place = rig.place();
    rig.simulator.world.setInstallationPermissions(place.installation.id, {
      metadata: "read",
      contents: "read",
      pull_requests: "read",
      actions: "read",
    });
    place.merge();
    const row = await only(place);
    expect(row).toMatchObject({ state: "rejected", reason: "permission-missing" });
    expect(row.remedy).toContain("actions write");
    expect(place.posts()).toEqual([]);
  });
});

describe.concurrent("a central builder", () => {
  let pairs = 0;

  /** A source whose route names a builder; the builder accepts the source, or somebody else. */
  function pair(accepts: "the source" | "somebody else") {
    const owner = `source-${++pairs}`;
    const accepted = accepts === "the source" ? owner : "somebody-else";
    const configuration = `version: 1\nroutes: []\naccept: [${accepted}/*]\n`;
    const builder = rig.place({ configuration });
    const source = rig.place({
      owner,
      workflow: false,
      configuration: routes(`builder: ${builder.fullName}`),
    });
    return { builder, source };
  }

  test("that accepts the source runs its own workflow, and its run events reach the source's ledger", async () => {
    const { builder, source } = pair("the source");
    const { number, sha } = source.merge();
    const row = await only(source);
    expect(row).toMatchObject({ state: "succeeded", remedy: null });
    expect(source.dispatches()).toEqual([]);
    expect(builder.dispatches().map(({ inputs, ref }) => ({ inputs, ref }))).toEqual([
      {
        ref: "main",
        inputs: {
          dispatch_id: row.id,
          sha,
          branch: "main",
          pr: String(number),
          repository: source.fullName,
        },
      },
    ]);
    const [post] = builder.posts();
    expect(post!.scope).toMatchObject({
      installationId: builder.installation.id,
      repositoryIds: [builder.id],
      permissions: { actions: "write" },
    });
    await rig.simulator.idle();
    const outcomes = builder
      .deliveries("workflow_run")
      .map(({ response }) => JSON.parse(response.payload ?? "{}").outcome);
    expect(outcomes.length).toBeGreaterThanOrEqual(3);
    expect(outcomes.filter((outcome) => outcome !== "accepted")).toEqual([]);
  });

  test("that accepts others only gets no dispatch", async () => {
    const { builder, source } = pair("somebody else");
    source.merge();
    const row = await only(source);
    expect(row).toMatchObject({ state: "rejected", reason: "builder-not-accepting" });
    expect(row.remedy).toContain(builder.fullName);
    expect(builder.posts()).toEqual([]);
  });

  test("without the App installed gets no dispatch", async () => {
    rig.simulator.world.addRepository({
      owner: "elsewhere",
      name: "builder",
      files: { [WORKFLOW_PATH]: WORKFLOW },
    });
    const source = rig.place({ configuration: routes("builder: elsewhere/builder") });
    source.merge();
    expect(await only(source)).toMatchObject({
      state: "rejected",
      reason: "builder-not-accepting",
    });
    expect(source.posts()).toEqual([]);
  });
});
