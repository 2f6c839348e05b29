/** Untrusted text that reaches a script by the input of an action or a workflow of the repository. */
import { expect, test } from "vitest";
import type { Finding } from "../../../src/doctor/lint/finding.ts";
import { lintWorkflows } from "../../../src/doctor/lint/lint.ts";
import { workflow } from "./lint-one.ts";

type Files = Readonly<Record<string, string>>;

const MAIN = ".github/workflows/main.yml";
const ACTION = "actions/title/action.yml";

function lintFiles(files: Files): Finding[] {
  return lintWorkflows(Object.entries(files).map(([file, text]) => ({ file, text })));
}

const told = (findings: readonly Finding[]) =>
  findings
    .filter(({ rule }) => rule === "script-injection")
    .map(({ file, place }) => `${file}:${place.line}`);

const action = (
  steps: string,
  input = "title: { description: a title, required: true }",
) => `name: Title
inputs:
  ${input}
runs:
  using: composite
  steps:
${steps.trim().replaceAll(/^/gm, "    ")}
`;
const ECHO = '- shell: bash\n  run: |\n    echo start\n    echo "${{ inputs.title }}"\n';
const SAFE = '- shell: bash\n  env: { TITLE: "${{ inputs.title }}" }\n  run: echo "$TITLE"\n';

const use = (given: string) => `- uses: ./actions/title\n  with:\n    title: ${given}\n`;
const TITLE = "${{ github.event.pull_request.title }}";

/** A caller's workflow and the action's steps. */
const lintUse = (given: string, steps: string) =>
  lintFiles({ [MAIN]: workflow({ steps: use(given) }), [ACTION]: action(steps) });

test("is found where the workflow gives it, and the place in the action is named", () => {
  const findings = lintUse(TITLE, ECHO);
  expect(told(findings)).toEqual([`${MAIN}:9`]);
  const [finding] = findings;
  expect(finding?.message).toContain("`github.event.pull_request.title`");
  expect(finding?.message).toContain("to the input `title` of `actions/title/action.yml`");
  expect(finding?.message).toContain("`actions/title/action.yml:10`");
  expect(finding?.remedy).toContain("At actions/title/action.yml:10");
});

test.each([
  ["by a part of the text", `"A change, ${TITLE}"`, ECHO],
  ["by a function", "${{ format('#{0}', github.head_ref) }}", ECHO],
  ["by an alternative", "${{ inputs.title || github.head_ref }}", ECHO],
  [
    "by a variable of the action",
    TITLE,
    '- shell: bash\n  env: { T: "${{ inputs.title }}" }\n  run: echo "${{ env.T }}"\n',
  ],
  [
    "by JavaScript",
    TITLE,
    "- uses: actions/github-script@v8\n  with:\n    script: core.info('${{ inputs.title }}')\n",
  ],
  [
    "by the second input in an expression",
    TITLE,
    '- shell: bash\n  run: echo "${{ inputs.a || inputs.title }}"\n',
  ],
  ["by all inputs at once", TITLE, "- shell: bash\n  run: echo '${{ toJSON(inputs) }}'\n"],
  ["by another way to write it", TITLE, `- shell: bash\n  run: echo "\${{ inputs['Title'] }}"\n`],
])("%s", (_how, given, steps) => {
  expect(told(lintUse(given, steps))).toEqual([`${MAIN}:9`]);
});

test.each([
  ["text that is not a stranger's", "${{ github.sha }}", ECHO],
  ["text that the action hands to its script as a variable", TITLE, SAFE],
  ["a truth that is made from it", "${{ contains(github.head_ref, 'x') }}", ECHO],
  [
    "a truth that the action makes of it",
    TITLE,
    "- shell: bash\n  run: echo ${{ inputs.title == 'x' }}\n",
  ],
  [
    "text of another's in the action's script",
    TITLE,
    `${SAFE}- shell: bash\n  run: echo "\${{ github.sha }} \${{ inputs.other }} \${{ env.NAME }}"\n`,
  ],
  ["an input that no script has", TITLE, '- shell: bash\n  run: echo "${{ inputs.other }}"\n'],
])("does not mind %s", (_what, given, steps) => {
  expect(told(lintUse(given, steps))).toEqual([]);
});

test("names the first of several scripts", () => {
  const [finding] = lintUse(TITLE, ECHO + ECHO);
  expect(finding?.message).toContain("`actions/title/action.yml:10`");
});

test("is found through an action that hands it on to another", () => {
  const files = {
    [MAIN]: workflow({ steps: use(TITLE) }),
    [ACTION]: action('- uses: ./actions/inner\n  with: { text: "${{ inputs.title }}" }\n'),
    "actions/inner/action.yml": action(
      '- shell: bash\n  run: echo "${{ inputs.text }}"\n',
      "text: { description: a text }",
    ),
  };
  const findings = lintFiles(files);
  expect(told(findings)).toEqual([`${MAIN}:9`]);
  expect(findings[0]?.message).toContain("`actions/inner/action.yml:8`");
});

const called = (steps: string) =>
  workflow({
    on: "{ workflow_call: { inputs: { title: { type: string } } } }",
    permissions: "{ contents: read }",
    steps,
  });

test("is found through a workflow that is called, and what that hands to an action", () => {
  const call = `on: pull_request
permissions: { contents: read }
jobs:
  say:
    uses: ./.github/workflows/say.yml
    with:
      title: "\${{ github.head_ref }}"
`;
  const direct = lintFiles({
    [MAIN]: call,
    ".github/workflows/say.yml": called('- run: echo "${{ inputs.title }}"\n'),
  });
  expect(told(direct)).toEqual([`${MAIN}:7`]);
  expect(direct[0]?.message).toContain("`.github/workflows/say.yml:7`");
  const further = lintFiles({
    [MAIN]: call,
    ".github/workflows/say.yml": called(use("${{ inputs.title }}")),
    [ACTION]: action(ECHO),
  });
  expect(told(further)).toEqual([`${MAIN}:7`]);
  expect(further[0]?.message).toContain("`actions/title/action.yml:10`");
});

test("is found in what an input is where nobody gives it", () => {
  const text = action(ECHO, `title: { description: a title, default: "${TITLE}" }`);
  const steps = "- uses: ./actions/title\n";
  expect(told(lintFiles({ [MAIN]: workflow({ steps }), [ACTION]: text }))).toEqual([`${ACTION}:3`]);
});

test("comes to an end where actions use one another in a circle", () => {
  const files = {
    [MAIN]: workflow({ steps: use(TITLE) }),
    [ACTION]: action(`${use("${{ inputs.title }}")}${ECHO}`),
  };
  expect(told(lintFiles(files))).toEqual([`${MAIN}:9`]);
});
