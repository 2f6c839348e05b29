/**
 * The Durable Object of one repository: runtime calls in, the runner does the work. One object per
 * numeric repository id, so that dedupe, order and retry need no lock.
 */
import { DurableObject } from "cloudflare:workers";
import { createAlert } from "../alert.ts";
import { LEASE_MS, readSettings, type Settings } from "../config.ts";
import type { Delivery, Receipt } from "../domain/delivery.ts";
import { makeDispatchId } from "../domain/dispatch-id.ts";
import type { DispatchFilter, DispatchView } from "../domain/dispatch-view.ts";
import type { ImageReceipt, RunIdentity } from "../domain/image-receipt.ts";
import type { LedgerDesk } from "../domain/ledger-desk.ts";
import type {
  Actor,
  CancelAnswer,
  ExplainAnswer,
  NamedRepository,
  Order,
  OrderAnswer,
  ReplayFilter,
  ReplayOrder,
  RepositoryStatus,
} from "../domain/order.ts";
import type { Diagnosis, FailedRun, GitHub } from "../domain/ports.ts";
import type { Standing, SweptLedger, Visit } from "../domain/visit.ts";
import { jsonLog } from "../json-log.ts";
import { accept, wakeDispatch } from "./accept.ts";
import { type Allowance, CallMeter, UNCOUNTED } from "./allowance.ts";
import { correspond } from "./correspondence.ts";
import { CarriedAnswers } from "./carried-answers.ts";
import { cancel } from "./cancel.ts";
import { earliest } from "./earliest.ts";
import { explain } from "./explain.ts";
import { createIndexWriter } from "./index/d1-writer.ts";
import { Projector } from "./index/projector.ts";
import { type Desk, introduce, takeOrder } from "./order.ts";
import { pause, resume, statusOf } from "./pause.ts";
import { listDispatches, readDispatch } from "./read.ts";
import { replay, replayMany } from "./replay.ts";
import { nextDueAt, runDue, workDueAt } from "./runner.ts";
import { Courtesy, Rush } from "./rush.ts";
import { expectScan } from "./scan-schedule.ts";
import { migrate } from "./schema.ts";
import { Store } from "./store.ts";
import { takeReceipt } from "./take-receipt.ts";
import { standing, takeVisit } from "./visits.ts";

/** How long a builder's ledger remembers whose dispatch a run belongs to; a run lasts 35 days at most. */
const FORWARD_KEPT_MS = 36 * 86_400_000;
/** An alarm that should have fired this long ago never will (seen in production): set it anew. */
const STUCK_ALARM_MS = 60_000;
const MISCONFIGURED_WAIT_MS = 60_000;
/** A lease that is younger is not renewed: a call to GitHub ends five seconds before a lease at the latest. */
const LEASE_GRAIN_MS = 1_000;

/** A merge's proof and dispatch ask six times at least, a look at a run once or twice. */
const CALLS_OF_A_DISPATCH = 4;

/** Of the isolate, like the thread that its objects share. */
const rush = new Rush();

