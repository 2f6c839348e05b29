/** Lists, one dispatch, explanations, the kill switch and the index. */
import { describe, expect, test } from "vitest";
import type { IndexedDispatch } from "../../../src/domain/dispatch-index.ts";
import { PLAN, view } from "./support/fake-desk.ts";
import { openRoom } from "./support/api-room.ts";

function indexed(repositoryId: number, ordinal: number): IndexedDispatch {
  const { id, route, generation, event, state, sha, branch } = view(repositoryId, ordinal);
  const at = new Date(Date.UTC(2026, 10, 24) + ordinal * 1000).toISOString();
  return {
    id,
    route,
    generation,
    event,
    state,
    sha,
    branch,
    repository_id: repositoryId,
    repository: "acme/app",
    pull_request: 7,
    reason: null,
    actor: "mia",
    run_url: null,
    digest: null,
    merged_at: null,
    created_at: at,
    dispatched_at: null,
    finished_at: null,
    updated_at: at,
  };
}

describe("the record of a repository", () => {
  test("is read page by page, each dispatch once", async () => {
    const { askApp, answers, repository } = await openRoom();
    answers.list = [5, 4, 3, 2, 1].map((ordinal) => view(repository.id, ordinal));
    const ids: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const { body } = await askApp(`/dispatches?limit=2${query}`);
      ids.push(...body.dispatches.map(({ id }: { id: string }) => id));
      cursor = body.next_cursor;
    }
    expect(ids).toEqual(answers.list.map(({ id }) => id));
  });

  test.each([
    "state=fine",
    "limit=0",
    "limit=101",
    "cursor=x",
    "colour=red",
    "route=A+b",
    "limit=1&limit=2",
  ])("refuses ?%s at its name", async (query) => {
    const { askApp } = await openRoom();
    const { status, body } = await askApp(`/dispatches?${query}`);
    expect([status, body.errors[0].field]).toEqual([400, query.split("=")[0]]);
  });

  test("is narrowed to a state, a pull request and a route", async () => {
    const { askApp, asked } = await openRoom();
    const { status } = await askApp("/dispatches?state=failed&pull_request=7&route=docs");
    expect(status).toBe(200);
    expect(asked[0]?.with[0]).toMatchObject({ state: "failed", pullRequest: 7, route: "docs" });
    await askApp("/dispatches");
    expect(asked[1]?.with[0]).toMatchObject({ state: null, pullRequest: null, route: null });
  });

  test("does not open another repository's dispatch, whatever the id", async () => {
    const { askApp, answers, repository, hidden, asked } = await openRoom();
    const other = view(hidden.id, 1);
    answers.list = [other, view(repository.id, 1)];
    const odd = ["mr-x", "1", other.id.toUpperCase(), `${other.id}%0a`];
    for (const id of [other.id, ...odd]) {
      for (const [rest, method] of [
        ["", "GET"],
        ["/replay", "POST"],
        ["/cancel", "POST"],
      ] as const) {
        expect((await askApp(`/dispatches/${id}${rest}`, { method })).status, id).toBe(404);
      }
    }
    expect(asked).toEqual([]);
    expect((await askApp(`/dispatches/${view(repository.id, 1).id}`)).status).toBe(200);
  });

  test("asks GitHub nothing about what cannot be a repository", async () => {
    const { ask, seen } = await openRoom();
    await ask("/api/v1/repos/acme/app/status");
    const before = seen().length;
    const odd = [
      "acme/..",
      "acme/%2e%2e",
      "acme/app%2f..%2fhidden",
      "acme/app%0d%0aX-Evil:1",
      "acme/app%3Fx",
      "-acme/app",
      "ac me/app",
      `${"a".repeat(60)}/app`,
      "acme/app.git",
    ];
    for (const path of odd) {
      expect((await ask(`/api/v1/repos/${path}/status`)).status, path).toBe(404);
    }
    expect(seen()).toHaveLength(before);
  });

  test("explains a pull request, and only a number is one", async () => {
    const { askApp, answers, asked } = await openRoom();
    answers.explain = { kind: "explained", explanation: { ...PLAN, dispatches: [] } };
    const { status, body } = await askApp("/pulls/7/explain");
    expect([status, body.trace]).toEqual([200, PLAN.trace]);
    for (const odd of ["0", "x", "7a", "-1", "99999999999", "7%2f8"]) {
      expect((await askApp(`/pulls/${odd}/explain`)).status).toBe(404);
    }
    expect(asked).toHaveLength(1);
    answers.explain = { kind: "absent" };
    expect((await askApp("/pulls/8/explain")).status).toBe(404);
  });

  test("is held and let go by name", async () => {
    const { askApp } = await openRoom();
    const paused = await askApp("/pause", { body: { reason: "registry is down" } });
    expect([paused.status, paused.body]).toMatchObject([
      200,
      { paused: true, paused_by: "mia", paused_reason: "registry is down" },
    ]);
    expect((await askApp("/resume", { method: "POST" })).body.paused).toBe(false);
    expect((await askApp("/status")).body.held).toBe(0);
  });
});

