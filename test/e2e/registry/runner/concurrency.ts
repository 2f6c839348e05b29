/** Concurrency groups as GitHub has them: one at work, one waiting, or up to 100 with `queue: max`. */

export interface ConcurrencyRule {
  readonly group: string;
  readonly queue: "single" | "max";
}

interface Group {
  busy: boolean;
  waiting: ((turn: "run" | "cancelled") => void)[];
}

export class ConcurrencyGroups {
  readonly #groups = new Map<string, Group>();

  /** Runs the work when the group is free. A pending entry that a later one replaces is cancelled. */
  async enter<T>(
    rule: ConcurrencyRule | undefined,
    work: () => Promise<T>,
  ): Promise<T | "cancelled"> {
    if (rule === undefined) return work();
    const key = rule.group.toLowerCase();
    const group = this.#groups.get(key) ?? { busy: false, waiting: [] };
    this.#groups.set(key, group);
    if ((await this.#turn(group, rule.queue)) === "cancelled") return "cancelled";
    try {
      return await work();
    } finally {
      const next = group.waiting.shift();
      if (next === undefined) group.busy = false;
      else next("run");
    }
  }

  async #turn(group: Group, queue: "single" | "max"): Promise<"run" | "cancelled"> {
    if (!group.busy) {
      group.busy = true;
      return "run";
    }
    const room = queue === "max" ? 100 : 1;
    if (group.waiting.length >= room) group.waiting.shift()?.("cancelled");
    return new Promise((resolve) => group.waiting.push(resolve));
  }
}
