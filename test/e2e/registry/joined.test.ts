/**
 * The whole way: a merge in the simulated GitHub, its signed delivery to the relay in workerd, one
 * dispatch, the shipped workflow run step by step with BuildKit, the image in the registry, and the
 * receipt back in the ledger.
 */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRig, type Rig } from "../support/relay.ts";
import { waitFor } from "../support/wait-for.ts";
import { labOrSkip, PUBLISH_IMAGE } from "./lab-for-tests.ts";
import type { RunResult } from "./runner/run-workflow.ts";
import { TestRepository } from "./source-repository.ts";

const lab = await labOrSkip();

describe.skipIf(lab === undefined)("from the merge to the image", () => {
  let rig: Rig;
  let source: TestRepository;

  beforeAll(async () => {
    rig = await startRig((simulator) => ({ ACTIONS_OIDC_ISSUER: simulator.url }));
    source = await TestRepository.create(lab!.folder, "acme/demo");
  });
  afterAll(async () => {
    await rig.close();
    await lab!.stop();
  });

  test("a fork's merge becomes one published index, and the ledger knows its digest, tags and platforms", async () => {
    const { simulator, relay } = rig;
    const runs: RunResult[] = [];
    simulator.world.onDispatch(async (run) => {
      const result = await lab!.runWorkflow({
        file: PUBLISH_IMAGE,
        repository: source,
        inputs: run.inputs,
        runId: run.id,
        vars: { ...lab!.vars, MERGE_RELAY_URL: relay.url },
        idToken: (audience) => simulator.world.mintRunToken(run.id, audience),
      });
      runs.push(result);
      return { conclusion: result.conclusion === "success" ? "success" : "failure" };
    });
    const workflow = await readFile(PUBLISH_IMAGE, "utf8");
    const files = { ".github/workflows/publish-image.yml": workflow };
    const place = rig.place({ owner: "acme", name: "demo", workflow: false, files });
    const sha = await source.commit("main");
    const { number } = place.merge({}, { sha });

    const dispatch = await waitFor(
      "the end of the dispatch",
      async () =>
        (await place.rows()).find(({ state }) => ["succeeded", "failed"].includes(state)) ?? null,
      120_000,
    );

    expect(dispatch).toMatchObject({ state: "succeeded", sha, pull_request: number });
    expect(runs).toHaveLength(1);
    expect(runs[0]?.displayTitle).toContain(dispatch.id);
    const image = await lab!.inspect("acme/demo", `sha-${sha}`);
    expect(image?.platforms.toSorted()).toEqual(["linux/amd64", "linux/arm64"]);
    const [row] = await relay.query(place.id, "SELECT receipt FROM dispatches");
    const receipt = JSON.parse(String(row?.["receipt"])) as Record<string, unknown>;
    expect(receipt).toMatchObject({
      digest: image?.digest,
      platforms: ["linux/amd64", "linux/arm64"],
    });
    expect(receipt["image"]).toMatch(/\/acme\/demo$/);
    expect(receipt["tags"]).toEqual(expect.arrayContaining([`sha-${sha}`, `pr-${number}-merged`]));
    expect(simulator.dispatches).toHaveLength(1);
  }, 150_000);
});
