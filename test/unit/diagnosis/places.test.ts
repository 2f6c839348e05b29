import { expect, test } from "vitest";
import { diagnose } from "../../../src/doctor/diagnosis/diagnose.ts";

/** Words that mean one thing in one place only, each next to the place where they do not. */

function judge(...lines: string[]): string {
  const { cause, confidence } = diagnose({ log: lines.join("\n") });
  return `${cause}, ${confidence}`;
}

const ECR = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";

const badManifest = (host: string): string =>
  `ERROR: failed to push ${host}/app:1: unexpected status from PUT request to https://${host}/v2/app/manifests/1: 400 Bad Request`;

const helmAsked = (host: string, path: string): string =>
  `Error: failed to perform "Exists" on destination: HEAD "https://${host}/v2/${path}/manifests/sha256:1": response status code 401: Unauthorized`;

const brokenPost = (host: string): string =>
  `failed: Post "https://${host}/v2/app/blobs/uploads/": EOF`;

test("takes a manifest that Amazon's registry calls a bad request for a tag that may not move", () => {
  expect(judge(badManifest(ECR))).toBe("immutable-tag, likely");
  expect(judge(badManifest("registry.example.com"))).toBe("unknown, unknown");
  const bare = "#14 ERROR: unexpected status: 400 Bad Request";
  expect(judge(`#14 pushing manifest for ${ECR}/app:1`, bare)).toBe("immutable-tag, likely");
  expect(judge("#14 pushing manifest for ghcr.io/acme/app:1", bare)).toBe("unknown, unknown");
});

test("knows Docker Hub's words for a tag under immutability settings", () => {
  const denied = "failed to push acme/app:1: denied: requested access to the resource is denied";
  const why = "This tag cannot be updated due to immutability settings.";
  expect(judge(`ERROR: ${denied} - ${why}`)).toBe("immutable-tag, certain");
  expect(judge(`ERROR: ${denied}`)).toBe("unknown, unknown");
});

test("knows that Docker Hub takes an owner and a name, and no third level", () => {
  expect(judge(helmAsked("registry-1.docker.io", "acme/charts/app"))).toBe(
    "invalid-image-name, likely",
  );
  expect(judge(helmAsked("registry-1.docker.io", "acme/app"))).toBe("unknown, unknown");
  expect(judge(helmAsked("registry.example.com", "acme/charts/app"))).toBe("unknown, unknown");
});

test("knows a cache that was not taken, by what the service or the registry says of it", () => {
  for (const line of [
    "ERROR: failed to solve: This legacy service is shutting down, effective April 15, 2025.",
    "ERROR: error writing layer blob: error committing cache 39: Failed to commit cache.",
    '#42 ERROR: error writing manifest blob: failed commit on ref "sha256:1": unexpected status: 404 Not Found',
  ]) {
    expect(judge(line), line).toMatch(/^cache-export-denied, /);
  }
  const put = "ERROR: error writing layer blob: PUT https://store.example.com/actions-cache/1";
  expect(judge(put, "RESPONSE 403: AuthenticationFailed")).toBe("cache-export-denied, certain");
  expect(judge(put, "RESPONSE 503: Service Unavailable")).toBe("registry-unavailable, likely");
  expect(judge("ERROR: error writing layer blob: not_found")).toBe("registry-unavailable, likely");
  expect(judge("Error: this legacy service is old")).toBe("unknown, unknown");
});

test("tells a manifest that was put together by hand from layers that were lost", () => {
  const lost = 'PUT "https://ghcr.io/v2/acme/app/manifests/1": manifest blob unknown: blob unknown';
  expect(judge("$ oras manifest push ghcr.io/acme/app:1 m.json", lost)).toBe("unknown, unknown");
  expect(judge("$ oras push ghcr.io/acme/app:1 a.txt", lost)).toBe("registry-unavailable, likely");
});

test("takes a name that nobody resolves for a fault only where it is a great registry's", () => {
  expect(judge("Error: getaddrinfo ENOTFOUND ghcr.io")).toBe("registry-unavailable, likely");
  expect(judge("curl: (6) Could not resolve host: quay.io")).toBe("registry-unavailable, likely");
  for (const host of ["registry.lan", "api.ecr-public.eu-west-1.amazonaws.com"]) {
    expect(judge(`Error: getaddrinfo ENOTFOUND ${host}`), host).toBe("unknown, unknown");
    expect(judge(`dial tcp: lookup ${host}: no such host`), host).toBe("unknown, unknown");
  }
});

test("does not take a container that could not be run, or a client without login, for an outage", () => {
  const refused = 'Get "https://ghcr.io/v2/": dial tcp 192.0.2.1:443: connect: connection refused.';
  expect(judge(`docker: Error response from daemon: ${refused}`)).toBe("unknown, unknown");
  expect(judge(`Error response from daemon: ${refused}`)).toBe("registry-unavailable, likely");
  const header = "Error response from daemon: Bad parameters and missing X-Registry-Auth";
  expect(judge(`${header}: EOF`)).toBe("unknown, unknown");
  expect(judge("Error response from daemon: EOF")).toBe("registry-unavailable, likely");
});

test("knows an upload that Amazon's registry does not begin, and a token that may only look", () => {
  expect(judge(brokenPost(ECR))).toBe("credential-scope, likely");
  expect(judge(brokenPost("ghcr.io"))).toBe("registry-unavailable, likely");
  const access = "Error: GET https://api.example.com/v2/registry/docker-credentials: 403";
  expect(judge(`${access} you do not have access for the attempted action`)).toBe(
    "credential-scope, likely",
  );
  const refers = "The push refers to repository [registry.example.com/acme/app]";
  expect(judge(refers, `${access} you do not have access for the attempted action`)).toBe(
    "credential-scope, likely",
  );
  expect(judge(`${access} you do not have a name`)).toBe("unknown, unknown");
});
