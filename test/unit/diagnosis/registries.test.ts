import { expect, test } from "vitest";
import { diagnose } from "../../../src/doctor/diagnosis/diagnose.ts";

/** What the registries say of a push, in the words of each tool, and the same words elsewhere. */

const REPOSITORY = { id: 1, full_name: "acme/app" };
const PUSH_RUN = { event: "push", repository: REPOSITORY, head_repository: REPOSITORY };
const FORK_RUN = {
  event: "pull_request",
  repository: REPOSITORY,
  head_repository: { id: 2, full_name: "dev/app" },
};
const REFERS = "The push refers to repository [registry.example.com/acme/app]";

function judge(lines: string[], run?: unknown): string {
  const { cause, confidence } = diagnose({ log: lines.join("\n"), run });
  return `${cause}, ${confidence}`;
}

function step(run: string, output: string[]): string[] {
  return [`##[group]Run ${run}`, run, "shell: bash", "##[endgroup]", ...output];
}

const FAILED = "##[error]Process completed with exit code 1.";

const ABSENT = [
  "error pushing image: failed to push to destination registry.example.com/acme/app:1: NAME_UNKNOWN: repository name not known to registry",
  "name unknown: The repository with name 'app' does not exist in the registry with id '***'",
  "unauthorized: project acme not found: project acme not found",
  "denied: The client does not have permission to push to the repository.",
  "unauthorized: reqPackageAccess",
];

test("takes an absent or closed repository for package access, in each registry's words", () => {
  for (const line of ABSENT) expect(judge([REFERS, line]), line).toBe("package-access, likely");
});

test("asks first where the login went, and whether the step pushed at all", () => {
  const login = ["Run docker login ghcr.io -u me --password-stdin", "Login Succeeded"];
  for (const line of ABSENT) {
    const push = ["Run docker push registry.example.com/acme/app", REFERS, line];
    expect(judge([...login, ...push]), line).toBe("wrong-namespace, likely");
    expect(judge([...step("npm test", [REFERS, line]), FAILED]), line).toBe("unknown, unknown");
  }
  const source =
    'Error: fetching "registry.example.com/acme/app:1": GET https://registry.example.com/v2/acme/app/manifests/1: NAME_UNKNOWN: repository name not known to registry';
  expect(judge([source])).toBe("unknown, unknown");
});

test("knows a repository that the first push would have to create", () => {
  const line =
    'denied: gcr.io repo does not exist. Creating on push requires the artifactregistry.repositories.createOnPush permission at "projects/p"';
  expect(judge([line])).toBe("package-creation-denied, likely");
});

test("knows a package that GitHub ties to another repository from a broken upload", () => {
  const other =
    'blob upload invalid: Package "tool" is already associated with another repository.';
  expect(judge(["The push refers to repository [ghcr.io/acme/tool]", other])).toBe(
    "package-access, certain",
  );
  const broken = "blob upload invalid: blob upload invalid";
  expect(judge(["The push refers to repository [ghcr.io/acme/tool]", broken])).toBe(
    "registry-unavailable, likely",
  );
  // An own registry says so of its storage and of two uploads that met.
  expect(judge([REFERS, broken])).toBe("unknown, unknown");
});

const FAULTS = [
  'Get "https://ghcr.io/v2/": dial tcp: lookup ghcr.io: no such host',
  "dial tcp 192.0.2.1:443: connect: connection refused",
  "http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR",
  "remote error: tls: internal error",
  "getaddrinfo EAI_AGAIN registry.example.com",
  "error: failed to parse error response 504: <!DOCTYPE html>",
  "DENIED: permission_denied: unable to connect to authzd server: twirp error bad_route",
  "denied: System is currently read-only. Pulls will succeed but all write operations are currently suspended.",
];

test("knows a fault that passes by the words of many tools", () => {
  for (const line of FAULTS) expect(judge([REFERS, line]), line).toMatch(/^registry-unavailable, /);
});

