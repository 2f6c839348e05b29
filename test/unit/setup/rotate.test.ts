/** Rotation without downtime: at every moment the relay takes what GitHub signs with. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rotatePrivateKey } from "../../../src/cli/rotate/private-key.ts";
import { rotateSessionSecret } from "../../../src/cli/rotate/session-secret.ts";
import { rotateWebhookSecret } from "../../../src/cli/rotate/webhook-secret.ts";
import { runSetup } from "../../../src/cli/setup/run-setup.ts";
import type { World } from "../../../src/cli/setup/world.ts";
import { sendPing } from "../../../src/doctor/signed-ping.ts";
import { type Bench, openBench, RELAY } from "./support/bench.ts";

type Target = "local" | "deployed";
const ONE_HALF = { finishAfter: null };

/** A finished set-up, with GitHub's present secret checked at the relay after every step. */
async function rotating(target: Target) {
  const bench = await openBench();
  bench.simulator.world.signIn("acme");
  const order = { json: false, waitSeconds: 2, ...bench.github, url: RELAY };
  await runSetup(bench.world, { ...order, [target === "local" ? "local" : "deploy"]: true });
  const appKey = join(bench.directory, "app-key.pem");
  writeFileSync(appKey, bench.simulator.app.privateKeyPkcs1);
  const ping = async (secret: string) => {
    const answer = await sendPing({ send: bench.world.send }, RELAY, secret);
    return answer.kind === "answer" ? answer.status : 0;
  };
  const gaps: string[] = [];
  /** After every question that anybody asks, the relay must take what GitHub would sign with. */
  const watched: World = {
    ...bench.world,
    send: async (question) => {
      const answer = await bench.world.send(question);
      const status = await ping(bench.simulator.app.webhookSecret);
      if (status !== 200) gaps.push(`${question.method} ${question.url}: ${status}`);
      return answer;
    },
  };
  return { bench, world: watched, appKey, ping, gaps };
}

function expectNothingLeaks(bench: Bench, ...secrets: string[]): void {
  for (const secret of [...bench.secrets(), ...secrets])
    expect(bench.printed()).not.toContain(secret);
  const state =
    bench.file(".cache/merge-relay-setup.json") +
    JSON.stringify(bench.calls.map(({ args }) => args));
  for (const secret of secrets) expect(state).not.toContain(secret);
}

test.each(["local", "deployed"] as const)(
  "a %s relay never refuses GitHub while its secret is rotated",
  async (target) => {
    const { bench, world, appKey, ping, gaps } = await rotating(target);
    const old = bench.simulator.app.webhookSecret;
    expect(await rotateWebhookSecret(world, { ...ONE_HALF, appKey })).toEqual({
      rotated: "webhook-secret",
      finished: false,
    });
    const next = bench.simulator.app.webhookSecret;
    expect(next).not.toBe(old);
    expect([await ping(old), await ping(next)]).toEqual([200, 200]);
    expect(bench.simulator.deliveries.config.contentType).toBe("json");
    expect(await rotateWebhookSecret(world, { ...ONE_HALF, appKey, finish: true })).toMatchObject({
      finished: true,
    });
    expect([await ping(old), await ping(next)]).toEqual([401, 200]);
    expect(gaps).toEqual([]);
    expect(bench.file(".cache/merge-relay-rotation")).toBe("");
    expect((await bench.relaySettings())["GITHUB_WEBHOOK_SECRET_PREVIOUS"] ?? "").toBe("");
    expectNothingLeaks(bench, old, next);
  },
);

test("says what it proved", async () => {
  const { bench, world } = await rotating("local");
  await rotateWebhookSecret(world, { finishAfter: 0 });
  for (const sentence of [
    "Proved: the relay takes the new secret",
    "Proved: the relay takes the old secret",
    "GitHub signs with the new secret from now on",
    "Proved: the relay refuses the old secret (a signed ping got 401)",
  ]) {
    expect(bench.printed()).toContain(sentence);
  }
});

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])(
  "an interruption at question %i leaves no gap, and the next run goes on",
  async (stop) => {
    const { bench, world, ping, gaps } = await rotating("local");
    let asked = 0;
    const broken: World = {
      ...world,
      send: (question) => {
        if (++asked >= stop) throw new Error("interrupted");
        return world.send(question);
      },
    };
    await expect(rotateWebhookSecret(broken, { finishAfter: 0 })).rejects.toThrow("interrupted");
    expect(await ping(bench.simulator.app.webhookSecret)).toBe(200);
    await rotateWebhookSecret(world, { finishAfter: 0 });
    expect(await ping(bench.simulator.app.webhookSecret)).toBe(200);
    expect((await bench.relaySettings())["GITHUB_WEBHOOK_SECRET"]).toBe(
      bench.simulator.app.webhookSecret,
    );
    expect(gaps).toEqual([]);
  },
);

