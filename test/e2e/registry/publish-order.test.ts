import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { labOrSkip, PUBLISH_IMAGE } from "./lab-for-tests.ts";
import type { RunRequest } from "./runner/run-request.ts";
import type { RunResult } from "./runner/run-workflow.ts";
import { TestRepository } from "./source-repository.ts";

const lab = await labOrSkip();

describe.skipIf(lab === undefined)("floating tags", () => {
  let repository: TestRepository;
  let count = 0;

  beforeEach(async () => {
    count += 1;
    repository = await TestRepository.create(lab!.folder, `acme/order${count}`);
  });
  afterAll(async () => lab!.stop());

  async function publish(
    inputs: Record<string, string>,
    more: Partial<RunRequest> = {},
  ): Promise<RunResult> {
    const vars = { ...lab!.vars, IMAGE_PLATFORMS: "linux/amd64" };
    const given = { branch: "main", ...inputs };
    const run = await lab!.runWorkflow({
      file: PUBLISH_IMAGE,
      repository,
      vars,
      ...more,
      inputs: given,
    });
    expect(run.conclusion, run.jobs.map((job) => job.log.slice(-600)).join("\n")).toBe("success");
    return run;
  }

  async function release(version: string, branch = "main"): Promise<string> {
    const sha = await repository.commit(branch);
    await repository.tag(version, sha);
    return sha;
  }

  async function commitOf(tag: string): Promise<string | undefined> {
    const image = await lab!.inspect(repository.fullName, tag);
    return image?.annotations["org.opencontainers.image.revision"];
  }

  test("stay at the later merge when the earlier one finishes last", async () => {
    const earlier = await repository.commit("main");
    const later = await repository.commit("main");
    await publish({ sha: later });
    await publish({ sha: earlier });

    expect(await commitOf(`sha-${earlier}`)).toBe(earlier);
    expect(await commitOf("main")).toBe(later);
    expect(await commitOf("edge")).toBe(later);
  });

  test("stay at the later merge although the earlier run was dispatched before it", async () => {
    const earlier = await repository.commit("main");
    let later = "";
    await publish(
      { sha: earlier },
      {
        onStep: async (job, step) => {
          if (job !== "publish" || step !== "Publish under the fixed tags") return;
          later = await repository.commit("main");
          await publish({ sha: later });
        },
      },
    );
    expect(await commitOf("main")).toBe(later);
    expect(await commitOf("edge")).toBe(later);
  });

  test("stay where they are when the registry cannot say what is published", async () => {
    const earlier = await repository.commit("main");
    const later = await repository.commit("main");
    await publish({ sha: later });
    lab!.registry.failReads(`sha-${later}`);
    const run = await lab!.runWorkflow({
      file: PUBLISH_IMAGE,
      repository,
      inputs: { sha: earlier, branch: "main", platforms: "linux/amd64" },
      vars: lab!.vars,
    });
    lab!.registry.failReads(undefined);
    expect(run.jobs.find((job) => job.id === "publish")?.conclusion).toBe("success");
    expect(run.jobs.find((job) => job.id === "promote")?.conclusion).toBe("failure");
    expect(await commitOf("main")).toBe(later);
  });

  test("end at the newest of several merges at once, and all of them are published", async () => {
    const shas = [
      await repository.commit("main"),
      await repository.commit("main"),
      await repository.commit("main"),
    ];
    await Promise.all(shas.map(async (sha) => publish({ sha })));

    for (const sha of shas) expect(await commitOf(`sha-${sha}`)).toBe(sha);
    expect(await commitOf("main")).toBe(shas.at(-1));
  });

  test("one commit twice at once is built once", async () => {
    const sha = await repository.commit("main");
    const runs = await Promise.all([publish({ sha }), publish({ sha, pr: "3" })]);
    const builds = runs.flatMap((run) => run.jobs.filter((job) => job.id === "build"));
    expect(builds.map((job) => job.conclusion).toSorted()).toEqual(["skipped", "success"]);
    expect(await commitOf("pr-3-merged")).toBe(sha);
  });

  test("of another branch do not touch the default branch's", async () => {
    const main = await repository.commit("main");
    await publish({ sha: main });
    const fix = await repository.commit("release/1.x");
    await publish({ sha: fix, branch: "release/1.x" });

    expect(await commitOf("release-1.x")).toBe(fix);
    expect(await commitOf("main")).toBe(main);
    expect(await commitOf("edge")).toBe(main);
  });

  test("of a branch never take the name of a release", async () => {
    await publish({ sha: await repository.commit("latest"), branch: "latest" });
    await publish({ sha: await repository.commit("1.2"), branch: "1.2" });
    expect(await commitOf("latest")).toBeUndefined();
    expect(await commitOf("1.2")).toBeUndefined();
  });

  test("of versions go to the highest stable one, whichever is published last", async () => {
    const one = await release("v1.0.0");
    const two = await release("v1.1.0");
    await publish({ sha: two, tag: "v1.1.0" });
    await publish({ sha: one, tag: "v1.0.0" });

    expect(await commitOf("1.0.0")).toBe(one);
    expect(await commitOf("1.0")).toBe(one);
    for (const tag of ["1.1.0", "1.1", "1", "latest"]) expect(await commitOf(tag), tag).toBe(two);
    expect(await commitOf("main")).toBeUndefined();
  });

  test("are not moved back by a backport, nor moved at all by a prerelease", async () => {
    const old = await release("v1.9.0");
    await publish({ sha: old, tag: "v1.9.0" });
    const next = await release("v2.0.0");
    await publish({ sha: next, tag: "v2.0.0" });
    const fix = await release("v1.10.0", "release/1.x");
    await publish({ sha: fix, tag: "v1.10.0", branch: "release/1.x" });
    const early = await release("v3.0.0-rc.1");
    await publish({ sha: early, tag: "v3.0.0-rc.1" });

    expect(await commitOf("latest")).toBe(next);
    expect(await commitOf("2")).toBe(next);
    expect(await commitOf("1")).toBe(fix);
    expect(await commitOf("1.9")).toBe(old);
    expect(await commitOf("3.0.0-rc.1")).toBe(early);
    expect(await commitOf("3")).toBeUndefined();
  });

  test("pass over a version whose image was never published", async () => {
    await release("v5.0.0");
    const sha = await release("v4.0.0");
    await publish({ sha, tag: "v4.0.0" });
    expect(await commitOf("latest")).toBe(sha);
  });
});
