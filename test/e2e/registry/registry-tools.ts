/**
 * Real Docker, BuildKit and a registry, unpacked from Debian's packages into the project's cache folder.
 * Nothing is installed on the machine: apt gets a state folder of its own, and dpkg only unpacks.
 */
import { access, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mustRun, runCommand } from "./processes.ts";

export interface RegistryTools {
  /** Folders to put in front of PATH. */
  readonly path: readonly string[];
  readonly buildxPlugins: string;
}

export type ToolsOutcome =
  | { readonly available: true; readonly tools: RegistryTools }
  | { readonly available: false; readonly reason: string };

/** Debian 13's Docker has BuildKit with every output we use; runc and the registry fit older C libraries. */
const PACKAGES = [
  "docker.io/trixie",
  "docker-cli/trixie",
  "docker-buildx/trixie",
  "containerd/trixie",
  "runc/bookworm",
  "docker-registry/bookworm",
  "shellcheck/bookworm",
];
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const CACHE = join(import.meta.dirname, "../../../.cache/registry-tools");

/** Where the tools are, unpacking them on first use (some 12 s, 100 MB), or why this machine cannot. */
export async function findRegistryTools(): Promise<ToolsOutcome> {
  const target = join(CACHE, "1");
  if (await exists(target)) return { available: true, tools: toolsIn(target) };
  const source = await findDebianSource();
  if (source === undefined) {
    return { available: false, reason: "apt knows no Debian archive from which to take Docker" };
  }
  await mkdir(CACHE, { recursive: true });
  const work = await mkdtemp(join(CACHE, "unpack-"));
  try {
    await unpack(work, source);
    // Another process may have been faster: then its folder is as good as ours.
    await rename(join(work, "root"), target).catch(async (error: unknown) => {
      if (!(await exists(target))) throw error;
    });
    return { available: true, tools: toolsIn(target) };
  } catch (error) {
    return {
      available: false,
      reason: `Debian's packages could not be unpacked: ${String(error)}`,
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Why no lab can be started here, whatever the tools; undefined if it can. */
export function whyNotHere(): string | undefined {
  if (process.platform !== "linux") return "the container engine needs Linux";
  if (process.getuid?.() !== 0) return "the container engine needs root";
  return undefined;
}

function toolsIn(root: string): RegistryTools {
  return {
    path: [join(root, "usr/sbin"), join(root, "usr/bin")],
    buildxPlugins: join(root, "usr/libexec/docker/cli-plugins"),
  };
}

/** The archive that this machine's own apt uses, so that a mirror stays a mirror. */
async function findDebianSource(): Promise<string | undefined> {
  if (!(await exists(KEYRING))) return undefined;
  const { output } = await runCommand("apt-get", ["update", "--print-uris"]).catch(() => ({
    output: "",
  }));
  return /^'(\S+\/debian)\/dists\/[a-z]+\/InRelease'/m.exec(output)?.[1];
}

async function unpack(work: string, source: string): Promise<void> {
  await mkdir(join(work, "lists/partial"), { recursive: true });
  await mkdir(join(work, "debs"));
  await writeFile(
    join(work, "sources.list"),
    ["trixie", "bookworm"]
      .map((suite) => `deb [signed-by=${KEYRING}] ${source} ${suite} main\n`)
      .join(""),
  );
  await writeFile(
    join(work, "apt.conf"),
    `Dir::State::lists "${work}/lists";
Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";
Dir::Etc::sourcelist "${work}/sources.list"; Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null"; Dir::Etc::preferencesparts "/dev/null";
Acquire::Languages "none"; Acquire::Retries "3"; APT::Sandbox::User "root";
`,
  );
  const env = { ...process.env, APT_CONFIG: join(work, "apt.conf"), TMPDIR: tmpdir() };
  await mustRun("apt-get", ["update"], { env });
  await mustRun("apt-get", ["download", ...PACKAGES], { env, cwd: join(work, "debs") });
  await mustRun("sh", ["-c", 'for deb in debs/*.deb; do dpkg -x "$deb" root; done'], { cwd: work });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