test("leaves GitHub with the old secret when the relay does not take the new one", async () => {
  const { bench, world } = await rotating("local");
  const old = bench.simulator.app.webhookSecret;
  const before = { ...(await bench.relaySettings()) };
  let now = Date.now();
  // A relay that was never restarted: it runs with what it had.
  const { askRelay } = await import("../doctor/support/relay-in-node.ts");
  const stale: World = {
    ...world,
    now: () => (now += 10_000),
    send: (question) =>
      question.url.startsWith(RELAY) ? askRelay(before, question) : world.send(question),
  };
  await expect(rotateWebhookSecret(stale, ONE_HALF)).rejects.toThrow(
    /Not proved.*nothing is lost.*npm run dev/s,
  );
  expect(bench.simulator.app.webhookSecret).toBe(old);
});

test("says that the second half needs a first, and what a deployed relay needs", async () => {
  const { world } = await rotating("local");
  await expect(rotateWebhookSecret(world, { ...ONE_HALF, finish: true })).rejects.toThrow(
    /No rotation is under way/,
  );
  const deployed = await rotating("deployed");
  await expect(rotateWebhookSecret(deployed.world, ONE_HALF)).rejects.toThrow(/--app-key FILE/);
  const empty = await openBench();
  await expect(rotateWebhookSecret(empty.world, ONE_HALF)).rejects.toThrow(/--local or --deployed/);
});

async function newKey(bench: Bench): Promise<string> {
  const file = join(bench.directory, "new.pem");
  writeFileSync(file, (await bench.simulator.world.rotateKey()).privateKeyPkcs1);
  return file;
}

test("proves a new key before it writes it, and the old one dead after it was deleted", async () => {
  const { bench, world } = await rotating("local");
  const key = await newKey(bench);
  const before = bench.vars()["GITHUB_APP_PRIVATE_KEY"];
  expect(await rotatePrivateKey(world, { key, waitSeconds: 0 })).toEqual({
    rotated: "private-key",
    finished: false,
  });
  expect(bench.vars()["GITHUB_APP_PRIVATE_KEY"]).not.toBe(before);
  expect(bench.printed()).toMatch(/Delete the key SHA256:[A-Za-z0-9+/]{43}= on /);
  await expect(rotatePrivateKey(world, { finish: true, waitSeconds: 0 })).rejects.toThrow(
    /still takes the old key/,
  );
  bench.simulator.world.dropOldKeys();
  expect(await rotatePrivateKey(world, { finish: true, waitSeconds: 0 })).toMatchObject({
    finished: true,
  });
  expect(bench.printed()).toContain("Proved: GitHub refuses the old key (401)");
  expect(bench.file(".cache/merge-relay-rotation")).toBe("");
  expectNothingLeaks(bench);
});

test("waits for the deletion where it is asked to", async () => {
  const { bench, world } = await rotating("local");
  const key = await newKey(bench);
  setTimeout(() => bench.simulator.world.dropOldKeys(), 300);
  expect(await rotatePrivateKey(world, { key, waitSeconds: 30 })).toMatchObject({ finished: true });
});

test("writes no key that GitHub refuses, and none that is no key", async () => {
  const { bench, world } = await rotating("local");
  const before = bench.file(".dev.vars");
  const key = await newKey(bench);
  bench.simulator.world.state.appKeys.pop();
  await expect(rotatePrivateKey(world, { key, waitSeconds: 0 })).rejects.toThrow(
    /refuses this key.*Nothing was changed/s,
  );
  writeFileSync(key, "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n");
  await expect(rotatePrivateKey(world, { key, waitSeconds: 0 })).rejects.toThrow(
    /no RSA private key/,
  );
  await expect(rotatePrivateKey(world, { waitSeconds: 0 })).rejects.toThrow(/--key FILE/);
  expect(bench.file(".dev.vars")).toBe(before);
});

