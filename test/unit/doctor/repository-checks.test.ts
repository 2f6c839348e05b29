/** Faults of a repository's set-up, each planted, named, and told apart from a near miss. */
import { expect, test } from "vitest";
import type { Check } from "../../../src/doctor/patient.ts";
import { actionsPolicyCheck } from "../../../src/doctor/checks/actions-policy.ts";
import { configurationCheck } from "../../../src/doctor/checks/configuration.ts";
import { installationCheck } from "../../../src/doctor/checks/installation.ts";
import { operatorLimitsCheck } from "../../../src/doctor/checks/operator-limits.ts";
import { registryCheck } from "../../../src/doctor/checks/registry.ts";
import { workflowEnabledCheck } from "../../../src/doctor/checks/workflow-enabled.ts";
import { workflowFileCheck } from "../../../src/doctor/checks/workflow-file.ts";
import { workflowInputsCheck } from "../../../src/doctor/checks/workflow-inputs.ts";
import { workflowPermissionsCheck } from "../../../src/doctor/checks/workflow-permissions.ts";
import { workflowRunNameCheck } from "../../../src/doctor/checks/workflow-run-name.ts";
import { SMALL } from "./support/small-workflow.ts";
import { answer, openClinic, RELAY, WORKFLOW, WORKFLOW_PATH } from "./support/clinic.ts";

const CONFIGURATION = ".github/merge-relay.yml";
const OF_THE_FILE = [
  workflowFileCheck,
  workflowInputsCheck,
  workflowRunNameCheck,
  workflowPermissionsCheck,
  workflowEnabledCheck,
];

async function withFile(text: string, configuration?: string) {
  return openClinic({
    files: {
      [WORKFLOW_PATH]: text,
      ...(configuration === undefined ? {} : { [CONFIGURATION]: configuration }),
    },
  });
}

async function judge(check: Check, text: string, configuration?: string) {
  return (await withFile(text, configuration)).examine(check);
}

test("the workflow that init writes is well, and so is a small one of one's own", async () => {
  for (const text of [WORKFLOW, SMALL]) {
    const { examine } = await withFile(text);
    for (const check of [installationCheck, configurationCheck, registryCheck, ...OF_THE_FILE]) {
      expect(await examine(check), check.name).toMatchObject({ status: "ok" });
    }
  }
}, 20_000);

test("leaves a repository's checks out where none is named", async () => {
  const { examine } = await openClinic();
  for (const check of [installationCheck, configurationCheck, ...OF_THE_FILE]) {
    expect(await examine(check, { repository: null }), check.name).toMatchObject({
      status: "skipped",
      remedy: expect.stringContaining("--repo"),
    });
  }
});

test("names an App that is not installed on the repository", async () => {
  const { examine, world, installation } = await openClinic();
  world.removeInstallation(installation.id);
  const verdict = await examine(installationCheck);
  expect(verdict.status).toBe("failed");
  expect(verdict.finding).toContain("not installed on acme/app");
  expect(verdict.remedy).toContain("/installations/new");
  expect(verdict.remedy).toContain("include app");
});

test("names an App that is installed for the owner, but on other repositories", async () => {
  const { examine, world, installation } = await openClinic();
  world.addRepository({ owner: "acme", name: "other" });
  world.state.installations.get(installation.id)!.repositoryIds = new Set();
  expect(await examine(installationCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("installed for acme, but not on acme/app"),
    remedy: expect.stringContaining("“Repository access” add app"),
    link: expect.stringContaining(`/installations/${installation.id}`),
  });
});

test("names a suspended installation", async () => {
  const { examine, world, installation } = await openClinic();
  world.state.installations.get(installation.id)!.suspendedAt = Date.now();
  const verdict = await examine(installationCheck);
  expect(verdict).toMatchObject({ status: "failed", remedy: expect.stringContaining("Unsuspend") });
  expect(verdict.link).toContain(`/installations/${installation.id}`);
  // What depends on it points there and does not guess.
  expect(await examine(workflowFileCheck)).toMatchObject({
    status: "unknown",
    remedy: expect.stringContaining("installation"),
  });
});

test("names permissions that the owner has not accepted yet", async () => {
  const { examine, world, installation } = await openClinic();
  const granted = world.state.installations.get(installation.id)!;
  granted.permissions = { ...granted.permissions, actions: "read" };
  expect(await examine(installationCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("actions: write"),
    remedy: expect.stringContaining("accepts the new permissions"),
  });
  const { checks: _without, ...rest } = granted.permissions;
  granted.permissions = { ...rest, actions: "write" };
  expect(await examine(installationCheck)).toMatchObject({
    status: "warning",
    finding: expect.stringContaining("checks: write"),
  });
});

