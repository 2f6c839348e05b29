import { expect, test } from "vitest";
import { diagnose } from "../../../src/doctor/diagnosis/diagnose.ts";

/** Words of registries and tools, each next to nearly the same words that mean something else. */

const REPOSITORY = { id: 1, full_name: "acme/app" };
const PUSH_RUN = { event: "push", repository: REPOSITORY, head_repository: REPOSITORY };
const FORK_RUN = {
  event: "pull_request",
  repository: REPOSITORY,
  head_repository: { id: 2, full_name: "dev/app" },
};
const BOT_RUN = { ...PUSH_RUN, event: "pull_request", actor: { login: "dependabot[bot]" } };
const REFERS = "The push refers to repository [registry.example.com/acme/app]";

function judge(lines: string[], run?: unknown): string {
  const { cause, confidence } = diagnose({ log: lines.join("\n"), run });
  return `${cause}, ${confidence}`;
}

/** Each line means the cause after a push, and nothing as the output of a test. */
function expectWords(words: string[], cause: string): void {
  for (const line of words) {
    expect(judge([REFERS, line]), line).toMatch(new RegExp(`^${cause}, `));
    const inTest = ["##[group]Run npm test", "npm test", "shell: bash", "##[endgroup]", line];
    expect(judge([...inTest, "##[error]Process completed with exit code 1."]), line).toBe(
      "unknown, unknown",
    );
  }
}

test("knows a credential that is not taken, in each registry's words", () => {
  expectWords(
    [
      "failed to push: server message: invalid_token: authorization failed",
      "denied: Token failed verification: expired",
      "unauthorized: token expired",
      'Get "https://registry.example.com/v2/": denied: Props Authentication Token not found',
      'Get "https://acme.azurecr.io/v2/": unauthorized: Application not registered with AAD.',
      "unauthorized: Invalid user name or password.",
      "unauthorized: email must be verified before using account",
      'Error: authenticating creds for "quay.io": Requesting bearer token: invalid status code from registry 401 (Unauthorized)',
      "GET https://ghcr.io/token?scope=repository%3Aacme%2Fapp%3Apush&service=ghcr.io: DENIED: denied",
    ],
    "credential-invalid",
  );
});

test("is certain that a token expired only where the words are", () => {
  expect(judge([REFERS, "denied: the token has expired"])).toBe("credential-invalid, certain");
  for (const line of [
    "denied: the token may have expired",
    "denied: the token is invalid or expired",
    "denied: your token might be expired",
  ]) {
    expect(judge([REFERS, line]), line).toBe("credential-invalid, likely");
  }
});

test("does not take an expired certificate or a lost token service for a wrong credential", () => {
  const token = "ERROR: failed to fetch oauth token: ";
  const expired = `${token}Post "https://auth.example.com/token": x509: certificate has expired`;
  expect(judge([REFERS, expired])).not.toMatch(/^credential/);
  expect(judge([REFERS, `${token}Post "https://auth.example.com/token": EOF`])).toBe(
    "registry-unavailable, likely",
  );
  const pushing = "Error: writing blob: Requesting bearer token: invalid status code from registry";
  expect(judge([REFERS, `${pushing} 401 (Unauthorized)`])).toBe("unknown, unknown");
});

test("knows a fault that passes and a limit in more words", () => {
  expectWords(
    [
      "unavailable: service unavailable",
      "unexpected status from PATCH request to https://registry.example.com/v2/acme/app/blobs/uploads/1: 408 Request Timeout",
      "denied: The system is in read only mode. Any modification is prohibited.",
      'failed commit on ref "layer-sha256:1": commit failed: unexpected commit digest',
    ],
    "registry-unavailable",
  );
  expectWords(["denied: API rate limit exceeded for installation ID 1."], "rate-limited");
  // GitHub's API says so to a tool that asks for more than an image.
  expect(judge([REFERS, "API rate limit exceeded for 192.0.2.1."])).toBe("rate-limited, likely");
  expect(judge([REFERS, "denied: this repository is in review mode"])).toBe("unknown, unknown");
});

test("knows that a tool asked for a secret that was not there", () => {
  for (const line of [
    "Error: getting username and password: reading username: EOF",
    "Unable to find a username. Did you set with.username?",
    "./push.sh: line 3: DOCKER_PASSWORD: unbound variable",
    "sh: REGISTRY_TOKEN: parameter not set",
  ]) {
    expect(judge(["docker push acme/app", line]), line).toBe("secrets-withheld, likely");
  }
  expect(judge(["docker push acme/app", "./push.sh: line 3: VERSION: unbound variable"])).toBe(
    "unknown, unknown",
  );
});

