/** What lies beside the planted faults: silence, other registries, and what cannot be told. */
import { expect, test } from "vitest";
import { appKeyCheck } from "../../../src/doctor/checks/app-key.ts";
import { clockCheck } from "../../../src/doctor/checks/clock.ts";
import { configurationCheck } from "../../../src/doctor/checks/configuration.ts";
import { cronCheck } from "../../../src/doctor/checks/cron.ts";
import { deliveriesCheck } from "../../../src/doctor/checks/deliveries.ts";
import { hookAddressCheck } from "../../../src/doctor/checks/hook-address.ts";
import { indexCheck } from "../../../src/doctor/checks/index-database.ts";
import { installationCheck } from "../../../src/doctor/checks/installation.ts";
import { packageWriteCheck } from "../../../src/doctor/checks/package-write.ts";
import { registryCheck } from "../../../src/doctor/checks/registry.ts";
import { webhookSecretCheck } from "../../../src/doctor/checks/webhook-secret.ts";
import { workflowEnabledCheck } from "../../../src/doctor/checks/workflow-enabled.ts";
import { workflowFileCheck } from "../../../src/doctor/checks/workflow-file.ts";
import { workflowInputsCheck } from "../../../src/doctor/checks/workflow-inputs.ts";
import { workflowPermissionsCheck } from "../../../src/doctor/checks/workflow-permissions.ts";
import { workflowRunNameCheck } from "../../../src/doctor/checks/workflow-run-name.ts";
import { answer, openClinic, RELAY, TODAY, WORKFLOW, WORKFLOW_PATH } from "./support/clinic.ts";

const CONFIGURATION = ".github/merge-relay.yml";
const GONE = { kind: "unreachable", cause: "no such host" } as const;

function withRoutes(routes: string, workflow = WORKFLOW) {
  return openClinic({
    files: { [WORKFLOW_PATH]: workflow, [CONFIGURATION]: `version: 1\n${routes}` },
  });
}

test("asks no relay that is away about its sweep and its index", async () => {
  const { examine, answers } = await openClinic();
  answers.set(`GET ${RELAY}/healthz`, answer(500, { status: "ok", sweep: { last: null } }));
  for (const check of [cronCheck, indexCheck]) {
    expect(await examine(check), check.name).toMatchObject({
      status: "skipped",
      finding: expect.stringContaining("see “relay”"),
    });
  }
});

test("expects no cron of a local relay", async () => {
  const { examine, answers } = await openClinic();
  const url = "http://127.0.0.1:8787";
  answers.set(`GET ${url}/healthz`, answer(200, { status: "ok", sweep: { last: null } }));
  expect(await examine(cronCheck, { relayUrl: url })).toMatchObject({ status: "skipped" });
});

test("sets no clock by an answer without a date, or by none", async () => {
  const { examine, answers, simulator } = await openClinic();
  answers.set(`GET ${simulator.url}/meta`, answer(200));
  expect(await examine(clockCheck)).toMatchObject({ status: "skipped" });
  answers.set(`GET ${simulator.url}/meta`, GONE);
  expect(await examine(clockCheck)).toMatchObject({
    status: "unknown",
    remedy: expect.stringContaining("GITHUB_API_URL"),
  });
});

test("judges no key and no secret that nobody answers about", async () => {
  const { examine, answers, environment, simulator } = await openClinic();
  answers.set(`GET ${simulator.url}/app`, GONE);
  answers.set("GET https://api.github.com/app", GONE);
  const usual = { ...environment, GITHUB_API_URL: "https://api.github.com" };
  expect(await examine(appKeyCheck, { environment: usual })).toMatchObject({
    status: "unknown",
    remedy: expect.stringContaining("network"),
  });
  expect(await examine(appKeyCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining(`GITHUB_API_URL, ${simulator.url}`),
    remedy: expect.stringContaining("https://api.github.com"),
  });
  answers.set(RELAY, GONE);
  expect(await examine(webhookSecretCheck)).toMatchObject({ status: "unknown" });
});

test("says which of secret and address is missing", async () => {
  const { examine, environment, world } = await openClinic();
  const without = { ...environment, GITHUB_WEBHOOK_SECRET: "" };
  expect((await examine(webhookSecretCheck, { environment: without })).remedy).toContain(
    "GITHUB_WEBHOOK_SECRET",
  );
  world.setWebhook({ url: null });
  expect((await examine(webhookSecretCheck, { relayUrl: null })).remedy).toContain("--url");
});

test("names a webhook without verified certificates, and shrugs at a simulated one", async () => {
  const { examine, answers, simulator, world } = await openClinic();
  const config = `GET ${simulator.url}/app/hook/config`;
  const url = `${RELAY}/webhooks/github`;
  answers.set(config, answer(200, { url, content_type: "json", insecure_ssl: "1" }));
  expect(await examine(hookAddressCheck)).toMatchObject({
    status: "warning",
    remedy: expect.stringContaining("SSL verification"),
  });
  answers.set(config, answer(500));
  expect(await examine(hookAddressCheck)).toMatchObject({ status: "unknown" });
  answers.delete(config);
  world.setWebhook({ url: "http://127.0.0.1:8787/webhooks/github" });
  expect(await examine(hookAddressCheck, { relayUrl: null })).toMatchObject({ status: "skipped" });
  world.setWebhook({ url: null });
  expect((await examine(hookAddressCheck)).finding).toContain("no webhook address");
});

test("does not take a failing GitHub for a missing installation", async () => {
  const { examine, answers, simulator } = await openClinic();
  answers.set(`GET ${simulator.url}/repos/acme/app/installation`, answer(502));
  expect(await examine(installationCheck)).toMatchObject({
    status: "unknown",
    finding: expect.stringContaining("502"),
  });
});