test("names a workflow that is missing, and one that waits on another branch", async () => {
  const { examine, world } = await openClinic({ files: { "README.md": "# app\n" } });
  expect(await examine(workflowFileCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("has no .github/workflows/publish-image.yml"),
    remedy: expect.stringContaining("merge-relay init"),
  });
  world.createBranch("acme/app", "add-workflow");
  world.commit("acme/app", "add-workflow", { files: { [WORKFLOW_PATH]: WORKFLOW } });
  const verdict = await examine(workflowFileCheck);
  expect(verdict).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("“add-workflow”"),
  });
  expect(verdict.remedy).toBe("Merge it into “main”.");
});

test("names a file that is not YAML, and one without the trigger", async () => {
  expect(await judge(workflowFileCheck, "on: [workflow_dispatch\njobs: {")).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("cannot be read: line"),
  });
  const pushed = SMALL.replace("  workflow_dispatch:\n", "  workflow_call:\n");
  expect(await judge(workflowFileCheck, pushed)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("no workflow_dispatch trigger"),
    remedy: expect.stringContaining("Add `workflow_dispatch:`"),
  });
});

test("takes a trigger beside others", async () => {
  const both = SMALL.replace("on:\n", "on:\n  push: { branches: [main] }\n");
  expect(await judge(workflowFileCheck, both)).toMatchObject({ status: "ok" });
});

test.each(["dispatch_id", "sha", "branch", "pr"])("names the undeclared input %s", async (name) => {
  const without = SMALL.replace(new RegExp(`      ${name}: .*\n`), "");
  const verdict = await judge(workflowInputsCheck, without);
  expect(verdict).toMatchObject({
    status: "failed",
    finding: expect.stringContaining(`the input ${name}.`),
  });
  expect(verdict.remedy).toContain(`${name}: { type: string }`);
});

test("an undeclared input matters as soon as a route sends it", async () => {
  const without = SMALL.replace(/ {6}platforms: .*\n/, "").replace(/ {6}tag: .*\n/, "");
  expect(await judge(workflowInputsCheck, without)).toMatchObject({ status: "warning" });
  const platforms = "version: 1\nroutes:\n  - platforms: [linux/amd64]\n";
  expect(await judge(workflowInputsCheck, without, platforms)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("input platforms"),
  });
  const tags = 'version: 1\nroutes:\n  - on: [merge, tag]\n    tags: ["v*"]\n';
  expect(await judge(workflowInputsCheck, without, tags)).toMatchObject({
    finding: expect.stringContaining("input tag"),
  });
  const own = "version: 1\nroutes:\n  - inputs: { channel: stable }\n";
  expect(await judge(workflowInputsCheck, without, own)).toMatchObject({
    finding: expect.stringContaining("channel"),
  });
});

test("names a required input that nothing sends; one with a default passes", async () => {
  const demanding = SMALL.replace(
    "    inputs:\n",
    "    inputs:\n      channel: { type: string, required: true }\n",
  );
  expect(await judge(workflowInputsCheck, demanding)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("requires channel"),
  });
  const given = demanding.replace(
    "required: true }\n      dispatch_id",
    "required: true, default: x }\n      dispatch_id",
  );
  expect(await judge(workflowInputsCheck, given)).toMatchObject({ status: "ok" });
});

test("names a run-name without the dispatch id, in whatever way it lacks it", async () => {
  for (const line of [
    "",
    "run-name: Publish ${{ inputs.sha }}\n",
    "run-name: inputs.dispatch_id\n",
    "run-name: ${{ inputs.dispatch_idea }}\n",
  ]) {
    const verdict = await judge(workflowRunNameCheck, SMALL.replace(/run-name: .*\n/, line));
    expect(verdict, line).toMatchObject({
      status: "failed",
      remedy: expect.stringContaining("inputs.dispatch_id"),
    });
  }
  for (const line of [
    "run-name: ${{ github.event.inputs.dispatch_id }}\n",
    "run-name: ${{ inputs['dispatch_id'] }}\n",
  ]) {
    expect(
      await judge(workflowRunNameCheck, SMALL.replace(/run-name: .*\n/, line)),
      line,
    ).toMatchObject({ status: "ok" });
  }
});

