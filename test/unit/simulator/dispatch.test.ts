import { expect, test } from "vitest";
import { PUBLISH, startAcme } from "./support/acme.ts";
import { createClient, installationClient } from "./support/client.ts";

const DISPATCH = "POST /repos/acme/app/actions/workflows/publish-image.yml/dispatches";
const SHA = "a".repeat(40);
const INPUTS = { dispatch_id: "d-1", sha: SHA };

async function startWithClient(options: Parameters<typeof startAcme>[0] = {}) {
  const acme = await startAcme(options);
  return { ...acme, client: await installationClient(acme.simulator, acme.installation.id) };
}

test("turns a dispatch into a run whose title carries the inputs", async () => {
  const { simulator, repository, client } = await startWithClient({ autoRun: false });
  const body = { ref: "main", inputs: INPUTS, return_run_details: true };
  const accepted = await client(DISPATCH, { body });
  expect(accepted.status).toBe(200);
  const id = accepted.body.workflow_run_id;
  const run = await client(`GET /repos/acme/app/actions/runs/${id}`);
  expect(run.body).toMatchObject({
    display_title: `publish ${SHA} (d-1)`,
    event: "workflow_dispatch",
    status: "queued",
    conclusion: null,
    head_branch: "main",
    head_sha: repository.branches.get("main"),
    path: ".github/workflows/publish-image.yml",
    actor: { login: `${simulator.app.slug}[bot]`, type: "Bot" },
    run_attempt: 1,
  });
  expect(simulator.dispatches).toMatchObject([
    {
      repositoryId: repository.id,
      workflow: "publish-image.yml",
      ref: "main",
      inputs: INPUTS,
      runId: id,
    },
  ]);
});

test("answers 204 by default, and always with details in the newer API version", async () => {
  const { client } = await startWithClient({ autoRun: false });
  const body = { ref: "refs/heads/main", inputs: INPUTS };
  expect((await client(DISPATCH, { body })).status).toBe(204);
  const newer = await client(DISPATCH, { body, version: "2026-03-10" });
  expect(newer.status).toBe(200);
  expect(newer.body.workflow_run_id).toBeGreaterThan(0);
});

test("refuses a dispatch in GitHub's words, and runs nothing", async () => {
  const { simulator, world, client } = await startWithClient();
  const files = {
    ".github/workflows/on-push.yml": "on: push\njobs: { a: { runs-on: x } }\n",
    ".github/workflows/off.yml": PUBLISH,
  };
  world.commit("acme/app", "main", { files });
  world.setWorkflowState("acme/app", "off.yml", "disabled_manually");
  world.addTag("acme/app", "v1");
  const at = (file: string) => DISPATCH.replace("publish-image.yml", file);
  const refusals: [string, object, number, string][] = [
    [DISPATCH, { ref: "none", inputs: INPUTS }, 422, "No ref found for: none"],
    [DISPATCH, { ref: "refs/heads/v1", inputs: INPUTS }, 422, "No ref found for: refs/heads/v1"],
    [DISPATCH, { ref: "refs/tags/main", inputs: INPUTS }, 422, "No ref found for: refs/tags/main"],
    [DISPATCH, { ref: SHA, inputs: INPUTS }, 422, `No ref found for: ${SHA}`],
    [
      DISPATCH,
      { ref: "main", inputs: { ...INPUTS, extra: "x" } },
      422,
      'Unexpected inputs provided: ["extra"]',
    ],
    [
      DISPATCH,
      { ref: "main", inputs: { sha: SHA } },
      422,
      "Required input 'dispatch_id' not provided",
    ],
    [
      DISPATCH,
      { ref: "main", inputs: { ...INPUTS, channel: "wild" } },
      422,
      "Provided value 'wild' for input 'channel' not in the list of allowed values",
    ],
    [at("on-push.yml"), { ref: "main" }, 422, "Workflow does not have 'workflow_dispatch' trigger"],
    [
      at("off.yml"),
      { ref: "main" },
      422,
      "Cannot trigger a 'workflow_dispatch' on a disabled workflow",
    ],
    [at("none.yml"), { ref: "main" }, 404, "Not Found"],
    [DISPATCH.replace("acme/app", "acme/none"), { ref: "main" }, 404, "Not Found"],
  ];
  for (const [address, body, status, message] of refusals) {
    const reply = await client(address, { body });
    expect([reply.status, reply.body.message]).toEqual([status, message]);
  }
  expect(simulator.dispatches).toEqual([]);
  expect(world.runsOf("acme/app")).toEqual([]);
});

