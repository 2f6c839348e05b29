import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { labOrSkip, PUBLISH_IMAGE } from "./lab-for-tests.ts";
import type { RunResult } from "./runner/run-workflow.ts";
import { TestRepository } from "./source-repository.ts";

const lab = await labOrSkip();

describe.skipIf(lab === undefined)("publish-image.yml refuses before any build", () => {
  let repository: TestRepository;
  let sha: string;

  beforeAll(async () => {
    repository = await TestRepository.create(lab!.folder, "acme/demo");
    sha = await repository.commit("main");
  });
  afterAll(async () => lab!.stop());

  async function dispatch(
    inputs: Record<string, string>,
    vars: Record<string, string> = {},
  ): Promise<RunResult> {
    return lab!.runWorkflow({
      file: PUBLISH_IMAGE,
      repository,
      inputs: { sha, branch: "main", ...inputs },
      vars: { ...lab!.vars, ...vars },
    });
  }

  function expectRefusal(run: RunResult, word: string): void {
    const [validate, ...rest] = run.jobs;
    expect(validate?.conclusion).toBe("failure");
    expect(rest.map((job) => job.conclusion)).toEqual(["skipped", "skipped", "skipped"]);
    expect(validate?.log).toMatch(new RegExp(`##\\[error\\]${word}`));
    expect(lab!.registry.writes).toEqual([]);
  }

  const host = lab?.registry.host ?? "";
  const malformed: [what: string, inputs: Record<string, string>, word: string][] = [
    ["a shell injection in the commit", { sha: `$(touch /tmp/owned)` }, "sha"],
    ["a line break after the commit", { sha: `${"a".repeat(40)}\n` }, "sha"],
    ["a second line that holds a commit", { sha: `x\n${"a".repeat(40)}` }, "sha"],
    ["an upper-case commit", { sha: "A".repeat(40) }, "sha"],
    ["a short commit", { sha: "abc1234" }, "sha"],
    ["a pull request that is not a number", { pr: "7; id" }, "pr"],
    ["pull request zero", { pr: "0" }, "pr"],
    ["a dispatch id with a command in it", { dispatch_id: "`id`" }, "dispatch_id"],
    ["an option for a branch", { branch: "-x" }, "branch"],
    ["two dots in a branch", { branch: "a..b" }, "branch"],
    ["a branch that ends in .lock", { branch: "a.lock" }, "branch"],
    ["an earlier checkout for a branch", { branch: "@{-1}" }, "branch"],
    ["a full ref for a branch", { branch: "refs/pull/1/head" }, "branch"],
    ["an unknown platform", { platforms: "linux/amd64,windows/amd64" }, "platforms"],
    ["a platform with a command", { platforms: "linux/amd64;id" }, "platforms"],
    ["an empty platform", { platforms: "linux/amd64,,linux/arm64" }, "platforms"],
    ["a platform named twice", { platforms: "linux/amd64,linux/amd64" }, "platforms"],
    ["a line break between platforms", { platforms: "linux/amd64\nlinux/arm64" }, "platforms"],
    ["another owner's image", { image: `${host}/other/demo` }, "This repository may not"],
    [
      "an owner whose name begins alike",
      { image: `${host}/acme-evil/demo` },
      "This repository may not",
    ],
    ["an image in another registry", { image: "ghcr.io/acme/demo" }, "image"],
    ["a registry whose name begins alike", { image: `${host}.evil.example/acme/demo` }, "image"],
    ["an image with a tag", { image: `${host}/acme/demo:latest` }, "image"],
    ["an image with an option", { image: `${host}/acme/demo,push=true` }, "image"],
    ["an image that climbs out", { image: `${host}/acme/../other/demo` }, "image"],
    ["an upper-case image", { image: `${host}/Acme/demo` }, "image"],
    ["a context that climbs out", { context: "../" }, "context"],
    ["a context that climbs out later", { context: "app/../../.." }, "context"],
    ["an absolute context", { context: "/etc" }, "context"],
    ["a context from the network", { context: "https://github.com/evil/repo.git" }, "context"],
    ["a file that climbs out", { file: "../Dockerfile" }, "file"],
    ["an option for a file", { file: "--push" }, "file"],
    ["another repository", { repository: "evil/repo" }, "This repository may not"],
    ["a repository that is no name", { repository: "acme/demo/../x" }, "repository"],
    ["a tag that is no version", { tag: "latest" }, "tag"],
    ["a version with a command", { tag: "v1.0.0$(id)" }, "tag"],
    ["build metadata", { tag: "v1.0.0+1" }, "tag"],
  ];
  test.each(malformed)("%s", async (_, inputs, word) => {
    expectRefusal(await dispatch(inputs), word);
  });

  test("a fork's commit, although it can be fetched", async () => {
    const fork = await repository.forkCommit();
    expectRefusal(await dispatch({ sha: fork }), "sha");
    expectRefusal(await dispatch({ sha: fork, branch: fork }), "branch");
  });

  test("a commit of another branch", async () => {
    const other = await repository.commit("feature");
    expectRefusal(await dispatch({ sha: other }), "sha");
  });

  test("a tag's own id in the place of its commit", async () => {
    const tagId = await repository.tag("v0.1.0", sha);
    expectRefusal(await dispatch({ sha: tagId }), "sha");
  });

  test("a tag that does not exist, was moved, or is not on the branch", async () => {
    expectRefusal(await dispatch({ tag: "v9.9.9" }), "tag");
    await repository.tag("v0.2.0", sha);
    const next = await repository.commit("main");
    await repository.tag("v0.2.0", next);
    expectRefusal(await dispatch({ tag: "v0.2.0" }), "tag");
    const off = await repository.commit("feature");
    await repository.tag("v0.3.0", off);
    expectRefusal(await dispatch({ sha: off, tag: "v0.3.0" }), "sha");
  });

  test("a tag in the place of a branch", async () => {
    const off = await repository.commit("feature");
    await repository.tag("v0.4.0", off);
    const run = await dispatch({ sha: off, branch: "v0.4.0" });
    expect(run.jobs[0]?.conclusion).toBe("failure");
    expect(run.jobs[1]?.conclusion).toBe("skipped");
  });

  test("a branch that the variable does not allow", async () => {
    expectRefusal(await dispatch({}, { IMAGE_BRANCHES: "release/* stable" }), "branch");
  });

  test("a registry of strangers when GitHub's token is the only credential", async () => {
    expectRefusal(await dispatch({}, { IMAGE_REGISTRY: "registry.example.com" }), "This registry");
  });
});
