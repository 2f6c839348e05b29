import { expect, test } from "vitest";
import { diagnose } from "../../../src/doctor/diagnosis/diagnose.ts";

/** What single tools print, and what it does not say. */

const FORK = {
  event: "pull_request",
  repository: { id: 1, full_name: "acme/app" },
  head_repository: { id: 2, full_name: "dev/app" },
};

function judge(lines: string[], run?: unknown): string {
  const { cause, confidence } = diagnose({ log: lines.join("\n"), run });
  return `${cause}, ${confidence}`;
}

test("takes what stands between a pull and the next command for the pull's", () => {
  const failed =
    "Error response from daemon: received unexpected HTTP status: 503 Service Unavailable";
  const pulls = [
    ["$ docker pull ghcr.io/acme/base:1", failed],
    ["[command]/usr/bin/docker pull ghcr.io/acme/base:1", failed],
    ["+ podman pull ghcr.io/acme/base:1", failed],
    [
      "Pull down action image 'ghcr.io/acme/lint:1'",
      "  /usr/bin/docker pull ghcr.io/acme/lint:1",
      failed,
    ],
    [" Step 1/5 : FROM ghcr.io/acme/base:1", failed],
    ["Pulling db (ghcr.io/acme/db:1)...", failed],
  ];
  for (const lines of pulls) {
    expect(judge(lines), lines[0]).toBe("unknown, unknown");
    const push = [
      "$ docker push ghcr.io/acme/app:1",
      "The push refers to repository [ghcr.io/acme/app]",
    ];
    expect(judge([...lines, ...push, failed]), lines[0]).toBe("registry-unavailable, certain");
  }
});

test("tells the progress of the export from the output of a command in the build", () => {
  const broken =
    'error: failed to copy: failed to do request: Put "https://ghcr.io/v2/acme/app": write: broken pipe';
  const canceled = "Error: The operation was canceled.";
  expect(
    judge(["#19 exporting to image", `#19 5.415 ${broken}`, "#19 5.415 retrying in 1s", canceled]),
  ).toBe("registry-unavailable, likely");
  expect(judge(["#18 [build 4/9] RUN make check", `#18 5.415 ${broken}`, canceled])).toBe(
    "unknown, unknown",
  );
});

test("reads the output that a traced shell caught of a push, and no other assignment", () => {
  const caught = `+ push_output='Error: response status code 403: denied: permission_denied: write_package'`;
  expect(judge(["++ helm push app-1.tgz oci://ghcr.io/acme/charts", caught])).toBe(
    "package-access, likely",
  );
  expect(judge(["++ cat message.txt", caught])).toBe("unknown, unknown");
});

test("tells the token of an App from the job's own by ghcr's words", () => {
  const own = "ERROR: failed to push ghcr.io/acme/app:1: denied: installation not allowed to";
  const app =
    "ERROR: failed to push ghcr.io/acme/app:1: denied: permission_denied: installation not allowed to";
  expect(judge([`${app} Write organization package`])).toBe("credential-scope, likely");
  expect(judge([`${app} Create organization package`])).toBe("package-creation-denied, likely");
  expect(judge([`${own} Write organization package`])).toBe("missing-packages-write, likely");
});

test("blames the credential where a token service refuses it, but not the job's own fresh token", () => {
  const refused =
    "ERROR: failed to push ghcr.io/acme/app:1: failed to authorize: failed to fetch oauth token: denied: denied";
  expect(judge([refused])).toBe("credential-invalid, likely");
  const block = ["##[group]GITHUB_TOKEN Permissions", "Packages: write", "##[endgroup]"];
  const login = [
    "##[group]Run docker/login-action@v4",
    "with:",
    "  registry: ghcr.io",
    "##[endgroup]",
    "Login Succeeded!",
  ];
  const push = [
    "##[group]Run docker/build-push-action@v7",
    "##[endgroup]",
    refused,
    "##[error]buildx failed",
  ];
  expect(judge([...block, ...login, ...push])).toBe("registry-unavailable, likely");
});

const awsRefusal = (user: string, owner: string): string =>
  `denied: User: arn:aws:sts::${user}:assumed-role/ci/GitHubActions is not authorized to perform: ecr:InitiateLayerUpload on resource: arn:aws:ecr:eu-west-1:${owner}:repository/app`;

test("knows whose repository a cloud's refusal speaks of", () => {
  expect(judge([awsRefusal("111111111111", "111111111111")])).toBe("credential-scope, likely");
  expect(judge([awsRefusal("111111111111", "222222222222")])).toBe("package-access, likely");
  const google =
    'denied: Permission "artifactregistry.repositories.uploadArtifacts" denied on resource "projects/p" (or it may not exist)';
  expect(judge([google])).toBe("credential-scope, likely");
});

const hubLogin = (name: string): string[] => [
  "Run docker/login-action@v4",
  "  with:",
  `    username: ${name}`,
  "Login Succeeded!",
  "Run docker push acme/app",
];

