/** Workers in plain workerd, no proxy before them: the floor's, and the built relay. */
import type { ChildProcess } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { type Core, killHard, start } from "./children.ts";
import { pidOf, type Receiver } from "./receiver.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const WORKERD = join(ROOT, "node_modules/workerd/bin/workerd");

export interface WorkerdOptions {
  readonly name: string;
  /** Module name to file; the first is the main one. */
  readonly modules: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly object?: { readonly binding: string; readonly className: string };
  /** Where its directory goes: what holds it decides what a durable write costs. */
  readonly within: string;
  /** For a profile: address of the inspector. */
  readonly inspector?: string;
  /** 0 unless several stand beside each other. */
  readonly core?: Core;
}

/** A Worker that listens on a port of its own choice. */
export async function prepareWorkerd(options: WorkerdOptions): Promise<Receiver> {
  const directory = await mkdtemp(join(options.within, "merge-relay-bench-"));
  await mkdir(join(directory, "storage"));
  for (const [name, file] of Object.entries(options.modules)) {
    await copyFile(file, join(directory, `${name}.js`));
  }
  const configuration = join(directory, "config.capnp");
  await writeFile(configuration, configurationOf(options, join(directory, "storage")));
  let child: ChildProcess | null = null;
  let port = 0;
  return {
    name: options.name,
    url: () => `http://127.0.0.1:${port}/webhooks/github`,
    async start() {
      const inspector = options.inspector === undefined ? [] : [`-i${options.inspector}`];
      child = start(WORKERD, ["serve", configuration, "--control-fd=3", ...inspector], {
        core: options.core ?? 0,
        env: options.env,
        stdio: "control",
        loud: true,
      });
      port = await listening(child);
    },
    pids: () => [pidOf(child)],
    kill: () => (child === null ? Promise.resolve() : killHard(child)),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Values come from the process's environment: the file on disk holds no secret. */
function configurationOf(options: WorkerdOptions, storage: string): string {
  const modules = Object.keys(options.modules).map(
    (name) => `(name = "${name}", esModule = embed "${name}.js")`,
  );
  const variables = Object.keys(options.env).map(
    (name) => `(name = "${name}", fromEnvironment = "${name}")`,
  );
  const { object } = options;
  const bindings = object
    ? [`(name = "${object.binding}", durableObjectNamespace = "${object.className}")`, ...variables]
    : variables;
  const objects = object
    ? `durableObjectNamespaces = [(className = "${object.className}", uniqueKey = "bench", enableSql = true)],
  durableObjectStorage = (localDisk = "storage"),`
    : "";
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .bench),
    (name = "storage", disk = (path = "${storage}", writable = true)),
    (name = "internet", network = (allow = ["public", "private"]))
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const bench :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  compatibilityDate = "2026-10-15",
  bindings = [${bindings.join(", ")}],
  ${objects}
  globalOutbound = "internet"
);
`;
}

async function listening(child: ChildProcess): Promise<number> {
  let text = "";
  for await (const chunk of child.stdio[3] as Readable) {
    text += String(chunk);
    const port = /"event":"listen".*?"socket":"http".*?"port":(\d+)/.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error("workerd ended before it listened");
}