test("takes a fault of a pull, of a test or of an earlier attempt for none of the push", () => {
  const denied = "denied: permission_denied: write_package";
  for (const line of FAULTS) {
    expect(judge(["$ docker pull registry.example.com/acme/base", line])).toBe("unknown, unknown");
    expect(judge([...step("npm test", [REFERS, line]), FAILED])).toBe("unknown, unknown");
    expect(judge([REFERS, line, "attempt 1 failed", REFERS, denied])).toBe(
      "package-access, likely",
    );
  }
  expect(judge([REFERS, "dial tcp 127.0.0.1:5000: connect: connection refused"])).toBe(
    "unknown, unknown",
  );
});

test("does not take the local daemon's 500 around a refusal for an outage", () => {
  const line = "Error: (HTTP code 500) server error - denied: access forbidden";
  expect(judge([REFERS, line])).toBe("unknown, unknown");
});

test("sees that a host is no registry but a slip of the finger, and only in a push", () => {
  const refers = "The push refers to repository [ghrc.io/acme/app]";
  const lost = 'Get "https://ghrc.io/v2/": dial tcp: lookup ghrc.io: no such host';
  expect(judge([refers, lost])).toBe("wrong-namespace, likely");
  expect(diagnose({ log: lost }).explanation).toContain("`ghrc.io`");
  expect(judge([refers, lost].map((line) => line.replaceAll("ghrc", "ghcr")))).toBe(
    "registry-unavailable, likely",
  );
  expect(judge([`Unable to find image 'ghrc.io/acme/app' locally`])).toBe("unknown, unknown");
});

const NOT_ALLOWED = "denied: installation not allowed to Write organization package";

test("blames the workflow for a token that may not write, unless the event may have done it", () => {
  const { explanation } = diagnose({ log: NOT_ALLOWED });
  expect(judge([NOT_ALLOWED])).toBe("missing-packages-write, likely");
  expect(explanation).toContain("fork");
  expect(judge([NOT_ALLOWED], PUSH_RUN)).toBe("missing-packages-write, likely");
  expect(judge([NOT_ALLOWED], FORK_RUN)).toBe("token-read-only-fork, likely");
  expect(judge([NOT_ALLOWED], { event: "pull_request", repository: REPOSITORY })).toBe(
    "unknown, unknown",
  );
  expect(judge(["denied: Resource not accessible by integration"])).toBe("unknown, unknown");
});

function refused(method: string): string {
  return `ERROR: failed to push ghcr.io/acme/app:1: unexpected status from ${method} request to https://ghcr.io/v2/acme/app/blobs/sha256:63a1: 403 Forbidden`;
}

test("takes a refusal even to look for a package that does not know the repository", () => {
  expect(judge([refused("HEAD")], PUSH_RUN)).toBe("package-access, likely");
  expect(judge([refused("POST")], PUSH_RUN)).toBe("unknown, unknown");
  expect(judge([refused("HEAD")], FORK_RUN)).toBe("token-read-only-fork, certain");
  const read = ["GITHUB_TOKEN Permissions", "Packages: read", "Secret source: Actions"];
  expect(judge([...read, refused("HEAD")], PUSH_RUN)).toBe("missing-packages-write, likely");
});

test("takes a bare 403 for GitHub's where the token may write packages and no other login shows", () => {
  const block = ["GITHUB_TOKEN Permissions", "Packages: write"];
  const bare = "error: failed to solve: unexpected status: 403 Forbidden";
  expect(judge([...block, bare])).toBe("package-access, likely");
  expect(judge([bare])).toBe("unknown, unknown");
  const login = ["Run docker login quay.io -u me --password-stdin", "Login Succeeded"];
  const push = ["Run docker buildx build --push .", bare];
  expect(judge([...block, ...login, ...push])).toBe("unknown, unknown");
});

const loginTo = (host: string): string[] => [
  "Run docker/login-action@v4",
  "  with:",
  `    registry: ${host}`,
];

test("takes Docker Hub's refusal after a login to GitHub only for a name without a registry", () => {
  const denied = "failed to solve: server message: insufficient_scope: authorization failed";
  expect(judge([...loginTo("docker.pkg.github.com"), denied])).toBe("wrong-namespace, likely");
  expect(judge([...loginTo("gitlab.example.com"), denied])).toBe("unknown, unknown");
});

