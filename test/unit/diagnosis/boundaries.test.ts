import { expect, test } from "vitest";
import type { Diagnosis } from "../../../src/doctor/diagnosis/cause.ts";
import { diagnose } from "../../../src/doctor/diagnosis/diagnose.ts";

/** Which text counts as evidence, and which of several failures decides. */

const DENIED = "denied: installation not allowed to Write organization package";
const REPOSITORY = { id: 1, full_name: "acme/app" };
const PUSH_RUN = {
  event: "push",
  conclusion: "failure",
  actor: { login: "maintainer" },
  repository: REPOSITORY,
  head_repository: REPOSITORY,
};
const FORK_RUN = {
  ...PUSH_RUN,
  event: "pull_request",
  head_repository: { id: 2, full_name: "dev/app" },
};

interface StepText {
  run: string;
  output: string[];
  failed?: boolean;
}

function logOf(steps: StepText[], permissions = ["Contents: read", "Packages: read"]): string {
  const lines = [
    "Current runner version: '2.331.0'",
    "##[group]GITHUB_TOKEN Permissions",
    ...permissions,
    "##[endgroup]",
    "Secret source: Actions",
  ];
  for (const step of steps) {
    const isAction = /^\S+@\S+$/.test(step.run);
    lines.push(
      `##[group]Run ${step.run}`,
      ...(isAction ? [] : [step.run, "shell: bash"]),
      "##[endgroup]",
    );
    lines.push(...step.output);
    if (step.failed === true) lines.push("##[error]Process completed with exit code 1.");
  }
  return lines.map((line) => `2026-01-01T00:00:00.0000000Z ${line}`).join("\n");
}

function judge(steps: StepText[], run: unknown = PUSH_RUN, permissions?: string[]): Diagnosis {
  return diagnose({ log: logOf(steps, permissions), run });
}

const PUSH = "docker push ghcr.io/acme/app:1";
const REFERS = "The push refers to repository [ghcr.io/acme/app]";

test("does not take a test's output for a push", () => {
  const diagnosis = judge([
    { run: "npm test", output: ["not ok 1", REFERS, `  got: ${DENIED}`], failed: true },
  ]);
  expect(diagnosis.cause).toBe("unknown");
  expect(diagnosis.explanation).toContain("npm test");
});

test("does not take a commit message for a push", () => {
  const diagnosis = judge([
    { run: "actions/checkout@v6", output: [`HEAD is now at 1f3c0de ${DENIED}`], failed: true },
  ]);
  expect(diagnosis.cause).toBe("unknown");
});

test("does not take the output of a step that passed", () => {
  const diagnosis = judge([
    { run: PUSH, output: [REFERS, DENIED] },
    { run: "./deploy-docs.sh", output: ["ssh: unreachable"], failed: true },
  ]);
  expect(diagnosis.cause).toBe("unknown");
  expect(diagnosis.explanation).toContain("deploy-docs");
});

test("does not take what a RUN instruction printed inside the build", () => {
  const diagnosis = judge([
    {
      run: "docker/build-push-action@v6",
      output: [
        `#9 12.34 ${DENIED}`,
        "------",
        " > [build 3/4] RUN npm test:",
        `12.34 ${DENIED}`,
        "------",
        "Dockerfile:12",
        "--------------------",
        `  12 | >>> RUN echo "${DENIED}"`,
        "--------------------",
        `ERROR: failed to solve: process "/bin/sh -c echo '${DENIED}'" did not complete successfully: exit code: 1`,
      ],
      failed: true,
    },
  ]);
  expect(diagnosis.cause).toBe("unknown");
});

test("does not take an echoed command or a heading's environment", () => {
  const diagnosis = judge([
    { run: `echo "${DENIED}" && docker push x`, output: [`+ echo '${DENIED}'`], failed: true },
  ]);
  expect(diagnosis.cause).toBe("unknown");
});

test("lets the first failed push decide, not a later failure", () => {
  const diagnosis = judge([
    { run: PUSH, output: [REFERS, DENIED], failed: true },
    { run: "docker push docker.io/acme/app:1", output: ["unknown blob"], failed: true },
  ]);
  expect(diagnosis).toMatchObject({ cause: "missing-packages-write", confidence: "certain" });
});

test("passes over a push that a later step repeated with success", () => {
  const digest = `1: digest: sha256:${"a".repeat(64)} size: 1234`;
  const diagnosis = judge([
    { run: PUSH, output: [REFERS, "unknown blob"], failed: true },
    { run: PUSH, output: [REFERS, digest] },
    {
      run: "cosign sign ghcr.io/acme/app",
      output: ["Error: TOOMANYREQUESTS: slow down"],
      failed: true,
    },
  ]);
  expect(diagnosis.cause).toBe("rate-limited");
});

test("lets the last attempt of a retried push decide", () => {
  const diagnosis = judge([
    {
      run: `retry ${PUSH}`,
      output: [
        REFERS,
        "received unexpected HTTP status: 502 Bad Gateway",
        "attempt 1 failed",
        REFERS,
        DENIED,
      ],
      failed: true,
    },
  ]);
  expect(diagnosis.cause).toBe("missing-packages-write");
});

test("says nothing about a run that succeeded", () => {
  const diagnosis = judge([{ run: PUSH, output: [REFERS, DENIED], failed: true }], {
    ...PUSH_RUN,
    conclusion: "success",
  });
  expect(diagnosis.cause).toBe("unknown");
});

test("puts a rate limit before every permission", () => {
  const limit =
    'denied: permission_denied: Error from intermediary with HTTP status code 403 "Forbidden"';
  expect(judge([{ run: PUSH, output: [REFERS, limit], failed: true }], FORK_RUN)).toMatchObject({
    cause: "rate-limited",
    retryable: true,
  });
});