test("compares Docker Hub's account with the image's owner where both can be read", () => {
  const push = [
    "The push refers to repository [docker.io/acme/app]",
    "denied: requested access to the resource is denied",
  ];
  expect(judge([...hubLogin("acme"), ...push])).toBe("package-access, likely");
  expect(judge([...hubLogin("someone"), ...push])).toBe("wrong-namespace, likely");
  // A secret name would have masked the same letters in the image's name.
  expect(judge([...hubLogin("***"), ...push])).toBe("wrong-namespace, likely");
  expect(judge(push)).toBe("unknown, unknown");
});

test("does not take podman's manifest for a cache", () => {
  const line =
    "Error: Error writing manifest: Error uploading manifest latest to ghcr.io/acme/app: denied: permission_denied: write_package";
  expect(judge([line])).toBe("package-access, likely");
});

test("claims no more than likely for words that are said of other things too, without a push in sight", () => {
  for (const line of [
    "toomanyrequests: Rate exceeded",
    "received unexpected HTTP status: 502 Bad Gateway",
    "write /tmp/x: no space left on device",
    "Your authorization token has expired. Reauthenticate and try again.",
    "invalid reference format",
  ]) {
    expect(judge([line]), line).toMatch(/, likely$/);
    expect(judge(["The push refers to repository [ghcr.io/acme/app]", line]), line).toMatch(
      /, certain$/,
    );
  }
});

test("does not blame the scope of a token that a fork's run never had", () => {
  const line =
    "ERROR: failed to push acme/app:1: 401 Unauthorized: access token has insufficient scopes";
  expect(judge([line], FORK)).toBe("secrets-withheld, likely");
  expect(judge([line])).toBe("credential-scope, likely");
});

const forbidden = (tag: string): string =>
  `failed to push ghcr.io/acme/app:${tag}: unexpected status from POST request to https://ghcr.io/v2/acme/app/blobs/uploads/: 403 Forbidden`;

test("takes a tag that names a pull request for the event, where nothing else tells of it", () => {
  expect(judge([forbidden("pr-247")])).toBe("token-read-only-fork, likely");
  expect(judge([forbidden("1.4.0")])).toBe("unknown, unknown");
  const own = { ...FORK, head_repository: FORK.repository, actor: { login: "maintainer" } };
  expect(judge([forbidden("pr-247")], own)).not.toContain("fork");
  const block = ["GITHUB_TOKEN Permissions", "Packages: write"];
  expect(judge([...block, forbidden("pr-247")])).toBe("package-access, likely");
  const manifest = forbidden("pr-247")
    .replaceAll("POST", "PUT")
    .replaceAll("blobs/uploads/", "manifests/pr-247");
  // The layers went up with this token, so it may write.
  expect(judge([manifest])).toBe("registry-unavailable, likely");
});

test("knows that nobody pushes to Docker Hub's library, whatever the tool says of it", () => {
  expect(judge(["Unauthorized for registry-1.docker.io/library/hello: 401 Unauthorized"])).toBe(
    "wrong-namespace, likely",
  );
  expect(
    judge([
      "The push refers to a repository [docker.io/library/hello]",
      "denied: requested access to the resource is denied",
    ]),
  ).toBe("wrong-namespace, likely");
});

test("takes a refused reading of a manifest or of a reading token for no push", () => {
  const manifest = "https://ghcr.io/v2/acme/app/manifests/1";
  const token = "https://ghcr.io/token?scope=repository%3Aacme%2Fapp%3A";
  const oauth = "failed to authorize: failed to fetch oauth token: unexpected status from GET";
  const readings = [
    `Error response from daemon: Get "${manifest}": unauthorized: access token has insufficient scopes`,
    `Error: HEAD ${manifest}: unexpected status code 401 Unauthorized`,
    `FATA[0000] Error parsing image name "docker://ghcr.io/acme/app:1": reading manifest 1 in ghcr.io/acme/app: denied`,
    `ERROR: ${oauth} request to ${token}pull&service=ghcr.io: 403 Forbidden`,
    `Error: GET ${token}pull&service=ghcr.io: DENIED: denied`,
    `Warning  Failed  kubelet  Failed to pull image "ghcr.io/acme/app:1": 401 Unauthorized`,
  ];
  for (const line of readings) expect(judge([line]), line).toBe("unknown, unknown");
  // The same asked for writing, and what a login asks for, are still judged.
  expect(
    judge([`ERROR: ${oauth} request to ${token}pull%2Cpush&service=ghcr.io: 403 Forbidden`]),
  ).toBe("credential-invalid, likely");
  const login = "https://ghcr.io/token?scope=repository%3Auser%2Fimage%3Apull&service=ghcr.io";
  expect(judge([`Error: authenticating: GET "${login}": status code 403: denied: denied`])).toBe(
    "credential-invalid, likely",
  );
});