test("replaces a deployed relay's key through wrangler's stdin", async () => {
  const { bench, world } = await rotating("deployed");
  const key = await newKey(bench);
  const before = bench.cloudflare["GITHUB_APP_PRIVATE_KEY"];
  await rotatePrivateKey(world, {
    key,
    oldKey: join(bench.directory, "app-key.pem"),
    waitSeconds: 0,
  });
  expect(bench.cloudflare["GITHUB_APP_PRIVATE_KEY"]).not.toBe(before);
  expect(bench.calls.at(-1)?.args).toEqual(["secret", "bulk"]);
  bench.simulator.world.dropOldKeys();
  expect(await rotatePrivateKey(world, { finish: true, waitSeconds: 0 })).toMatchObject({
    finished: true,
  });
});

test("replaces the session secret alone", async () => {
  const { bench, world } = await rotating("local");
  const before = bench.vars();
  await rotateSessionSecret(world, {});
  const after = bench.vars();
  expect(after["SESSION_SECRET"]).not.toBe(before["SESSION_SECRET"]);
  expect({ ...after, SESSION_SECRET: "" }).toEqual({ ...before, SESSION_SECRET: "" });
  expectNothingLeaks(bench, after["SESSION_SECRET"] ?? "");
});

test.each(["the first secret that Cloudflare gets", "beside one that nobody knows"])(
  "sets a webhook secret at Cloudflare: %s",
  async (which) => {
    const { bench, appKey, ping } = await rotating("deployed");
    const isFirst = which.startsWith("the first");
    if (isFirst) delete bench.cloudflare["GITHUB_WEBHOOK_SECRET"];
    const before = bench.cloudflare["GITHUB_WEBHOOK_SECRET"];
    expect(await rotateWebhookSecret(bench.world, { ...ONE_HALF, appKey })).toMatchObject({
      finished: false,
    });
    const next = bench.simulator.app.webhookSecret;
    expect(await ping(next)).toBe(200);
    expect(bench.cloudflare["GITHUB_WEBHOOK_SECRET"]).toBe(isFirst ? next : before);
    await rotateWebhookSecret(bench.world, { ...ONE_HALF, appKey, finish: true });
    expect(bench.cloudflare["GITHUB_WEBHOOK_SECRET"]).toBe(next);
    expect(bench.cloudflare["GITHUB_WEBHOOK_SECRET_PREVIOUS"]).toBeUndefined();
    expectNothingLeaks(bench, next);
  },
  30_000,
);

/** The remedies that the doctor names must work in the very set-ups that it names them for. */
function breakSetting({ bench }: { bench: Bench }, name: string, value: string): void {
  const line = new RegExp(`^${name}=.*$`, "m");
  const text = bench.file(".dev.vars").replace(line, value === "" ? "" : `${name}="${value}"`);
  writeFileSync(join(bench.directory, ".dev.vars"), text);
}

test("replaces a key that is broken", async () => {
  const place = await rotating("local");
  const { bench, world, appKey: key } = place;
  breakSetting(place, "GITHUB_APP_PRIVATE_KEY", "-----BEGIN RSA PRIVATE KEY-----");
  await rotatePrivateKey(world, { key, waitSeconds: 0 });
  expect(bench.vars()["GITHUB_APP_PRIVATE_KEY"]).toContain("END PRIVATE KEY");
  expect(bench.file(".cache/merge-relay-rotation")).toBe("");
});

test.each([
  ["is lost", ""],
  ["is another than GitHub's", "another-secret-that-nobody-signs-with"],
  ["ends with a line break", "the-secret-with-a-line-break\\n"],
])("sets a new webhook secret on both sides where it %s", async (_how, value) => {
  const place = await rotating("local");
  const { bench, ping } = place;
  breakSetting(place, "GITHUB_WEBHOOK_SECRET", value);
  await rotateWebhookSecret(bench.world, ONE_HALF);
  expect(await ping(bench.simulator.app.webhookSecret)).toBe(200);
  await rotateWebhookSecret(bench.world, { ...ONE_HALF, finish: true });
  expect(await ping(bench.simulator.app.webhookSecret)).toBe(200);
  expect(bench.vars()["GITHUB_WEBHOOK_SECRET"]).toBe(bench.simulator.app.webhookSecret);
});
