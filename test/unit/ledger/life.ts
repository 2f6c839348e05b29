/** One repository's ledger that can die at any moment, with a GitHub of plain data and a clock that is told the time. */
import type { Wake } from "../../../src/domain/delivery.ts";
import { makeDispatchId } from "../../../src/domain/dispatch-id.ts";
import { isFinal } from "../../../src/domain/dispatch-state.ts";
import { isByHand, type OrderSubject } from "../../../src/domain/order.ts";
import type { Claim } from "../../../src/domain/subject.ts";
import { UNCOUNTED } from "../../../src/ledger/allowance.ts";
import { CarriedAnswers } from "../../../src/ledger/carried-answers.ts";
import { accept, wakeDispatch } from "../../../src/ledger/accept.ts";
import { cancel } from "../../../src/ledger/cancel.ts";
import type { DispatchRow } from "../../../src/ledger/dispatch-row.ts";
import { type Desk, takeOrder } from "../../../src/ledger/order.ts";
import { pause, resume } from "../../../src/ledger/pause.ts";
import { replayMany } from "../../../src/ledger/replay.ts";
import { correspond } from "../../../src/ledger/correspondence.ts";
import { nextDueAt, runDue } from "../../../src/ledger/runner.ts";
import { expectScan, scanDueAt } from "../../../src/ledger/scan-schedule.ts";
import { migrate } from "../../../src/ledger/schema.ts";
import { Store } from "../../../src/ledger/store.ts";
import { FakeGitHub, repositoryOf, shaOf } from "../../worker/fake-github.ts";
import { memoryStorage } from "./sqlite-storage.ts";

export const SETTLE_MS = 15_000;
export const SCAN_MS = 900_000;
const ACTOR = { id: 1, login: "octocat" };
const ID = 4242;
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

export class Life {
  readonly github = new FakeGitHub(repositoryOf(ID));
  readonly #storage = memoryStorage();
  now = 1_800_000_000_000;
  /** What an operator was told. */
  readonly alerts: string[] = [];
  /** What chance says. */
  draw = 0.5;
  #draws = 0;
  #bugs: string[] = [];