test("knows a malformed reference in the words of each tool", () => {
  const tag = "repository can only contain the characters `abc`: acme.io:8080/App";
  const refused = [
    `Error: HEAD https://acme.io/v2/app/manifests/1.0+b1: unexpected status code 400 Bad Request`,
    `Error: PUT https://acme.io/v2/app/manifests/feature/x: unexpected status code 404 Not Found`,
    `error checking push permissions: getting tag for destination: ${tag}`,
    `Error: parsing tag "ghcr.io/": a repository name must be specified`,
    `Error: parsing reference "ghcr.io/a/b:": tag must be between 1 and 128 characters in length: `,
    `Error: "acme.io/app:": no tag or digest when expecting <name:tag|name@digest>`,
    `Error: Head "https:///v2/oras/manifests/sha256:ff": http: no Host in request URL`,
    `Error: scheme prefix missing from remote (e.g. "oci://")`,
    "docker: 'docker push' requires 1 argument",
  ];
  for (const line of refused) expect(judge([line]), line).toMatch(/^invalid-image-name, /);
  const others = [
    "Error: HEAD https://acme.io/v2/app/manifests/1.0-b1: unexpected status code 400 Bad Request",
    "docker: invalid reference format",
    `WARN[0096] error uploading layer to cache: ${tag}`,
  ];
  for (const line of others) expect(judge([line]), line).toBe("unknown, unknown");
});

test("tells a login that was made for another registry", () => {
  const refused = `Error response from daemon: Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password`;
  const attempt =
    "Error: login attempt to https://registry-1.docker.io/v2/ failed with status: 401";
  expect(judge(["$ docker login --username AWS --password-stdin", refused])).toBe(
    "wrong-namespace, likely",
  );
  expect(judge(["$ docker login -u _json_key --password-stdin", attempt])).toBe(
    "wrong-namespace, likely",
  );
  const placed = "$ docker login -u AWS --password-stdin 1.dkr.ecr.eu-west-1.amazonaws.com";
  expect(judge([placed, "Login Succeeded", "$ docker login -u acme", refused])).toBe(
    "credential-invalid, likely",
  );
  expect(judge(["$ docker login -u acme --password-stdin", refused])).toBe(
    "credential-invalid, likely",
  );
});

function ecrJob(named: string, pushed: string): string[] {
  return [
    "##[group]Run aws-actions/amazon-ecr-login@v2",
    "##[endgroup]",
    `Logging into registry ${named}.dkr.ecr.eu-west-1.amazonaws.com`,
    "Logging into registry 333333333333.dkr.ecr.eu-west-1.amazonaws.com",
    "##[group]Run docker push",
    "##[endgroup]",
    `The push refers to repository [${pushed}.dkr.ecr.eu-west-1.amazonaws.com/app]`,
    "no basic auth credentials",
    "##[error]Process completed with exit code 1.",
  ];
}

test("compares the registry that Amazon's action names with the one that is pushed to", () => {
  expect(judge(ecrJob("111111111111", "222222222222"))).toBe("wrong-namespace, likely");
  expect(judge(ecrJob("111111111111", "111111111111"))).toBe("not-logged-in, likely");
  expect(judge(ecrJob("***", "222222222222"))).toBe("not-logged-in, likely");
});

test("reads a login whose tool puts a clock before its lines", () => {
  const log = [
    "##[group]Run crane auth login quay.io -u acme --password-stdin",
    "##[endgroup]",
    "2026/11/20 10:00:00 logged in via /home/runner/.docker/config.json",
    "##[group]Run ko build --bare .",
    "##[endgroup]",
    "Error: POST https://ghcr.io/v2/acme/app/blobs/uploads/: UNAUTHORIZED: authentication required",
    "##[error]Process completed with exit code 1.",
  ];
  expect(judge(log)).toBe("wrong-namespace, likely");
});

test("believes GitHub's cache that it is out of service, and a limit that it is one", () => {
  const down = "GitHub Actions is temporarily unavailable. Please visit https://acme.test/";
  expect(
    judge(["#18 exporting cache", `#18 ERROR: ${down}`, `error: failed to solve: ${down}`]),
  ).toBe("registry-unavailable, likely");
  expect(judge(["#18 exporting cache", "#18 ERROR: maximum timeout reached"])).toBe(
    "registry-unavailable, likely",
  );
  expect(judge(["fork/exec /bin/sh: resource temporarily unavailable"])).toBe("unknown, unknown");
  const reserve = "ERROR: error writing layer blob: failed to reserve cache: unexpected response";
  expect(judge([`${reserve} 500`])).not.toContain("cache-export-denied");
  expect(judge([reserve])).toBe("cache-export-denied, likely");
});

test("judges a bare refusal by the owner, and a fork by the mark on its head", () => {
  const denied = ["ERROR: failed to push ghcr.io/globex/app: denied: permission_denied"];
  const run = { event: "push", repository: { full_name: "acme/app" } };
  expect(judge(denied, run)).toBe("wrong-namespace, likely");
  const words = ["denied: installation not allowed to Write organization package"];
  const pull = { ...run, event: "pull_request", head_repository: { fork: true } };
  expect(judge(words, pull)).toBe("token-read-only-fork, likely");
  const inFork = { ...pull, repository: { full_name: "acme/app", fork: true } };
  expect(judge(words, inFork)).not.toContain("token-read-only-fork");
});
