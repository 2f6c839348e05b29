/** Routes as they ask for it, and workflows as they take it: both must fit. */
import { expect, test } from "vitest";
import type { Check } from "../../../src/doctor/patient.ts";
import { configurationCheck } from "../../../src/doctor/checks/configuration.ts";
import { workflowFileCheck } from "../../../src/doctor/checks/workflow-file.ts";
import { workflowInputsCheck } from "../../../src/doctor/checks/workflow-inputs.ts";
import { openClinic, WORKFLOW, WORKFLOW_PATH } from "./support/clinic.ts";
import { SMALL } from "./support/small-workflow.ts";

async function judge(check: Check, text: string, configuration: string) {
  const files = { [WORKFLOW_PATH]: text, ".github/merge-relay.yml": configuration };
  return (await openClinic({ files })).examine(check);
}

test("judges a workflow by every route that runs it, whichever comes first", async () => {
  const asking = "  - { name: one, inputs: { channel: stable } }\n";
  const plain = "  - { name: two }\n";
  for (const both of [asking + plain, plain + asking]) {
    expect(await judge(workflowInputsCheck, SMALL, `version: 1\nroutes:\n${both}`)).toMatchObject({
      status: "failed",
      finding: expect.stringContaining("does not declare the input channel"),
    });
  }
});

test("judges a workflow on every branch from which a route dispatches it", async () => {
  const onDefault = "  - { name: one }\n";
  const elsewhere = "  - { name: two, ref: release }\n";
  for (const both of [onDefault + elsewhere, elsewhere + onDefault]) {
    expect(await judge(workflowFileCheck, SMALL, `version: 1\nroutes:\n${both}`)).toMatchObject({
      status: "failed",
      finding: expect.stringContaining("not on “release”"),
    });
  }
});

function routes(platforms: string, more = ""): string {
  return `version: 1\nroutes:\n  - name: app\n    platforms: [${platforms}]\n${more}`;
}

test("names a platform that the shipped workflow refuses, unless it was taught it", async () => {
  expect(await judge(configurationCheck, WORKFLOW, routes("linux/amd64, linux/aarch64"))).toEqual({
    status: "failed",
    finding: expect.stringContaining("Route app: “linux/aarch64”"),
    reason: expect.stringContaining("every run of the route ends at once"),
    remedy: expect.stringContaining("Write linux/arm64 in `platforms:`"),
    link: null,
  });
  expect(await judge(configurationCheck, WORKFLOW, routes("linux/foo"))).toMatchObject({
    remedy: expect.stringContaining("Correct `platforms:`"),
  });
  for (const [text, configuration] of [
    [WORKFLOW, routes("linux/amd64, linux/s390x")],
    [SMALL, routes("windows/amd64")],
    [WORKFLOW.replace("linux/s390x)", "linux/s390x | windows/amd64)"), routes("windows/amd64")],
    [WORKFLOW, routes("windows/amd64", "    builder: acme/builder\n")],
    [WORKFLOW, routes("windows/amd64", "    workflow: mine.yml\n")],
    [WORKFLOW, routes("windows/amd64", "    ref: none\n")],
  ] as const) {
    expect(await judge(configurationCheck, text, configuration)).toMatchObject({ status: "ok" });
  }
});
