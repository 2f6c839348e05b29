/** From nothing to an examined relay: repeated, interrupted, without a terminal, and without leaks. */
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runSetup } from "../../../src/cli/setup/run-setup.ts";
import { type Bench, openBench, RELAY } from "./support/bench.ts";

const BASE = { json: false, waitSeconds: 2 };

function local(bench: Bench, more: object = {}) {
  return runSetup(bench.world, { ...BASE, ...bench.github, local: true, url: RELAY, ...more });
}

function deployed(bench: Bench, more: object = {}) {
  return runSetup(bench.world, { ...BASE, ...bench.github, deploy: true, ...more });
}

/** A person is signed in, and installs the App when they are sent to its page. */
async function withPerson(): Promise<Bench> {
  const bench = await openBench();
  bench.simulator.world.signIn("acme");
  return bench;
}

function expectNoSecret(bench: Bench, text: string): void {
  const settings = bench.vars();
  const own = ["GITHUB_WEBHOOK_SECRET", "SESSION_SECRET", "GITHUB_CLIENT_SECRET"].map(
    (name) => settings[name],
  );
  for (const secret of [...bench.secrets(), ...own, ...Object.values(bench.cloudflare)]) {
    if (
      secret !== undefined &&
      secret.length > 15 &&
      !secret.startsWith("http") &&
      !secret.startsWith("Iv")
    ) {
      expect(text).not.toContain(secret);
    }
  }
}

test("makes the App, writes the secrets, waits for the installation and examines, locally", async () => {
  const bench = await withPerson();
  const outcome = await local(bench, { repo: "acme/app" });
  expect(outcome).toMatchObject({ ok: true, installed: true, target: "local" });
  expect(outcome.checks.filter(({ status }) => status === "failed")).toEqual([]);
  expect(bench.vars()).toMatchObject({
    GITHUB_APP_ID: String(bench.simulator.app.id),
    GITHUB_CLIENT_ID: bench.simulator.app.clientId,
    GITHUB_WEBHOOK_SECRET: bench.simulator.app.webhookSecret,
    GITHUB_API_URL: bench.simulator.url,
  });
  expect(bench.vars()["GITHUB_APP_PRIVATE_KEY"]).toContain("BEGIN PRIVATE KEY");
  expect(bench.vars()["SESSION_SECRET"]).toHaveLength(43);
  expect(statSync(join(bench.directory, ".dev.vars")).mode & 0o777).toBe(0o600);
  expect(bench.simulator.deliveries.config).toMatchObject({
    contentType: "json",
    url: `${RELAY}/webhooks/github`,
  });
  expectNoSecret(bench, bench.printed());
});

test("asks GitHub for the least, and for comments only where they are wanted", async () => {
  const bench = await withPerson();
  await local(bench);
  expect(bench.simulator.app.permissions).toEqual({
    metadata: "read",
    contents: "read",
    pull_requests: "read",
    actions: "write",
    checks: "write",
  });
  expect(bench.simulator.app.events).toEqual([
    "pull_request",
    "push",
    "workflow_run",
    "repository",
  ]);
  await local(bench, { newApp: true, comments: true });
  expect(bench.simulator.app.permissions).toMatchObject({
    issues: "write",
    pull_requests: "write",
  });
  expect(bench.simulator.app.events).toContain("issue_comment");
});

test("a relay whose App may not comment is told so, and the doctor asks for no such right", async () => {
  const bench = await withPerson();
  const vars = () => readFileSync(join(bench.directory, ".dev.vars"), "utf8");
  const { checks } = await local(bench);
  expect(vars()).toMatch(/^REPORT_COMMENTS="?off"?$/m);
  expect(checks.find(({ check }) => check === "app-permissions")).toMatchObject({ status: "ok" });
  await local(bench, { newApp: true, comments: true });
  expect(vars()).toMatch(/^REPORT_COMMENTS="?on"?$/m);
});

test("tells of each thing that it did once", async () => {
  for (const target of [local, deployed]) {
    const bench = await withPerson();
    await target(bench);
    const told = bench
      .printed()
      .split("\n")
      .filter((line) => line.startsWith("  ✔"));
    expect(told.length).toBeGreaterThan(4);
    expect(told.toSorted()).toEqual([...new Set(told)].toSorted());
  }
});