const asked = (path: string): string =>
  `ERROR: failed to fetch oauth token: unexpected status from GET request to https://auth.docker.io/token?scope=repository%3A${path}%3Apull%2Cpush&service=registry.docker.io: 401 Unauthorized: access token has insufficient scopes`;

test("reads the image out of what the token service was asked for", () => {
  expect(judge([asked("library%2Fapp")])).toBe("wrong-namespace, likely");
  expect(judge([asked("acme%2Fapp")])).toBe("credential-scope, likely");
});

test("knows that a fork's token has no say under the fork's own name either", () => {
  const line =
    "ERROR: failed to push ghcr.io/dev/app:1: denied: permission_denied: The requested installation does not exist.";
  expect(judge([line], FORK_RUN)).toBe("token-read-only-fork, likely");
  expect(judge([line], PUSH_RUN)).toBe("wrong-namespace, certain");
});

test("is certain only where nothing else can say the same", () => {
  const hub = 'Get "https://registry-1.docker.io/v2/": unauthorized: ';
  const cases = [
    [
      ["Logging into docker.io...", `Error: ${hub}please use personal access token to login`],
      "credential-invalid, likely",
    ],
    [
      ["Logging into docker.io...", `Error: ${hub}incorrect username or password`],
      "credential-invalid, certain",
    ],
    [
      [
        "Logging into gitlab.example.com...",
        'Get "https://gitlab.example.com/v2/": denied: HTTP Basic: Access denied',
      ],
      "credential-invalid, likely",
    ],
    [[REFERS, "toomanyrequests: too many failed login attempts"], "rate-limited, likely"],
    [[REFERS, "toomanyrequests: retry-after: 3ms"], "rate-limited, certain"],
    [
      [REFERS, "unknown: filesystem: write /var/lib/registry/x: no space left on device"],
      "disk-full, likely",
    ],
    [["cache write denied: token has no writable scopes"], "cache-export-denied, likely"],
    [
      ["UNAUTHORIZED: User cannot be authenticated with the token provided."],
      "not-logged-in, likely",
    ],
  ] as const;
  for (const [lines, expected] of cases) expect(judge([...lines]), lines.at(-1)).toBe(expected);
});

test("does not call a permission certain for an image of another owner", () => {
  const block = ["GITHUB_TOKEN Permissions", "Contents: read", "Secret source: Actions"];
  const lines = (owner: string): string[] => [
    ...block,
    `The push refers to repository [ghcr.io/${owner}/app]`,
    NOT_ALLOWED,
  ];
  expect(judge(lines("acme"), PUSH_RUN)).toBe("missing-packages-write, certain");
  expect(judge(lines("other"), PUSH_RUN)).toBe("missing-packages-write, likely");
});

const remedyOf = (host: string): string =>
  diagnose({
    log: `The push refers to repository [${host}/acme/app]\nname unknown: repository name not known to registry`,
  }).remedy;

test("names the registry and its own steps in the remedy", () => {
  expect(remedyOf("111111111111.dkr.ecr.eu-west-1.amazonaws.com")).toContain(
    "--repository-name acme/app",
  );
  expect(remedyOf("quay.io")).toContain("robot account");
  expect(remedyOf("registry.example.com")).toContain("registry.example.com");
  const anonymous = `${REFERS}\nno basic auth credentials`;
  expect(diagnose({ log: anonymous }).remedy).toContain("registry: registry.example.com");
  expect(diagnose({ log: "" }).remedy).toContain("/actions/runs/RUN");
});

const REFUSED_PUSHES = [
  "ERROR: failed to push acme/app:1: push access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
  "ERROR: failed to push quay.io/acme/app:1: unexpected status: 401 UNAUTHORIZED",
  'Error response from daemon: Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password',
];

