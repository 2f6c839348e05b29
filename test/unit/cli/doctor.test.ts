/** `doctor` as a program: where settings come from, what it prints, and how it ends. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { CommandIo } from "../../../src/cli/command-io.ts";
import { registerDoctor } from "../../../src/cli/doctor.ts";
import { runProgram } from "../../../src/cli/program.ts";
import { registerRotate } from "../../../src/cli/rotate.ts";
import { registerSetup } from "../../../src/cli/setup.ts";
import { CHECKS } from "../../../src/doctor/all-checks.ts";
import { generateAppKey } from "../../../src/simulator/keys.ts";
import { startSimulator } from "../../../src/simulator/simulator.ts";

const key = await generateAppKey();

async function start() {
  const simulator = await startSimulator({ seed: 9, key });
  const directory = mkdtempSync(join(tmpdir(), "doctor-"));
  onTestFinished(async () => {
    await simulator.close();
    rmSync(directory, { recursive: true });
  });
  simulator.world.addRepository({ owner: "acme", name: "app" });
  simulator.world.addInstallation({ owner: "acme" });
  const settings: Record<string, string> = {
    GITHUB_API_URL: simulator.url,
    GITHUB_WEB_URL: simulator.url,
    GITHUB_APP_ID: String(simulator.app.id),
    GITHUB_APP_PRIVATE_KEY: simulator.app.privateKeyPkcs1.replaceAll("\n", "\\n"),
    GITHUB_WEBHOOK_SECRET: simulator.app.webhookSecret,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}="${value}"\n`);
  writeFileSync(join(directory, ".dev.vars"), lines.join(""));
  const env: Record<string, string> = {};
  const run = async (...argv: string[]) => {
    let out = "";
    let error = "";
    const io: CommandIo = {
      readFile: () => Promise.reject(new Error("no file")),
      readStdin: () => Promise.resolve(""),
      writeOut: (text) => void (out += text),
      writeError: (text) => void (error += text),
      env,
      colour: false,
      interactive: false,
    };
    const commands = [registerDoctor, registerSetup, registerRotate];
    const code = await runProgram([...argv, "--directory", directory], io, commands);
    return { code, out, error };
  };
  return { simulator, run, env, directory };
}

/** As `setup --deploy` leaves a directory: addresses and the App's id, and no secret. */
function pretendDeployed(
  { directory, simulator }: Awaited<ReturnType<typeof start>>,
  relayUrl: string,
): void {
  mkdirSync(join(directory, ".cache"));
  const state = {
    target: "deployed",
    relayUrl,
    apiUrl: simulator.url,
    webUrl: simulator.url,
    appId: String(simulator.app.id),
    slug: simulator.app.slug,
  };
  writeFileSync(join(directory, ".cache/merge-relay-setup.json"), JSON.stringify(state));
}

interface Report {
  readonly checks: readonly { check: string; status: string; finding: string; remedy: string }[];
}

function find(out: string, name: string) {
  return (JSON.parse(out) as Report).checks.find(({ check }) => check === name);
}

test("knows the relay and the App of the last set-up, and asks for the key that it cannot read", async () => {
  const place = await start();
  const { run, simulator, directory } = place;
  rmSync(join(directory, ".dev.vars"));
  pretendDeployed(place, `${simulator.url}/relay`);
  const outside = await run("doctor", "--json", "--repo", "acme/app");
  expect(find(outside.out, "relay")).toMatchObject({
    status: "failed",
    finding: expect.stringContaining(`${simulator.url}/relay/healthz`),
  });
  expect(find(outside.out, "settings")).toMatchObject({
    status: "skipped",
    remedy: expect.stringContaining("--app-key FILE"),
  });
  const file = join(directory, "key.pem");
  writeFileSync(file, simulator.app.privateKeyPkcs1);
  const inside = await run("doctor", "--json", "--repo", "acme/app", "--app-key", file);
  expect(find(inside.out, "settings")).toMatchObject({ status: "ok" });
  expect(find(inside.out, "app-key")).toMatchObject({ status: "ok" });
  expect(find(inside.out, "installation")).toMatchObject({ status: "ok" });
  expect((await run("doctor", "--app-key", join(directory, "none.pem"))).code).toBe(2);
});

test("takes no local relay's App for the deployed one's", async () => {
  const place = await start();
  const { run, simulator, directory } = place;
  pretendDeployed(place, `${simulator.url}/relay`);
  const known = await run("doctor", "--json");
  expect(find(known.out, "app-key")).toMatchObject({ status: "ok" });
  writeFileSync(join(directory, ".dev.vars"), 'GITHUB_APP_ID="777"\nGITHUB_APP_PRIVATE_KEY="x"\n');
  const other = await run("doctor", "--json");
  expect(find(other.out, "app-key")).toMatchObject({ status: "skipped" });
  const asked = await run("doctor", "--json", "--vars-file", join(directory, ".dev.vars"));
  expect(find(asked.out, "app-key")).toMatchObject({ status: "failed" });
});

