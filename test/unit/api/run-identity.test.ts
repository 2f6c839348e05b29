/** A GitHub Actions run as a caller: by a token that GitHub signed for it, and only at home. */
import { describe, expect, test } from "vitest";
import { generateKeyPairSync } from "node:crypto";
import { signJwt } from "../../../src/simulator/jwt.ts";
import { openRoom, ORIGIN } from "./support/api-room.ts";

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

async function openRunRoom() {
  const room = await openRoom();
  const { world, repository, simulator } = room;
  const idOf = (login: string) => world.addUser(login).id;
  const claims = (change: Record<string, unknown> = {}) => ({
    aud: ORIGIN,
    run_id: "18000000001",
    repository: "acme/app",
    repository_id: String(repository.id),
    repository_owner: "acme",
    actor: "mia",
    actor_id: String(idOf("mia")),
    ref: "refs/heads/main",
    workflow_ref: "acme/app/.github/workflows/again.yml@refs/heads/main",
    event_name: "workflow_dispatch",
    ...change,
  });
  const token = (change: Record<string, unknown> = {}) => world.mintOidcToken(claims(change));
  return { ...room, idOf, claims, token, simulator };
}

describe("a run's identity token", () => {
  test("counts as the person who started the run", async () => {
    const { askApp, token, asked, idOf } = await openRunRoom();
    const { status } = await askApp("/dispatches", { token: token(), body: { pull_request: 7 } });
    expect(status).toBe(202);
    expect(asked[0]).toMatchObject({
      verb: "order",
      with: [{}, { actor: { id: idOf("mia"), login: "mia" } }],
    });
  });

  test.each<[string, Record<string, unknown>, number]>([
    ["for another audience", { aud: "https://another.test" }, 401],
    ["for no audience", { aud: undefined }, 401],
    ["that has expired", { exp: Math.floor(Date.now() / 1000) - 60 }, 401],
    ["that never expires", { exp: undefined }, 401],
    ["of another issuer", { iss: "https://token.test" }, 401],
    ["without an actor", { actor_id: undefined }, 401],
    ["of a pull request", { event_name: "pull_request" }, 401],
    ["of a pull request's target", { event_name: "pull_request_target" }, 401],
    ["of a review", { event_name: "pull_request_review" }, 401],
    ["of another branch", { ref: "refs/heads/feature" }, 403],
    ["of a tag that is called like the branch", { ref: "refs/tags/main" }, 403],
    ["of a merge", { ref: "refs/pull/7/merge" }, 403],
    ["that names another repository", { repository: "acme/hidden" }, 404],
    ["with the id of another repository", { repository_id: "500002" }, 404],
    ["of an actor whom GitHub does not know", { actor_id: "987654321" }, 403],
  ])("%s is refused", async (_name, change, expected) => {
    const { askApp, token, asked } = await openRunRoom();
    const forged = token(change);
    for (const asking of [{ body: { pull_request: 7 } }, {}]) {
      expect((await askApp("/dispatches", { token: forged, ...asking })).status).toBe(expected);
    }
    expect(asked).toEqual([]);
  });

  test("that somebody else signed, or nobody, is refused", async () => {
    const { askApp, claims } = await openRunRoom();
    const now = Math.floor(Date.now() / 1000);
    const whole = { iss: "https://token.test", iat: now, exp: now + 300, ...claims() };
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const unsigned = `${part({ alg: "none", typ: "JWT" })}.${part(whole)}.AAAA`;
    for (const token of [signJwt(privateKey, whole, "simulated-key"), unsigned]) {
      expect((await askApp("/dispatches", { token })).status).toBe(401);
    }
  });

  test("is worth what its person's role is worth at this moment", async () => {
    const { askApp, token, world, idOf } = await openRunRoom();
    const will = token({ actor_id: String(idOf("will")), actor: "mia" });
    const refused = await askApp("/dispatches", { token: will, body: { pull_request: 7 } });
    expect(refused.body.code).toBe("role-missing");
    world.setPermission("mia", "acme/app", null);
    expect((await askApp("/dispatches", { token: token(), body: { tag: "v1" } })).status).toBe(403);
  });

  test("opens its own repository and no other, in lists too", async () => {
    const { ask, token, asked, repository } = await openRunRoom();
    const other = await ask("/api/v1/repos/acme/hidden/dispatches", { token: token() });
    expect(other.status).toBe(404);
    expect((await ask("/api/v1/dispatches", { token: token() })).status).toBe(200);
    expect(asked[0]?.with[0]).toMatchObject({ repositoryIds: [repository.id] });
  });

  test("is believed by several requests that come before the keys do", async () => {
    const { askApp, token } = await openRunRoom();
    const answers = await Promise.all([1, 2, 3].map(() => askApp("/status", { token: token() })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test("is not called bad while the issuer's keys are not to be had", async () => {
    const { askApp, token, simulator } = await openRunRoom();
    const fault = simulator.faults.add({
      match: { path: /jwks$/, times: 1 },
      action: { kind: "status", status: 502, when: "before" },
    });
    expect(fault).toBeDefined();
    expect((await askApp("/status", { token: token() })).status).toBe(503);
    expect((await askApp("/status", { token: token() })).status).toBe(200);
  });

  test("makes the relay look for keys now and then, however many are made up", async () => {
    const { askApp, claims, token, seen } = await openRunRoom();
    expect((await askApp("/status", { token: token() })).status).toBe(200);
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    for (let time = 0; time < 4; time++) {
      const forged = signJwt(privateKey, claims(), `made-up-${time}`);
      expect((await askApp("/status", { token: forged })).status).toBe(401);
    }
    expect(seen().filter((one) => one.endsWith("/jwks"))).toHaveLength(1);
  });

  test("is no token of a login that has another id by now", async () => {
    const { askApp, token, simulator, idOf } = await openRunRoom();
    simulator.faults.add({
      match: { path: /\/collaborators\// },
      action: {
        kind: "status",
        status: 200,
        when: "before",
        body: { user: { id: idOf("ada"), permissions: { admin: true } } },
      },
    });
    expect((await askApp("/status", { token: token() })).status).toBe(403);
  });

  test("waits when GitHub does not answer", async () => {
    const { askApp, token, simulator } = await openRunRoom();
    simulator.faults.add({
      match: { path: /\/collaborators\// },
      action: { kind: "status", status: 502, when: "before" },
    });
    expect((await askApp("/dispatches", { token: token() })).status).toBe(503);
  });
});
