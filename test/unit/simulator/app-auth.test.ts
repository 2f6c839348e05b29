import { expect, test } from "vitest";
import { start, startAcme } from "./support/acme.ts";
import { appToken, createClient, installationClient } from "./support/client.ts";

test("knows the App by a token that its key signed", async () => {
  const { simulator, installation } = await startAcme();
  const asApp = createClient(simulator, appToken(simulator));
  expect((await asApp("GET /app")).body.id).toBe(simulator.app.id);
  const list = await asApp("GET /app/installations");
  expect(list.body.map(({ id }: { id: number }) => id)).toEqual([installation.id]);
  const one = await asApp(`GET /app/installations/${installation.id}`);
  expect(one.body.account.login).toBe("acme");
  const found = await asApp("GET /repos/acme/app/installation");
  expect(found.body.id).toBe(installation.id);
});

test("takes the client id as issuer, and the key in either form", async () => {
  const { simulator } = await startAcme();
  const claims = { iss: simulator.app.clientId };
  const token = appToken(simulator, claims, simulator.app.privateKeyPkcs8);
  expect((await createClient(simulator, token)("GET /app")).status).toBe(200);
});

test("refuses a token from a clock that runs ahead, one that is old, and one that lives too long", async () => {
  const { simulator } = await startAcme();
  const now = Math.floor(Date.now() / 1000);
  const cases = [
    [{ iat: now + 120 }, "'Issued at' claim ('iat')"],
    [{ exp: now - 1 }, "'Expiration time' claim ('exp') must be"],
    [{ exp: now + 900 }, "too far in the future"],
  ] as const;
  for (const [claims, message] of cases) {
    const reply = await createClient(simulator, appToken(simulator, claims))("GET /app");
    expect(reply.status).toBe(401);
    expect(reply.body.message).toContain(message);
    expect(Date.parse(reply.headers.get("date") ?? "")).toBeGreaterThan(0);
  }
});

test("refuses another key, and the old key once it is dropped", async () => {
  const { simulator, world } = await startAcme();
  const old = appToken(simulator);
  const fresh = await world.rotateKey();
  const renewed = appToken(simulator, {}, fresh.privateKeyPkcs1);
  expect((await createClient(simulator, old)("GET /app")).status).toBe(200);
  world.dropOldKeys();
  expect((await createClient(simulator, old)("GET /app")).body.message).toBe(
    "A JSON web token could not be decoded",
  );
  expect((await createClient(simulator, renewed)("GET /app")).status).toBe(200);
});

test("gives a token for an hour, in either shape", async () => {
  let time = Date.parse("2026-11-24T10:00:00Z");
  const { simulator, installation } = await startAcme({ now: () => time });
  const asApp = createClient(simulator, appToken(simulator));
  const mint = `POST /app/installations/${installation.id}/access_tokens`;
  const short = await asApp(mint);
  expect(short.body.token).toMatch(/^ghs_\w{36}$/);
  expect(short.body.expires_at).toBe("2026-11-24T11:00:00Z");
  const headers = { "x-github-stateless-s2s-token": "enabled" };
  const long = await asApp(mint, { headers });
  expect(long.body.token).toMatch(/^ghs_123456_[\w-]+\.[\w-]+\.[\w-]+$/);
  for (const { body } of [short, long]) {
    const client = createClient(simulator, body.token);
    expect((await client("GET /repos/acme/app")).status).toBe(200);
  }
  time += 3_600_001;
  const expired = await createClient(simulator, short.body.token)("GET /repos/acme/app");
  expect(expired.body.message).toBe("Bad credentials");
});

test("narrows a token to repositories and permissions", async () => {
  const { simulator, world, repository, installation } = await startAcme();
  const other = world.addRepository({ owner: "acme", name: "other" });
  const client = await installationClient(simulator, installation.id, {
    repository_ids: [repository.id],
    permissions: { contents: "read" },
  });
  expect((await client("GET /repos/acme/app")).status).toBe(200);
  expect((await client("GET /repos/acme/other")).status).toBe(404);
  const refused = await client("GET /repos/acme/app/actions/workflows");
  expect(refused.status).toBe(403);
  expect(refused.body.message).toBe("Resource not accessible by integration");
  expect(refused.headers.get("x-accepted-github-permissions")).toBe("actions=read");
  const seen = await client("GET /installation/repositories");
  expect(seen.body.repositories.map(({ id }: { id: number }) => id)).toEqual([repository.id]);
  expect(other.id).not.toBe(repository.id);
});

test("refuses to narrow to what was not granted", async () => {
  const { simulator, world } = await startAcme();
  const poor = world.addInstallation({ owner: "poor", permissions: { contents: "read" } });
  const asApp = createClient(simulator, appToken(simulator));
  const mint = `POST /app/installations/${poor.id}/access_tokens`;
  const tooMuch = await asApp(mint, { body: { permissions: { actions: "write" } } });
  expect(tooMuch.status).toBe(422);
  const tooHigh = await asApp(mint, { body: { permissions: { contents: "write" } } });
  expect(tooHigh.status).toBe(422);
  const foreign = await asApp(mint, { body: { repository_ids: [1] } });
  expect(foreign.status).toBe(422);
  expect((await asApp("POST /app/installations/1/access_tokens")).status).toBe(404);
});

test("keeps a suspended or removed installation out", async () => {
  const { simulator, world, installation } = await startAcme();
  const client = await installationClient(simulator, installation.id);
  const asApp = createClient(simulator, appToken(simulator));
  world.setSuspended(installation.id, true);
  expect((await client("GET /repos/acme/app")).status).toBe(403);
  const mint = `POST /app/installations/${installation.id}/access_tokens`;
  expect((await asApp(mint)).body.message).toBe("This installation has been suspended");
  world.setSuspended(installation.id, false);
  expect((await client("GET /repos/acme/app")).status).toBe(200);
  world.removeInstallation(installation.id);
  expect((await client("GET /repos/acme/app")).body.message).toBe("Bad credentials");
  expect((await asApp("GET /repos/acme/app/installation")).status).toBe(404);
});

test("is as strict as GitHub about user agent, version, method and address", async () => {
  const simulator = await start();
  const client = createClient(simulator, appToken(simulator));
  const anonymous = await client("GET /app", { headers: { "user-agent": "" } });
  expect(anonymous.status).toBe(403);
  expect(anonymous.body).toContain("Request forbidden by administrative rules");
  const version = { "x-github-api-version": "2020-01-01" };
  expect((await client("GET /app", { headers: version })).status).toBe(400);
  const unknown = await client("GET /nowhere", { unchecked: true });
  expect(unknown.body).toMatchObject({ message: "Not Found", status: "404" });
  expect(simulator.unknownRequests().map(({ path }) => path)).toEqual(["/nowhere"]);
});

test("records who asked without keeping the token", async () => {
  const { simulator, installation } = await startAcme();
  const client = await installationClient(simulator, installation.id, {
    permissions: { contents: "read" },
  });
  await client("GET /repos/acme/app");
  const recorded = simulator.requests.at(-1);
  expect(recorded).toMatchObject({
    method: "GET",
    path: "/repos/acme/app",
    status: 200,
    scope: { kind: "installation", installationId: installation.id },
  });
  expect(JSON.stringify(simulator.requests)).not.toContain("ghs_");
});
