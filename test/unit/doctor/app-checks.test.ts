/** Faults of the App and of the relay, each planted, named, and told apart from a near miss. */
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { appEventsCheck } from "../../../src/doctor/checks/app-events.ts";
import { appKeyCheck } from "../../../src/doctor/checks/app-key.ts";
import { appPermissionsCheck } from "../../../src/doctor/checks/app-permissions.ts";
import { clockCheck } from "../../../src/doctor/checks/clock.ts";
import { indexCheck } from "../../../src/doctor/checks/index-database.ts";
import { hookAddressCheck } from "../../../src/doctor/checks/hook-address.ts";
import { relayCheck } from "../../../src/doctor/checks/relay.ts";
import { settingsCheck } from "../../../src/doctor/checks/settings.ts";
import { versionCheck } from "../../../src/doctor/checks/version.ts";
import { webhookSecretCheck } from "../../../src/doctor/checks/webhook-secret.ts";
import { answer, openClinic, RELAY } from "./support/clinic.ts";

const { privateKey: otherKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const OTHER_PEM = otherKey.export({ type: "pkcs1", format: "pem" }).toString();

/** What people paste instead of the key, by what must be said of it. */
const BROKEN_KEYS = {
  "is a public key": () =>
    createPublicKey(otherKey).export({ type: "spki", format: "pem" }).toString(),
  "is protected by a passphrase": () =>
    otherKey
      .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })
      .toString(),
  "is an SSH key": () =>
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----",
  "is a key of another kind than RSA": () =>
    generateKeyPairSync("ec", { namedCurve: "P-256" })
      .privateKey.export({ type: "pkcs8", format: "pem" })
      .toString(),
  "begins with a quotation mark": (pem: string) => `"${pem}"`,
  "in base64 once more": (pem: string) => Buffer.from(pem).toString("base64"),
  "is a file's name": () => "./my-app.2026-11-24.private-key.pem",
  "has no line -----BEGIN": (pem: string) => pem.split("\n").slice(1).join("\n"),
  "is cut off": () => "-----BEGIN RSA PRIVATE KEY-----",
  "has lost its line breaks": (pem: string) => pem.trim().replaceAll("\n", " "),
  "is damaged": (pem: string) => pem.replace("MII", "MIX"),
} as const satisfies Record<string, (pem: string) => string>;

test("a whole set-up is well", async () => {
  const { examine } = await openClinic();
  for (const check of [settingsCheck, clockCheck, appKeyCheck, relayCheck, hookAddressCheck]) {
    expect(await examine(check), check.name).toMatchObject({ status: "ok" });
  }
  for (const check of [
    webhookSecretCheck,
    appPermissionsCheck,
    appEventsCheck,
    indexCheck,
    versionCheck,
  ]) {
    expect(await examine(check), check.name).toMatchObject({ status: "ok" });
  }
});

test("names every setting that is missing or malformed, and never a value", async () => {
  const { examine, environment } = await openClinic();
  const changed = {
    ...environment,
    GITHUB_WEBHOOK_SECRET: "",
    GITHUB_API_URL: "ftp://hidden-value",
  };
  const verdict = await examine(settingsCheck, { environment: changed });
  expect(verdict.status).toBe("failed");
  expect(verdict.finding).toContain("GITHUB_WEBHOOK_SECRET is not set");
  expect(verdict.finding).toContain("GITHUB_API_URL is not an http(s) address");
  expect(verdict.remedy).toContain("merge-relay setup");
  expect(JSON.stringify(verdict)).not.toContain("hidden-value");
});

test("warns where only the dashboard's settings are missing", async () => {
  const { examine, environment } = await openClinic();
  const verdict = await examine(settingsCheck, {
    environment: { ...environment, SESSION_SECRET: "" },
  });
  expect(verdict).toMatchObject({ status: "warning", remedy: expect.stringContaining("setup") });
  expect(verdict.finding).toContain("SESSION_SECRET");
});

test("sends nobody to setup for a client secret, which GitHub's page alone gives", async () => {
  const { examine, environment } = await openClinic();
  const without = { ...environment, GITHUB_CLIENT_SECRET: "" };
  const verdict = await examine(settingsCheck, { environment: without });
  expect(verdict.status).toBe("warning");
  expect(verdict.remedy).toContain("Generate a client secret on the App's settings page");
  expect(verdict.remedy).not.toContain("merge-relay setup");
  const two = { ...without, SESSION_SECRET: "" };
  const both = await examine(settingsCheck, { environment: two });
  expect(both.remedy).toMatch(/Generate a client secret.*merge-relay setup/);
});