test("takes a refusal of a run without secrets for the missing secret's", () => {
  for (const line of REFUSED_PUSHES) {
    expect(judge([line], FORK_RUN), line).toBe("secrets-withheld, likely");
    expect(judge([line], PUSH_RUN), line).not.toContain("secrets-withheld");
  }
  const bot = { ...PUSH_RUN, event: "pull_request", actor: { login: "dependabot[bot]" } };
  expect(judge(REFUSED_PUSHES.slice(0, 1), bot)).toBe("secrets-withheld, likely");
});

test("does not excuse what a fork's run shows otherwise: a login, an outage, a limit", () => {
  const login = ["Run docker login -u me --password-stdin", "Login Succeeded"];
  const push = ["Run docker push acme/app", ...REFUSED_PUSHES.slice(0, 1)];
  expect(judge([...login, ...push], FORK_RUN)).toBe("package-access, likely");
  expect(judge([REFERS, "denied: 503 Service Unavailable"], FORK_RUN)).toBe(
    "registry-unavailable, likely",
  );
  expect(judge(["ERROR: unauthorized: authorization token has expired"], FORK_RUN)).toMatch(
    /^credential-invalid/,
  );
});

test("takes a refusal by GitHub's registry for the fork's token, but not one of a login", () => {
  expect(judge(["ERROR: failed to push ghcr.io/acme/app:1: denied: denied"], FORK_RUN)).toBe(
    "token-read-only-fork, likely",
  );
  expect(judge(['Error: Get "https://ghcr.io/v2/": denied: denied'], FORK_RUN)).toBe(
    "credential-invalid, likely",
  );
});

test("asks for the identity token's permission, unless a pull request may have lost it", () => {
  const lines = [
    "Error: Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable",
    "It looks like you might be trying to authenticate with OIDC. Did you mean to set the `id-token` permission?",
  ];
  for (const line of lines) {
    expect(judge([line]), line).toBe("missing-packages-write, likely");
    expect(diagnose({ log: line }).remedy).toContain("id-token: write");
    expect(judge([line], { event: "pull_request" })).toBe("unknown, unknown");
    expect(judge([line], FORK_RUN)).toBe("token-read-only-fork, likely");
  }
});

test("takes a refused login for the credential's, and the same words of a push for unclear", () => {
  const words = "unauthorized: authentication required";
  expect(judge([`Error: Get "https://acme.azurecr.io/v2/": ${words}`])).toBe(
    "credential-invalid, likely",
  );
  expect(
    judge(["login attempt to https://harbor.example.com/v2/ failed with status: 401 Unauthorized"]),
  ).toBe("credential-invalid, likely");
  expect(judge([REFERS, words])).toBe("unknown, unknown");
});

test("takes an empty input for a missing secret's where it is a credential, and is not sure", () => {
  const empty = "##[error]Input required and not supplied: ";
  expect(judge([`${empty}DOCKERHUB_TOKEN`])).toBe("secrets-withheld, likely");
  expect(judge([`${empty}password`])).toBe("secrets-withheld, certain");
  expect(judge([`${empty}key`])).toBe("unknown, unknown");
  expect(judge([`${empty}path`])).toBe("unknown, unknown");
});

test("takes a push command without a name for a bad name, or for a fork's missing secret", () => {
  const line = '"docker push" requires exactly 1 argument.';
  expect(judge([line])).toBe("invalid-image-name, likely");
  expect(judge([line], FORK_RUN)).toBe("secrets-withheld, likely");
});

test("knows GitHub's allowlist from its words alone, also where a line was wrapped", () => {
  const marketplace =
    "Actions in this workflow must be: within a repository owned by acme, created by GitHub, or verified in the GitHub Marketplace.";
  expect(judge([marketplace])).toBe("policy-blocked, certain");
  const wrapped = [
    "The actions docker/setup-qemu-action@v4, and docker/build-push-action@v7 are ",
    "not allowed in acme/app because all actions must be from a repository owned by your enterprise, created by",
    "GitHub, or match one of the patterns: acme/*",
  ];
  expect(judge(wrapped)).toBe("policy-blocked, certain");
});

