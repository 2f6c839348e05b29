/**
 * The main job with nothing to set up: a simulated GitHub, the relay in the real runtime, a pull
 * request from a fork. Prints what happens as it happens, with times.
 */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { parseArgs, styleText } from "node:util";
import { diagnose } from "../doctor/diagnosis/diagnose.ts";
import { type Simulator, startSimulator } from "../simulator/simulator.ts";
import { buildWorker, type LocalRelay, startLocalRelay } from "./local-relay.ts";
import { Timeline } from "./timeline.ts";

const HELP = `Usage: npm run demo [-- --once]

Plays a merge from a fork's pull request to the finished image build: a GitHub
that fits in one process, and the relay in workerd. Needs no account and no network.
Afterwards the dashboard stays open, and Enter merges another pull request.

  --once   end after the first merge (exit code 0 if it went as it should)
  --help   this text
`;
const SOURCE = "acme/app";
const WORKFLOW = ".github/workflows/publish-image.yml";
const MAINTAINER = "maintainer";
const END_LIMIT_MS = 20_000;

interface Stage {
  readonly github: Simulator;
  readonly relay: LocalRelay;
  readonly repositoryId: number;
  readonly timeline: Timeline;
}

function readOptions() {
  try {
    return parseArgs({ options: { once: { type: "boolean" }, help: { type: "boolean" } } }).values;
  } catch (error) {
    return error instanceof Error ? error.message : "unknown option";
  }
}

