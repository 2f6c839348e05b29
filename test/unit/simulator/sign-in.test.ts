import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { start, startAcme } from "./support/acme.ts";
import { createClient } from "./support/client.ts";

async function startBrowser() {
  const acme = await startAcme();
  const { simulator, world } = acme;
  const anonymous = createClient(simulator, null);
  const form = { "content-type": "application/json", accept: "application/json" };
  const exchange = (body: object) =>
    anonymous("POST /login/oauth/access_token", { body, headers: form, unchecked: true });
  const { clientId, clientSecret } = simulator.app;
  const credentials = { client_id: clientId, client_secret: clientSecret };
  const authorize = async (extra = "") => {
    const query = `client_id=${clientId}&redirect_uri=http%3A%2F%2Frelay%2Fback&state=s1${extra}`;
    const page = await anonymous(`GET /login/oauth/authorize?${query}`, { unchecked: true });
    return page.headers.get("location");
  };
  return { ...acme, world, anonymous, exchange, credentials, authorize };
}

test("signs a person in by the browser, once for each code", async () => {
  const { simulator, world, exchange, credentials, authorize } = await startBrowser();
  expect(await authorize()).toBeNull();
  world.signIn("mia");
  const back = new URL((await authorize()) ?? "");
  expect(back.searchParams.get("state")).toBe("s1");
  const code = back.searchParams.get("code");
  const wrong = await exchange({ ...credentials, client_secret: "x", code });
  expect(wrong.body.error).toBe("incorrect_client_credentials");
  const { body } = await exchange({ ...credentials, code });
  const person = createClient(simulator, body.access_token);
  expect((await person("GET /user")).body.login).toBe("mia");
  expect((await exchange({ ...credentials, code })).body.error).toBe("bad_verification_code");
  const kept = JSON.stringify(simulator.requests);
  expect(kept).not.toContain(credentials.client_secret);
  expect(kept).not.toContain(body.access_token);
});

test("exchanges a refresh token once, for a new pair, and ends the old one", async () => {
  const { simulator, world, exchange, credentials, authorize } = await startBrowser();
  world.signIn("mia");
  world.userTokensLive(60);
  const code = new URL((await authorize()) ?? "").searchParams.get("code");
  const first = (await exchange({ ...credentials, code })).body;
  expect(first.expires_in).toBe(60);
  const renewal = { grant_type: "refresh_token", refresh_token: first.refresh_token };
  const stranger = await exchange({ ...credentials, client_secret: "x", ...renewal });
  expect(stranger.body.error).toBe("incorrect_client_credentials");
  const second = (await exchange({ ...credentials, ...renewal })).body;
  const whoIs = (token: string) => createClient(simulator, token)("GET /user");
  expect((await whoIs(second.access_token)).body.login).toBe("mia");
  expect((await whoIs(first.access_token)).status).toBe(401);
  const again = await exchange({ ...credentials, ...renewal });
  expect(again.body.error).toBe("bad_refresh_token");
});

test("leads back without a code when the person refuses", async () => {
  const { world, authorize } = await startBrowser();
  world.signIn("mia");
  world.consent(false);
  const back = new URL((await authorize()) ?? "").searchParams;
  expect([back.get("error"), back.get("code"), back.get("state")]).toEqual([
    "access_denied",
    null,
    "s1",
  ]);
});

test("holds a code to the proof that was announced with it", async () => {
  const { world, exchange, credentials, authorize } = await startBrowser();
  world.signIn("mia");
  const challenge = createHash("sha256").update("the verifier").digest("base64url");
  const codeFrom = async () =>
    new URL((await authorize(`&code_challenge=${challenge}`)) ?? "").searchParams.get("code");
  const without = await exchange({ ...credentials, code: await codeFrom() });
  expect(without.body.error).toBe("bad_verification_code");
  const proof = { ...credentials, code: await codeFrom(), code_verifier: "the verifier" };
  expect((await exchange(proof)).body.token_type).toBe("bearer");
});

test("hands the App's secrets out once for a manifest's code", async () => {
  const { simulator, world, anonymous } = await startBrowser();
  const code = world.manifestCode();
  const made = await anonymous(`POST /app-manifests/${code}/conversions`);
  expect(made.status).toBe(201);
  expect(made.body.id).toBe(simulator.app.id);
  expect(made.body.pem).toContain("BEGIN RSA PRIVATE KEY");
  expect((await anonymous(`POST /app-manifests/${code}/conversions`)).status).toBe(404);
});

test("has a page behind each link to a run or a pull request", async () => {
  const { simulator, world } = await startBrowser();
  world.openPullRequest({ repo: "acme/app", user: "bob", title: "<b>Bold</b> & more" });
  const { run } = world.forkBuild("acme/app", 1);
  const pull = await fetch(`${simulator.url}/acme/app/pull/1`);
  expect(await pull.text()).toContain("&#60;b&#62;Bold");
  const shown = await fetch(`${simulator.url}/acme/app/actions/runs/${run.id}`);
  expect(await shown.text()).toContain("failure");
  expect((await fetch(`${simulator.url}/acme/none/pull/1`)).status).toBe(404);
});

test("tells where webhooks come from", async () => {
  const { anonymous } = await startBrowser();
  expect((await anonymous("GET /meta")).body.hooks).toContain("127.0.0.0/8");
});

const MANIFEST = {
  name: "Merge Relay",
  url: "https://relay.example",
  redirect_url: "http://127.0.0.1:1/callback",
  hook_attributes: { url: "https://relay.example/webhooks/github" },
  default_permissions: { contents: "read", issues: "read" },
  default_events: ["push", "issue_comment"],
};

function postManifest(url: string, manifest: object): Promise<Response> {
  const body = new URLSearchParams({ manifest: JSON.stringify(manifest) });
  return fetch(`${url}/settings/apps/new?state=s1`, { method: "POST", body, redirect: "manual" });
}

test("makes the App that a manifest describes, and gives its code to who asked", async () => {
  const simulator = await start();
  expect((await postManifest(simulator.url, MANIFEST)).status).toBe(200);
  simulator.world.signIn("octocat");
  const answer = await postManifest(simulator.url, MANIFEST);
  const target = new URL(answer.headers.get("location")!);
  expect(target.searchParams.get("state")).toBe("s1");
  const anonymous = createClient(simulator, null);
  const made = await anonymous(
    `POST /app-manifests/${target.searchParams.get("code")}/conversions`,
  );
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ slug: "merge-relay", events: ["push", "issue_comment"] });
  expect(simulator.deliveries.config.url).toBe("https://relay.example/webhooks/github");
});

test("refuses a manifest whose events its permissions do not cover", async () => {
  const simulator = await start();
  simulator.world.signIn("octocat");
  const answer = await postManifest(simulator.url, { ...MANIFEST, default_permissions: {} });
  expect(answer.status).toBe(422);
  expect(await answer.text()).toContain("Default events unsupported: push, issue_comment");
});

test("a manifest's code is worth nothing after an hour", async () => {
  let now = Date.now();
  const simulator = await start({ now: () => now });
  const code = simulator.world.manifestCode();
  now += 3_600_001;
  const anonymous = createClient(simulator, null);
  expect((await anonymous(`POST /app-manifests/${code}/conversions`)).status).toBe(404);
});
