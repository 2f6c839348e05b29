/** Workflows that are good YAML, and that GitHub refuses or runs for one merge only. */
import { expect, test } from "vitest";
import { workflowConcurrencyCheck } from "../../../src/doctor/checks/workflow-concurrency.ts";
import { workflowSyntaxCheck } from "../../../src/doctor/checks/workflow-syntax.ts";
import type { Check } from "../../../src/doctor/patient.ts";
import { openClinic, WORKFLOW, WORKFLOW_PATH } from "./support/clinic.ts";
import { SMALL } from "./support/small-workflow.ts";

async function judge(check: Check, text: string) {
  return (await openClinic({ files: { [WORKFLOW_PATH]: text } })).examine(check);
}

test("takes the shipped workflow and a small one as GitHub does", async () => {
  for (const text of [WORKFLOW, SMALL]) {
    expect(await judge(workflowSyntaxCheck, text)).toMatchObject({ status: "ok" });
    expect(await judge(workflowConcurrencyCheck, text)).toMatchObject({ status: "ok" });
  }
});

test("names the line of a workflow that GitHub cannot take, though it is YAML", async () => {
  const line = SMALL.split("\n").findIndex((text) => text.includes("runs-on")) + 1;
  const verdict = await judge(workflowSyntaxCheck, SMALL.replace("runs-on:", "run-on:"));
  expect(verdict).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("Required property is missing: runs-on"),
    reason: expect.stringContaining("starts no run"),
    remedy: expect.stringContaining("merge-relay lint"),
  });
  expect(verdict.finding).toContain(`line ${line}: Unexpected value 'run-on'`);
});

test("only warns of a key that may be newer than GitHub's published parser", async () => {
  const text = SMALL.replace("jobs:", "tomorrow: yes\njobs:");
  expect(await judge(workflowSyntaxCheck, text)).toMatchObject({
    status: "warning",
    finding: expect.stringContaining("Unexpected value 'tomorrow'"),
    reason: expect.stringContaining("so new"),
  });
});

test("lets nothing of a foreign file reach the terminal as a command", async () => {
  const text = SMALL.replace("jobs:", '"\\e[31mred\\e]0;x\\a": yes\njobs:');
  const { finding } = await judge(workflowSyntaxCheck, text);
  expect(finding).toContain("red");
  expect(finding).not.toMatch(/\p{Cc}/u);
});

test("leaves a file that is no YAML, or is not there, to another check", async () => {
  for (const text of ["jobs:\n\t- x", "name: x"]) {
    expect(await judge(workflowSyntaxCheck, text)).toMatchObject({
      status: "skipped",
      finding: expect.stringContaining("see “workflow-file”"),
    });
  }
});

function grouped(concurrency: string): string {
  return SMALL.replace("jobs:", `concurrency: ${concurrency}\njobs:`);
}

/** With a group of its own for the job whose permissions stand there. */
function groupedAt(index: number): string {
  const group = "concurrency: { group: x, cancel-in-progress: true }";
  return `${SMALL.slice(0, index)}${group}\n    ${SMALL.slice(index)}`;
}

test("warns of a group in which a merge cancels the run of the one before", async () => {
  for (const group of [
    "publish",
    "${{ github.workflow }}-${{ github.ref }}",
    "${{ inputs.branch || github.ref_name }}",
  ]) {
    const text = grouped(`{ group: "${group}", cancel-in-progress: true }`);
    expect(await judge(workflowConcurrencyCheck, text), group).toMatchObject({
      status: "warning",
      finding: expect.stringContaining("cancels the run of an earlier merge"),
      remedy: expect.stringContaining("cancel-in-progress: false"),
    });
  }
});

test("warns of a group in which a third merge cancels the second, until its queue is long", async () => {
  const group = "'${{ github.workflow }}'";
  for (const text of [grouped(group), grouped(`{ group: ${group}, cancel-in-progress: false }`)]) {
    expect(await judge(workflowConcurrencyCheck, text)).toMatchObject({
      status: "warning",
      finding: expect.stringContaining("The whole of"),
      remedy: expect.stringContaining("queue: max"),
    });
  }
  const long = grouped(`{ group: ${group}, queue: max }`);
  expect(await judge(workflowConcurrencyCheck, long)).toMatchObject({ status: "ok" });
});

test("warns of a job's own group only where that job pushes", async () => {
  const [testing, publishing] = [SMALL.indexOf("permissions:"), SMALL.lastIndexOf("permissions:")];
  expect(await judge(workflowConcurrencyCheck, groupedAt(publishing))).toMatchObject({
    status: "warning",
    finding: expect.stringContaining("The job publish of"),
  });
  expect(await judge(workflowConcurrencyCheck, groupedAt(testing))).toMatchObject({ status: "ok" });
});

test("says nothing of a group that keeps merges apart, or may", async () => {
  for (const group of [
    "${{ github.workflow }}-${{ inputs.sha }}",
    "${{ inputs.dispatch_id }}",
    "${{ github.run_id }}",
    "${{ github.event.inputs.pr }}",
    "${{ inputs['sha'] }}",
    "${{ env.GROUP }}",
  ]) {
    const text = grouped(`{ group: "${group}", cancel-in-progress: true }`);
    expect(await judge(workflowConcurrencyCheck, text), group).toMatchObject({ status: "ok" });
  }
  const asked = grouped(
    "{ group: x, queue: max, cancel-in-progress: \"${{ github.event_name == 'pull_request' }}\" }",
  );
  expect(await judge(workflowConcurrencyCheck, asked)).toMatchObject({ status: "ok" });
});

test("names a job that waits for one that is not there", async () => {
  const text = SMALL.replace("  publish:\n", "  publish:\n    needs: [test, tset]\n");
  expect(await judge(workflowSyntaxCheck, text)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("Job `publish` needs `tset`"),
  });
});