test("does not call an artifact's name that is taken an outage", () => {
  const words = "Error: Failed to CreateArtifact: Received non-retryable error: Failed request:";
  const taken = `${words} (409) Conflict: an artifact with this name already exists on the workflow run`;
  expect(judge([taken])).toBe("unknown, unknown");
  expect(
    judge([`${words} (403) Forbidden: Error from intermediary with HTTP status code 403`]),
  ).toBe("registry-unavailable, likely");
});

test("knows Azure's word for a wrong credential", () => {
  expect(judge(["unauthorized: Invalid clientid or client secret.", FAILED])).toMatch(
    /^credential-invalid/,
  );
});

test("knows a package's refusal from the layer that was looked for, however it is cut", () => {
  const cut = [
    "ERROR: failed to push ghcr.io/acme/app:1:",
    "HEAD request to .../blobs/sha256:... 403 Forbidden",
  ];
  expect(judge(cut)).toBe("package-access, likely");
  expect(judge([cut[0] ?? "", "POST request to .../blobs/uploads/ 403 Forbidden"])).toBe(
    "unknown, unknown",
  );
});

function hubToken(name: string): string {
  const scope = `repository%3A${name.includes("/") ? "" : "library%2F"}${name.replace("/", "%2F")}%3Apull%2Cpush`;
  return `ERROR: failed to solve: failed to push ${name}:latest: failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://auth.docker.io/token?scope=${scope}&service=registry.docker.io: 401 Unauthorized`;
}

test("knows Hub's library from the token that was refused, and no other name from it", () => {
  expect(judge([hubToken("tool")])).toBe("wrong-namespace, likely");
  expect(judge([hubToken("acme/tool")])).not.toMatch(/^wrong-namespace/);
});

test("knows a login with nothing in it, and an account that its registry has closed", () => {
  const command = "Command 'docker login --username  --password ' returned non-zero exit status 1.";
  expect(judge([command], FORK_RUN)).toMatch(/^secrets-withheld/);
  expect(judge(["Command 'docker login --username me --password ***' failed."])).not.toMatch(
    /^secrets-withheld/,
  );
  const closed = [
    "Run docker/login-action@v1",
    "Logging into quay.io...",
    'Error: Error response from daemon: Get "https://quay.io/v2/": unauthorized: This user has been disabled.',
  ];
  expect(judge(closed)).toMatch(/^credential-invalid/);
});

test("takes a repository called manifests for a part of the name", () => {
  const head =
    "pushing artifact failed: HEAD https://ghcr.io/v2/dev/manifests/cluster/blobs/sha256:99: unexpected status code 403 Forbidden";
  expect(judge([head], PUSH_RUN)).not.toMatch(/^invalid-image-name/);
});

const PLACES = ["ghcr.io/acme/app", "acme/app", "1234.dkr.ecr.eu-west-1.amazonaws.com/app"];
const OWN_PLACES = [
  "registry.example.com/acme/app",
  "10.0.0.7:5000/app",
  "notghcr.io.lan/acme/app",
];

test("is certain of a server's fault only where the registry is run by others", () => {
  const fault = "received unexpected HTTP status: 500 Internal Server Error";
  for (const place of PLACES) {
    const refers = `The push refers to repository [${place}]`;
    expect(judge([refers, fault]), place).toBe("registry-unavailable, certain");
    expect(judge([refers, "unknown blob"]), place).toBe("registry-unavailable, likely");
  }
  for (const place of OWN_PLACES) {
    const refers = `The push refers to repository [${place}]`;
    expect(judge([refers, fault]), place).toBe("registry-unavailable, likely");
  }
});

test("is certain that no login was made only where no fork can have left it out", () => {
  const job = [
    "##[group]GITHUB_TOKEN Permissions",
    "##[endgroup]",
    ...step("docker push registry.example.com/acme/app", [
      REFERS,
      "no basic auth credentials",
      FAILED,
    ]),
  ];
  expect(judge(job, PUSH_RUN)).toBe("not-logged-in, certain");
  expect(judge(job)).toBe("not-logged-in, likely");
});