test("takes Azure's locked image for an immutable tag, and is not sure", () => {
  const line = "unknown: The operation is disallowed on this registry, repository or image.";
  expect(judge([REFERS, line])).toBe("immutable-tag, likely");
  expect(judge([REFERS, "unknown: The operation is unsupported."])).toBe("unknown, unknown");
});

const lacking = (right: string): string =>
  `denied: Permission "artifactregistry.repositories.${right}" denied on resource "projects/p/locations/l/repositories/r" (or it may not exist)`;

test("takes a push that may not even read for one without a login, on Google's registry", () => {
  expect(judge([lacking("downloadArtifacts")])).toBe("not-logged-in, likely");
  expect(judge([lacking("uploadArtifacts")])).toBe("credential-scope, likely");
  const helper = "gcloud auth configure-docker europe-west1-docker.pkg.dev";
  expect(judge([helper, lacking("downloadArtifacts")])).toBe("credential-scope, likely");
  const pull = 'Error response from daemon: Head "https://l-docker.pkg.dev/v2/p/r/a/manifests/1": ';
  expect(judge([`${pull}${lacking("downloadArtifacts")}`])).toBe("unknown, unknown");
});

test("knows Quay by its words where no name stands, but not another registry that says the same", () => {
  const words = "unauthorized: access to the requested resource is not authorized";
  expect(judge([words])).toBe("package-access, likely");
  expect(judge([REFERS, words])).toBe("unknown, unknown");
});

test("leaves Harbor's refusal open until a login shows: it says the same to nobody", () => {
  const refused = "unauthorized: unauthorized to access repository: acme/app, action: push";
  expect(judge([REFERS, refused])).toBe("unknown, unknown");
  const login = ["Run docker login registry.example.com -u me", "Login Succeeded"];
  expect(judge([...login, "Run docker push registry.example.com/acme/app", REFERS, refused])).toBe(
    "package-access, likely",
  );
});

const refusedAt = (host: string): string =>
  `ERROR: failed to push acme/app:1: unexpected status from POST request to https://${host}/v2/acme/app/blobs/uploads/: 403 Forbidden`;

test("takes a bare 403 at Docker Hub's door for a fault, and one of another registry for unclear", () => {
  expect(judge([refusedAt("registry-1.docker.io")], PUSH_RUN)).toBe("registry-unavailable, likely");
  expect(judge([refusedAt("registry.example.com")], PUSH_RUN)).toBe("unknown, unknown");
});

test("takes an anonymous push of a run without secrets for the missing secret's", () => {
  const anonymous = "no basic auth credentials";
  for (const run of [FORK_RUN, BOT_RUN]) {
    expect(judge([REFERS, anonymous], run)).toBe("secrets-withheld, likely");
  }
  expect(judge([REFERS, anonymous], PUSH_RUN)).toBe("not-logged-in, likely");
  const github = "ERROR: failed to push ghcr.io/acme/app:1: failed to fetch anonymous token: 403";
  expect(judge([github], FORK_RUN)).toBe("not-logged-in, likely");
});

test("knows a 403 without a name as GitHub's where the run has nothing else to show", () => {
  const bare = "ERROR: failed to solve: unexpected status: 403 Forbidden";
  expect(judge([bare], FORK_RUN)).toBe("token-read-only-fork, likely");
  expect(judge([bare], BOT_RUN)).toBe("token-read-only-dependabot, likely");
  expect(judge([bare], PUSH_RUN)).toBe("unknown, unknown");
  const hub = "ERROR: failed to solve: unexpected status: 401 Unauthorized";
  expect(judge([hub], FORK_RUN)).toBe("secrets-withheld, likely");
});

const NOT_ALLOWED = "denied: installation not allowed to Write organization package";

test("is certain of a fork's token only where an image shows: a cache is refused in the same words", () => {
  expect(judge([NOT_ALLOWED], FORK_RUN)).toBe("token-read-only-fork, likely");
  expect(judge([`ERROR: failed to push ghcr.io/acme/app:1: ${NOT_ALLOWED}`], FORK_RUN)).toBe(
    "token-read-only-fork, certain",
  );
});

const inFork = (fork: boolean): unknown => ({
  event: "push",
  repository: { ...REPOSITORY, fork },
  head_repository: { ...REPOSITORY, fork },
});