  constructor() {
    this.github.now = () => this.now;
    migrate(this.#storage);
  }

  get store(): Store {
    return new Store(this.#storage.sql);
  }

  /** The storage itself, for tests that damage it. */
  get sql(): SqlStorage {
    return this.#storage.sql;
  }

  nextDueAt(): number | null {
    return nextDueAt(this.desk());
  }

  /** What nobody expected; a test that finds any has found a bug. */
  get bugs(): readonly string[] {
    return this.#bugs;
  }

  desk(): Desk {
    return {
      store: this.store,
      settings: {
        policy: { allowedOwners: [], observe: false },
        retryBaseMs: 1_000,
        retryMaxAttempts: 4,
        unknownSettleMs: SETTLE_MS,
        runPollMs: 60_000,
        rerunLimit: 1,
        scanIntervalMs: SCAN_MS,
        retentionMs: 90 * 86_400_000,
        appId: "4711",
        maintainerRole: "maintain",
        reports: { checks: true, comments: true },
      },
      github: this.github,
      allowance: UNCOUNTED,
      carried: new CarriedAnswers(),
      clock: { now: () => this.now, draw: () => this.draw },
      log: { ...SILENT, error: (event) => void this.#bugs.push(event) },
      alert: (event) => void this.alerts.push(event),
      wakeUp: () => undefined,
      diagnose: () => {
        throw new Error("no run fails here");
      },
      newId: () => {
        this.#draws += 1;
        const chance = Uint8Array.from({ length: 16 }, (_, at) => (this.#draws >> (at * 5)) & 31);
        return makeDispatchId(ID, this.now, chance);
      },
      announce: () => Promise.resolve(),
    };
  }

  /** A merge at GitHub, delivered or not. */
  merge(number: number): void {
    this.github.merge(number, { mergedAt: new Date(this.now).toISOString() });
  }

  deliver(claim: Claim, guid: string): void {
    this.#accept({ kind: "claim", claim }, guid);
  }

  deliverPush(
    claim: Extract<Claim, { kind: "push" }>,
    guid: string,
    touchesConfiguration: boolean,
  ): void {
    this.#accept({ kind: "branch-push", claim, touchesConfiguration }, guid);
  }

  #accept(wake: Wake, guid: string): void {
    const repository = { id: ID, owner: "acme", name: "app" };
    const delivery = { guid, event: "test", repository, installationId: 99, wake };
    accept(this.store, delivery, this.now);
    expectScan(this.store, this.now, SCAN_MS);
  }

  deliverMerge(number: number, guid: string): void {
    const hint = { baseBranch: "main", sha: shaOf(number) };
    this.deliver({ kind: "merge", pullRequest: number, hint }, guid);
  }

  /** Run events for whatever is open: each only makes the ledger look now. */
  wake(): void {
    for (const { id } of this.rows()) wakeDispatch(this.store, id, this.now);
  }

  /** Lets time pass until the ledger looks through the merges, and one interval at least. */
  passToScan(): Promise<void> {
    return this.pass(Math.max(SCAN_MS, (scanDueAt(this.store) ?? 0) - this.now));
  }

  /** One round of the alarm. */
  async pass(ms = 0): Promise<void> {
    this.now += ms;
    await runDue(this.desk(), () => undefined);
    await correspond(this.desk());
  }

  /**
   * One round during which the process dies while GitHub has a dispatch: what waits for that answer
   * never goes on. A round that sends none ends as usual.
   */
  async passAndDie(): Promise<void> {
    const { github } = this;
    const arrived = new Promise<void>((resolve) => {
      github.beforeAnswer = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    await Promise.race([runDue(this.desk(), () => undefined), arrived]);
    github.beforeAnswer = () => Promise.resolve();
  }

  /** A round that dies when GitHub has done what a report asked and has not answered. */
  async passAndDieTelling(): Promise<void> {
    const { github } = this;
    const arrived = new Promise<void>((resolve) => {
      github.beforeReportAnswer = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    await Promise.race([this.pass(), arrived]);
    github.beforeReportAnswer = () => Promise.resolve();
  }

  /** Takes the delivery of a comment that says `/publish`. */
  deliverCommand(pullRequest: number, commentId: number): void {
    const repository = { id: ID, owner: "acme", name: "app" };
    const command = {
      kind: "comment",
      verb: "publish",
      route: null,
      pullRequest,
      commentId,
      writtenAtMs: this.now,
      inPublic: true,
      sender: ACTOR,
    } as const;
    const wake = { kind: "command", command } as const;
    const guid = `comment-${commentId}`;
    accept(this.store, { guid, event: "test", repository, installationId: 99, wake }, this.now);
  }

  /** Round after round, as often as something is due. */
  async passRounds(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      const next = nextDueAt(this.desk());
      if (next === null) return;
      await this.pass(Math.max(0, next - this.now));
    }
  }

  /** One round during which, before GitHub answers for the first time, something else happens. */
  async passWith(other: () => Promise<void>): Promise<void> {
    const { github } = this;
    let happened = false;
    const once = async (): Promise<void> => {
      if (happened) return;
      happened = true;
      await other();
    };
    github.beforeAnswer = once;
    github.beforeQuestion = once;
    await runDue(this.desk(), () => undefined);
    github.beforeAnswer = () => Promise.resolve();
    github.beforeQuestion = () => Promise.resolve();
  }

  async order(subject: OrderSubject): Promise<void> {
    await takeOrder(this.desk(), {
      subject,
      route: null,
      reason: null,
      expectedSha: null,
      dryRun: false,
      actor: ACTOR,
      via: "api",
      idempotency: null,
    });
  }

  replay(): void {
    const filter = {
      states: ["exhausted", "failed", "cancelled"] as const,
      pullRequest: null,
      route: null,
      since: null,
      until: null,
      limit: 10,
    };
    const by = {
      actor: ACTOR,
      reason: null,
      via: "api",
      dryRun: false,
      idempotency: null,
    } as const;
    replayMany(this.desk(), { ...filter, only: null }, by);
  }

  async cancelSome(): Promise<void> {
    const open = this.rows().find(({ state }) => !isFinal(state));
    if (open !== undefined) await cancel(this.desk(), open.id, ACTOR);
  }

  pause(): void {
    pause(this.desk(), ACTOR, null);
  }

  resume(): void {
    resume(this.desk(), ACTOR);
  }

  /** From due time to due time, until only runs are left to follow. */
  async settle(): Promise<void> {
    for (let round = 0; round < 200; round++) {
      if (this.rows().every(({ state }) => isFinal(state) || state === "dispatched")) return;
      const next = nextDueAt(this.desk());
      if (next === null) return;
      await this.pass(Math.max(0, next - this.now));
    }
  }

  rows(): DispatchRow[] {
    const filter = { state: null, pullRequest: null, before: null, limit: 1_000 };
    return this.store.listDispatches(filter);
  }

  /** How many runs each dispatch id has. */
  runs(): Map<string, number> {
    this.now += SETTLE_MS;
    this.github.startLate();
    const counts = new Map<string, number>();
    for (const id of this.github.ownerOf.values()) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  }

  /** Runs that nobody asked for by hand, by key. */
  automaticRuns(): Map<string, number> {
    const runs = this.runs();
    const counts = new Map<string, number>();
    for (const row of this.rows()) {
      if (isByHand(row.event)) continue;
      counts.set(row.key, (counts.get(row.key) ?? 0) + (runs.get(row.id) ?? 0));
    }
    return counts;
  }
}