test("reads the workflow file at the ref, and asks that it be on the default branch too", async () => {
  const { world, client } = await startWithClient({ autoRun: false });
  world.createBranch("acme/app", "old");
  world.commit("acme/app", "old", {
    files: { ".github/workflows/publish-image.yml": "on: push\n" },
  });
  const atOld = await client(DISPATCH, { body: { ref: "old", inputs: INPUTS } });
  expect(atOld.body.message).toBe("Workflow does not have 'workflow_dispatch' trigger");
  world.createBranch("acme/app", "side");
  world.commit("acme/app", "side", { files: { ".github/workflows/new.yml": PUBLISH } });
  const elsewhere = DISPATCH.replace("publish-image.yml", "new.yml");
  expect((await client(elsewhere, { body: { ref: "side", inputs: INPUTS } })).status).toBe(404);
});

test("needs the permission to write Actions", async () => {
  const { simulator, installation } = await startAcme();
  const reader = await installationClient(simulator, installation.id, {
    permissions: { actions: "read" },
  });
  const reply = await reader(DISPATCH, { body: { ref: "main", inputs: INPUTS } });
  expect(reply.status).toBe(403);
  expect(reply.headers.get("x-accepted-github-permissions")).toBe("actions=write");
});

test("lists runs by event, branch and time, newest first", async () => {
  let time = Date.parse("2026-11-24T10:00:00Z");
  const { world, client } = await startWithClient({ autoRun: false, now: () => time });
  for (const dispatchId of ["one", "two", "three"]) {
    time += 60_000;
    await client(DISPATCH, {
      body: { ref: "main", inputs: { ...INPUTS, dispatch_id: dispatchId } },
    });
  }
  const workflow = { id: 1, path: ".github/workflows/other.yml" };
  const headSha = world.state.repositories.get(500_001)?.branches.get("main") ?? "";
  world.addRun({
    repository: world.state.repositories.get(500_001)!,
    workflow,
    event: "push",
    headBranch: "main",
    headSha,
    inputs: {},
    actor: world.addUser("bob"),
  });
  const list = "GET /repos/acme/app/actions/workflows/publish-image.yml/runs";
  const titles = async (query: string) =>
    (await client(`${list}?${query}`)).body.workflow_runs.map(
      ({ display_title: title }: { display_title: string }) => /\((.*)\)/.exec(title)?.[1],
    );
  expect(await titles("event=workflow_dispatch")).toEqual(["three", "two", "one"]);
  expect(await titles("created=%3E%3D2026-11-24T10:02:00Z")).toEqual(["three", "two"]);
  expect(await titles("created=2026-11-24T10:00:00Z..2026-11-24T10:01:30Z")).toEqual(["one"]);
  expect(await titles("branch=other")).toEqual([]);
  expect(await titles("per_page=1&page=2")).toEqual(["two"]);
  const all = await client("GET /repos/acme/app/actions/runs");
  expect(all.body.total_count).toBe(4);
});

test("plays runs to the end, as scripted, and re-runs what failed", async () => {
  const { simulator, world, client } = await startWithClient();
  world.scriptRuns("acme/app", [{ conclusion: "failure", logs: { build: "broken\n" } }]);
  const body = { ref: "main", inputs: INPUTS, return_run_details: true };
  const { workflow_run_id: id } = (await client(DISPATCH, { body })).body;
  await simulator.idle();
  const address = `/repos/acme/app/actions/runs/${id}`;
  expect((await client(`GET ${address}`)).body).toMatchObject({
    status: "completed",
    conclusion: "failure",
  });
  const jobs = await client(`GET ${address}/jobs`);
  expect(jobs.body.jobs.map(({ name }: { name: string }) => name)).toEqual(["build", "attest"]);
  const job = jobs.body.jobs[0].id;
  expect((await client(`GET /repos/acme/app/actions/jobs/${job}`)).body.conclusion).toBe("failure");
  const link = await client(`GET /repos/acme/app/actions/jobs/${job}/logs`);
  expect(link.status).toBe(302);
  const log = await fetch(link.headers.get("location") ?? "");
  expect(await log.text()).toBe("broken\n");
  expect((await client(`POST ${address}/rerun-failed-jobs`)).status).toBe(201);
  await simulator.idle();
  const again = await client(`GET ${address}`);
  expect(again.body).toMatchObject({ run_attempt: 2, conclusion: "success" });
  expect((await client(`POST ${address}/rerun-failed-jobs`)).status).toBe(403);
  const requested = simulator.deliveries.events.filter(({ action }) => action === "requested");
  expect(requested).toHaveLength(1);
});

