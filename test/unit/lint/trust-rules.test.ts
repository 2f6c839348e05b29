import { describe, expect, test } from "vitest";
import { expectOnly, lint, linesOf, workflow } from "./lint-one.ts";

const CHECKOUT = "untrusted-checkout";
const INJECTION = "script-injection";
const DEFAULTS = "default-permissions";
const HEAD = "${{ github.event.pull_request.head.sha }}";
const checkout = (ref: string) => `- uses: actions/checkout@v7\n  with:\n    ref: ${ref}\n`;

const plain = (extra: string) =>
  `on: push\n${extra}jobs:\n  one:\n    runs-on: ubuntu-latest\n    steps: [{ run: "true" }]\n`;

describe("a checkout of foreign code with full rights is found", () => {
  test.each([
    ["by commit", "pull_request_target", checkout(HEAD)],
    ["by branch", "pull_request_target", checkout("${{ github.head_ref }}")],
    [
      "by the merge's ref",
      "pull_request_target",
      checkout("refs/pull/${{ github.event.number }}/merge"),
    ],
    [
      "by repository",
      "pull_request_target",
      "- uses: actions/checkout@v7\n  with:\n    repository: ${{ github.event.pull_request.head.repo.full_name }}\n",
    ],
    ["by gh", "pull_request_target", "- run: gh pr checkout ${{ github.event.number }}\n"],
    [
      "by git and a variable",
      "pull_request_target",
      `- env: { SHA: "${HEAD}" }\n  run: git fetch origin && git checkout "$SHA"\n`,
    ],
    [
      "after another workflow",
      "workflow_run",
      checkout("${{ github.event.workflow_run.head_sha }}"),
    ],
    ["on a comment", "issue_comment", "- run: gh pr checkout ${{ github.event.issue.number }}\n"],
  ])("%s", (_, event, steps) => {
    const on = event === "workflow_run" ? "{ workflow_run: { workflows: [ci] } }" : event;
    const found = lint(workflow({ on, steps }));
    expectOnly(found, CHECKOUT);
    expect(found[0]?.level).toBe("error");
  });

  test("by a variable of the job or of the workflow", () => {
    const parts = { on: "pull_request_target", steps: checkout("${{ env.HEAD }}") };
    expectOnly(lint(workflow({ ...parts, job: `env: { HEAD: "${HEAD}" }` })), CHECKOUT);
    expectOnly(lint(workflow({ ...parts, env: `HEAD: ${HEAD}` })), CHECKOUT);
    expectOnly(lint(workflow({ ...parts, env: "HEAD: main" })), null);
    const strange = workflow({
      ...parts,
      env: `"(": ${HEAD}`,
      steps: "- run: git checkout main\n",
    });
    expect(() => lint(strange)).not.toThrow();
    const steps = '- run: git checkout "$HEAD"\n';
    expectOnly(lint(workflow({ ...parts, env: `HEAD: ${HEAD}`, steps })), CHECKOUT);
  });

  test("as a warning, where a label decides, since the code can change after it", () => {
    const job = "if: contains(github.event.pull_request.labels.*.name, 'safe to test')";
    const found = lint(workflow({ on: "pull_request_target", job, steps: checkout(HEAD) }));
    expectOnly(found, CHECKOUT);
    expect(found[0]?.level).toBe("warning");
  });

  test.each([
    ["on pull_request, which has no rights", "pull_request", checkout(HEAD)],
    ["of the base branch", "pull_request_target", "- uses: actions/checkout@v7\n"],
    [
      "of the base branch by name",
      "pull_request_target",
      checkout("${{ github.event.pull_request.base.sha }}"),
    ],
    [
      "that forks do not reach",
      "pull_request_target",
      `- if: github.event.pull_request.head.repo.full_name == github.repository\n  ${checkout(HEAD).trim().slice(2)}`,
    ],
    [
      "that only members reach",
      "issue_comment",
      '- if: contains(fromJSON(\'["OWNER", "MEMBER"]\'), github.event.comment.author_association)\n  run: gh pr checkout ${{ github.event.issue.number }}\n',
    ],
    [
      "that only follows a push",
      "{ workflow_run: { workflows: [ci] } }",
      `- if: github.event.workflow_run.event == 'push'\n  ${checkout("${{ github.event.workflow_run.head_sha }}").trim().slice(2)}`,
    ],
    [
      "that is commented out",
      "pull_request_target",
      "- run: |\n    # gh pr checkout 1\n    true\n",
    ],
  ])("but no alarm for one %s", (_, on, steps) => {
    expectOnly(lint(workflow({ on, steps })), null);
  });
});