describe("the index", () => {
  test.each([
    ["a classic token", "classic"],
    ["the App's user token", "app"],
  ])("is asked for those repositories only in which %s has the role", async (_name, kind) => {
    const { ask, asked, world, repository, hidden } = await openRoom();
    world.addRepository({ owner: "acme", name: "readable" });
    world.setPermission("mia", "acme/readable", "write");
    const token = kind === "app" ? world.appUserToken("mia") : world.classicToken("mia", ["repo"]);
    expect(
      (await ask("/api/v1/dispatches?state=failed&actor=mia&route=docs", { token })).status,
    ).toBe(200);
    expect(asked[0]?.with[0]).toMatchObject({
      repositoryIds: [repository.id, hidden.id],
      state: "failed",
      route: "docs",
      actor: "mia",
    });
    expect((await ask("/api/v1/repositories", { token })).body).toEqual({ repositories: [] });
    expect((await ask("/api/v1/stats?since=2026-11-01", { token })).body.repositories).toBe(2);
    const outsider = world.classicToken("oscar", ["repo"]);
    const nothing = await ask("/api/v1/dispatches", { token: outsider });
    expect(nothing.body).toEqual({ dispatches: [], next_cursor: null });
  });

  test("finds every page of what a person may see, and forgets it within a minute", async () => {
    const { ask, asked, world, seen, pass, maintainer } = await openRoom();
    for (let number = 0; number < 120; number++) {
      world.addRepository({ owner: "acme", name: `r${number}` });
      world.setPermission("mia", `acme/r${number}`, "admin");
    }
    const ids = () => (asked.at(-1)!.with[0] as { repositoryIds: number[] }).repositoryIds;
    await ask("/api/v1/dispatches", { token: maintainer });
    expect(ids()).toHaveLength(122);
    await ask("/api/v1/dispatches", { token: world.appUserToken("mia") });
    expect(ids()).toHaveLength(122);
    world.setPermission("mia", "acme/r1", null);
    const before = seen().length;
    await ask("/api/v1/dispatches", { token: maintainer });
    expect(seen()).toHaveLength(before);
    pass(60_001);
    await ask("/api/v1/dispatches", { token: maintainer });
    expect(ids()).toHaveLength(121);
  });

  test("narrows to one repository, and never to one that the caller cannot see", async () => {
    const { ask, asked, repository, world } = await openRoom();
    await ask("/api/v1/dispatches?repository=ACME/app");
    expect(asked[0]?.with[0]).toMatchObject({ repositoryIds: [repository.id] });
    world.addRepository({ owner: "other", name: "secret", private: true });
    const { body } = await ask("/api/v1/dispatches?repository=other/secret");
    expect(body.dispatches).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  test("pages by its cursor", async () => {
    const { ask, answers, repository } = await openRoom();
    answers.index = [3, 2, 1].map((ordinal) => indexed(repository.id, ordinal));
    const first = await ask("/api/v1/dispatches?limit=2");
    expect(first.body.dispatches).toHaveLength(2);
    const { body } = await ask(`/api/v1/dispatches?limit=2&cursor=${first.body.next_cursor}`);
    expect(body).toMatchObject({ dispatches: [{ id: answers.index[2]?.id }], next_cursor: null });
  });

  test("may be away without hiding why", async () => {
    const { ask, answers } = await openRoom();
    answers.indexIsAway = true;
    const { status, body, headers } = await ask("/api/v1/dispatches");
    expect([status, body.code, headers.get("retry-after")]).toEqual([
      503,
      "index-unavailable",
      "30",
    ]);
  });
});
