/** The peers: what people use instead, each as its own documentation would have it run. */
import { type ChildProcess, execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { killHard, start } from "./children.ts";
import { pidOf, type Receiver } from "./receiver.ts";
import type { BenchSecrets } from "./secrets.ts";

const PEERS = fileURLToPath(new URL("../peers/", import.meta.url));

export interface PeerOptions {
  readonly secrets: BenchSecrets;
  readonly githubUrl: string;
  readonly within: string;
}

/** Why peers cannot be measured here; null when they are installed, or have just been. */
export async function installNodePeers(say: (text: string) => void): Promise<string | null> {
  if (existsSync(join(PEERS, "node_modules/bullmq"))) return null;
  say("installing the peers' packages");
  try {
    const flags = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
    await promisify(execFile)("npm", flags, { cwd: PEERS, timeout: 180_000 });
    return null;
  } catch {
    return "npm could not install test/bench/peers/package.json";
  }
}

/** Whether a program is there; installed from Debian where this may be done. */
export async function installProgram(
  program: string,
  packageName: string,
  say: (text: string) => void,
): Promise<string | null> {
  if (isThere(program)) return null;
  if (process.getuid?.() !== 0 || !isThere("apt-get")) {
    return `${program} is not installed (Debian package ${packageName})`;
  }
  say(`installing ${packageName}`);
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
    await promisify(execFile)("apt-get", ["install", "-y", packageName], { env, timeout: 120_000 });
  } catch {
    return `apt-get could not install ${packageName}`;
  }
  return isThere(program) ? null : `${packageName} brought no ${program}`;
}

function isThere(program: string): boolean {
  return spawnSync("which", [program]).status === 0;
}

function environment({ secrets, githubUrl }: PeerOptions): Record<string, string> {
  return {
    NODE_ENV: "production",
    GITHUB_APP_ID: "4711",
    GITHUB_APP_PRIVATE_KEY: secrets.privateKey,
    GITHUB_WEBHOOK_SECRET: secrets.webhookSecret,
    GITHUB_API_URL: githubUrl,
    GITHUB_TOKEN: "bench",
  };
}

/** A peer that is one Node process and keeps nothing on the disk. */
export function preparePeer(name: "probot" | "octokit", options: PeerOptions): Receiver {
  let child: ChildProcess | null = null;
  let port = 0;
  return {
    name,
    url: () => `http://127.0.0.1:${port}/webhooks/github`,
    async start() {
      child = startNode(name, environment(options));
      port = await portOf(child);
    },
    pids: () => [pidOf(child)],
    kill: () => (child === null ? Promise.resolve() : killHard(child)),
    remove: () => Promise.resolve(),
  };
}

/** BullMQ with a Redis of its own, which counts as part of it. */
export async function prepareBullmq(
  name: string,
  options: PeerOptions & { readonly fsync: "everysec" | "always" },
): Promise<Receiver> {
  const directory = await mkdtemp(join(options.within, "redis-"));
  const redisPort = await freePort();
  let redis: ChildProcess | null = null;
  let child: ChildProcess | null = null;
  let port = 0;
  return {
    name,
    url: () => `http://127.0.0.1:${port}/webhooks/github`,
    async start() {
      const persistence = ["--save", "", "--appendonly", "yes", "--appendfsync", options.fsync];
      const place = ["--port", String(redisPort), "--bind", "127.0.0.1", "--dir", directory];
      redis = start("redis-server", [...place, ...persistence, "--loglevel", "warning"], {
        core: 0,
      });
      await reachable(redisPort);
      child = startNode("bullmq", {
        ...environment(options),
        REDIS_PORT: String(redisPort),
      });
      port = await portOf(child);
    },
    pids: () => [pidOf(child), pidOf(redis)],
    async kill() {
      await Promise.all([child, redis].flatMap((one) => (one ? [killHard(one)] : [])));
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Debian's `webhook`, which starts a program for each merge. */
export async function prepareWebhookGo(options: PeerOptions): Promise<Receiver> {
  const directory = await mkdtemp(join(options.within, "webhook-"));
  const hooks = join(directory, "hooks.json");
  await writeFile(hooks, JSON.stringify(hooksFor(options.secrets)), { mode: 0o600 });
  const port = await freePort();
  let child: ChildProcess | null = null;
  return {
    name: "webhook (Go)",
    url: () => `http://127.0.0.1:${port}/webhooks/github`,
    async start() {
      const place = ["-ip", "127.0.0.1", "-port", String(port), "-urlprefix", "webhooks"];
      child = start("webhook", ["-hooks", hooks, ...place], {
        core: 0,
        env: environment(options),
      });
      await reachable(port);
    },
    pids: () => [pidOf(child)],
    kill: () => (child === null ? Promise.resolve() : killHard(child)),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

function hooksFor({ webhookSecret }: BenchSecrets) {
  const equals = (name: string, value: unknown) => ({
    match: { type: "value", value, parameter: from(name) },
  });
  const signed = {
    match: {
      type: "payload-hmac-sha256",
      secret: webhookSecret,
      parameter: { source: "header", name: "X-Hub-Signature-256" },
    },
  };
  return [
    {
      id: "github",
      "execute-command": join(PEERS, "webhook-dispatch.sh"),
      "pass-arguments-to-command": [
        from("repository.full_name"),
        from("pull_request.merge_commit_sha"),
        from("number"),
      ],
      "trigger-rule": {
        and: [signed, equals("action", "closed"), equals("pull_request.merged", true)],
      },
    },
  ];
}

function from(name: string) {
  return { source: "payload", name };
}

function startNode(name: string, env: Record<string, string>): ChildProcess {
  const file = join(PEERS, `${name}.mjs`);
  return start(process.execPath, [file], { core: 0, env, stdio: "control", loud: true });
}

/** The port that a child names on its control pipe, within half a minute. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => reject(new Error("a peer did not listen within 30 s")), 30_000);
    child.once("exit", () => reject(new Error("a peer ended before it listened")));
    (child.stdio[3] as Readable).on("data", (chunk) => {
      text += String(chunk);
      const port = /"port":(\d+)/.exec(text)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
  });
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function reachable(port: number): Promise<void> {
  for (let attempt = 0; attempt < 2_000; attempt++) {
    if (await connects(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`nothing listens on port ${port}`);
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
