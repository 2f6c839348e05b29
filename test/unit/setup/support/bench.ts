/** A directory, a simulated GitHub with a person at a browser, and a relay that reads its settings. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { CommandIo } from "../../../../src/cli/command-io.ts";
import { readEnvText } from "../../../../src/cli/setup/env-text.ts";
import { sendOverHttp } from "../../../../src/cli/setup/http-send.ts";
import { readKnownSettings } from "../../../../src/cli/setup/known-settings.ts";
import { createNarrator } from "../../../../src/cli/setup/narrator.ts";
import type { World } from "../../../../src/cli/setup/world.ts";
import type { HttpAnswer, HttpQuestion } from "../../../../src/doctor/ports.ts";
import { generateAppKey } from "../../../../src/simulator/keys.ts";
import { startSimulator } from "../../../../src/simulator/simulator.ts";
import { askRelay } from "../../doctor/support/relay-in-node.ts";
import { WORKFLOW, WORKFLOW_PATH } from "../../doctor/support/clinic.ts";
import { createCloudflare } from "./cloudflare.ts";

export const RELAY = "https://relay.example.workers.dev";
/** The file as it is shipped. */
const TOML = readFileSync(new URL("../../../../wrangler.toml", import.meta.url), "utf8");
const key = await generateAppKey();

export type Bench = Awaited<ReturnType<typeof openBench>>;

/** Opens one; everything ends with the test. */
export async function openBench() {
  const simulator = await startSimulator({ seed: 5, key });
  // The relay's address exists only for this program.
  simulator.faults.addDelivery({ match: {}, action: { kind: "lose" } });
  const directory = mkdtempSync(join(tmpdir(), "setup-"));
  onTestFinished(async () => {
    await simulator.close();
    rmSync(directory, { recursive: true, force: true });
  });
  execFileSync("git", ["init", "-q", directory]);
  writeFileSync(join(directory, ".gitignore"), ".dev.vars\n.cache/\n");
  writeFileSync(join(directory, "wrangler.toml"), TOML);
  simulator.world.addRepository({
    owner: "acme",
    name: "app",
    files: { [WORKFLOW_PATH]: WORKFLOW },
  });

  let out = "";
  let error = "";
  const env: Record<string, string | undefined> = {};
  const io: CommandIo = {
    readFile: (path) => Promise.resolve(readFileSync(path, "utf8")),
    readStdin: () => Promise.resolve(""),
    writeOut: (text) => void (out += text),
    writeError: (text) => void (error += text),
    env,
    colour: false,
    interactive: false,
  };
  const account = createCloudflare(directory);
  const { cloudflare } = account;
  const calls: { args: readonly string[]; stdin: string }[] = [];
  const plan = { wranglerFails: false, signedIn: true, isDeployed: false };

  /** What the relay would run with: the file, or what Cloudflare was given. */
  const relaySettings = async (): Promise<Record<string, string>> => {
    const { values } = await readKnownSettings({ directory, env: {} });
    return plan.isDeployed ? { ...account.variables, ...cloudflare } : values;
  };
  const sent: HttpQuestion[] = [];
  const send = async (question: HttpQuestion): Promise<HttpAnswer> => {
    sent.push(question);
    const { origin } = new URL(question.url);
    if (origin === "https://ghcr.io") return { kind: "answer", status: 401, headers: {}, text: "" };
    return origin === RELAY ? askRelay(await relaySettings(), question) : sendOverHttp(question);
  };
  const world: World = {
    io,
    say: createNarrator(io, false),
    directory,
    send,
    wrangler: (args, stdin = "") => Promise.resolve(wrangler({ args, stdin })),
    openBrowser: async (url) => (await browse(url)) !== "",
    now: () => Date.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 30)).unref()),
  };

  function wrangler(call: { args: readonly string[]; stdin: string }) {
    calls.push(call);
    if (call.args[0] === "whoami") {
      return {
        code: 0,
        output: plan.signedIn ? "You are logged in" : "You are not authenticated.",
      };
    }
    if (plan.wranglerFails) return { code: 1, output: `✘ [ERROR] A request failed: ${call.stdin}` };
    if (call.args[1] === "list") return { code: 0, output: account.list() };
    const problem = call.args[0] === "secret" ? account.set(call.stdin) : account.deploy();
    if (problem !== null) return { code: 1, output: `✘ [ERROR] ${problem}` };
    plan.isDeployed = true;
    return { code: 0, output: `Deployed merge-relay triggers\n  ${RELAY}\n` };
  }

  return {
    simulator,
    directory,
    world,
    account,
    io,
    env,
    plan,
    cloudflare,
    calls,
    sent,
    browse,
    relaySettings,
    printed: () => out + error,
    vars: () => readEnvText(readOr(join(directory, ".dev.vars"))),
    file: (name: string) => readOr(join(directory, name)),
    /** Options for the simulated GitHub. */
    github: { githubUrl: simulator.url, apiUrl: simulator.url },
    secrets: (): string[] => {
      const { webhookSecret, clientSecret, privateKeyPkcs1, privateKeyPkcs8 } = simulator.app;
      const lines = `${privateKeyPkcs1}\n${privateKeyPkcs8}`.split("\n");
      return [
        webhookSecret,
        clientSecret,
        ...lines.filter((line) => line.length > 40 && !line.startsWith("-")),
      ];
    },
  };
}

/** A person who opens the address and agrees to everything; the page where they end. */
async function browse(url: string): Promise<string> {
  const page = await (await fetch(url)).text();
  const form = /<form[^>]* action="([^"]*)"/.exec(page)?.[1];
  if (form === undefined) return page;
  const manifest = /name="manifest" value="([^"]*)"/.exec(page)?.[1] ?? "";
  const body = new URLSearchParams({ manifest: unescape(manifest) });
  const made = await fetch(unescape(form), { method: "POST", body, redirect: "manual" });
  const location = made.headers.get("location");
  if (location === null) return made.text();
  await fetch(location);
  return location;
}

function unescape(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

function readOr(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
