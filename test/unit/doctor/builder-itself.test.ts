/** A repository that has no route and builds for others: what is true of it, and worth looking at. */
import { expect, test } from "vitest";
import { buildersCheck } from "../../../src/doctor/checks/builders.ts";
import { configurationCheck } from "../../../src/doctor/checks/configuration.ts";
import { packageWriteCheck } from "../../../src/doctor/checks/package-write.ts";
import { registryCheck } from "../../../src/doctor/checks/registry.ts";
import { workflowEnabledCheck } from "../../../src/doctor/checks/workflow-enabled.ts";
import { workflowFileCheck } from "../../../src/doctor/checks/workflow-file.ts";
import { workflowInputsCheck } from "../../../src/doctor/checks/workflow-inputs.ts";
import { workflowPermissionsCheck } from "../../../src/doctor/checks/workflow-permissions.ts";
import { workflowRunNameCheck } from "../../../src/doctor/checks/workflow-run-name.ts";
import { answer, openClinic, TODAY, WORKFLOW, WORKFLOW_PATH } from "./support/clinic.ts";

const CONFIGURATION = ".github/merge-relay.yml";
const ACCEPTING = "version: 1\nroutes: []\naccept: [acme/*, other/app]\n";
const OF_THE_FILE = [
  workflowFileCheck,
  workflowInputsCheck,
  workflowRunNameCheck,
  workflowPermissionsCheck,
  workflowEnabledCheck,
];

function openBuilder(files: Readonly<Record<string, string>> = { [WORKFLOW_PATH]: WORKFLOW }) {
  return openClinic({ files: { [CONFIGURATION]: ACCEPTING, ...files } });
}

test("its workflow is looked at under the usual name, and is well as it is shipped", async () => {
  const { examine } = await openBuilder();
  for (const check of OF_THE_FILE) {
    expect(await examine(check), check.name).toMatchObject({
      status: "ok",
      finding: expect.stringContaining("publish-image.yml"),
    });
  }
  expect(await examine(configurationCheck)).toMatchObject({ status: "ok" });
});

test("its workflow must take the input that names the source", async () => {
  const without = WORKFLOW.replace(/ {6}repository:\n(?: {8}.*\n)+/, "");
  expect(without).not.toBe(WORKFLOW);
  const { examine } = await openBuilder({ [WORKFLOW_PATH]: without });
  expect(await examine(workflowInputsCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("does not declare the input repository"),
  });
  const demanding = WORKFLOW.replace(/( {6}repository:\n)/, "$1        required: true\n");
  const other = await openBuilder({ [WORKFLOW_PATH]: demanding });
  expect(await other.examine(workflowInputsCheck)).toMatchObject({ status: "ok" });
});

test("without that file nobody knows the workflow's name but its sources, which are named", async () => {
  const { examine } = await openBuilder({});
  for (const check of OF_THE_FILE) {
    expect(await examine(check), check.name).toMatchObject({
      status: "skipped",
      finding: expect.stringMatching(/acme\/app has no route.*it builds for acme\/\*, other\/app/),
      remedy: expect.stringContaining("--repo OWNER/NAME"),
    });
  }
});

test("a file that GitHub does not hand out is no missing file", async () => {
  const { examine, answers, simulator } = await openBuilder();
  answers.set(`GET ${simulator.url}/repos/acme/app/contents/${WORKFLOW_PATH}`, answer(500));
  expect(await examine(workflowFileCheck)).toMatchObject({ status: "unknown" });
});

test("it is not said to run its routes elsewhere, nor to push another's image", async () => {
  const { examine } = await openBuilder();
  expect(await examine(buildersCheck)).toMatchObject({
    status: "ok",
    finding: expect.stringContaining("a builder itself, for acme/*, other/app"),
  });
  for (const check of [registryCheck, packageWriteCheck]) {
    expect((await examine(check, { registry: TODAY })).finding, check.name).toBe(
      "It has no image of its own: it builds for acme/*, other/app, whose routes name theirs.",
    );
  }
});
