/**
 * The built Worker in plain workerd with its storage on disk: a process that can be killed at any
 * moment and started again over what it left behind.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { BUILD_DIRECTORY } from "../../../src/cli/local-relay.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Values come from the process's environment: the file on disk holds no secret. */
function configuration(names: readonly string[], storage: string) {
  const variables = names.map((name) => `(name = "${name}", fromEnvironment = "${name}")`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .relay),
    (name = "storage", disk = (path = "${storage}", writable = true)),
    (name = "internet", network = (allow = ["public", "private"]))
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const relay :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
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

async function listening(child: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of child.stdio[3] as Readable) {
    text += String(chunk);
    const port = /"event":"listen".*?"port":(\d+)/.exec(text)?.[1];
    if (port !== undefined) return `http://127.0.0.1:${port}`;
  }
  throw new Error("workerd ended before it listened");
}

/** A relay that may be killed; `environment` holds every setting and secret. */
export async function prepareWorkerd(environment: Readonly<Record<string, string>>) {
  const directory = await mkdtemp(join(tmpdir(), "merge-relay-"));
  const storage = join(directory, "storage");
  await mkdir(storage);
  // Cap'n Proto takes an absolute path for one within its own library.
  await copyFile(join(ROOT, BUILD_DIRECTORY, "worker.js"), join(directory, "worker.js"));
  const file = join(directory, "config.capnp");
  await writeFile(file, configuration(Object.keys(environment), storage));
  let child: ChildProcess | null = null;

  return {
    /** Starts it and returns its address, a new one each time. */
    async start(): Promise<string> {
      const binary = join(ROOT, "node_modules/workerd/bin/workerd");
      const started = spawn(binary, ["serve", file, "--control-fd=3"], {
        env: { ...environment } as NodeJS.ProcessEnv,
        stdio: ["ignore", "ignore", "inherit", "pipe"],
      });
      child = started;
      return listening(started);
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
      const files = await readdir(join(storage, "ledger"));
      return files
        .filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name))
        .flatMap((name) => {
          const database = new DatabaseSync(join(storage, "ledger", name), { readOnly: true });
          try {
            // Right after a restart the process recovers its log and holds the lock.
            database.exec("PRAGMA busy_timeout = 2000");
            return database.prepare(sql).all();
          } finally {
            database.close();
          }
        });
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
