/** Looking at the record: who may, and what they see. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Place } from "./support/place.ts";
import { type Rig, startRig } from "./support/relay.ts";
import { waitFor } from "./support/wait-for.ts";

let rig: Rig;
let place: Place;
let tokens: Record<"maintainer" | "writer" | "outsider", string>;

beforeAll(async () => {
  rig = await startRig();
  place = rig.place();
  const { world } = rig.simulator;
  world.setPermission("mia", place.fullName, "maintain");
  world.setPermission("will", place.fullName, "write");
  world.addUser("oscar");
  tokens = {
    maintainer: world.classicToken("mia", ["repo"]),
    writer: world.classicToken("will", ["repo"]),
    outsider: world.classicToken("oscar", ["repo"]),
  };
  place.merge();
  await waitFor("the run's end", async () => (await place.rows())[0]?.state === "succeeded");
});
afterAll(() => rig.close());

async function get(path: string, token?: string) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${rig.relay.url}/api/v1/repos/${path}`, { headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test("a maintainer sees a dispatch with its trace and its history from queued to succeeded", async () => {
  const list = await get(`${place.fullName}/dispatches`, tokens.maintainer);
  expect(list.status).toBe(200);
  const [dispatch] = list.body["dispatches"] as Record<string, unknown>[];
  expect(list.body["next_cursor"]).toBeNull();

  const one = await get(
    `${place.fullName}/dispatches/${String(dispatch?.["id"])}`,
    tokens.maintainer,
  );
  expect(one.body).toMatchObject({
    repository: place.fullName,
    route: "image",
    state: "succeeded",
    generation: 1,
    event: "pull_request",
    pull_request: 1,
  });
  const states = (one.body["history"] as { state: string }[]).map(({ state }) => state);
  expect(states.slice(0, 4)).toEqual(["queued", "proving", "dispatching", "dispatched"]);
  expect(states.at(-1)).toBe("succeeded");
  expect(one.body["trace"]).toEqual(
    expect.arrayContaining([expect.objectContaining({ rule: "merge-confirmed", passed: true })]),
  );
});

test("without a token that GitHub takes, every path answers alike", async () => {
  for (const path of [`${place.fullName}/dispatches`, "no/where/dispatches"]) {
    expect((await get(path)).status).toBe(401);
    expect((await get(path, "gho_not-a-token")).status).toBe(401);
  }
});

test("a repository that the caller cannot see is not found, whether the relay knows it or not", async () => {
  const secret = rig.place({ name: "secret" });
  secret.repository.private = true;
  expect((await get(`${secret.fullName}/dispatches`, tokens.outsider)).status).toBe(404);
  expect((await get("no/where/dispatches", tokens.outsider)).status).toBe(404);
});

test("a role below the needed one is refused, and the needed one is named", async () => {
  const { status, body } = await get(`${place.fullName}/dispatches`, tokens.writer);
  expect(status).toBe(403);
  expect(body["title"]).toContain("maintain");
});

test("filters narrow the list, and a wrong one is named", async () => {
  const none = await get(`${place.fullName}/dispatches?state=failed`, tokens.maintainer);
  expect(none.body["dispatches"]).toEqual([]);
  const wrong = await get(`${place.fullName}/dispatches?state=fine`, tokens.maintainer);
  expect(wrong.status).toBe(400);
  expect(wrong.body["errors"]).toMatchObject([{ field: "state" }]);
  const unknown = await get(`${place.fullName}/dispatches?colour=red`, tokens.maintainer);
  expect(unknown.status).toBe(400);
});

test("a dispatch of another repository is not found through this one", async () => {
  const other = rig.place();
  other.merge();
  const [row] = await waitFor("the other dispatch", async () => {
    const rows = await other.rows();
    return rows.length > 0 ? rows : null;
  });
  const { status } = await get(`${place.fullName}/dispatches/${row?.id ?? ""}`, tokens.maintainer);
  expect(status).toBe(404);
});
