import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { labOrSkip, PUBLISH_IMAGE, PULL_REQUEST_IMAGE } from "./lab-for-tests.ts";
import type { RunRequest } from "./runner/run-request.ts";
import type { RunResult } from "./runner/run-workflow.ts";
import { TestRepository } from "./source-repository.ts";

const lab = await labOrSkip();
const platforms = "linux/amd64,linux/arm64";

describe.skipIf(lab === undefined)("publish-image.yml", () => {
  let repository: TestRepository;

  beforeAll(async () => {
    repository = await TestRepository.create(lab!.folder, "Acme/Demo");
  });
  afterAll(async () => lab!.stop());

  async function publish(
    inputs: Record<string, string>,
    more: Partial<RunRequest> = {},
  ): Promise<RunResult> {
    const given = { branch: "main", ...inputs };
    const vars = { ...lab!.vars, IMAGE_PLATFORMS: "linux/amd64", ...more.vars };
    return lab!.runWorkflow({ file: PUBLISH_IMAGE, repository, ...more, inputs: given, vars });
  }

  test("publishes one index for both platforms under fixed and floating tags", async () => {
    const sha = await repository.commit("main");
    const run = await publish({ sha, platforms, pr: "7", dispatch_id: "d-000000000007" });

    expect(run.conclusion).toBe("success");
    expect(run.displayTitle).toBe(`Publish #7 at ${sha} [d-000000000007]`);
    const image = await lab!.inspect("acme/demo", `sha-${sha}`);
    expect(image?.platforms.toSorted()).toEqual(["linux/amd64", "linux/arm64"]);
    expect(image?.annotations["org.opencontainers.image.revision"]).toBe(sha);
    for (const tag of ["pr-7-merged", "main", "edge"]) {
      expect((await lab!.inspect("acme/demo", tag))?.digest, tag).toBe(image?.digest);
    }
    expect(await lab!.inspect("acme/demo", "latest")).toBeUndefined();
    expect(run.attested).toEqual([`${lab!.registry.host}/acme/demo@${image?.digest}`]);
  });

  test("puts the built commit, not the dispatched one, into every platform's labels", async () => {
    const sha = await repository.commit("main");
    await repository.commit("main");
    await publish({ sha, platforms });

    const index = (await lab!.read(`/v2/acme/demo/manifests/sha-${sha}`)) as {
      manifests: { digest: string; platform: { architecture: string } }[];
    };
    const images = index.manifests.filter((one) => one.platform.architecture !== "unknown");
    expect(images).toHaveLength(2);
    for (const { digest, platform } of images) {
      const manifest = (await lab!.read(`/v2/acme/demo/manifests/${digest}`)) as {
        config: { digest: string };
        annotations: Record<string, string>;
      };
      const config = (await lab!.read(`/v2/acme/demo/blobs/${manifest.config.digest}`)) as {
        architecture: string;
        config: { Labels: Record<string, string>; Env: string[] };
      };
      expect(config.architecture).toBe(platform.architecture);
      expect(config.config.Env).toContain(`PLATFORM=linux/${platform.architecture}`);
      expect(config.config.Labels["org.opencontainers.image.revision"]).toBe(sha);
      expect(manifest.annotations["org.opencontainers.image.revision"]).toBe(sha);
    }
  });

  test("fails with the registry's 403 when the token only reads", async () => {
    const sha = await repository.commit("main");
    const run = await publish({ sha, platforms }, { token: { packages: "read" } });

    expect(run.conclusion).toBe("failure");
    expect(conclusions(run)).toEqual({
      Validate: "success",
      "Build linux/amd64": "failure",
      "Build linux/arm64": "failure",
      Publish: "skipped",
      Promote: "skipped",
    });
    const log = run.jobs.find((job) => job.name === "Build linux/amd64")?.log ?? "";
    expect(log).toContain("Packages: read\n");
    expect(log).toContain(
      `unexpected status from POST request to http://${lab!.registry.host}/v2/acme/demo/blobs/uploads/: 403 Forbidden`,
    );
    expect(await lab!.inspect("acme/demo", `sha-${sha}`)).toBeUndefined();

    const again = await publish({ sha });
    expect(again.conclusion).toBe("success");
  });

  test("builds nothing for a published commit, and makes up for what was left undone", async () => {
    const sha = await repository.commit("main");
    await publish({ sha });
    const before = await lab!.inspect("acme/demo", `sha-${sha}`);
    const writes = lab!.registry.writes.length;
    const run = await publish({ sha, pr: "8" });

    expect(run.conclusion).toBe("success");
    expect(run.jobs.find((job) => job.id === "build")?.conclusion).toBe("skipped");
    expect(conclusions(run)).toMatchObject({ Publish: "success", Promote: "success" });
    expect(lab!.registry.writes.slice(writes)).toEqual(["PUT /v2/acme/demo/manifests/pr-8-merged"]);
    expect((await lab!.inspect("acme/demo", "pr-8-merged"))?.digest).toBe(before?.digest);
  });

  test("gives a commit its own tag back when a clean-up took it", async () => {
    const sha = await repository.commit("main");
    await publish({ sha, pr: "10" });
    const before = await lab!.inspect("acme/demo", "pr-10-merged");
    const tags = "registry/docker/registry/v2/repositories/acme/demo/_manifests/tags";
    await rm(join(lab!.folder, tags, `sha-${sha}`), { recursive: true });
    const run = await publish({ sha, pr: "10" });

    expect(run.conclusion).toBe("success");
    expect(run.jobs.find((job) => job.id === "build")?.conclusion).toBe("skipped");
    expect((await lab!.inspect("acme/demo", `sha-${sha}`))?.digest).toBe(before?.digest);
  });

  test("never gives a pull request's tag to another commit", async () => {
    const first = await repository.commit("main");
    const second = await repository.commit("main");
    await publish({ sha: first, pr: "9" });
    const run = await publish({ sha: second, pr: "9" });

    expect(conclusions(run)).toMatchObject({ Validate: "failure", Publish: "skipped" });
    expect((await lab!.inspect("acme/demo", "pr-9-merged"))?.annotations).toMatchObject({
      "org.opencontainers.image.revision": first,
    });
  });

  test("does not take a registry's outage for an unpublished commit", async () => {
    const sha = await repository.commit("main");
    await publish({ sha });
    lab!.registry.failReads(`sha-${sha}`);
    const run = await publish({ sha });
    lab!.registry.failReads(undefined);

    expect(conclusions(run)).toMatchObject({ Validate: "failure", Promote: "skipped" });
  });

  test("refuses to call an image complete that lacks a platform that is asked for", async () => {
    const sha = await repository.commit("main");
    const one = await publish({ sha });
    expect(one.conclusion).toBe("success");
    expect((await lab!.inspect("acme/demo", `sha-${sha}`))?.platforms).toEqual(["linux/amd64"]);
    const run = await publish({ sha, platforms });
    expect(conclusions(run)).toMatchObject({ Publish: "failure", Promote: "skipped" });
  });

  test("builds a folder with its own Dockerfile under another image name", async () => {
    const sha = await repository.commit("main");
    const image = `${lab!.registry.host}/acme/demo/app`;
    const run = await publish({ sha, image, context: "app", file: "app/Dockerfile.app" });
    expect(conclusions(run)).toMatchObject({ "Build linux/amd64": "failure" });

    const next = await repository.commit("main", {
      "app/Dockerfile.app": "FROM scratch\nCOPY app.txt /\n",
    });
    const good = await publish({ sha: next, image, context: "app", file: "app/Dockerfile.app" });
    expect(good.conclusion).toBe("success");
    expect(await lab!.inspect("acme/demo/app", `sha-${next}`)).toBeDefined();
  });

  test("follows no symbolic link out of the repository", async () => {
    const sha = await repository.link("main", "escape", "/etc");
    const run = await publish({ sha, context: "escape", file: "app/Dockerfile" });
    const build = run.jobs.find((job) => job.id === "build");
    expect(build?.steps.at(-1)).toMatchObject({ conclusion: "skipped" });
    expect(build?.log).toContain("##[error]./escape is not there, or leads out of the repository.");
  });

  test("sends the relay a receipt with the audience of its origin", async () => {
    const seen: { authorization: string | undefined; body: unknown; path: string | undefined }[] =
      [];
    const relay = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        const { authorization } = request.headers;
        seen.push({ authorization, body: JSON.parse(text), path: request.url });
        response.writeHead(200).end("{}");
      });
    });
    await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(relay.address() as AddressInfo).port}`;
    const sha = await repository.commit("main");
    const vars = { MERGE_RELAY_URL: `${url}/` };
    const run = await publish(
      { sha, platforms, pr: "11", dispatch_id: "d-receipt-1" },
      { vars, idToken },
    );
    relay.close();

    expect(run.conclusion).toBe("success");
    const digest = (await lab!.inspect("acme/demo", `sha-${sha}`))?.digest;
    expect(seen).toEqual([
      {
        authorization: `Bearer token.for.${url}`,
        path: "/api/v1/receipts",
        body: {
          dispatch_id: "d-receipt-1",
          image: `${lab!.registry.host}/acme/demo`,
          digest,
          tags: [`sha-${sha}`, "pr-11-merged"],
          platforms: ["linux/amd64", "linux/arm64"],
        },
      },
    ]);
    for (const job of run.jobs) expect(job.log).not.toContain("token.for.");
  });

  test("warns of a receipt that nobody took, and publishes all the same", async () => {
    const sha = await repository.commit("main");
    const vars = { MERGE_RELAY_URL: "http://127.0.0.1:9" };
    const run = await publish({ sha, dispatch_id: "d-receipt-2" }, { vars });

    expect(run.conclusion).toBe("success");
    const log = run.jobs.find((job) => job.id === "publish")?.log ?? "";
    expect(log).toMatch(/##\[warning\]The image is published; the relay answered 000/);
  });

  test("lets a central builder publish what its list allows, and nothing else", async () => {
    const builder = await TestRepository.create(lab!.folder, "acme/builder");
    const web = await TestRepository.create(lab!.folder, "acme/web");
    const sha = await web.commit("main");
    const host = lab!.registry.host;
    const request = {
      file: PUBLISH_IMAGE,
      repository: builder,
      otherRepositories: [web],
      vars: { ...lab!.vars, IMAGE_ALLOWED: `acme/web=${host}/acme/web acme/api=${host}/acme/api` },
    };
    const inputs = { sha, branch: "main", repository: "acme/web" };
    const run = await lab!.runWorkflow({ ...request, inputs });
    expect(run.conclusion).toBe("success");
    expect(await lab!.inspect("acme/web", "edge")).toMatchObject({
      annotations: { "org.opencontainers.image.source": "https://github.com/acme/web" },
    });

    const stolen = await lab!.runWorkflow({
      ...request,
      inputs: { ...inputs, image: `${host}/acme/api` },
    });
    expect(stolen.jobs[0]?.conclusion).toBe("failure");
    const uninvited = await lab!.runWorkflow({ ...request, vars: lab!.vars, inputs });
    expect(uninvited.jobs[0]?.conclusion).toBe("failure");
  });

  test("leaves a pull request's build without a push, a login or a right to write", async () => {
    const writes = lab!.registry.writes.length;
    await repository.commit("main");
    const run = await lab!.runWorkflow({
      file: PULL_REQUEST_IMAGE,
      repository,
      event: { name: "pull_request", payload: { pull_request: { number: 12 } } },
      token: { packages: "read" },
    });

    expect(conclusions(run)).toEqual({
      "Build linux/amd64": "success",
      "Build linux/arm64": "success",
    });
    expect(lab!.registry.writes.slice(writes)).toEqual([]);
    expect(run.jobs[0]?.log).not.toContain("Packages:");
  });
});

function conclusions(run: RunResult): Record<string, string> {
  return Object.fromEntries(run.jobs.map((job) => [job.name, job.conclusion]));
}

function idToken(audience: string): string {
  return `token.for.${audience}`;
}
