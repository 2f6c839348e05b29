/**
 * The built Worker in plain workerd with its storage on disk: a process that can be killed at any
 * moment and started again over what it left behind.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { BUILD_DIRECTORY } from "../../../src/cli/local-relay.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

export interface WorkerdOptions {
  /** Hears every line that the process writes. */
  readonly onLine?: (line: string) => void;
  /** Host and port of a D1; without one the relay has no index. */
  readonly index?: string;
  /** A module that stands before the built Worker, which it imports as `relay`. */
  readonly front?: string;
}

/** Values come from the process's environment: the file on disk holds no secret. */
function configuration(
  names: readonly string[],
  { storage, index, front }: Pick<WorkerdOptions, "index" | "front"> & { storage: string },
) {
  const variables = names.map((name) => `(name = "${name}", fromEnvironment = "${name}")`);
  const relay = `(name = "relay", esModule = embed "relay.js")`;
  const modules = front ? [`(name = "front", esModule = embed "front.js")`, relay] : [relay];
  if (index !== undefined) variables.push(INDEX_BINDING);
  const indexService = index
    ? `,\n    (name = "index", external = (address = "${index}", http = ()))`
    : "";
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .relay),
    (name = "storage", disk = (path = "${storage}", writable = true)),
    (name = "cron", worker = .cron),
    (name = "internet", network = (allow = ["public", "private"]))${indexService}
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:0", http = (), service = "main"),
    (name = "cron", address = "127.0.0.1:0", http = (), service = "cron")
  ]
);
# Plain workerd has no cron: this one calls the relay's \`scheduled\` as Cloudflare does.
const cron :Workerd.Worker = (
  modules = [(name = "cron", esModule = "export default { async fetch(_, env) { const { outcome } = await env.RELAY.scheduled({ cron: '*/5 * * * *' }); return new Response(outcome); } };")],
  compatibilityDate = "2026-10-15",
  compatibilityFlags = ["service_binding_extra_handlers"],
  bindings = [(name = "RELAY", service = "main")]
);
const relay :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  compatibilityDate = "2026-10-15",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [
    (name = "REPOSITORY_LEDGER", durableObjectNamespace = "RepositoryLedger"),
    (name = "SWEEPER", durableObjectNamespace = "Sweeper"),
    ${variables.join(",\n    ")}
  ],
  durableObjectNamespaces = [
    (className = "RepositoryLedger", uniqueKey = "ledger", enableSql = true),
    (className = "Sweeper", uniqueKey = "sweeper", enableSql = true)
  ],
  durableObjectStorage = (localDisk = "storage"),
  globalOutbound = "internet"
);
`;
}

/** What Cloudflare makes of a D1 binding: the runtime's own client over a service. */
const INDEX_BINDING = `(name = "INDEX", wrapped = (moduleName = "cloudflare-internal:d1-api", innerBindings = [(name = "fetcher", service = "index")]))`;

interface Addresses {
  readonly http: string;
  readonly cron: string;
}

async function listening(child: ChildProcess): Promise<Addresses> {
  let text = "";
  const portOf = (socket: string): string | undefined =>
    new RegExp(`"socket":"${socket}","port":(\\d+)`).exec(text)?.[1];
  for await (const chunk of child.stdio[3] as Readable) {
    text += String(chunk);
    const [http, cron] = [portOf("http"), portOf("cron")];
    if (http !== undefined && cron !== undefined) {
      return { http: `http://127.0.0.1:${http}`, cron: `http://127.0.0.1:${cron}` };
    }
  }
  throw new Error("workerd ended before it listened");
}

/** Splits what a stream brings into lines. */
function eachLine(stream: Readable | null, take: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on("line", take);
}

/** A relay that may be killed; `environment` holds every setting and secret. */
export async function prepareWorkerd(
  environment: Readonly<Record<string, string>>,
  { onLine = () => undefined, index, front }: WorkerdOptions = {},
) {
  const directory = await mkdtemp(join(tmpdir(), "merge-relay-"));
  const storage = join(directory, "storage");
  await mkdir(storage);
  // Cap'n Proto takes an absolute path for one within its own library.
  await copyFile(join(ROOT, BUILD_DIRECTORY, "worker.js"), join(directory, "relay.js"));
  if (front !== undefined) await copyFile(front, join(directory, "front.js"));
  const file = join(directory, "config.capnp");
  const parts = { ...(index ? { index } : {}), ...(front ? { front } : {}) };
  await writeFile(file, configuration(Object.keys(environment), { storage, ...parts }));
  let child: ChildProcess | null = null;
  let cron = "";

  return {
    /** Starts it and returns its address, a new one each time. */
    async start(): Promise<string> {
      const binary = join(ROOT, "node_modules/workerd/bin/workerd");
      const started = spawn(binary, ["serve", file, "--control-fd=3", "--experimental"], {
        env: { ...environment },
        stdio: ["ignore", "pipe", "pipe", "pipe"],
      });
      child = started;
      eachLine(started.stdout, onLine);
      eachLine(started.stderr, onLine);
      const addresses = await listening(started);
      cron = addresses.cron;
      return addresses.http;
    },
    /** Lets the cron come; the sweeper goes on by itself. */
    async cron(): Promise<void> {
      const outcome = await (await fetch(cron)).text();
      if (outcome !== "ok") throw new Error(`the cron ended with ${outcome}`);
    },
    /** SIGKILL: nothing is flushed, nothing is said. */
    async kill(): Promise<void> {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
    /** Rows of every ledger on the disk, read beside the running process. */
    async query(sql: string): Promise<Record<string, unknown>[]> {
      const files = await readdir(join(storage, "ledger")).catch(() => []);
      return files
        .filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name))
        .flatMap((name) => {
          const database = new DatabaseSync(join(storage, "ledger", name), { readOnly: true });
          try {
            // Right after a restart the process recovers its log and holds the lock.
            database.exec("PRAGMA busy_timeout = 2000");
            return database.prepare(sql).all();
          } catch (error) {
            // The file is there before the object has made its tables.
            if (error instanceof Error && /no such table/.test(error.message)) return [];
            throw error;
          } finally {
            database.close();
          }
        });
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