test("names the job that pushes without packages: write", async () => {
  const reading = SMALL.replace("packages: write", "packages: read");
  const verdict = await judge(workflowPermissionsCheck, reading);
  expect(verdict).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("job publish"),
  });
  expect(verdict.remedy).toContain("`packages: write`");
  const elsewhere = SMALL.replace("{ contents: read }", "{ packages: write }").replace(
    "{ contents: read, packages: write }",
    "{ contents: read }",
  );
  expect(await judge(workflowPermissionsCheck, elsewhere)).toMatchObject({ status: "failed" });
});

test("does not ask for packages: write where another registry is pushed to", async () => {
  const reading = SMALL.replace("packages: write", "packages: read");
  const hub = "version: 1\nroutes:\n  - image: docker.io/acme/app\n";
  expect(await judge(workflowPermissionsCheck, reading, hub)).toMatchObject({ status: "ok" });
});

test("says that a workflow without permissions hangs on a default", async () => {
  const unsaid = SMALL.replaceAll(/ {4}permissions: .*\n/g, "");
  expect(await judge(workflowPermissionsCheck, unsaid)).toMatchObject({ status: "warning" });
  expect(await judge(workflowPermissionsCheck, `permissions: write-all\n${unsaid}`)).toMatchObject({
    status: "ok",
  });
});

test.each(["disabled_manually", "disabled_inactivity"] as const)(
  "names a workflow that is %s",
  async (state) => {
    const { examine, world } = await openClinic();
    world.setWorkflowState("acme/app", "publish-image.yml", state);
    expect(await examine(workflowEnabledCheck)).toMatchObject({
      status: "failed",
      finding: expect.stringContaining(state),
      remedy: expect.stringContaining("gh workflow enable publish-image.yml --repo acme/app"),
    });
  },
);

test("names the line of an invalid configuration, and what was meant", async () => {
  const verdict = await judge(
    configurationCheck,
    SMALL,
    "version: 1\nroutes:\n  - brnches: [main]\n",
  );
  expect(verdict.status).toBe("failed");
  expect(verdict.finding).toContain("line 3");
  expect(verdict.remedy).toContain("branches");
  expect(
    await judge(configurationCheck, SMALL, "version: 1\nroutes:\n  - branches: [main]\n"),
  ).toMatchObject({ status: "ok" });
});

test("looks at the workflow that the route names", async () => {
  const { examine } = await withFile(SMALL, "version: 1\nroutes:\n  - workflow: images.yml\n");
  expect(await examine(workflowFileCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("images.yml"),
  });
});

test("tells by a dispatch without effect whether Actions is on, where the App may not read it", async () => {
  const { examine, world, answers, simulator } = await openClinic();
  expect(await examine(actionsPolicyCheck)).toMatchObject({ status: "ok" });
  world.setActionsEnabled("acme/app", false);
  expect(await examine(actionsPolicyCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("switched off for acme/app"),
    remedy: expect.stringContaining("Allow Actions"),
  });
  const probe = `POST ${simulator.url}/repos/acme/app/actions/workflows/publish-image.yml/dispatches`;
  const message = "Event 'workflow_dispatch' is not allowed to trigger Actions workflows.";
  answers.set(probe, answer(422, { message }));
  expect(await examine(actionsPolicyCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining(message),
    remedy: expect.stringContaining("allowed actor"),
  });
  answers.set(probe, answer(500));
  expect(await examine(actionsPolicyCheck)).toMatchObject({
    status: "unknown",
    link: expect.stringContaining("policies"),
  });
  expect(world.state.runs.size).toBe(0);
});

test("names Actions that are switched off or restricted, where the App may see it", async () => {
  const { examine, world, installation, answers, simulator } = await openClinic();
  const granted = world.state.installations.get(installation.id)!;
  granted.permissions = { ...granted.permissions, administration: "read" };
  expect(await examine(actionsPolicyCheck)).toMatchObject({
    status: "unknown",
    finding: "Actions is on.",
  });
  world.setActionsEnabled("acme/app", false);
  expect(await examine(actionsPolicyCheck)).toMatchObject({
    status: "failed",
    remedy: expect.stringContaining("Allow Actions"),
  });
  const permissions = `GET ${simulator.url}/repos/acme/app/actions/permissions`;
  answers.set(permissions, answer(200, { enabled: true, allowed_actions: "local_only" }));
  expect(await examine(actionsPolicyCheck)).toMatchObject({
    status: "warning",
    finding: expect.stringContaining("local_only"),
  });
});

test("points to the App where it was never asked for a permission", async () => {
  const { examine, world, installation, app } = await openClinic();
  const granted = world.state.installations.get(installation.id)!;
  const { actions: _gone, ...rest } = granted.permissions;
  granted.permissions = rest;
  delete app.permissions["actions"];
  expect(await examine(installationCheck)).toMatchObject({
    status: "skipped",
    finding: expect.stringContaining("app-permissions"),
  });
});

