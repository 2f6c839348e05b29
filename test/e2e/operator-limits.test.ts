import { afterAll, beforeAll, expect, test } from "vitest";
import { signDelivery } from "../../src/simulator/signing.ts";
import { type LocalRelay, startLocalRelay } from "../../src/cli/local-relay.ts";
import { post, type Rig, settingsFor, startRig } from "./support/relay.ts";

let rig: Rig;
const relays: LocalRelay[] = [];

beforeAll(async () => {
  rig = await startRig({ ALLOWED_OWNERS: "Org-1, 4711", RELAY_MODE: "observe" });
});

afterAll(async () => {
  await Promise.all(relays.map((relay) => relay.close()));
  await rig.close();
});

test("in observe mode a merge is proved, decided and recorded, and nothing is dispatched", async () => {
  const place = rig.place();
  place.merge();
  const [row] = await place.settled();
  expect(row).toMatchObject({ state: "skipped", reason: "observe-mode", route: "image" });
  expect(place.posts()).toEqual([]);
});

test("an owner that the operator does not allow is rejected before anything else counts", async () => {
  const place = rig.place();
  place.merge();
  const [row] = await place.settled();
  expect(row).toMatchObject({ state: "rejected", reason: "owner-not-allowed" });
  expect(row!.remedy).toContain(place.owner);
  expect(place.posts()).toEqual([]);
});

test("an owner may be allowed by id, in any case of letters, and the previous secret still counts", async () => {
  const place = rig.place({ owner: "By-Id" });
  const settings = settingsFor(rig.simulator, {
    ALLOWED_OWNERS: `nobody,${place.repository.owner.id}`,
  });
  const relay = await startLocalRelay({
    vars: settings.vars,
    secrets: {
      ...settings.secrets,
      GITHUB_APP_PRIVATE_KEY: rig.simulator.app.privateKeyPkcs8,
      GITHUB_WEBHOOK_SECRET: "the new secret",
      GITHUB_WEBHOOK_SECRET_PREVIOUS: rig.simulator.app.webhookSecret,
    },
  });
  relays.push(relay);
  const { world } = rig.simulator;
  const url = `${relay.url}/webhooks/github`;
  world.setWebhook({ active: false });
  place.merge();
  const old = world.buildDelivery(world.lastEvent("pull_request", "closed"));
  world.setWebhook({ active: true, url });
  expect((await post(url, old)).body["outcome"]).toBe("accepted");
  const signedAnew = {
    body: old.body,
    headers: { ...old.headers, "x-hub-signature-256": signDelivery("the new secret", old.body) },
  };
  expect((await post(url, signedAnew)).body["outcome"]).toBe("duplicate");
  await expect.poll(() => place.dispatches().length, { timeout: 10_000 }).toBe(1);
});

test("a relay without usable secrets refuses to serve and names them, never their values", async () => {
  const relay = await startLocalRelay({
    vars: { GITHUB_API_URL: rig.simulator.url, GITHUB_APP_ID: "1", RETRY_BASE_MS: "soon" },
    secrets: { GITHUB_APP_PRIVATE_KEY: "not-a-key-but-private", GITHUB_WEBHOOK_SECRET: "" },
  });
  relays.push(relay);
  const webhook = await post(`${relay.url}/webhooks/github`, { headers: {}, body: "{}" });
  expect(webhook).toMatchObject({ status: 500, body: { code: "misconfigured" } });
  const health = await fetch(`${relay.url}/healthz`);
  expect(health.status).toBe(500);
  const text = await health.text();
  expect(text).toContain("GITHUB_APP_PRIVATE_KEY");
  expect(text).toContain("GITHUB_WEBHOOK_SECRET");
  expect(text).toContain("RETRY_BASE_MS");
  expect(text).not.toContain("not-a-key-but-private");
  expect(relay.logs().join("\n")).not.toContain("not-a-key-but-private");
});