test("says that nothing is set up, rather than that nothing failed", async () => {
  const { examine } = await openClinic();
  expect(await examine(settingsCheck, { environment: {}, relayUrl: null })).toMatchObject({
    status: "failed",
    remedy: expect.stringContaining("merge-relay setup"),
  });
});

test("leaves the App's checks out where no credentials are given", async () => {
  const { examine } = await openClinic();
  for (const check of [settingsCheck, appKeyCheck, appEventsCheck, webhookSecretCheck]) {
    expect(await examine(check, { environment: {} }), check.name).toMatchObject({
      status: "skipped",
    });
  }
});

test("names a key that is no key", async () => {
  const { examine, environment } = await openClinic();
  const changed = {
    ...environment,
    GITHUB_APP_PRIVATE_KEY: "-----BEGIN RSA PRIVATE KEY-----\nabc",
  };
  const verdict = await examine(appKeyCheck, { environment: changed });
  expect(verdict.status).toBe("failed");
  expect(verdict.finding).toContain("not an RSA private key");
  expect(verdict.remedy).toContain("rotate private-key --key");
});

test.each(Object.keys(BROKEN_KEYS) as (keyof typeof BROKEN_KEYS)[])(
  "says that a key %s",
  async (why) => {
    const { examine, environment, app } = await openClinic();
    const changed = {
      ...environment,
      GITHUB_APP_PRIVATE_KEY: BROKEN_KEYS[why](app.privateKeyPkcs1),
    };
    const verdict = await examine(appKeyCheck, { environment: changed });
    expect(verdict).toMatchObject({
      status: "failed",
      finding: expect.stringContaining(why),
      remedy: expect.stringContaining("rotate private-key --key"),
    });
    // One fault, one finding.
    expect(await examine(settingsCheck, { environment: changed })).toMatchObject({ status: "ok" });
    expect(JSON.stringify(verdict)).not.toContain(app.privateKeyPkcs1.slice(40, 80));
  },
);

test.each(["GITHUB_WEBHOOK_SECRET", "GITHUB_CLIENT_SECRET", "SESSION_SECRET"])(
  "names white space around %s",
  async (name) => {
    const { examine, environment } = await openClinic();
    for (const value of [`${environment[name]}\n`, ` ${environment[name]}`]) {
      const verdict = await examine(settingsCheck, {
        environment: { ...environment, [name]: value },
      });
      expect(verdict).toMatchObject({
        status: "failed",
        finding: `${name} begins or ends with white space or a line break`,
      });
      expect(verdict.remedy).not.toContain("README");
    }
  },
);

test("asks for nothing that a deployed relay has and nobody can read", async () => {
  const { examine, environment } = await openClinic();
  const { GITHUB_WEBHOOK_SECRET: _secret, SESSION_SECRET: _session, ...rest } = environment;
  expect(await examine(settingsCheck, { environment: rest, isPartial: true })).toMatchObject({
    status: "ok",
  });
  expect(await examine(settingsCheck, { environment: rest })).toMatchObject({ status: "failed" });
  const odd = { ...rest, MAINTAINER_ROLE: "boss" };
  expect(await examine(settingsCheck, { environment: odd, isPartial: true })).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("MAINTAINER_ROLE"),
  });
});

test("leaves a missing or malformed App ID, and a secret in white space, to the settings", async () => {
  const { examine, environment } = await openClinic();
  for (const id of ["", "my app"]) {
    const changed = { ...environment, GITHUB_APP_ID: id };
    expect(await examine(appKeyCheck, { environment: changed })).toMatchObject({
      status: "skipped",
    });
    expect((await examine(settingsCheck, { environment: changed })).finding).toContain(
      "GITHUB_APP_ID",
    );
  }
  const spaced = {
    ...environment,
    GITHUB_WEBHOOK_SECRET: `${environment["GITHUB_WEBHOOK_SECRET"]}\n`,
  };
  expect(await examine(webhookSecretCheck, { environment: spaced })).toMatchObject({
    status: "skipped",
  });
});