test.each([".github/merge-relay.yaml", "merge-relay.yml"])(
  "names a configuration where nobody reads it: %s",
  async (path) => {
    const { examine } = await openClinic({
      files: { [WORKFLOW_PATH]: WORKFLOW, [path]: "version: 1\n" },
    });
    expect(await examine(configurationCheck)).toMatchObject({
      status: "failed",
      finding: expect.stringContaining(`${path} is not read`),
      remedy: expect.stringContaining(`git mv ${path} .github/merge-relay.yml`),
    });
  },
);

test("names a route whose branches match none, and says which there are", async () => {
  const routes = "version: 1\nroutes:\n  - { name: app, branches: [master, 'v*'] }\n";
  expect(await judge(configurationCheck, SMALL, routes)).toMatchObject({
    status: "warning",
    finding: "No branch matches master, v* (route app).",
    remedy: expect.stringContaining("There are: main"),
  });
  const good = routes.replace("'v*'", "'ma*'");
  expect(await judge(configurationCheck, SMALL, good)).toMatchObject({ status: "ok" });
});

test("leaves an absent and a disabled workflow to their own checks", async () => {
  const { examine, world } = await openClinic();
  world.setWorkflowState("acme/app", "publish-image.yml", "disabled_manually");
  expect(await examine(actionsPolicyCheck)).toMatchObject({ status: "skipped" });
  const absent = await openClinic({ files: { "README.md": "# app\n" } });
  expect(await absent.examine(actionsPolicyCheck)).toMatchObject({ status: "skipped" });
});

test("names a workflow that was renamed, and how to name it", async () => {
  const { examine } = await openClinic({
    files: {
      ".github/workflows/image.yml": WORKFLOW,
      ".github/workflows/ci.yml": "on: workflow_dispatch\njobs: { a: { steps: [] } }\n",
    },
  });
  expect(await examine(workflowFileCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("but .github/workflows/image.yml takes a dispatch_id"),
    remedy: expect.stringMatching(/`workflow: image\.yml`.*rename the file to publish-image\.yml/),
  });
});

test("names an owner whom the operator leaves out, by login and by id", async () => {
  const { examine, environment, repository, answers } = await openClinic();
  // From before a relay told whom it serves: what is set here is all that is known.
  const taken = { outcome: "ignored", reason: "ping", delivery: "1" };
  answers.set(`POST ${RELAY}/webhooks/github`, answer(200, taken));
  const withOwners = (owners: string) =>
    examine(operatorLimitsCheck, { environment: { ...environment, ALLOWED_OWNERS: owners } });
  const { id } = repository.owner;
  expect(await withOwners("other, 77")).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("(other, 77) leaves acme out"),
    remedy: expect.stringContaining(`Add acme, or better ${id}`),
  });
  for (const owners of ["", "ACME", `7,${id}`]) {
    expect(await withOwners(owners), owners).toMatchObject({ status: "ok" });
  }
});

test("names an owner whom the relay's own ALLOWED_OWNERS leaves out, whatever is set here", async () => {
  const { examine, environment, relaySettings, repository } = await openClinic();
  relaySettings["ALLOWED_OWNERS"] = "secret-customer, 77";
  for (const owners of ["", "acme"]) {
    const changed = { ...environment, ALLOWED_OWNERS: owners };
    const verdict = await examine(operatorLimitsCheck, { environment: changed });
    expect(verdict).toMatchObject({
      status: "failed",
      finding: "The relay's ALLOWED_OWNERS leaves acme out.",
      reason: expect.stringContaining("owner-not-allowed"),
      remedy: expect.stringContaining(`Add acme, or better ${repository.owner.id}`),
      link: expect.stringContaining("cloudflare"),
    });
    expect(JSON.stringify(verdict)).not.toContain("secret-customer");
  }
  for (const owners of ["", "other,ACME", String(repository.owner.id)]) {
    relaySettings["ALLOWED_OWNERS"] = owners;
    expect(await examine(operatorLimitsCheck, {}), owners).toMatchObject({
      status: "ok",
      finding: "It serves acme, and dispatches.",
    });
  }
});

test("says that a relay only observes, by its own word", async () => {
  const { examine, relaySettings } = await openClinic();
  relaySettings["RELAY_MODE"] = "observe";
  expect(await examine(operatorLimitsCheck)).toMatchObject({
    status: "warning",
    remedy: expect.stringContaining("RELAY_MODE to enforce"),
  });
});
