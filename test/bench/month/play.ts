/**
 * A month of merges on the ledger's and the sweeper's own code, at a compressed clock: virtual time
 * goes from event to event. Calls take no time in it; every merge, push and run has its deliveries,
 * except those that are lost.
 */
import type { Wake } from "../../../src/domain/delivery.ts";
import { shaOf } from "../../worker/fake-github.ts";
import {
  createDraw,
  drawMoment,
  installationsOf,
  MONTH_BEGINS,
  MONTH_MS,
  type MonthInstallation,
} from "./calendar.ts";
import { monthApp } from "./month-app.ts";
import { MonthLedger } from "./month-ledger.ts";
import { MonthSweeper } from "./month-sweeper.ts";
import { EventQueue } from "./queue.ts";
import { Tally } from "./tally.ts";

export interface MonthPlan {
  readonly seed: number;
  readonly repositories: number;
  readonly merges: number;
  /** Of all deliveries of merges: never sent, and nowhere recorded as failed. */
  readonly lostShare: number;
  /** Pushes to branches that come to no merge, for each merge. */
  readonly pushesPerMerge: number;
}

export interface MonthOutcome {
  readonly plan: MonthPlan;
  readonly installations: readonly MonthInstallation[];
  readonly tally: Tally;
  readonly dispatched: number;
  readonly doubled: number;
  readonly undispatched: number;
  /** From the merge to its dispatch, of those whose delivery was lost; milliseconds. */
  readonly foundAfterMs: readonly number[];
  readonly bugs: number;
}

const CRON_MS = 300_000;
/** After the last merge: whatever was lost is found by then. */
const REST_MS = 2 * 86_400_000;
const RUN_STEPS = [
  { afterMs: 3_000, status: "queued", conclusion: null },
  { afterMs: 20_000, status: "in_progress", conclusion: null },
  { afterMs: 240_000, status: "completed", conclusion: "success" },
] as const;

type MonthEvent =
  | { readonly kind: "merge"; readonly repositoryId: number; readonly isLost: boolean }
  | { readonly kind: "push"; readonly repositoryId: number }
  | { readonly kind: "alarm"; readonly repositoryId: number }
  | {
      readonly kind: "run";
      readonly repositoryId: number;
      readonly runId: number;
      readonly step: (typeof RUN_STEPS)[number];
    }
  | { readonly kind: "cron" }
  | { readonly kind: "sweeper" };

export class Month {
  readonly #plan: MonthPlan;
  readonly #draw: () => number;
  readonly #tally = new Tally();
  readonly #queue = new EventQueue<MonthEvent>();
  readonly #installations: readonly MonthInstallation[];
  readonly #installationOf = new Map<number, number>();
  readonly #ledgers = new Map<number, MonthLedger>();
  readonly #pushedAt = new Map<number, number>();
  readonly #mergedAt = new Map<string, { at: number; isLost: boolean }>();
  readonly #runsSeen = new Map<number, number>();
  readonly #foundAfterMs: number[] = [];
  readonly #runsOf = new Map<string, number>();
  readonly #sweeper: MonthSweeper;
  #now = MONTH_BEGINS;
  #guids = 0;