test("looks with what an interrupted upload left", async () => {
  const place = await start();
  const { run, directory } = place;
  pretendDeployed(place, "http://127.0.0.1:9");
  renameSync(join(directory, ".dev.vars"), join(directory, ".cache/merge-relay-upload"));
  const { out } = await run("doctor", "--json", "--repo", "acme/app");
  expect(find(out, "installation")).toMatchObject({ status: "ok" });
});

test("ends with 1 and names what failed, as text and as one JSON object", async () => {
  const { run, simulator } = await start();
  const text = await run("doctor", "--repo", "acme/app", "--url", simulator.url);
  expect(text.code).toBe(1);
  expect(text.out).toMatch(/^✖ workflow-file +acme\/app has no .*\n {4}why .*\n {4}do /m);
  const json = await run(
    "doctor",
    "--repo",
    "acme/app",
    "--json",
    "--deep",
    "--url",
    simulator.url,
  );
  expect(json.code).toBe(1);
  const report = JSON.parse(json.out) as {
    ok: boolean;
    checks: { check: string; status: string }[];
  };
  expect(report.ok).toBe(false);
  expect(report.checks).toContainEqual(
    expect.objectContaining({ check: "workflow-file", status: "failed" }),
  );
  for (const secret of [simulator.app.webhookSecret, simulator.app.privateKeyPkcs1.slice(40, 90)]) {
    expect(text.out + json.out + text.error + json.error).not.toContain(secret);
  }
});

test("takes settings of the environment before those of the file", async () => {
  const { run, env } = await start();
  env["GITHUB_APP_ID"] = "777";
  const { out } = await run("doctor");
  expect(out).toContain("does not belong to App 777");
});

const linesWith = (out: string, text: string) =>
  out.split("\n").filter((line) => line.includes(text));

test("tells in one line which checks were not looked at, where GitHub is away", async () => {
  const { run } = await start();
  const away = ["doctor", "--repo", "acme/app", "--api-url", "http://127.0.0.1:9"];
  const { out } = await run(...away);
  expect(linesWith(out, "Not looked at: the App")).toHaveLength(1);
  const { checks } = JSON.parse((await run(...away, "--json")).out) as Report;
  expect(checks).toHaveLength(CHECKS.length);
  const missed = checks.filter(({ finding }) => finding.startsWith("Not looked at: the App"));
  expect(missed.length).toBeGreaterThan(10);
  expect(linesWith(out, "Not looked at: the App")[0]).toMatch(
    new RegExp(`^\\? ${missed.length} checks +Not looked at: the App could not be read\\.$`),
  );
  expect(out).toContain(`are  ${missed.map(({ check }) => check).join(", ")}\n`);
  expect(linesWith(out, "Asked about the App")).toHaveLength(1);
  expect(linesWith(out, "“installation”")).toEqual([]);
});

test("tells in one line what was left out for want of an address and a repository", async () => {
  const { run } = await start();
  const { out } = await run("doctor");
  expect(linesWith(out, "Not looked at")).toHaveLength(1);
  expect(out).toMatch(
    /^- \d+ checks +Not looked at: the relay's address is not known; no repository is named\.$/m,
  );
  expect(linesWith(out, "--repo OWNER/NAME")).toHaveLength(1);
});

test("refuses wrong arguments with 2, before it asks anybody", async () => {
  const { run, simulator } = await start();
  for (const argv of [
    ["doctor", "--repo", "app"],
    ["doctor", "--url", "relay.example"],
    ["doctor", "--registry-user", "me"],
    ["doctor", "--no-such-option"],
    ["rotate", "webhook-secret", "--finish-after", "soon"],
    ["rotate", "private-key", "--wait", "-1"],
    ["rotate", "private-key", "--local", "--deployed"],
    ["setup", "--wait", "x"],
  ]) {
    expect((await run(...argv)).code, argv.join(" ")).toBe(2);
  }
  expect(simulator.requests).toEqual([]);
});

test("shows examples and exit codes in every help", async () => {
  const { run } = await start();
  for (const command of ["doctor", "setup", "rotate"]) {
    const { out, code } = await run(command, "--help");
    expect(code).toBe(0);
    expect(out).toContain("Examples");
    expect(out).toContain("Exit codes");
  }
});