test.each([
  [401, "another secret"],
  [404, "another address"],
  [405, "another address"],
  [0, "could not reach"],
  [503, "could not take it"],
  [413, "refused it"],
])("says of a delivery that got %i why", async (code, why) => {
  const { examine, simulator } = await openClinic();
  const { recorded } = simulator.deliveries;
  recorded.length = 0;
  simulator.world.setWebhook({ url: `${simulator.url}/meta` });
  simulator.world.openPullRequest({ repo: "acme/app", user: "stranger" });
  await simulator.idle();
  Object.assign(recorded[0]!, { status: "bad", statusCode: code });
  expect((await examine(deliveriesCheck)).reason).toContain(why);
});

test("judges no branches of a repository that has more than a page of them", async () => {
  const { examine, answers, simulator } = await withRoutes("routes:\n  - branches: [master]\n");
  const many = Array.from({ length: 100 }, (_, index) => ({ name: `b${index}` }));
  answers.set(`GET ${simulator.url}/repos/acme/app/branches`, answer(200, many));
  expect(await examine(configurationCheck)).toMatchObject({ status: "ok" });
  answers.set(`GET ${simulator.url}/repos/acme/app/branches`, answer(200, many.slice(1)));
  expect(await examine(configurationCheck)).toMatchObject({ status: "warning" });
  answers.set(`GET ${simulator.url}/repos/acme/app/branches`, answer(500));
  expect(await examine(configurationCheck)).toMatchObject({ status: "ok" });
});

test("leaves the image of another repository's workflow to that one", async () => {
  const { examine } = await withRoutes("routes:\n  - builder: acme/builder\n");
  expect(await examine(registryCheck)).toMatchObject({ status: "ok" });
  expect(await examine(packageWriteCheck, { registry: TODAY })).toMatchObject({
    status: "skipped",
  });
  expect(await examine(workflowFileCheck)).toMatchObject({
    status: "skipped",
    finding: expect.stringContaining("see “builders”"),
  });
});

test("tells a credential that is refused from one that may not write, and from silence", async () => {
  const { examine, answers } = await openClinic();
  const push = async () => examine(packageWriteCheck, { registry: TODAY });
  answers.set("https://ghcr.io", answer(401, {}, { "www-authenticate": "Basic" }));
  expect(await push()).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("does not accept the credential"),
    remedy: expect.stringContaining("write:packages"),
  });
  answers.set("https://ghcr.io", GONE);
  expect(await push()).toMatchObject({ status: "unknown" });
  answers.set("https://ghcr.io", answer(200));
  expect(await examine(registryCheck)).toMatchObject({ status: "ok" });
});

test("leaves a workflow without a dispatch to the check of its file", async () => {
  const pushed = WORKFLOW.replace(/on:\n {2}workflow_dispatch:[\s\S]*?\n(?=\S)/, "on: push\n");
  const { examine } = await openClinic({ files: { [WORKFLOW_PATH]: pushed } });
  expect(await examine(workflowFileCheck)).toMatchObject({ status: "failed" });
  for (const check of [workflowInputsCheck, workflowRunNameCheck]) {
    expect(await examine(check), check.name).toMatchObject({ status: "skipped" });
  }
});

test("names an archived repository, and does not guess about a workflow that GitHub hides", async () => {
  const { examine, world, repository, answers, simulator } = await openClinic();
  const state = `GET ${simulator.url}/repos/acme/app/actions/workflows/publish-image.yml`;
  answers.set(state, answer(500));
  expect(await examine(workflowEnabledCheck)).toMatchObject({ status: "unknown" });
  answers.set(state, answer(404));
  expect(await examine(workflowEnabledCheck)).toMatchObject({ status: "skipped" });
  answers.delete(state);
  world.state.repositories.get(repository.id)!.archived = true;
  expect(await examine(workflowEnabledCheck)).toMatchObject({
    status: "failed",
    finding: "acme/app is archived.",
  });
});

test("names a workflow that is not on the branch from which a route dispatches", async () => {
  const { examine } = await withRoutes("routes:\n  - ref: release\n");
  expect(await examine(workflowFileCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("not on “release”"),
    remedy: expect.stringContaining("`ref: release`"),
  });
});

test("a required pr is well for merges, and refused for tags", async () => {
  const demanding = WORKFLOW.replace(/( {6}pr:\n)/, "$1        required: true\n");
  expect(demanding).not.toBe(WORKFLOW);
  const merges = await withRoutes("routes:\n  - on: [merge]\n", demanding);
  expect(await merges.examine(workflowInputsCheck)).toMatchObject({ status: "ok" });
  const tags = await withRoutes('routes:\n  - { on: [tag], tags: ["v*"] }\n', demanding);
  expect(await tags.examine(workflowInputsCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("requires pr"),
  });
});

function script(permissions: string): string {
  return `on: workflow_dispatch\njobs:\n  image:\n    permissions: ${permissions}\n    steps: [{ run: ./publish.sh }]\n`;
}

async function judgePermissions(text: string) {
  const { examine } = await openClinic({ files: { [WORKFLOW_PATH]: text } });
  return examine(workflowPermissionsCheck);
}

test("judges a workflow whose push it cannot see by what its jobs may write", async () => {
  expect(await judgePermissions(script("{ contents: read }"))).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("No job of"),
    remedy: expect.stringContaining("the job that pushes"),
  });
  expect(await judgePermissions(script("{ packages: write }"))).toMatchObject({ status: "ok" });
  expect(await judgePermissions(script("write-all"))).toMatchObject({ status: "ok" });
  const unsaid = script("x").replace("    permissions: x\n", "");
  expect(await judgePermissions(unsaid)).toMatchObject({ status: "warning" });
});
