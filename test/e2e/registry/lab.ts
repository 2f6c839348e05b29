/**
 * The registry lab: engine, registry and runner together. Start it once per test file:
 *
 *     const lab = await startLab();            // { available: false, reason } where it cannot run
 *     const run = await lab.runWorkflow({ file, inputs, repository, vars: lab.vars });
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBuildEngine } from "./build-engine.ts";
import { startGhcrFront } from "./ghcr-front.ts";
import type { GhcrFront } from "./ghcr-front.ts";
import { startDaemon } from "./processes.ts";
import { findRegistryTools, whyNotHere } from "./registry-tools.ts";
import type { RegistryTools } from "./registry-tools.ts";
import { ConcurrencyGroups } from "./runner/concurrency.ts";
import { runWorkflow } from "./runner/run-workflow.ts";
import type { RunRequest } from "./runner/run-request.ts";
import type { RunResult } from "./runner/run-workflow.ts";

interface PublishedImage {
  readonly digest: string;
  readonly platforms: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Lab {
  readonly available: true;
  readonly registry: GhcrFront;
  readonly tools: RegistryTools;
  /** Scratch folder of this lab; gone after `stop`. */
  readonly folder: string;
  /** Variables that point the shipped files at this registry. */
  readonly vars: Readonly<Record<string, string>>;
  runWorkflow(request: RunRequest): Promise<RunResult>;
  /** What the registry itself holds under a tag or digest, past all token rules; undefined if nothing. */
  inspect(name: string, reference: string): Promise<PublishedImage | undefined>;
  /** A manifest or blob as the registry stores it. */
  read(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts everything (about 3 s once the tools are unpacked), or says why this machine cannot. */
export async function startLab(): Promise<Lab | { available: false; reason: string }> {
  const obstacle = whyNotHere();
  if (obstacle !== undefined) return { available: false, reason: obstacle };
  const found = await findRegistryTools();
  if (!found.available) return found;
  // Not below the project: a socket's path may have no more than 107 characters.
  const folder = await mkdtemp(join(tmpdir(), "registry-lab-"));
  const engine = await startBuildEngine(found.tools, join(folder, "engine"));
  const port = await freePort();
  const backend = await startRegistry(found.tools, folder, port);
  const registry = await startGhcrFront(port);
  const groups = new ConcurrencyGroups();
  const engineQueue = new ConcurrencyGroups();
  const world = { tools: found.tools, engine, registry, groups, engineQueue, folder };
  return {
    available: true,
    registry,
    tools: found.tools,
    folder,
    vars: { IMAGE_REGISTRY: registry.host },
    runWorkflow: async (request) => runWorkflow(world, request),
    inspect: async (name, reference) => inspect(port, name, reference),
    read: async (path) => (await fetchManifest(port, path)).json(),
    stop: async () => {
      registry.close();
      await backend.stop();
      await engine.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startRegistry(
  tools: RegistryTools,
  folder: string,
  port: number,
): Promise<{ stop: () => Promise<void> }> {
  const config = join(folder, "registry.yml");
  const root = join(folder, "registry");
  await mkdir(root, { recursive: true });
  const storage = `storage: { filesystem: { rootdirectory: ${root} } }`;
  await writeFile(config, `version: 0.1\n${storage}\nhttp: { addr: "127.0.0.1:${port}" }\n`);
  const env = { ...process.env, PATH: [...tools.path, process.env["PATH"]].join(":") };
  return startDaemon("docker-registry", ["serve", config], {
    env,
    log: join(folder, "registry.log"),
    isReady: async () =>
      fetch(`http://127.0.0.1:${port}/v2/`).then(
        (answer) => answer.ok,
        () => false,
      ),
  });
}

async function fetchManifest(port: number, path: string): Promise<Response> {
  const index = "application/vnd.oci.image.index.v1+json";
  const manifest = "application/vnd.oci.image.manifest.v1+json";
  return fetch(`http://127.0.0.1:${port}${path}`, { headers: { accept: `${index}, ${manifest}` } });
}

async function inspect(
  port: number,
  name: string,
  reference: string,
): Promise<PublishedImage | undefined> {
  const answer = await fetchManifest(port, `/v2/${name}/manifests/${reference}`);
  if (answer.status === 404) return undefined;
  const index = (await answer.json()) as {
    manifests?: { platform?: { os: string; architecture: string; variant?: string } }[];
    annotations?: Record<string, string>;
  };
  const platforms = (index.manifests ?? []).flatMap(({ platform }) =>
    platform === undefined || platform.os === "unknown"
      ? []
      : [[platform.os, platform.architecture, platform.variant].filter(Boolean).join("/")],
  );
  const digest = answer.headers.get("docker-content-digest") ?? "";
  return { digest, platforms, annotations: index.annotations ?? {} };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