test("tells another server at GITHUB_API_URL from a GitHub that refuses the key", async () => {
  const { examine, answers, simulator } = await openClinic();
  for (const other of [answer(404, "<h1>Not Found</h1>"), answer(200, { ok: true })]) {
    answers.set(`GET ${simulator.url}/app`, other);
    expect(await examine(appKeyCheck)).toMatchObject({
      status: "failed",
      finding: expect.stringContaining("not as GitHub does"),
      remedy: expect.stringContaining("Correct GITHUB_API_URL"),
    });
  }
  const body = { message: "Integration not found", documentation_url: "https://docs.github.com" };
  answers.set(`GET ${simulator.url}/app`, answer(404, body));
  expect((await examine(appKeyCheck)).finding).toContain("does not belong to App");
});

test("points from a missing key to the settings, and tries none", async () => {
  const { examine, environment } = await openClinic();
  const changed = { ...environment, GITHUB_APP_PRIVATE_KEY: "" };
  expect(await examine(appKeyCheck, { environment: changed })).toMatchObject({
    status: "skipped",
    finding: expect.stringContaining("settings"),
  });
  expect(await examine(settingsCheck, { environment: changed })).toMatchObject({
    status: "failed",
    finding: "GITHUB_APP_PRIVATE_KEY is not set",
  });
});

test("names a key of another App, and an App ID of another", async () => {
  const { examine, environment } = await openClinic();
  for (const changed of [
    { ...environment, GITHUB_APP_PRIVATE_KEY: OTHER_PEM },
    { ...environment, GITHUB_APP_ID: "999999" },
  ]) {
    const verdict = await examine(appKeyCheck, { environment: changed });
    expect(verdict.status).toBe("failed");
    expect(verdict.finding).toContain("does not belong to App");
    expect(verdict.remedy).toContain("Compare GITHUB_APP_ID");
    expect(verdict.link).toContain("managing-private-keys");
  }
});

test.each([
  ["PKCS#8", (pkcs1: string, pkcs8: string) => pkcs8],
  ["one line with \\n", (pem: string) => pem.replaceAll("\n", "\\n")],
  ["one line with \\r\\n", (pem: string) => pem.replaceAll("\n", "\\r\\n")],
  ["a file of Windows", (pem: string) => pem.replaceAll("\n", "\r\n")],
  ["indented lines", (pem: string) => `  ${pem}\n\n`],
] as const)("takes the right key as %s", async (_form, write) => {
  const { examine, environment, app } = await openClinic();
  const pem = write(app.privateKeyPkcs1, app.privateKeyPkcs8);
  const changed = { ...environment, GITHUB_APP_PRIVATE_KEY: pem };
  expect(await examine(appKeyCheck, { environment: changed })).toMatchObject({ status: "ok" });
});

test("names a client ID of another App", async () => {
  const { examine, environment, app } = await openClinic();
  const changed = { ...environment, GITHUB_CLIENT_ID: "Iv23liOther" };
  const verdict = await examine(appKeyCheck, { environment: changed });
  expect(verdict).toMatchObject({
    status: "failed",
    remedy: expect.stringContaining(app.clientId),
  });
});

test.each([
  [90, "failed", "90 s ahead of"],
  [-300, "failed", "300 s behind"],
  [20, "warning", "20 s ahead of"],
  [4, "ok", "agrees"],
  [0, "ok", "agrees"],
] as const)("judges a clock that is %i s off: %s", async (seconds, status, words) => {
  const { examine, send } = await openClinic();
  const now = () => Date.now() + seconds * 1000;
  const ports = { now, send } as Parameters<typeof examine>[1] & object;
  const verdict = await examine(clockCheck, { ports: ports as never });
  expect(verdict.status).toBe(status);
  expect(
    verdict.finding
      .replace(/8[89]|9[01]/, "90")
      .replace(/299|301/, "300")
      .replace(/19|21/, "20"),
  ).toContain(words);
  if (status === "failed") expect(verdict.remedy).toContain("NTP");
});

test("gives no advice on the webhook by a relay's address that cannot be right", async () => {
  const { examine } = await openClinic();
  const verdict = await examine(hookAddressCheck, { relayUrl: `${RELAY}/x` });
  expect(verdict).toMatchObject({ status: "skipped" });
  expect(JSON.stringify(verdict)).not.toContain("/x/webhooks");
});