test("takes the origin's image for the target of a workflow that a fork inherited", () => {
  expect(judge([NOT_ALLOWED], inFork(true))).toBe("wrong-namespace, likely");
  expect(judge([NOT_ALLOWED], inFork(false))).toBe("missing-packages-write, likely");
  const own = `ERROR: failed to push ghcr.io/acme/app:1: ${NOT_ALLOWED}`;
  expect(judge([own], inFork(true))).toBe("missing-packages-write, likely");
});

const precondition = (what: string): string => `denied: failed_precondition: ${what} for 'acme'.`;

test("knows an organization that has not opened GitHub's registry, and not any precondition", () => {
  expect(judge([precondition("Improved container support has not been enabled")])).toBe(
    "package-creation-denied, likely",
  );
  expect(judge([precondition("Something else has not been enabled")])).toBe("unknown, unknown");
});

const forbidden = (tag: string): string =>
  `ERROR: failed to push ghcr.io/acme/app:${tag}: unexpected status: 403 Forbidden`;

test("reads Dependabot's branch out of the tag, where nothing else tells of the event", () => {
  const tag = "dependabot-npm-vite-7";
  expect(judge([forbidden(tag)])).toBe("token-read-only-dependabot, likely");
  expect(judge([forbidden("no-dependabot")])).toBe("unknown, unknown");
  expect(judge([forbidden(tag)], PUSH_RUN)).toBe("unknown, unknown");
});

const helm = (place: string): string => `helm push app-1.tgz oci://${place}`;

test("reads the place that helm is told for the place, and not for the image", () => {
  expect(judge([helm("ghcr.io/acme"), "Error: denied: denied"])).toBe("credential-invalid, likely");
  const login = ["Run docker login docker.io -u acme", "Login Succeeded"];
  const denied = "Error: server message: insufficient_scope: authorization failed";
  expect(judge([...login, `Run ${helm("docker.io/acme")}`, denied])).toBe("package-access, likely");
  const library = [
    "Run docker push acme",
    "The push refers to repository [docker.io/library/acme]",
  ];
  expect(judge([...login, ...library, denied])).toBe("wrong-namespace, certain");
  expect(judge(["docker push ghcr.io/acme", "denied: name unknown"])).toBe(
    "invalid-image-name, likely",
  );
});

test("takes GitHub's word for a wrong credential only where GitHub may have said it", () => {
  expect(judge([REFERS, "denied: denied"])).toBe("unknown, unknown");
  expect(judge(["The push refers to repository [ghcr.io/acme/app]", "denied: denied"])).toBe(
    "credential-invalid, likely",
  );
});

const commit = (what: string, status: string): string =>
  `ERROR: failed to push ghcr.io/acme/app:main: failed commit on ref "${what}-sha256:40de": unexpected status: ${status}`;

test("takes a manifest that is refused after its layers for a fault, and a refused layer not", () => {
  expect(judge([commit("manifest", "403 Forbidden")], PUSH_RUN)).toBe(
    "registry-unavailable, likely",
  );
  expect(judge([commit("layer", "403 Forbidden")], PUSH_RUN)).toBe("unknown, unknown");
  // An index alone is pushed by a tool that uploads nothing before it.
  const alone = commit("index", "403 Forbidden").replace("failed to push", "publish");
  expect(judge([alone], PUSH_RUN)).toBe("unknown, unknown");
  expect(judge([commit("manifest", "403 Forbidden")], FORK_RUN)).toMatch(/^token-read-only-fork/);
  const read = ["GITHUB_TOKEN Permissions", "Packages: read", "Secret source: Actions"];
  expect(judge([...read, commit("manifest", "403 Forbidden")], PUSH_RUN)).toMatch(/^missing/);
});

test("takes a cache's manifest that the registry calls a bad request for refused", () => {
  const writing = "error writing manifest blob: failed commit on ref";
  expect(judge([`${writing} "sha256:ab32": unexpected status: 400 Bad Request`])).toBe(
    "cache-export-denied, likely",
  );
  expect(judge([commit("manifest", "400 Bad Request")])).toBe("unknown, unknown");
});

test("knows a full disk by the words of package managers, and not from a hint", () => {
  for (const line of [
    "  At least 11799MB more space needed on the / filesystem.",
    "E: You don't have enough free space in /var/cache/apt/archives/.",
  ]) {
    expect(judge([line]), line).toMatch(/^disk-full/);
  }
  for (const line of ["This needs more space than before.", "Make sure there is enough space."]) {
    expect(judge([line]), line).toBe("unknown, unknown");
  }
});