test("a second run makes no second App and changes no secret", async () => {
  const bench = await withPerson();
  await local(bench);
  const before = bench.file(".dev.vars");
  const conversions = () =>
    bench.simulator.requests.filter(({ path }) => path.endsWith("/conversions")).length;
  expect(conversions()).toBe(1);
  expect(bench.printed()).not.toContain("As in the last run");
  expect(await local(bench, { url: undefined })).toMatchObject({ ok: true });
  expect(bench.printed()).toContain(
    `As in the last run here, the relay is on this machine, at ${RELAY}.`,
  );
  expect(bench.file(".dev.vars")).toBe(before);
  expect(conversions()).toBe(1);
});

test("a second run with another address moves the webhook there", async () => {
  const bench = await withPerson();
  await local(bench);
  await local(bench, { url: "https://other-tunnel.example", waitSeconds: 0 });
  expect(bench.simulator.deliveries.config.url).toBe(
    "https://other-tunnel.example/webhooks/github",
  );
});

test("says what it waits for, how long, and that it may be ended", async () => {
  const bench = await withPerson();
  await local(bench, { url: "https://other-tunnel.example", waitSeconds: 1 });
  expect(bench.printed()).toContain("npm run dev, and the tunnel that leads to it.");
  expect(bench.printed()).toContain("Waiting for it, 1 s at most. (Ctrl+C is fine");
});

test("keeps what else is in .dev.vars", async () => {
  const bench = await withPerson();
  writeFileSync(
    join(bench.directory, ".dev.vars"),
    '# mine\nALLOWED_OWNERS="acme"\nGITHUB_APP_ID=""\nMY_OWN=\'a b\' # why\n',
  );
  await local(bench);
  expect(bench.file(".dev.vars")).toContain(
    '# mine\nALLOWED_OWNERS="acme"\nGITHUB_APP_ID="123456"\n',
  );
  expect(bench.file(".dev.vars")).toContain("MY_OWN='a b' # why\n");
});

test("refuses to write secrets where git would commit them, before an App is made", async () => {
  const bench = await withPerson();
  writeFileSync(join(bench.directory, ".gitignore"), "node_modules\n");
  await expect(local(bench)).rejects.toThrow(/not ignored by git.*\.gitignore/s);
  expect(bench.simulator.requests.filter(({ path }) => path.includes("app"))).toEqual([]);
  expect(bench.file(".dev.vars")).toBe("");
});

test("deploys, gives the secrets to wrangler through stdin only, and proves them", async () => {
  const bench = await withPerson();
  const outcome = await deployed(bench, { repo: "acme/app" });
  expect(outcome).toMatchObject({ ok: true, relay: RELAY, target: "deployed" });
  expect(bench.cloudflare).toMatchObject({
    GITHUB_WEBHOOK_SECRET: bench.simulator.app.webhookSecret,
  });
  expectNoSecret(bench, JSON.stringify(bench.calls.map(({ args }) => args)));
  expectNoSecret(bench, bench.printed());
  // Nothing secret stays on the disk.
  expect(bench.file(".cache/merge-relay-upload")).toBe("");
  expectNoSecret(bench, bench.file(".cache/merge-relay-setup.json") + bench.file("wrangler.toml"));
});

test("no deploy after it takes anything away, and no file of the project is changed", async () => {
  const bench = await withPerson();
  const shipped = bench.file("wrangler.toml");
  await deployed(bench);
  bench.account.variables["ALLOWED_OWNERS"] = "acme";
  const before = await bench.relaySettings();
  expect(before["GITHUB_APP_ID"]).toBe(String(bench.simulator.app.id));
  bench.account.deploy();
  expect(await bench.relaySettings()).toEqual(before);
  expect(bench.file("wrangler.toml")).toBe(shipped);
});

test("variables that the operator's wrangler.toml has are set there, and stay", async () => {
  const bench = await withPerson();
  const own = `[vars]\n# The App's id.\nGITHUB_APP_ID = ""\n`;
  writeFileSync(join(bench.directory, "wrangler.toml"), own);
  expect(await deployed(bench)).toMatchObject({ ok: true });
  const { id } = bench.simulator.app;
  expect(bench.file("wrangler.toml")).toContain(`# The App's id.\nGITHUB_APP_ID = "${id}"`);
  expect(Object.keys(bench.cloudflare)).not.toContain("GITHUB_APP_ID");
  const before = await bench.relaySettings();
  bench.account.deploy();
  expect(await bench.relaySettings()).toEqual(before);
});