test("lets a test play the runner, and a run be cancelled", async () => {
  const { simulator, world, client } = await startWithClient();
  world.onDispatch(async (run) => ({
    conclusion: "failure",
    logs: `saw ${run.inputs["dispatch_id"]}`,
  }));
  await client(DISPATCH, { body: { ref: "main", inputs: INPUTS } });
  await simulator.idle();
  expect(world.runsOf("acme/app")[0]?.jobs[0]?.log).toBe("saw d-1");
  world.onDispatch(() => new Promise(() => undefined));
  const body = { ref: "main", inputs: INPUTS, return_run_details: true };
  const { workflow_run_id: id } = (await client(DISPATCH, { body })).body;
  const cancel = `POST /repos/acme/app/actions/runs/${id}/cancel`;
  expect((await client(cancel)).status).toBe(202);
  expect((await client(`GET /repos/acme/app/actions/runs/${id}`)).body.conclusion).toBe(
    "cancelled",
  );
  expect((await client(cancel)).status).toBe(409);
});

test("steps runs by hand", async () => {
  const { world, client } = await startWithClient({ autoRun: false });
  const body = { ref: "main", inputs: INPUTS, return_run_details: true };
  const { workflow_run_id: id } = (await client(DISPATCH, { body })).body;
  const status = async () => (await client(`GET /repos/acme/app/actions/runs/${id}`)).body.status;
  expect(await status()).toBe("queued");
  world.startRun(id);
  expect(await status()).toBe("in_progress");
  world.completeRun(id, { conclusion: "timed_out" });
  expect(await status()).toBe("completed");
});

test("shows workflows, and enables a disabled one", async () => {
  const { world, client } = await startWithClient();
  const address = "/repos/acme/app/actions/workflows/publish-image.yml";
  expect((await client(`GET ${address}`)).body).toMatchObject({
    name: "Publish image",
    state: "active",
  });
  world.setWorkflowState("acme/app", "publish-image.yml", "disabled_inactivity");
  const list = await client("GET /repos/acme/app/actions/workflows");
  expect(list.body.workflows).toMatchObject([{ state: "disabled_inactivity" }]);
  const byId = `/repos/acme/app/actions/workflows/${list.body.workflows[0].id}`;
  expect((await client(`PUT ${byId}/enable`)).status).toBe(204);
  expect((await client(`GET ${byId}`)).body.state).toBe("active");
});

test("refuses the push of a fork's own build, with the log that GitHub shows", async () => {
  const { world, client } = await startWithClient();
  world.openPullRequest({ repo: "acme/app", user: "stranger" });
  const { run, log } = world.forkBuild("acme/app", 1);
  expect(log).toContain("##[group]GITHUB_TOKEN Permissions");
  expect(log).toContain("Packages: read");
  expect(log).toContain("https://ghcr.io/v2/acme/app/blobs/uploads/: 403 Forbidden");
  const shown = await client(`GET /repos/acme/app/actions/runs/${run.id}`);
  expect(shown.body).toMatchObject({
    event: "pull_request",
    conclusion: "failure",
    actor: { login: "stranger" },
    head_repository: { full_name: "stranger/app" },
    pull_requests: [],
  });
});

test("issues an identity token for a run, checked by the published keys", async () => {
  const { simulator, world, repository, client } = await startWithClient({ autoRun: false });
  const body = { ref: "main", inputs: INPUTS, return_run_details: true };
  const { workflow_run_id: id } = (await client(DISPATCH, { body })).body;
  const token = world.mintRunToken(id, "https://relay.example");
  const anonymous = createClient(simulator, null);
  const found = await anonymous("GET /.well-known/openid-configuration", { unchecked: true });
  expect(found.body.issuer).toBe(simulator.url);
  const jwks = await anonymous("GET /.well-known/jwks", { unchecked: true });
  const [head = "", claims = "", signature = ""] = token.split(".");
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("jwk", jwks.body.keys[0], algorithm, false, ["verify"]);
  const signed = new TextEncoder().encode(`${head}.${claims}`);
  const bytes = Buffer.from(signature, "base64url");
  expect(await crypto.subtle.verify(algorithm, key, bytes, signed)).toBe(true);
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
    iss: simulator.url,
    aud: "https://relay.example",
    repository_id: String(repository.id),
    run_id: String(id),
    event_name: "workflow_dispatch",
    workflow_ref: "acme/app/.github/workflows/publish-image.yml@refs/heads/main",
  });
});
