/** GitHub answers 404 for a moment, as while an installation is being changed. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Place } from "./support/place.ts";
import { type Rig, startRig } from "./support/relay.ts";

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});

afterAll(async () => {
  expect(rig.simulator.unknownRequests()).toEqual([]);
  await rig.close();
});

const CONFIGURATION = "version: 1\nroutes:\n  - name: docs\n";
const NOT_FOUND = { kind: "status", status: 404 } as const;

async function onlyRun(place: Place): Promise<{ route: string | null }> {
  const [row, ...others] = await place.settled();
  expect(others).toEqual([]);
  expect(row).toMatchObject({ state: "succeeded", generation: 1 });
  expect(place.posts().filter(({ fault }) => fault === null)).toHaveLength(1);
  return row!;
}

describe.concurrent("a merge is dispatched by its own route although a 404 came for", () => {
  test.each([
    ["the configuration", "/contents/.github/merge-relay.yml"],
    ["every file", "/contents(/.*)?"],
    ["the workflow", "/(actions/workflows|contents/.github/workflows)/publish-image.yml"],
    ["everything", "(/.*)?"],
  ])("%s", async (_, path) => {
    const place = rig.place({ configuration: CONFIGURATION });
    place.fault(path, NOT_FOUND, { times: 2 });
    place.merge();
    expect(await onlyRun(place)).toMatchObject({ route: "docs" });
  });
});

test("a dispatch that answers 404 is refused for good: the proof has just seen the workflow", async () => {
  const place = rig.place({ configuration: CONFIGURATION });
  place.fault("/actions/workflows/publish-image.yml/dispatches", NOT_FOUND, { times: 2 });
  place.merge();
  const rows = await place.settled();
  expect(rows).toMatchObject([{ state: "rejected", reason: "workflow-not-found" }]);
  expect(place.posts()).toHaveLength(1);
});

test("a repository without a configuration is asked for it in its folder once", async () => {
  const place = rig.place();
  for (const merges of [1, 2]) {
    place.merge();
    await place.settled(merges);
  }
  const folders = place.requests().filter(({ path }) => /\/contents(\/\.github)?$/.test(path));
  expect(folders.map(({ path }) => path.replace(`/repos/${place.fullName}`, ""))).toEqual([
    "/contents/.github",
  ]);
});