test("names a relay that does not run, one that is misconfigured, and what is no relay", async () => {
  const { examine, relaySettings, answers } = await openClinic();
  relaySettings["GITHUB_APP_PRIVATE_KEY"] = "no key";
  const misconfigured = await examine(relayCheck);
  expect(misconfigured).toMatchObject({
    status: "failed",
    remedy: expect.stringContaining("setup"),
  });
  expect(misconfigured.finding).toContain("GITHUB_APP_PRIVATE_KEY");
  answers.set(RELAY, { kind: "unreachable", cause: "connection refused" });
  expect(await examine(relayCheck)).toMatchObject({
    status: "failed",
    remedy: expect.stringContaining("npm run deploy"),
  });
  expect(await examine(relayCheck, { relayUrl: "http://127.0.0.1:9" })).toMatchObject({
    status: "failed",
    remedy: expect.stringContaining("npm run dev"),
  });
  answers.set(RELAY, answer(200, "<h1>Sign in</h1>"));
  expect(await examine(relayCheck)).toMatchObject({
    status: "failed",
    remedy: expect.stringContaining("Access"),
  });
});

test("names a secret that is not the relay's", async () => {
  const { examine, environment } = await openClinic();
  const changed = { ...environment, GITHUB_WEBHOOK_SECRET: "another" };
  const verdict = await examine(webhookSecretCheck, { environment: changed });
  expect(verdict.status).toBe("failed");
  expect(verdict.finding).toContain("401");
  expect(verdict.remedy).toContain("merge-relay rotate webhook-secret");
});

test("takes the previous secret too, while it is being rotated", async () => {
  const { examine, environment, relaySettings } = await openClinic();
  relaySettings["GITHUB_WEBHOOK_SECRET_PREVIOUS"] = environment["GITHUB_WEBHOOK_SECRET"] ?? "";
  relaySettings["GITHUB_WEBHOOK_SECRET"] = "the next one";
  expect(await examine(webhookSecretCheck)).toMatchObject({ status: "ok" });
});

test("names a webhook that goes elsewhere, nowhere, or to another path", async () => {
  const { examine, world } = await openClinic();
  for (const [url, why] of [
    ["https://old.example/webhooks/github", `This relay is at ${RELAY}`],
    ["http://old.example/webhooks/github", `This relay is at ${RELAY}`],
    [`${RELAY}/webhook`, "gets 404"],
    [`${RELAY}/webhooks/github/`, "without a slash at its end"],
    [`${RELAY.replace("https", "http")}/webhooks/github`, "a redirect to https loses"],
    [null, "at /webhooks/github only"],
  ] as const) {
    world.setWebhook({ url });
    const verdict = await examine(hookAddressCheck);
    expect(verdict.status, url ?? "none").toBe("failed");
    expect(verdict.reason).toContain(why);
    expect(verdict.remedy).toContain(`${RELAY}/webhooks/github`);
    expect(verdict.link).toContain("/settings/apps/");
  }
});

test("says of a webhook at https why a relay at http hears nothing", async () => {
  const { examine, world } = await openClinic();
  const relayUrl = RELAY.replace("https", "http");
  world.setWebhook({ url: `${RELAY}/webhooks/github` });
  expect(await examine(hookAddressCheck, { relayUrl })).toMatchObject({
    status: "failed",
    reason: expect.stringContaining("speaks http only"),
    remedy: expect.stringContaining(`${relayUrl}/webhooks/github`),
  });
});

test("names a webhook that sends forms, and one without encryption", async () => {
  const { examine, world } = await openClinic();
  world.setWebhook({ contentType: "form" });
  expect(await examine(hookAddressCheck)).toMatchObject({
    status: "warning",
    remedy: expect.stringContaining("application/json"),
  });
  world.setWebhook({ contentType: "json", url: "http://relay.example/webhooks/github" });
  expect(await examine(hookAddressCheck, { relayUrl: "http://relay.example" })).toMatchObject({
    status: "warning",
    remedy: expect.stringContaining("https"),
  });
});

test("lets a local relay be reached through a tunnel", async () => {
  const { examine, world } = await openClinic();
  world.setWebhook({ url: "https://tunnel.example/webhooks/github" });
  const local = { relayUrl: "http://127.0.0.1:8787" };
  expect(await examine(hookAddressCheck, local)).toMatchObject({ status: "ok" });
  world.setWebhook({ url: "https://tunnel.example/" });
  expect(await examine(hookAddressCheck, local)).toMatchObject({ status: "failed" });
});
