/** Who may ask: by the token, by the role, and by what the token could do itself. */
import { describe, expect, test } from "vitest";
import { openRoom } from "./support/api-room.ts";

const ORDER = { pull_request: 7 };

describe("a caller who is nobody", () => {
  test("gets the same answer on every path, before anything else is looked at", async () => {
    const { ask, seen, asked } = await openRoom();
    const paths = [
      "/api/v1/repos/acme/app/dispatches",
      "/api/v1/repos/no/where/dispatches",
      "/api/v1/repos/..%2f/x/dispatches",
      "/api/v1/dispatches",
      "/api/v1/stats?since=nonsense",
      "/api/v1/nothing/here",
      "/api/v1/receipts",
      "/api/v2/x",
    ];
    const answers = new Set<string>();
    for (const path of paths) {
      for (const token of [null, "gho_made-up", "not a token"]) {
        for (const method of ["GET", "POST", "DELETE", "OPTIONS"]) {
          const { status, body, headers } = await ask(path, { token, method });
          answers.add(JSON.stringify([status, body, headers.get("www-authenticate")]));
        }
      }
    }
    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toContain("401");
    expect(asked).toEqual([]);
    expect(new Set(seen())).toEqual(new Set(["GET /user"]));
  });

  test("is an installation's token, or a workflow's", async () => {
    const { askApp, simulator } = await openRoom();
    const [installation] = [...simulator.world.state.installations.values()];
    const { token } = await mint(simulator, installation?.id ?? 0);
    expect((await askApp("/dispatches", { token })).status).toBe(401);
  });

  test("is whoever holds a token that was revoked a moment ago, at once where it acts", async () => {
    const { askApp, world, maintainer } = await openRoom();
    expect((await askApp("/dispatches")).status).toBe(200);
    world.revokeToken(maintainer);
    expect((await askApp("/dispatches", { body: ORDER })).status).toBe(401);
  });

  test("is asked again every time: a refusal is not remembered", async () => {
    const { askApp, seen } = await openRoom();
    for (let time = 0; time < 2; time++) {
      expect((await askApp("/dispatches", { token: "gho_made-up" })).status).toBe(401);
    }
    expect(seen().filter((one) => one === "GET /user")).toHaveLength(2);
  });
});

describe("a caller without the role", () => {
  test("does not learn whether the relay knows a repository that they cannot see", async () => {
    const { ask, world } = await openRoom();
    const token = world.classicToken("oscar", ["repo"]);
    const hidden = await ask("/api/v1/repos/acme/hidden/dispatches", { token });
    const absent = await ask("/api/v1/repos/no/where/dispatches", { token });
    expect(hidden.status).toBe(404);
    expect(hidden.body).toEqual(absent.body);
  });

  test("is told the role that is needed", async () => {
    const { askApp, world, asked } = await openRoom();
    for (const asking of [{}, { body: ORDER }]) {
      const { status, body } = await askApp("/dispatches", {
        token: world.classicToken("will", ["repo"]),
        ...asking,
      });
      expect(status).toBe(403);
      expect(body).toMatchObject({ code: "role-missing", role: "maintain" });
    }
    expect(asked).toEqual([]);
  });

  test("is one whose role suffices where the operator asks for less", async () => {
    const { askApp, world } = await openRoom({ settings: { MAINTAINER_ROLE: "write" } });
    const token = world.classicToken("will", ["repo"]);
    expect((await askApp("/dispatches", { token })).status).toBe(200);
  });

  test("loses what was remembered within a minute, and at once where it acts", async () => {
    const { askApp, world, pass, seen } = await openRoom();
    expect((await askApp("/dispatches")).status).toBe(200);
    const before = seen().length;
    expect((await askApp("/dispatches")).status).toBe(200);
    expect(seen()).toHaveLength(before);
    world.setPermission("mia", "acme/app", "write");
    expect((await askApp("/dispatches", { body: ORDER })).status).toBe(403);
    pass(60_001);
    expect((await askApp("/dispatches")).status).toBe(403);
  });

  test("gains it without a wait", async () => {
    const { askApp, world } = await openRoom();
    const token = world.classicToken("will", ["repo"]);
    expect((await askApp("/dispatches", { token })).status).toBe(403);
    world.setPermission("will", "acme/app", "maintain");
    expect((await askApp("/dispatches", { token })).status).toBe(200);
  });
});

