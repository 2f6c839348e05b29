/** Who takes part, and what each of them can stand. */
import { type PeerOptions, installNodePeers, installProgram } from "../processes/peers.ts";
import { prepareBullmq, preparePeer, prepareWebhookGo } from "../processes/peers.ts";
import type { Receiver } from "../processes/receiver.ts";
import { prepareDurableFloor } from "../processes/floor.ts";
import { prepareRelay } from "../processes/relay.ts";
import type { Bench } from "../bench.ts";

export interface Contender {
  readonly name: string;
  /**
   * How many merges at a time are sent: those that answer only after GitHub did, and send one
   * dispatch a second, would keep the bench for an hour.
   */
  readonly merges: number;
  /** How many of a burst. */
  readonly burst: number;
  /** False: keeps nothing that a restart could go on with. */
  readonly remembers: boolean;
  /** True: takes deliveries durably and does nothing with them, so that none waits for its dispatch. */
  readonly isFloor?: boolean;
  prepare(): Promise<Receiver>;
}

export interface LeftOut {
  readonly name: string;
  readonly why: string;
}

/** Everybody who can run here, the relay first, and why others cannot. */
export async function findContenders(
  bench: Bench,
  githubUrl: string,
): Promise<{ contenders: Contender[]; leftOut: LeftOut[] }> {
  const merges = bench.quick ? 60 : 400;
  const burst = bench.quick ? 100 : 1_000;
  const { secrets, fast, disk } = bench;
  const at = (within: string): PeerOptions => ({ secrets, githubUrl, within });
  const many = { merges, burst, remembers: true };
  const few = { merges: 8, burst: 16, remembers: false };
  const relays = [
    ["relay, memory", fast],
    ["relay, disk", disk],
  ] as const;
  const contenders: Contender[] = relays.map(([name, within]) => ({
    name,
    ...many,
    prepare: () => prepareRelay(secrets, { name, githubUrl, within }),
  }));
  for (const [where, within] of [
    ["memory", fast],
    ["disk", disk],
  ] as const) {
    const prepare = () => prepareDurableFloor(secrets, within);
    contenders.push({ name: `floor, ${where}`, ...many, isFloor: true, prepare });
  }
  const leftOut: LeftOut[] = [];
  const packages = await installNodePeers(bench.say);
  const redis = packages ?? (await installProgram("redis-server", "redis-server", bench.say));
  if (redis !== null) leftOut.push({ name: "bullmq", why: redis });
  else {
    const queues = [
      ["bullmq everysec, memory", "everysec", fast],
      ["bullmq always, memory", "always", fast],
      ["bullmq everysec, disk", "everysec", disk],
      ["bullmq always, disk", "always", disk],
    ] as const;
    for (const [name, fsync, within] of queues) {
      const prepare = () => prepareBullmq(name, { ...at(within), fsync });
      contenders.push({ name, ...many, prepare });
    }
  }
  for (const name of ["probot", "octokit"] as const) {
    if (packages !== null) leftOut.push({ name, why: packages });
    else contenders.push({ name, ...few, prepare: async () => preparePeer(name, at(fast)) });
  }
  const go = await installProgram("webhook", "webhook", bench.say);
  if (go !== null) leftOut.push({ name: "webhook (Go)", why: go });
  else {
    const prepare = () => prepareWebhookGo(at(fast));
    const some = { merges: bench.quick ? 20 : 100, burst: bench.quick ? 50 : 200 };
    contenders.push({ name: "webhook (Go)", ...some, remembers: false, prepare });
  }
  return { contenders: contenders.filter(({ name }) => name.includes(bench.only)), leftOut };
}