test("gives one message four causes by permissions, event, fork and owner", () => {
  const steps = [{ run: PUSH, output: [REFERS, DENIED], failed: true }];
  const foreign = [
    {
      run: PUSH,
      output: ["The push refers to repository [ghcr.io/other/app]", DENIED],
      failed: true,
    },
  ];
  const bot = { ...PUSH_RUN, event: "pull_request", actor: { login: "dependabot[bot]" } };
  const write = ["Contents: read", "Packages: write"];
  const botLog = logOf(steps).replace("Secret source: Actions", "Secret source: Dependabot");
  expect(judge(steps, FORK_RUN).cause).toBe("token-read-only-fork");
  expect(diagnose({ log: botLog, run: bot }).cause).toBe("token-read-only-dependabot");
  expect(judge(steps).cause).toBe("missing-packages-write");
  expect(judge(steps, PUSH_RUN, write).cause).toBe("package-access");
  expect(judge(foreign, PUSH_RUN, write).cause).toBe("wrong-namespace");
});

test("does not blame Dependabot where its token shows the right to write", () => {
  const bot = { ...PUSH_RUN, event: "pull_request", actor: { login: "dependabot[bot]" } };
  const steps = [
    { run: PUSH, output: [REFERS, "denied: permission_denied: write_package"], failed: true },
  ];
  expect(judge(steps, bot, ["Contents: read", "Packages: write"]).cause).toBe("package-access");
});

test("keeps the code of an outage that hit the cache", () => {
  const output = [
    "#20 exporting cache to registry",
    "#20 ERROR: error writing layer blob: unexpected status from PUT request to https://ghcr.io/v2/acme/app/blobs/uploads/1: 503 Service Unavailable",
  ];
  expect(judge([{ run: "docker/build-push-action@v6", output, failed: true }]).cause).toBe(
    "registry-unavailable",
  );
});

test("claims no more than likely for a start-up failure without a log", () => {
  const run = { ...PUSH_RUN, conclusion: "startup_failure" };
  expect(diagnose({ log: "", run })).toMatchObject({
    cause: "caller-permissions",
    confidence: "likely",
    evidence: [{ line: null }],
  });
  expect(diagnose({ log: "", run: { ...run, referenced_workflows: [] } }).cause).toBe("unknown");
  expect(diagnose({ log: "" })).toMatchObject({ cause: "unknown", evidence: [] });
});

test("names the permission that an attestation needs", () => {
  const output = ["##[error]Failed to persist attestation: Resource not accessible by integration"];
  const { cause, remedy } = judge([{ run: "actions/attest@v4", output }]);
  expect(cause).toBe("missing-packages-write");
  expect(remedy).toContain("attestations: write");
});

test("passes over a push whose failure the step itself tolerates", () => {
  const diagnosis = judge([
    { run: `${PUSH} || true\n./integration.sh`, output: [REFERS, DENIED, "FAIL"], failed: true },
  ]);
  expect(diagnosis.cause).toBe("unknown");
});

test("does not take a refused or broken pull of a base image for a push", () => {
  const pulls = [
    [
      "#1 pulling image moby/buildkit:buildx-stable-1",
      '#1 ERROR: Get "https://registry-1.docker.io/v2/": Client.Timeout exceeded',
    ],
    [
      "Error response from daemon: pull access denied for acme/base: denied: requested access to the resource is denied",
    ],
    [
      "#2 [internal] load metadata for ghcr.io/acme/base:1",
      "#2 ERROR: unexpected status: 403 Forbidden",
      "------",
      " > [internal] load metadata for ghcr.io/acme/base:1:",
      "------",
      "ERROR: failed to solve: unexpected status: 403 Forbidden",
    ],
  ];
  for (const output of pulls) {
    expect(judge([{ run: "docker/build-push-action@v6", output, failed: true }]).cause).toBe(
      "unknown",
    );
  }
});

test("does not let a failed import of the cache hide the failed push", () => {
  const output = [
    "#5 importing cache manifest from ghcr.io/acme/app:cache",
    "#5 ERROR: unexpected status: 403 Forbidden",
    `#9 ERROR: failed to push ghcr.io/acme/app:1: ${DENIED}`,
    "------",
    " > importing cache manifest from ghcr.io/acme/app:cache:",
    "------",
    "------",
    " > exporting to image:",
    "------",
    `ERROR: failed to solve: failed to push ghcr.io/acme/app:1: ${DENIED}`,
  ];
  expect(judge([{ run: "docker/build-push-action@v6", output, failed: true }])).toMatchObject({
    cause: "missing-packages-write",
    confidence: "certain",
  });
});

test("tells a login to another registry from one that a helper made", () => {
  const login = { run: "docker login ghcr.io -u me --password-stdin", output: ["Login Succeeded"] };
  const push = {
    run: "docker push eu.example.com/acme/app:1",
    output: [
      "The push refers to repository [eu.example.com/acme/app]",
      "no basic auth credentials",
    ],
    failed: true,
  };
  const helper = { run: "gcloud auth configure-docker eu.example.com", output: ["done"] };
  expect(judge([login, push]).cause).toBe("wrong-namespace");
  expect(judge([login, helper, push]).cause).toBe("not-logged-in");
});

test("is not kept busy by a log that forges failed pushes without end", () => {
  const forged = `##[group]Run docker push ghcr.io/acme/app:1\n##[endgroup]\n${DENIED}\n##[error]x\n`;
  const began = performance.now();
  expect(diagnose({ log: forged.repeat(50_000) }).evidence.length).toBeGreaterThan(0);
  // Compared each with each it takes most of a minute; it is done within one second.
  expect(performance.now() - began).toBeLessThan(10_000);
}, 120_000);