  constructor(plan: MonthPlan) {
    this.#plan = plan;
    this.#draw = createDraw(plan.seed);
    this.#installations = installationsOf(plan.repositories);
    for (const { id, repositoryIds } of this.#installations) {
      for (const repositoryId of repositoryIds) this.#installationOf.set(repositoryId, id);
    }
    const now = (): number => this.#now;
    const github = monthApp(this.#installations, {
      now,
      installedAtMs: MONTH_BEGINS,
      pushedAt: this.#pushedAt,
      tally: this.#tally,
    });
    this.#sweeper = new MonthSweeper({
      github,
      clock: { now, draw: this.#draw },
      ledger: (id) => this.#ledger(id),
    });
  }

  /** Plays all of it; `say` hears how far it is. */
  async play(say: (text: string) => void): Promise<MonthOutcome> {
    this.#fill();
    const endsAt = MONTH_BEGINS + MONTH_MS + REST_MS;
    let nextDay = MONTH_BEGINS;
    for (let next = this.#queue.take(); next !== null && next.at < endsAt;) {
      this.#now = next.at;
      if (next.at >= nextDay) {
        nextDay += 5 * 86_400_000;
        say(`day ${Math.round((next.at - MONTH_BEGINS) / 86_400_000)}`);
      }
      await this.#happen(next.event);
      next = this.#queue.take();
    }
    return this.#outcome();
  }

  #fill(): void {
    const { merges, lostShare, pushesPerMerge, repositories } = this.#plan;
    const anyRepository = (): number => 1_000 + Math.floor(this.#draw() * repositories);
    for (let merge = 0; merge < merges; merge++) {
      const isLost = this.#draw() < lostShare;
      this.#queue.add(drawMoment(this.#draw), {
        kind: "merge",
        repositoryId: anyRepository(),
        isLost,
      });
    }
    for (let push = 0; push < merges * pushesPerMerge; push++) {
      this.#queue.add(drawMoment(this.#draw), { kind: "push", repositoryId: anyRepository() });
    }
    for (let at = MONTH_BEGINS; at < MONTH_BEGINS + MONTH_MS + REST_MS; at += CRON_MS) {
      this.#queue.add(at, { kind: "cron" });
    }
  }

  async #happen(event: MonthEvent): Promise<void> {
    switch (event.kind) {
      case "merge":
        return this.#merge(event.repositoryId, event.isLost);
      case "push":
        this.#pushedAt.set(event.repositoryId, this.#now);
        return this.#deliverPush(event.repositoryId, this.#guids);
      case "run":
        return this.#runOn(event);
      case "alarm":
        return this.#alarm(event.repositoryId);
      case "cron":
        return this.#sweep(() => this.#sweeper.cron());
      case "sweeper":
        return this.#sweep(() => this.#sweeper.alarm());
    }
  }

  #merge(repositoryId: number, isLost: boolean): void {
    const ledger = this.#ledger(repositoryId);
    const number = ledger.github.pulls.size + 1;
    ledger.github.merge(number, { mergedAt: new Date(this.#now).toISOString() });
    this.#pushedAt.set(repositoryId, this.#now);
    this.#mergedAt.set(`${repositoryId}/${number}`, { at: this.#now, isLost });
    if (isLost) return;
    const hint = { baseBranch: "main", sha: shaOf(number) };
    this.#deliver(repositoryId, {
      kind: "claim",
      claim: { kind: "merge", pullRequest: number, hint },
    });
    this.#deliverPush(repositoryId, number);
  }

  #deliverPush(repositoryId: number, number: number): void {
    const claim = { kind: "push", branch: "main", sha: shaOf(number) } as const;
    this.#deliver(repositoryId, { kind: "branch-push", claim, touchesConfiguration: false });
  }

  #deliver(repositoryId: number, wake: Wake): void {
    const ledger = this.#ledger(repositoryId);
    this.#guids += 1;
    ledger.accept({
      guid: `guid-${this.#guids}`,
      event: "month",
      repository: { id: repositoryId, owner: "acme", name: "app" },
      installationId: ledger.installationId,
      wake,
    });
  }

  async #alarm(repositoryId: number): Promise<void> {
    const ledger = this.#ledger(repositoryId);
    // The alarm was set anew meanwhile: this one is none.
    if (ledger.alarmAt === null || ledger.alarmAt > this.#now) return;
    await ledger.alarm();
    const { runs } = ledger.github;
    const seen = this.#runsSeen.get(repositoryId) ?? 0;
    for (const run of runs.slice(seen)) this.#begin(repositoryId, run.id);
    this.#runsSeen.set(repositoryId, runs.length);
  }

  #begin(repositoryId: number, runId: number): void {
    for (const step of RUN_STEPS) {
      this.#queue.add(this.#now + step.afterMs, { kind: "run", repositoryId, runId, step });
    }
    const pullRequest = this.#ledger(repositoryId).pullRequestOf(runId);
    const key = `${repositoryId}/${pullRequest ?? 0}`;
    this.#runsOf.set(key, (this.#runsOf.get(key) ?? 0) + 1);
    const merge = this.#mergedAt.get(key);
    if (merge?.isLost) this.#foundAfterMs.push(this.#now - merge.at);
  }

  #runOn({ repositoryId, runId, step }: Extract<MonthEvent, { kind: "run" }>): void {
    const { status, conclusion } = step;
    this.#ledger(repositoryId).github.setRun(runId, { status, conclusion });
    this.#deliver(repositoryId, { kind: "run", runId, dispatchIds: [] });
  }

  async #sweep(work: () => Promise<number | null>): Promise<void> {
    this.#tally.sweeperAlarms += 1;
    const next = await work();
    // The cron comes anyway.
    if (next !== null) this.#queue.add(Math.max(next, this.#now + 1), { kind: "sweeper" });
  }

  #ledger(repositoryId: number): MonthLedger {
    const known = this.#ledgers.get(repositoryId);
    if (known !== undefined) return known;
    const installationId = this.#installationOf.get(repositoryId) ?? 0;
    const ledger = new MonthLedger(
      { id: repositoryId, installationId },
      {
        clock: { now: () => this.#now, draw: this.#draw },
        tally: this.#tally,
        onAlarmSet: (at) => this.#queue.add(at, { kind: "alarm", repositoryId }),
      },
    );
    this.#ledgers.set(repositoryId, ledger);
    return ledger;
  }

  #outcome(): MonthOutcome {
    const counts = [...this.#mergedAt.keys()].map((key) => this.#runsOf.get(key) ?? 0);
    const bugs = [...this.#ledgers.values()].reduce((sum, ledger) => sum + ledger.bugs.length, 0);
    return {
      plan: this.#plan,
      installations: this.#installations,
      tally: this.#tally,
      dispatched: counts.filter((count) => count > 0).length,
      doubled: counts.filter((count) => count > 1).length,
      undispatched: counts.filter((count) => count === 0).length,
      foundAfterMs: this.#foundAfterMs,
      bugs: bugs + this.#sweeper.bugs.length,
    };
  }
}
