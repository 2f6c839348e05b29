/**
 * Several workerd processes beside each other, each with its share of the repositories: an object that
 * is awake keeps files open, and a process may open only so many. Every repository has one process
 * that is its own, as on Cloudflare it has one object; what is counted is summed up over all of them.
 */
import { readdirSync } from "node:fs";
import type { Receiver } from "../processes/receiver.ts";
import type { BenchSecrets } from "../processes/secrets.ts";
import { residentMiB } from "../processes/usage.ts";
import { type Meter, type MeteredRelay, prepareMeteredRelay } from "./metered-relay.ts";

/** At about eight files each these are well below 20,000. */
const REPOSITORIES_PER_PROCESS = 1_500;

export interface FleetUsage {
  readonly processes: number;
  /** Of all processes together. */
  readonly residentMiB: number;
  /** Of the one with the most. */
  readonly openFiles: number;
}

export class MeteredFleet {
  readonly #relays: readonly MeteredRelay[];
  #most: FleetUsage = { processes: 0, residentMiB: 0, openFiles: 0 };

  private constructor(relays: readonly MeteredRelay[]) {
    this.#relays = relays;
  }

  /** As many processes as these repositories need, started. */
  static async start(
    secrets: BenchSecrets,
    repositories: number,
    place: Parameters<typeof prepareMeteredRelay>[1],
  ): Promise<MeteredFleet> {
    const count = Math.ceil(repositories / REPOSITORIES_PER_PROCESS);
    const cores = Array.from({ length: count }, (_, index) => (index % 2 === 0 ? 0 : 1));
    const relays = await Promise.all(
      cores.map((core) => prepareMeteredRelay(secrets, { ...place, core })),
    );
    const fleet = new MeteredFleet(relays);
    for (const { receiver } of relays) await receiver.start();
    return fleet;
  }

  /** Whose deliveries these are, process by process. */
  split<Subject extends { readonly repository: number }>(
    subjects: readonly Subject[],
  ): { readonly receiver: Receiver; readonly subjects: readonly Subject[] }[] {
    const count = this.#relays.length;
    return this.#relays
      .map(({ receiver }, index) => ({
        receiver,
        subjects: subjects.filter(({ repository }) => repository % count === index),
      }))
      .filter(({ subjects: own }) => own.length > 0);
  }

  /** What was used since the last time, by all. */
  async take(): Promise<Meter> {
    const meters = await Promise.all(this.#relays.map((relay) => relay.take()));
    const names = Object.keys(meters[0]!) as (keyof Meter)[];
    const joined = names.map((name) => {
      const values = meters.map((meter) => meter[name]);
      const sum = values.reduce((all, value) => all + value, 0);
      return [name, name.startsWith("most") ? Math.max(...values) : sum];
    });
    return Object.fromEntries(joined) as Meter;
  }

  /** What they hold right now; `most` remembers the greatest of what was seen. */
  look(): FleetUsage {
    const pids = this.#relays.flatMap(({ receiver }) => receiver.pids());
    const now = {
      processes: pids.length,
      residentMiB: residentMiB(pids),
      openFiles: Math.max(...pids.map((pid) => readdirSync(`/proc/${pid}/fd`).length)),
    };
    this.#most = {
      processes: now.processes,
      residentMiB: Math.max(this.#most.residentMiB, now.residentMiB),
      openFiles: Math.max(this.#most.openFiles, now.openFiles),
    };
    return now;
  }

  get most(): FleetUsage {
    return this.#most;
  }

  /** Ends all of them and removes what they stored. */
  async end(): Promise<void> {
    for (const { receiver } of this.#relays) {
      await receiver.kill();
      await receiver.remove();
    }
  }
}