async function main(): Promise<number> {
  const values = readOptions();
  if (typeof values === "string") {
    process.stderr.write(`${values}\n\n${HELP}`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const stage = await setUp();
  try {
    const succeeded = await playMerge(stage);
    if (!values.once) await stayOpen(stage);
    return succeeded ? 0 : 1;
  } finally {
    await stage.relay.close();
    await stage.github.close();
  }
}

async function setUp(): Promise<Stage> {
  const timeline = new Timeline();
  timeline.title("Setting up");
  const github = await startSimulator();
  timeline.line("GitHub", `simulated, at ${github.url}`);
  await buildWorker();
  const relay = await startLocalRelay({
    vars: {
      GITHUB_API_URL: github.url,
      GITHUB_WEB_URL: github.url,
      GITHUB_APP_ID: String(github.app.id),
      GITHUB_CLIENT_ID: github.app.clientId,
      RUN_POLL_MS: "1000",
    },
    secrets: {
      GITHUB_APP_PRIVATE_KEY: github.app.privateKeyPkcs1,
      GITHUB_WEBHOOK_SECRET: github.app.webhookSecret,
      GITHUB_CLIENT_SECRET: github.app.clientSecret,
      SESSION_SECRET: randomBytes(32).toString("hex"),
    },
  });
  timeline.line("relay", `in workerd, at ${relay.url}`);
  const workflow = await readFile(
    new URL("../workflows/publish-image.yml", import.meta.url),
    "utf8",
  );
  github.world.addInstallation({ owner: "acme" });
  const files = { [WORKFLOW]: workflow, Dockerfile: "FROM scratch\nCOPY README.md /\n" };
  const { id } = github.world.addRepository({ owner: "acme", name: "app", files });
  // Whoever signs in at this GitHub is its maintainer.
  github.world.setPermission(MAINTAINER, id, "maintain");
  github.world.signIn(MAINTAINER);
  github.world.setWebhook({ url: `${relay.url}/webhooks/github` });
  Object.assign(github.world.runTimings, { queuedMs: 300, runningMs: 900 });
  timeline.line("repository", `${SOURCE}, with the App installed and the trusted workflow on main`);
  return { github, relay, repositoryId: id, timeline };
}

async function playMerge(stage: Stage): Promise<boolean> {
  const { github, timeline } = stage;
  timeline.title("A pull request from a fork");
  const pull = github.world.openPullRequest({ repo: SOURCE, user: "first-timer" });
  timeline.line("GitHub", `#${pull.number} opened by first-timer, from first-timer/app`);
  showRefusedBuild(stage, pull.number);

  timeline.title("The merge");
  const before = github.dispatches.length;
  const sha = github.world.mergePullRequest(SOURCE, pull.number, { method: "squash" });
  timeline.line("GitHub", `#${pull.number} merged as ${sha}`);
  await until(() => github.dispatches.length > before);
  await showDelivery(stage);
  await showForgeries(stage);

  timeline.title("What the relay did");
  const finished = await until(async () => (await stateOf(stage, pull.number)) === "succeeded");
  await showDispatch(stage, pull.number);
  timeline.title("The count");
  const count = github.dispatches.length - before;
  timeline.line("dispatches", `${count} for one merge, three deliveries of it and one forgery`);
  return finished && count === 1;
}

function showRefusedBuild({ github, timeline }: Stage, number: number): void {
  const { run, log } = github.world.forkBuild(SOURCE, number);
  const refused = log.split("\n").find((line) => line.includes("403 Forbidden")) ?? "";
  timeline.bad("its build", refused.replace(/^\S+Z /, "").slice(0, 150));
  const { cause, confidence } = diagnose({ log, run: { event: run.event, ...forkOf(number) } });
  timeline.line(
    "diagnosis",
    `${cause} (${confidence}): GitHub caps the token of a fork's run at read-only`,
  );
}

function forkOf(number: number) {
  return {
    head_repository: { id: number, full_name: "first-timer/app", fork: true },
    repository: { id: 0, full_name: SOURCE },
  };
}

async function showDelivery({ github, timeline }: Stage): Promise<void> {
  const merge = () =>
    github.deliveries.recorded.find(
      ({ event }) => event.name === "pull_request" && event.action === "closed",
    );
  await until(() => merge() !== undefined);
  const delivery = merge();
  if (!delivery) return;
  timeline.line("delivery", `${delivery.guid}, signed with HMAC-SHA256`);
  const duration = Math.round(delivery.durationSeconds * 1000);
  timeline.good(
    "relay",
    `${delivery.statusCode} ${delivery.response.payload ?? ""} after ${duration} ms`,
  );
}

async function showForgeries({ github, relay, timeline }: Stage): Promise<void> {
  const event = github.world.lastEvent("pull_request", "closed");
  const delivered = github.deliveries.recorded.find((entry) => entry.event === event);
  const { headers, body } = github.world.buildDelivery(
    event,
    delivered ? { guid: delivered.guid } : {},
  );
  const send = (text: string) =>
    fetch(`${relay.url}/webhooks/github`, { method: "POST", headers, body: text });
  for (const _again of [1, 2]) {
    timeline.line("again", await (await send(body)).text());
  }
  const forged = await send(body.replace('"merged":true', '"merged":1'));
  timeline.bad("forged", `one value changed: ${forged.status}`);
}

async function showDispatch(
  { github, relay, repositoryId, timeline }: Stage,
  number: number,
): Promise<void> {
  const [row] = await relay.query(
    repositoryId,
    `SELECT * FROM dispatches WHERE pull_request = ${number}`,
  );
  if (!row) return;
  const trace = JSON.parse(String(row["trace"])) as {
    rule: string;
    saw: string;
    passed: boolean;
  }[];
  for (const { rule, saw, passed } of trace) timeline.check(rule, saw, passed);
  const history = await relay.query(
    repositoryId,
    `SELECT at, state, cause FROM history WHERE dispatch_id = '${String(row["id"])}' ORDER BY version`,
  );
  for (const { at, state, cause } of history) timeline.at(Number(at), String(state), String(cause));
  const dispatch = github.dispatches.at(-1);
  for (const [name, value] of Object.entries(dispatch?.inputs ?? {})) {
    timeline.line("input", `${name} = ${value === "" ? '""' : value}`);
  }
}

async function stateOf({ relay, repositoryId }: Stage, number: number): Promise<unknown> {
  const [row] = await relay.query(
    repositoryId,
    `SELECT state FROM dispatches WHERE pull_request = ${number}`,
  );
  return row?.["state"];
}

async function until(condition: () => boolean | Promise<boolean>): Promise<boolean> {
  const end = Date.now() + END_LIMIT_MS;
  while (Date.now() < end) {
    if (await condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}

/**
 * Keeps everything running: at a terminal until it closes, and Enter merges another pull request;
 * elsewhere, where a closed stdin says nothing, until a signal.
 */
async function stayOpen(stage: Stage): Promise<void> {
  const { relay, github, timeline } = stage;
  timeline.title("Still running");
  timeline.line("dashboard", `${relay.url}/ (sign in: you are ${MAINTAINER} at this GitHub)`);
  timeline.line("relay", `${relay.url}/healthz`);
  timeline.line(
    "GitHub",
    `${github.url}/repos/${SOURCE}/pulls/1 (needs a token, as on github.com)`,
  );
  if (!process.stdin.isTTY) {
    process.stdout.write("\nSIGINT or SIGTERM ends.\n");
    return untilSignal();
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  terminal.on("SIGINT", () => terminal.close());
  process.stdout.write(styleText("dim", "\nEnter merges another pull request, Ctrl-C ends.\n"));
  for await (const _line of terminal) {
    await playMerge(stage);
    process.stdout.write(styleText("dim", "\nEnter merges another pull request, Ctrl-C ends.\n"));
  }
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

process.exitCode = await main();