describe("a token acts only if it could have started the workflow itself", () => {
  test.each<[string, (room: Awaited<ReturnType<typeof openRoom>>) => string, string, number]>([
    ["the relay's own App's", ({ world }) => world.appUserToken("mia"), "app", 202],
    ["another App's", ({ world }) => world.appUserToken("mia", false), "app", 403],
    ["a classic one with repo", ({ world }) => world.classicToken("mia", ["repo"]), "hidden", 202],
    ["a classic one without", ({ world }) => world.classicToken("mia", ["gist"]), "app", 403],
    [
      "a classic one, public",
      ({ world }) => world.classicToken("mia", ["public_repo"]),
      "app",
      202,
    ],
    ["an OAuth App's with repo", ({ world }) => world.oauthToken("mia", ["repo"]), "app", 202],
    ["an OAuth App's without", ({ world }) => world.oauthToken("mia", ["read:org"]), "app", 403],
    [
      "a fine-grained one that may write actions",
      ({ world }) => world.fineGrainedToken("mia", { actions: "write" }),
      "hidden",
      202,
    ],
    [
      "an admin's fine-grained one that may only read",
      ({ world }) => world.fineGrainedToken("ada", { actions: "read", contents: "write" }),
      "app",
      403,
    ],
    [
      "an admin's fine-grained one that may only see",
      ({ world }) => world.fineGrainedToken("ada", { metadata: "read" }),
      "app",
      403,
    ],
  ])("%s", async (_name, tokenOf, name, expected) => {
    const room = await openRoom();
    const token = tokenOf(room);
    const path = `/api/v1/repos/acme/${name}/dispatches`;
    const { status, body } = await room.ask(path, { token, body: ORDER });
    expect(status).toBe(expected);
    if (expected === 403) expect(body.code).toBe("token-too-narrow");
    expect(room.asked).toHaveLength(expected === 202 ? 1 : 0);
    expect(room.simulator.dispatches).toEqual([]);
    expect((await room.ask(path, { token })).status).toBe(200);
  });

  test("a public_repo token does not reach a private repository", async () => {
    const { ask, world } = await openRoom();
    const token = world.classicToken("mia", ["public_repo"]);
    const { status } = await ask("/api/v1/repos/acme/hidden/dispatches", { token, body: ORDER });
    expect(status).toBe(404);
  });

  test("the App is recognized by its client id as well", async () => {
    const probe = await openRoom();
    const { clientId } = probe.simulator.app;
    const { askApp, world } = await openRoom({ settings: { GITHUB_APP_ID: clientId } });
    const own = world.appUserToken("mia");
    expect((await askApp("/dispatches", { token: own, body: ORDER })).status).toBe(202);
    const others = world.appUserToken("mia", false);
    expect((await askApp("/dispatches", { token: others, body: ORDER })).status).toBe(403);
  });
});

describe("a GitHub that does not answer", () => {
  test.each([
    ["GET", "/user"],
    ["GET", "/repos/acme/app"],
    ["GET", "/user/installations"],
  ])("%s %s makes it 503 with a time, never a refusal", async (method, path) => {
    const { askApp, simulator, world, asked } = await openRoom();
    simulator.faults.add({
      match: { method, path: new RegExp(`^${path}$`) },
      action: { kind: "status", status: 502, when: "before" },
    });
    const token = world.appUserToken("mia");
    const { status, headers, body } = await askApp("/dispatches", { token, body: ORDER });
    expect(status).toBe(503);
    expect(headers.get("retry-after")).toMatch(/^\d+$/);
    expect(body.code).toBe("github-unavailable");
    expect(asked).toEqual([]);
  });

  test("a rate limit that comes as 403 is no refusal either", async () => {
    const { askApp, simulator } = await openRoom();
    simulator.faults.add({
      match: { path: /^\/repos\/acme\/app$/ },
      action: { kind: "rate-limit", shape: "primary" },
    });
    expect((await askApp("/dispatches")).status).toBe(503);
  });
});

async function mint(
  simulator: Awaited<ReturnType<typeof openRoom>>["simulator"],
  installationId: number,
) {
  const { appToken } = await import("../simulator/support/client.ts");
  const url = `${simulator.url}/app/installations/${installationId}/access_tokens`;
  const headers = { authorization: `Bearer ${appToken(simulator)}`, "user-agent": "test" };
  const response = await fetch(url, { method: "POST", headers });
  const minted: { token: string } = await response.json();
  return minted;
}