test("a variable on Cloudflare's pages that is in the way of a secret is named", async () => {
  const bench = await withPerson();
  bench.account.variables["GITHUB_APP_ID"] = "1";
  await expect(deployed(bench)).rejects.toThrow(
    /GITHUB_APP_ID.*Settings → Variables and Secrets.*delete/s,
  );
});

test("an upload that fails loses nothing: the next run goes on with the same App", async () => {
  const bench = await withPerson();
  bench.plan.wranglerFails = true;
  await expect(deployed(bench, { url: RELAY })).rejects.toThrow(
    /wrangler could not set the secrets/,
  );
  expectNoSecret(bench, bench.printed());
  expect(statSync(join(bench.directory, ".cache/merge-relay-upload")).mode & 0o777).toBe(0o600);
  bench.plan.wranglerFails = false;
  expect(await deployed(bench)).toMatchObject({ ok: true, installed: true });
  const conversions = bench.simulator.requests.filter(({ path }) => path.endsWith("/conversions"));
  expect(conversions).toHaveLength(1);
  expect(bench.file(".cache/merge-relay-upload")).toBe("");
});

test("a message of wrangler's that holds a secret is not shown", async () => {
  const bench = await withPerson();
  bench.plan.wranglerFails = true;
  const failure = await deployed(bench, { url: RELAY }).catch(String);
  expectNoSecret(bench, JSON.stringify(failure));
  expect(failure).toContain("holds a secret and is not shown");
});

test("a deployed relay that is set up is only examined, from outside", async () => {
  const bench = await withPerson();
  await deployed(bench);
  const uploads = bench.calls.length;
  const again = await deployed(bench);
  expect(again).toMatchObject({ ok: true });
  expect(bench.calls.slice(uploads).filter(({ args }) => args[0] === "secret")).toEqual([]);
  expect(bench.printed()).toContain("its secrets are at Cloudflare");
});