export abstract class LedgerObject extends DurableObject<Env> implements LedgerDesk, SweptLedger {
  readonly #store: Store;
  readonly #projector: Projector;
  #desk: Desk | null = null;
  #corresponding = false;
  /** The last alarm left people to the next one. */
  #isPostponed = false;
  /** When the alarm rings that this object has set; null when it has set none, or cannot know. */
  #alarmAt: number | null = null;
  readonly #courtesy = new Courtesy(rush);
  readonly #meter = new CallMeter((input, init) => fetch(input, init));

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage);
    this.#store = new Store(ctx.storage.sql);
    const { INDEX: database } = env as Partial<Env>;
    this.#projector = new Projector({
      store: this.#store,
      writer: database === undefined ? null : createIndexWriter(database),
      now: () => Date.now(),
      log: jsonLog,
    });
  }

  /** `send` counts what leaves, and must be used for all of it. */
  protected abstract connectGitHub(settings: Settings, send: typeof fetch): GitHub;
  protected abstract diagnose(failed: FailedRun): Diagnosis;

  /** Records a delivery; once this returns `accepted`, its work outlives any crash. */
  async accept(delivery: Delivery): Promise<Receipt> {
    // Between insert and setAlarm no await may stand, or they commit apart.
    const now = Date.now();
    rush.note(now);
    const receipt = accept(this.#store, delivery, now);
    if (receipt.outcome === "forward") {
      await this.#ledger(receipt.repositoryId).wake(receipt.dispatchId);
      return { outcome: "accepted" };
    }
    if (receipt.outcome === "accepted") this.#wakeUp(now);
    return receipt;
  }

  /** Looks at one dispatch now, because something about its run has changed. */
  async wake(dispatchId: string): Promise<void> {
    const now = Date.now();
    if (wakeDispatch(this.#store, dispatchId, now)) this.#wakeUp(now);
  }

  /** In a builder's ledger: the run of this dispatch belongs to another repository's ledger. */
  expectRun(dispatchId: string, repositoryId: number): void {
    this.#store.forwards.add(dispatchId, repositoryId, Date.now() + FORWARD_KEPT_MS);
  }

  /** Keeps what a run says it pushed; false when the dispatch is not this run's. */
  async takeReceipt(dispatchId: string, run: RunIdentity, receipt: ImageReceipt): Promise<boolean> {
    const now = Date.now();
    const taken = takeReceipt(this.#store, dispatchId, { run, receipt, nowMs: now });
    if (taken) this.#wakeUp(now);
    return taken;
  }

  list(filter: DispatchFilter): DispatchView[] {
    return listDispatches(this.#store, filter);
  }

  read(dispatchId: string): DispatchView | null {
    return readDispatch(this.#store, dispatchId);
  }

  async order(repository: NamedRepository, order: Order): Promise<OrderAnswer> {
    return takeOrder(this.#deskFor(repository), order);
  }

  async explain(repository: NamedRepository, pullRequest: number): Promise<ExplainAnswer> {
    return explain(this.#deskFor(repository), pullRequest);
  }

  async replay(
    repository: NamedRepository,
    dispatchId: string,
    by: ReplayOrder,
  ): Promise<OrderAnswer> {
    return replay(this.#deskFor(repository), dispatchId, by);
  }

  async replayMany(
    repository: NamedRepository,
    filter: ReplayFilter,
    by: ReplayOrder,
  ): Promise<OrderAnswer> {
    return replayMany(this.#deskFor(repository), filter, by);
  }

  async cancel(dispatchId: string, actor: Actor): Promise<CancelAnswer> {
    return cancel(this.#connected(), dispatchId, actor);
  }

  pause(repository: NamedRepository, actor: Actor, reason: string | null): RepositoryStatus {
    pause(this.#deskFor(repository), actor, reason);
    return statusOf(this.#store);
  }

  resume(repository: NamedRepository, actor: Actor): RepositoryStatus {
    resume(this.#deskFor(repository), actor);
    return statusOf(this.#store);
  }

  status(repository: NamedRepository): RepositoryStatus {
    return { ...statusOf(this.#store), repository: `${repository.owner}/${repository.name}` };
  }

  standing(guid: string): Standing {
    return standing(this.#store, guid);
  }

  /** Asked by a sweeper of the version before. */
  knows(guid: string): boolean {
    return this.standing(guid) !== "missing";
  }

  async visit(visit: Visit): Promise<void> {
    const now = Date.now();
    const { settings } = this.#connected();
    if (takeVisit(this.#store, visit, { nowMs: now, intervalMs: settings.scanIntervalMs })) {
      this.#wakeUp(now);
    }
  }

  /** The index heard nothing of this ledger for too long; whatever is due is done, and the index told. */
  async kick(): Promise<void> {
    this.#store.setMeta("index_stale", "true");
    this.#wakeUp(Date.now());
  }

  override async alarm(): Promise<void> {
    // It has rung: until it is set again, nothing is known of it.
    this.#alarmAt = null;
    const now = Date.now();
    const beginAt = this.#courtesy.beginAt(now);
    if (beginAt > now) return this.#setAlarm(beginAt);
    try {
      await this.round();
    } catch (error) {
      // The platform runs it again, at a time that only the platform knows.
      this.#alarmAt = null;
      throw error;
    }
  }

  /** What is done when the alarm rings. */
  protected round(): Promise<void> {
    return this.#meter.limit((allowance) => this.#roundWithin(allowance));
  }

  async #roundWithin(allowance: Allowance): Promise<void> {
    // The lease comes first: a throw or a crash from here on runs the alarm again, and the
    // platform's own few retries are never used up.
    void this.#setAlarm(Date.now() + LEASE_MS);
    const connected = this.#connect();
    if (connected === null) {
      await this.#setAlarm(Date.now() + MISCONFIGURED_WAIT_MS);
      return;
    }
    const desk = { ...connected, allowance };
    expectScan(this.#store, Date.now(), desk.settings.scanIntervalMs);
    const allowed = allowance.left();
    const pruneAt = await runDue(desk, () => this.#renewLease());
    // Not waited for: however long the index takes, the next dispatch does not wait for it.
    void this.#projector.run().then((retryAt) => this.#retryProjection(retryAt));
    // Neither for this: people are answered and told beside the dispatches. Not by an alarm that has
    // proved and dispatched, since its 10 ms of CPU time would not do for both; but never twice in a
    // row is it left to the next one.
    const isSpent = allowed - allowance.left() >= CALLS_OF_A_DISPATCH;
    this.#isPostponed = isSpent && !this.#isPostponed;
    if (!this.#isPostponed) void this.#correspond(desk);
    const next = earliest(this.#nextDueAt(desk), pruneAt);
    if (next === null || next > Date.now()) this.#courtesy.isDone();
    if (next !== null) return this.#setAlarm(Math.max(next, Date.now()));
    this.#alarmAt = null;
    await this.ctx.storage.deleteAlarm();
  }

  #renewLease(): void {
    const now = Date.now();
    const isYoung = this.#alarmAt !== null && this.#alarmAt > now + LEASE_MS - LEASE_GRAIN_MS;
    if (!isYoung) void this.#setAlarm(now + LEASE_MS);
  }

  /** One round at a time; the alarm comes again for what is left. */
  async #correspond(desk: Desk): Promise<void> {
    if (this.#corresponding) return;
    this.#corresponding = true;
    try {
      await correspond(desk);
    } finally {
      this.#corresponding = false;
    }
    const next = nextDueAt(desk);
    if (next !== null) await this.#retryProjection(Math.max(next, Date.now()));
  }

  /** While people are being answered, what else they wait for is not due before the end of that round. */
  #nextDueAt(desk: Desk): number | null {
    const next = nextDueAt(desk);
    if (!this.#corresponding || next === null) return next;
    return Math.min(
      workDueAt(desk) ?? Number.POSITIVE_INFINITY,
      Math.max(next, Date.now() + LEASE_MS),
    );
  }

  async #retryProjection(retryAt: number | null): Promise<void> {
    if (retryAt === null) return;
    const alarm = await this.ctx.storage.getAlarm();
    // What was read may be out of date: a delivery may have come meanwhile, and is due before this.
    const due = this.#desk === null ? null : nextDueAt(this.#desk);
    const at = Math.max(Math.min(retryAt, due ?? retryAt), Date.now());
    if (alarm === null || alarm > at) void this.#setAlarm(at);
  }

  /**
   * Lets the alarm ring now, or soon in a rush. What this object has set itself need not be read: nobody else sets it,
   * it begins a round when it rings, and an object that begins anew knows nothing and sets it.
   */
  #wakeUp(now: number): void {
    const alarm = this.#alarmAt;
    const at = this.#courtesy.beginAt(now);
    if (alarm !== null && alarm <= at && alarm > now - STUCK_ALARM_MS) return;
    void this.#setAlarm(at);
  }

  #setAlarm(at: number): Promise<void> {
    const set = this.ctx.storage.setAlarm(at).catch((error: unknown) => {
      this.#alarmAt = null;
      throw error;
    });
    this.#alarmAt = at;
    return set;
  }

  #deskFor(repository: NamedRepository): Desk {
    const desk = this.#connected();
    introduce(desk, repository);
    return desk;
  }

  /** For calls that come through the app, which answers `misconfigured` before it comes here. */
  #connected(): Desk {
    const desk = this.#connect();
    if (desk === null) throw new Error("misconfigured");
    return desk;
  }

  #connect(): Desk | null {
    if (this.#desk !== null) return this.#desk;
    const read = readSettings(this.env as unknown as Record<string, unknown>);
    if (read.kind === "misconfigured") {
      const settings = read.problems.map(({ setting }) => setting).join(", ");
      jsonLog.error("ledger.misconfigured", { settings });
      return null;
    }
    this.#desk = this.#deskWith(read.settings);
    return this.#desk;
  }

  #deskWith(settings: Settings): Desk {
    const store = this.#store;
    const repositoryId = (): number => Number(store.meta("repository_id"));
    return {
      store,
      settings,
      github: this.connectGitHub(settings, this.#meter.fetch),
      allowance: UNCOUNTED,
      carried: new CarriedAnswers(),
      clock: { now: () => Date.now(), draw: () => Math.random() },
      log: jsonLog,
      alert: createAlert({
        url: settings.alertUrl,
        log: jsonLog,
        fetch: this.#meter.urgent,
        now: () => Date.now(),
      }),
      wakeUp: () => void this.#setAlarm(Date.now()),
      diagnose: (failed) => this.diagnose(failed),
      newId: () =>
        makeDispatchId(repositoryId(), Date.now(), crypto.getRandomValues(new Uint8Array(16))),
      announce: async (builderId, dispatchId) => {
        try {
          await this.#ledger(builderId).expectRun(dispatchId, repositoryId());
        } catch {
          jsonLog.warn("ledger.announce-failed", { dispatch_id: dispatchId, delivery_id: null });
        }
      },
    };
  }

  #ledger(repositoryId: number) {
    return this.env.REPOSITORY_LEDGER.getByName(String(repositoryId));
  }
}