describe("foreign text in a script is found", () => {
  test.each([
    ["a title", '- run: echo "${{ github.event.pull_request.title }}"\n'],
    ["a branch name", "- run: git push origin HEAD:${{ github.head_ref }}\n"],
    ["a comment", "- run: echo ${{ github.event.comment.body }}\n"],
    ["a commit message", "- run: echo '${{ github.event.head_commit.message }}'\n"],
    ["any commit's message", "- run: echo '${{ join(github.event.commits.*.message) }}'\n"],
    ["a value or a title", "- run: echo ${{ inputs.title || github.event.issue.title }}\n"],
    ["a title in brackets", "- run: echo ${{ github['event']['issue']['title'] }}\n"],
    ["the whole event", "- run: echo '${{ toJSON(github.event) }}'\n"],
    [
      "a title in a JavaScript",
      "- uses: actions/github-script@v8\n  with:\n    script: console.log(`${{ github.event.issue.title }}`)\n",
    ],
    [
      "a variable, pasted as an expression",
      "- env:\n    TITLE: ${{ github.event.issue.title }}\n  run: echo ${{ env.TITLE }}\n",
    ],
  ])("%s", (_, steps) => {
    expectOnly(lint(workflow({ on: "push", steps })), INJECTION);
  });

  test("each at its own place", () => {
    const steps =
      "- run: |\n    echo one\n    echo ${{ github.head_ref }} and ${{ github.event.issue.title }}\n";
    const found = lint(workflow({ on: "push", steps }));
    expect(found.map(({ place }) => place)).toEqual([
      { line: 9, column: 16 },
      { line: 9, column: 43 },
    ]);
  });

  test.each([
    ["in a variable", '- env:\n    TITLE: ${{ github.event.issue.title }}\n  run: echo "$TITLE"\n'],
    ["that is only compared", "- run: echo ${{ github.event.issue.title == 'x' }}\n"],
    ["that is only searched", "- run: echo ${{ contains(github.event.issue.title, 'x') }}\n"],
    ["that only decides", "- run: echo ${{ github.head_ref && 'pull' || 'push' }}\n"],
    ["that is a number", "- run: echo ${{ github.event.pull_request.number }}\n"],
    ["that is a commit id", "- run: echo ${{ github.event.pull_request.head.sha }}\n"],
    ["in a name", "- name: Greet ${{ github.event.issue.title }}\n  run: 'true'\n"],
    [
      "in an input of an action",
      "- uses: acme/greet@v1\n  with:\n    script: ${{ github.event.issue.title }}\n",
    ],
  ])("but no alarm for one %s", (_, steps) => {
    expectOnly(lint(workflow({ on: "push", steps })), null);
  });
});

describe("permissions left to the settings are found", () => {
  test("once for a workflow, at the first job, with the names of all", () => {
    const two = `${plain("")}  two:\n    runs-on: ubuntu-latest\n    steps: [{ run: "true" }]\n`;
    const found = lint(two);
    expect(linesOf(found)).toEqual([`${DEFAULTS}:3`]);
    expect(found[0]?.message).toContain("`one`, `two`");
  });

  test("but not where the workflow, or each job, says it, or the caller does", () => {
    expectOnly(lint(plain("permissions: {}\n")), null);
    expectOnly(lint(plain("").replace("    steps", "    permissions: {}\n    steps")), null);
    expectOnly(lint(plain("").replace("on: push", "on: workflow_call")), null);
  });
});
