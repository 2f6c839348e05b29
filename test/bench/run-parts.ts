/** The command: which parts, in which order, with what they need around them. */
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildWorker } from "../../src/cli/local-relay.ts";
import type { Bench } from "./bench.ts";
import { measureBurst } from "./parts/burst.ts";
import { measureBundle } from "./bundle/contents.ts";
import { measureMonth } from "./parts/month.ts";
import { measureCpu } from "./parts/cpu.ts";
import { measureFloor } from "./parts/floor.ts";
import { measurePeers } from "./parts/peers.ts";
import { profileRelay } from "./parts/profile.ts";
import { measureScale } from "./parts/scale.ts";
import { isPinned, killAll } from "./processes/children.ts";
import { makeSecrets } from "./processes/secrets.ts";
import { writeReport } from "./report/render.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const REPORT = fileURLToPath(new URL("report/", import.meta.url));
const MEMORY = "/dev/shm";

const PARTS: Readonly<Record<string, (bench: Bench) => Promise<unknown>>> = {
  floor: measureFloor,
  peers: measurePeers,
  burst: measureBurst,
  scale: measureScale,
  month: measureMonth,
  cpu: measureCpu,
  bundle: () => measureBundle(ROOT),
};
/** Parts that run only when they are named. */
const EXTRA_PARTS: Readonly<Record<string, (bench: Bench) => Promise<unknown>>> = {
  profile: profileRelay,
};
const ALL_PARTS = { ...PARTS, ...EXTRA_PARTS };

const USAGE = `npm run bench [-- [flags] [part …]]

Measures the built Worker in plain workerd and writes test/bench/report.

Parts, all but profile unless some are named:
  floor    CPU per delivery beside the least Workers that could do the step (2 min)
  peers    beside probot, octokit, BullMQ and webhook, GitHub at once to 15 s (8 min)
  burst    1,000 merges at once, and kill -9 in the middle (3 min)
  scale    cost of a merge with 100, 1,000 and 10,000 repositories (11 min)
  month    a month at a compressed clock, and its bill (2 min)
  cpu      CPU of each single request and alarm (3 min)
  bundle   what the Worker's bundle is made of (seconds)
  profile  where the relay's JavaScript spends its time
  report   writes the report anew from the numbers there are

Flags:
  --quick           small counts, to see that everything works
  --only=NAME       peers and burst: contenders whose name has NAME in it
  --repositories=N  scale and month: another largest size
  --help            this text

Timings mean something only on a machine with nothing else to do.`;

const FLAGS = /^--(?:quick|help|only=.*|repositories=.*)$/;

type Wanted = Pick<Bench, "quick" | "only" | "repositories"> & { readonly named: string[] };

/** Runs the parts named, or all of them; a part that fails does not keep the others from running. */
export async function runParts(words: readonly string[]): Promise<void> {
  if (words.includes("--help")) return console.log(USAGE);
  const wanted = readWords(words);
  if (typeof wanted === "string") {
    console.error(wanted);
    process.exitCode = 1;
    return;
  }
  const { named, ...how } = wanted;
  if (named.length === 1 && named[0] === "report") return writeReport(REPORT);
  process.once("exit", killAll);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  console.log("building the Worker");
  await buildWorker();
  for (const name of named.length > 0 ? named : Object.keys(PARTS)) {
    await runPart(name, how);
    await writeReport(REPORT);
  }
}

/** What the command asks for, or what is wrong with it. */
function readWords(words: readonly string[]): Wanted | string {
  const valueOf = (flag: string): string =>
    words.find((word) => word.startsWith(`--${flag}=`))?.slice(flag.length + 3) ?? "";
  const named = words.filter((word) => !word.startsWith("--"));
  const strange = words.filter((word) => word.startsWith("--") && !FLAGS.test(word));
  if (strange.length > 0) return `No such flag: ${strange.join(", ")}. See --help`;
  const wrong = named.filter((name) => name !== "report" && !Object.hasOwn(ALL_PARTS, name));
  if (wrong.length > 0) {
    const known = Object.keys(ALL_PARTS).join(", ");
    return `No such part: ${wrong.join(", ")}. Parts: ${known}, report`;
  }
  const size = valueOf("repositories");
  if (size !== "" && !/^[1-9]\d{0,5}$/.test(size)) {
    return "--repositories takes a whole number, such as --repositories=1000";
  }
  const repositories = size === "" ? null : Number(size);
  return { named, quick: words.includes("--quick"), only: valueOf("only"), repositories };
}

async function runPart(
  name: string,
  how: Pick<Bench, "quick" | "only" | "repositories">,
): Promise<void> {
  const startedAt = Date.now();
  const disk = await mkdtemp(join(tmpdir(), "merge-relay-bench-"));
  const fast = existsSync(MEMORY) ? await mkdtemp(join(MEMORY, "merge-relay-bench-")) : disk;
  const seconds = (): string => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  const say = (text: string): void => console.log(`[${name} ${seconds()}] ${text}`);
  try {
    const result = await ALL_PARTS[name]!({ ...how, secrets: makeSecrets(), fast, disk, say });
    const machine = { cpu: cpus()[0]?.model, cores: cpus().length, kernel: release() };
    const about = { part: name, ...how, at: new Date().toISOString(), machine, pinned: isPinned };
    const numbers = { ...about, seconds: Math.round((Date.now() - startedAt) / 1000), result };
    await writeFile(join(REPORT, `${name}.json`), `${JSON.stringify(numbers, null, 2)}\n`);
    say("done");
  } catch (error) {
    console.error(`[${name} ${seconds()}] failed:`, error);
    process.exitCode = 1;
  } finally {
    await rm(disk, { recursive: true, force: true });
    await rm(fast, { recursive: true, force: true });
  }
}