test("is not taken in by a directory that is no relay's", async () => {
  const bench = await withPerson();
  rmSync(join(bench.directory, "wrangler.toml"));
  await expect(local(bench)).rejects.toThrow(/not merge-relay's directory.*--directory PATH/s);
  expect(bench.file(".dev.vars") + bench.file(".cache/merge-relay-setup.json")).toBe("");
  expect(bench.sent).toEqual([]);
});

test("says what wrangler needs before anything is made", async () => {
  const bench = await withPerson();
  bench.plan.signedIn = false;
  bench.env["HOME"] = "/home/somebody";
  await expect(deployed(bench)).rejects.toThrow(/wrangler login/);
  bench.env["HOME"] = undefined;
  await expect(deployed(bench)).rejects.toThrow(/HOME is not set.*CLOUDFLARE_API_TOKEN/);
  expect(bench.simulator.requests.filter(({ path }) => path.includes("settings/apps"))).toEqual([]);
});

test("without a terminal it never waits for somebody: it names the option", async () => {
  const bench = await withPerson();
  const run = (order: object) =>
    runSetup(bench.world, { ...BASE, ...bench.github, waitSeconds: 0, ...order });
  await expect(run({})).rejects.toThrow(/Give --deploy or --local/);
  await expect(run({ local: true })).rejects.toThrow(/--url ADDRESS/);
  await expect(run({ local: true, url: RELAY })).rejects.toThrow(/--app-id ID --private-key FILE/);
  await expect(run({ local: true, deploy: true, url: RELAY })).rejects.toThrow(
    /one of --local and --deploy/,
  );
  await expect(run({ local: true, url: "relay" })).rejects.toThrow(/--url needs an address/);
  await expect(run({ local: true, url: RELAY, appId: "1" })).rejects.toThrow(/--private-key FILE/);
});

test("refuses an address of this machine's own for github.com, before anything is made", async () => {
  const bench = await openBench();
  for (const url of ["http://127.0.0.1:8787", "http://localhost:8787", "http://[::1]:8787"]) {
    const order = { ...BASE, local: true, url };
    await expect(runSetup(bench.world, order)).rejects.toThrow(/github\.com cannot reach.*tunnel/s);
  }
  expect(bench.file(".cache/merge-relay-setup.json")).toBe("");
  expect(bench.sent).toEqual([]);
});

test("takes an App that exists, without a browser", async () => {
  const bench = await openBench();
  const file = join(bench.directory, "key.pem");
  writeFileSync(file, bench.simulator.app.privateKeyPkcs1);
  bench.simulator.world.addInstallation({ owner: "acme" });
  const before = bench.simulator.app.webhookSecret;
  const order = {
    appId: String(bench.simulator.app.id),
    privateKey: file,
    waitSeconds: 0,
    repo: "acme/app",
  };
  expect(await local(bench, order)).toMatchObject({ ok: true, installed: true });
  expect(bench.simulator.app.webhookSecret).not.toBe(before);
  expect(bench.vars()["GITHUB_CLIENT_ID"]).toBe(bench.simulator.app.clientId);
  expectNoSecret(bench, bench.printed());
});

test("names a key that is another App's, and writes nothing of the kind over a good one", async () => {
  const bench = await withPerson();
  await local(bench);
  await bench.simulator.world.rotateKey();
  bench.simulator.world.dropOldKeys();
  await expect(local(bench)).rejects.toThrow(/GitHub refuses the key.*rotate private-key/s);
});

test("a key that GitHub refuses takes the place of nothing, wherever the settings are", async () => {
  for (const target of [local, deployed]) {
    const bench = await withPerson();
    await target(bench);
    const before = [bench.file(".dev.vars"), bench.file(".cache/merge-relay-upload")];
    const { webhookSecret } = bench.simulator.app;
    const privateKey = join(bench.directory, "other.pem");
    const { privateKey: other } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(privateKey, other.export({ type: "pkcs8", format: "pem" }));
    const order = { appId: String(bench.simulator.app.id), privateKey };
    await expect(target(bench, order)).rejects.toThrow(
      /GitHub refuses the key of App.*“App ID”.*other\.pem generated there\? Nothing was changed/s,
    );
    expect([bench.file(".dev.vars"), bench.file(".cache/merge-relay-upload")]).toEqual(before);
    expect(bench.simulator.app.webhookSecret).toBe(webhookSecret);
    expect(await target(bench)).toMatchObject({ ok: true });
  }
});

test("says so when the App is not installed, and goes on from there the next time", async () => {
  const bench = await openBench();
  const code = bench.simulator.world.manifestCode();
  const outcome = await local(bench, { code, waitSeconds: 0 });
  expect(outcome).toMatchObject({ ok: false, installed: false });
  expect(bench.printed()).toContain("/installations/new");
  bench.simulator.world.addInstallation({ owner: "acme" });
  expect(await local(bench, { waitSeconds: 0, repo: "acme/app" })).toMatchObject({
    ok: true,
    installed: true,
  });
});

test("a code that was used, or is none, is told as that", async () => {
  const bench = await openBench();
  await expect(local(bench, { code: "0123456789abcdef" })).rejects.toThrow(/used already/);
  expect(bench.file(".dev.vars")).toBe("");
});

test("keeps an App whose webhook secret is lost, and tells GitHub a new one", async () => {
  const bench = await withPerson();
  await local(bench);
  const before = bench.simulator.app.webhookSecret;
  const file = join(bench.directory, ".dev.vars");
  writeFileSync(file, bench.file(".dev.vars").replace(/^GITHUB_WEBHOOK_SECRET=.*$/m, ""));
  expect(await local(bench)).toMatchObject({ ok: true });
  expect(bench.simulator.app.webhookSecret).not.toBe(before);
  expect(bench.vars()["GITHUB_WEBHOOK_SECRET"]).toBe(bench.simulator.app.webhookSecret);
  expect(conversions(bench)).toBe(1);
});

test("makes no second App beside one whose key is lost or broken", async () => {
  const bench = await withPerson();
  await local(bench);
  const file = join(bench.directory, ".dev.vars");
  const good = bench.file(".dev.vars");
  for (const [key, why] of [
    ["-----BEGIN RSA PRIVATE KEY-----", /is cut off.*--app-id \d+ --private-key FILE.*--new-app/],
    ["", /is not set/],
  ] as const) {
    writeFileSync(file, good.replace(/^(GITHUB_APP_PRIVATE_KEY)=.*$/m, `$1="${key}"`));
    await expect(local(bench)).rejects.toThrow(why);
  }
  expect(conversions(bench)).toBe(1);
});

function conversions({ simulator }: Bench): number {
  return simulator.requests.filter(({ path }) => path.endsWith("/conversions")).length;
}
