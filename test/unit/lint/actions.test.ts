import { expect, test } from "vitest";
import type { Finding } from "../../../src/doctor/lint/finding.ts";
import { lintWorkflows } from "../../../src/doctor/lint/lint.ts";
import { build, workflow } from "./lint-one.ts";

/** A workflow that uses one action of its own repository. */
function lintWith(caller: Parameters<typeof workflow>[0], action: string): Finding[] {
  return lintWorkflows([
    { file: "one/.github/workflows/main.yml", text: workflow(caller) },
    { file: "one/.github/actions/push/action.yml", text: action },
  ]);
}

const action = (steps: string) => `name: Push
inputs:
  push: { description: whether, default: "false" }
runs:
  using: composite
  steps:
${steps.trim().replaceAll(/^/gm, "    ")}
`;
const USE = "- uses: ./.github/actions/push\n";
const told = (findings: readonly Finding[]) =>
  findings.map(({ rule, file, place }) => `${rule} ${file}:${place.line}`);

test("a push in the repository's own action is found, at its line", () => {
  expect(told(lintWith({ steps: USE }, action(build("true"))))).toEqual([
    "push-from-pull-request one/.github/actions/push/action.yml:7",
  ]);
});

test("what the caller gives, and its condition, decide", () => {
  const text = action(build("${{ inputs.push }}"));
  expect(told(lintWith({ steps: USE }, text))).toEqual([]);
  expect(told(lintWith({ steps: `${USE}  with: { push: true }\n` }, text))).toHaveLength(1);
  const guarded = `${USE}  if: github.event_name == 'push'\n`;
  expect(told(lintWith({ steps: guarded }, action(build("true"))))).toEqual([]);
  const open = `${USE}  if: steps.check.outputs.ok == 'yes'\n`;
  expect(told(lintWith({ steps: open }, action(build("true"))))).toEqual([]);
});

test("a stranger's text in an action's script, and a checkout with full rights, are found", () => {
  const script = action("- run: echo ${{ github.head_ref }}\n  shell: bash\n");
  expect(told(lintWith({ steps: USE }, script))[0]).toContain("script-injection");
  const ref = '- uses: actions/checkout@v7\n  with: { ref: "${{ github.head_ref }}" }\n';
  const found = lintWith({ on: "pull_request_target", steps: USE }, action(ref));
  expect(told(found)[0]).toContain("untrusted-checkout one/.github/actions/push/action.yml");
});

test.each(["name: x\nruns: { using: node24, main: x.js }\n", "[", "", "runs: 5\n"])(
  "other actions, and what cannot be read, are passed over: %j",
  (text) => {
    expect(lintWith({ steps: USE }, text)).toEqual([]);
  },
);
