/** Spellings of real workflows that were once missed, or taken for something else. */
import { expect, test } from "vitest";
import { build, expectOnly, lint, LOGIN, workflow } from "./lint-one.ts";

function lintScript(script: string) {
  const lines = script.trim().replaceAll(/^/gm, "    ");
  return lint(workflow({ steps: `${LOGIN}\n- run: |\n${lines}\n` }));
}

test("sees a push behind a command whose name or argument reads like a question", () => {
  for (const before of ["npm test", "make while case", "npm run test -- --if x", 'echo "if so"']) {
    const findings = lintScript(`${before}\ndocker push ghcr.io/acme/app:$GITHUB_SHA`);
    expectOnly(findings, "push-from-pull-request");
  }
});

test("leaves a script alone that asks before it pushes, however it asks", () => {
  const push = "docker push ghcr.io/acme/app:latest";
  for (const script of [
    `if [[ $GITHUB_REF == refs/heads/main ]]; then ${push}; fi`,
    `[ "$GITHUB_EVENT_NAME" = push ] && ${push}`,
    `test "$GITHUB_EVENT_NAME" = push || exit 0\n${push}`,
    `( [[ $GITHUB_REF == refs/heads/main ]] && ${push} )`,
    `case $GITHUB_REF in\n  refs/heads/main) ${push} ;;\nesac`,
  ]) {
    expectOnly(lintScript(script), null);
  }
});

test("takes the target of a push for the image, not its source, its files or where output goes", () => {
  for (const command of [
    "buildah push app docker://ghcr.io/acme/app:$GITHUB_SHA",
    "podman push --creds me:latest localhost/app ghcr.io/acme/app:$GITHUB_SHA",
    "docker push ghcr.io/acme/app:$GITHUB_SHA > push.log 2>&1",
    "docker push --platform linux/amd64 ghcr.io/acme/app:$GITHUB_SHA",
    "oras push ghcr.io/acme/app:$GITHUB_SHA sbom.json:application/json notes",
  ]) {
    expectOnly(lintScript(command), "push-from-pull-request");
  }
});

test("sees what Jib pushes, and not what it only builds", () => {
  for (const command of [
    "./mvnw -B package jib:build",
    "./gradlew :app:jib",
    "mvn compile com.google.cloud.tools:jib-maven-plugin:3.4.0:build",
  ]) {
    expectOnly(lintScript(command), "push-from-pull-request");
  }
  for (const command of [
    "./gradlew jibDockerBuild",
    "mvn jib:dockerBuild",
    "./gradlew jibBuildTar",
  ]) {
    expectOnly(lintScript(command), null);
  }
});

function rulesOfAction(name: string, inputs: string): string[] {
  const steps = `- uses: ${name}\n  with: { ${inputs} }\n`;
  return lint(workflow({ steps })).map(({ rule }) => rule);
}

test("reads the tag of an action where that action takes it", () => {
  const redhat = "registry: ghcr.io/acme, image: app";
  const pushed = ["push-from-pull-request"];
  const released = [...pushed, "pull-request-release-tag"];
  for (const [name, inputs, rules] of [
    ["redhat-actions/push-to-registry@v2", `${redhat}, tags: pr-7 pr-8`, pushed],
    ["redhat-actions/push-to-registry@v2", `${redhat}, tags: pr-7 latest`, released],
    ["redhat-actions/push-to-registry@v2", redhat, released],
    ["elgohr/Publish-Docker-Github-Action@v5", "name: acme/app, tags: pr-7", pushed],
    ["mr-smithers-excellent/docker-build-push@v6", "image: acme/app", pushed],
    [
      "mr-smithers-excellent/docker-build-push@v6",
      "image: acme/app, tags: 'pr-7, latest'",
      released,
    ],
    ["whoan/docker-build-with-cache-action@v8", "image_name: acme/app, image_tag: pr-7", pushed],
  ] as const) {
    expect(rulesOfAction(name, inputs).toSorted(), `${name} ${inputs}`).toEqual(
      [...rules].toSorted(),
    );
  }
});

test("knows for which actions of a pull request a job runs", () => {
  const on = "{ pull_request: { types: [opened, synchronize, closed] } }";
  const judge = (job: string, trigger = on) =>
    lint(workflow({ on: trigger, job, steps: LOGIN + build("true") }));
  for (const job of [
    "if: github.event.action != 'closed'",
    "if: github.event.action == 'synchronize'",
    'if: contains(fromJSON(\'["opened", "reopened"]\'), github.event.action)',
  ]) {
    expectOnly(judge(job), "push-from-pull-request");
  }
  expectOnly(judge("if: github.event.action == 'labeled'"), null);
  expectOnly(
    judge("if: github.event.action == 'opened'", "pull_request"),
    "push-from-pull-request",
  );
  expectOnly(judge("if: github.event.action == 'closed'", "pull_request"), null);
});

function withPushInput(declared: string): string {
  return workflow({
    on: `{ workflow_call: { inputs: { push: ${declared} } } }`,
    steps: LOGIN + build("${{ inputs.push }}"),
  });
}

function lintCall(declared: string, given = "") {
  const job = `jobs: { image: { uses: ./.github/workflows/image.yml${given} } }\n`;
  const permissions = "permissions: { contents: read, packages: write }\n";
  const others = { "image.yml": withPushInput(declared) };
  return lint(`on: pull_request\n${permissions}${job}`, others);
}

test("knows what an input of a called workflow is where the caller gives none", () => {
  expectOnly(lintCall("{ type: boolean, default: true }"), "push-from-pull-request");
  expectOnly(lintCall("{ type: boolean, default: true }", ", with: { push: false }"), null);
  expectOnly(lintCall("{ type: boolean, default: false }"), null);
  expectOnly(lintCall("{ type: boolean }"), null);
});