test("tells a repository that is absent at the push from a base image that is", () => {
  const asked =
    "GET https://registry.example.com/v2/acme/app/manifests/1: NAME_UNKNOWN: repository name not known to registry";
  expect(judge([`Error: push: image exists at remote: ${asked}`])).toBe("package-access, likely");
  expect(judge([`Error: fetching the base: ${asked}`])).toBe("unknown, unknown");
});

test("takes a connection that Amazon's registry ends for a right that is missing", () => {
  const amazon = "The push refers to repository [111111111111.dkr.ecr.eu-west-1.amazonaws.com/app]";
  for (const line of ["EOF", 'Error parsing HTTP response: unexpected end of JSON input: ""']) {
    expect(judge([amazon, line])).toBe("credential-scope, likely");
  }
  expect(judge([REFERS, "EOF"])).toBe("registry-unavailable, likely");
  expect(judge([amazon, "write tcp 10.0.0.1:1->10.0.0.2:443: broken pipe"])).toBe(
    "registry-unavailable, likely",
  );
});

test("knows what GitHub says of callers, budgets and secrets, also where a report wraps it", () => {
  const wrapped = ["The nested job 'attest' is", "requesting 'attestations: write', but is only"];
  expect(judge(wrapped)).toBe("caller-permissions, certain");
  expect(judge(["The nested job 'attest' is slow"])).toBe("unknown, unknown");
  expect(
    judge(["The job was not started because an Actions budget is preventing further use."]),
  ).toBe("billing, certain");
  expect(judge(["Secret REGISTRY_TOKEN is required, but not provided while calling."])).toBe(
    "secrets-withheld, likely",
  );
  expect(
    judge(["the `acme` organization has an IP allow list enabled, and your IP is not permitted"]),
  ).toBe("policy-blocked, likely");
});

test("takes a signature that waits for a person for the identity token's permission", () => {
  const waits =
    "Enter the verification code ABCD in your browser at: https://oauth2.sigstore.dev/auth/device?user_code=ABCD";
  expect(judge([waits])).toBe("missing-packages-write, likely");
  expect(judge([waits], FORK_RUN)).toBe("token-read-only-fork, likely");
  expect(judge(["Enter the code at https://github.com/login/device"])).toBe("unknown, unknown");
});

test("knows Dependabot's run by its branch where the run object names nobody", () => {
  const run = { ...PUSH_RUN, head_branch: "dependabot/npm/vite-7" };
  expect(judge([forbidden("main")], run)).toBe("token-read-only-dependabot, likely");
  const quoted = diagnose({ log: forbidden("main"), run }).evidence.map((quote) => quote.text);
  expect(quoted.join()).toContain("branch: dependabot/npm/vite-7");
  const somebody = { ...run, actor: { login: "maintainer" } };
  expect(judge([forbidden("main")], somebody)).toBe("unknown, unknown");
  expect(judge([forbidden("main")], { ...run, head_branch: "fix/dependabot/7" })).toBe(
    "unknown, unknown",
  );
});

test("takes what GitHub keeps from an integration for the token's, in a fork's run", () => {
  const line = "Error: 403 Resource not accessible by integration";
  expect(judge([line], FORK_RUN)).toBe("token-read-only-fork, likely");
  expect(judge([line], PUSH_RUN)).toBe("unknown, unknown");
});

test("does not take a file that a fork's job may not open for a refusal of a registry", () => {
  const file = "dial unix /var/run/docker.sock: connect: permission denied";
  expect(judge(["docker push acme/app", file], FORK_RUN)).toBe("unknown, unknown");
  const git = "remote: Permission to acme/app.git denied to github-actions[bot].";
  expect(judge(["docker push acme/app", git], FORK_RUN)).toBe("unknown, unknown");
  expect(judge(["docker push acme/app", "denied: not today"], FORK_RUN)).toBe(
    "secrets-withheld, likely",
  );
});

const explain = (log: string): string => diagnose({ log }).explanation;

test("lists what would tell the causes apart where a refusal leaves several", () => {
  const github = explain("#9 ERROR: failed to push ghcr.io/acme/app:1: 403 Forbidden");
  for (const word of ["fork", "Dependabot", "packages: write", "package that does not know"]) {
    expect(github).toContain(word);
  }
  const hub = explain("denied: requested access to the resource is denied");
  for (const word of ["registry that was meant", "account of the login", "absent", "only read"]) {
    expect(hub).toContain(word);
  }
  const anybody = explain(`${REFERS}\nunauthorized: authentication required`);
  for (const word of ["exactly this host", "expired", "login step"]) {
    expect(anybody).toContain(word);
  }
});
