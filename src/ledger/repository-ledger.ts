/**
 * The Durable Object of one repository: runtime calls in, the runner does the work. One object per
 * numeric repository id, so that dedupe, order and retry need no lock.
 */
import { DurableObject } from "cloudflare:workers";
import { LEASE_MS, readSettings } from "../config.ts";
import type { Delivery, Receipt } from "../domain/delivery.ts";
import type { ImageReceipt, RunIdentity } from "../domain/image-receipt.ts";
import { makeDispatchId } from "../domain/dispatch-id.ts";
import type { Diagnosis, FailedRun, GitHub } from "../domain/ports.ts";
import type { Settings } from "../config.ts";
import type { SweptLedger, Visit } from "../domain/visit.ts";
import { jsonLog } from "../json-log.ts";
import { accept, wakeDispatch } from "./accept.ts";
import type { LedgerContext } from "./ledger-context.ts";
import type { DispatchFilter, DispatchView } from "../domain/dispatch-view.ts";
import { listDispatches, readDispatch } from "./read.ts";
import { rememberRepository } from "./repository-memory.ts";
import { runDue } from "./runner.ts";
import { takeReceipt } from "./take-receipt.ts";
import { migrate } from "./schema.ts";
import { Store } from "./store.ts";

/** How long a builder's ledger remembers whose dispatch a run belongs to; a run lasts 35 days at most. */
const FORWARD_KEPT_MS = 36 * 86_400_000;
/** An alarm that should have fired this long ago never will (seen in production): set it anew. */
const STUCK_ALARM_MS = 60_000;
const MISCONFIGURED_WAIT_MS = 60_000;

export abstract class LedgerObject extends DurableObject<Env> implements SweptLedger {
  readonly #store: Store;
  #context: LedgerContext | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage);
    this.#store = new Store(ctx.storage.sql);
  }

  protected abstract connectGitHub(settings: Settings): GitHub;
  protected abstract diagnose(failed: FailedRun): Diagnosis;

  /** Records a delivery; once this returns `accepted`, its work outlives any crash. */
  async accept(delivery: Delivery): Promise<Receipt> {
    // Before the write: between insert and setAlarm no await may stand, or they commit apart.
    const alarm = await this.ctx.storage.getAlarm();
    const now = Date.now();
    const receipt = accept(this.#store, delivery, now);
    if (receipt.outcome === "forward") {
      await this.#ledger(receipt.repositoryId).wake(receipt.dispatchId);
      return { outcome: "accepted" };
    }
    if (receipt.outcome === "accepted") this.#wakeUp(alarm, now);
    return receipt;
  }

  /** Looks at one dispatch now, because something about its run has changed. */
  async wake(dispatchId: string): Promise<void> {
    const alarm = await this.ctx.storage.getAlarm();
    const now = Date.now();
    if (wakeDispatch(this.#store, dispatchId, now)) this.#wakeUp(alarm, now);
  }

  /** In a builder's ledger: the run of this dispatch belongs to another repository's ledger. */
  expectRun(dispatchId: string, repositoryId: number): void {
    this.#store.addForward(dispatchId, repositoryId, Date.now() + FORWARD_KEPT_MS);
  }

  /** Keeps what a run says it pushed; false when the dispatch is not this run's. */
  async takeReceipt(dispatchId: string, run: RunIdentity, receipt: ImageReceipt): Promise<boolean> {
    return takeReceipt(this.#store, dispatchId, { run, receipt, nowMs: Date.now() });
  }

  list(filter: DispatchFilter): DispatchView[] {
    return listDispatches(this.#store, filter);
  }

  read(dispatchId: string): DispatchView | null {
    return readDispatch(this.#store, dispatchId);
  }

  knows(guid: string): boolean {
    return this.#store.delivery(guid) !== null;
  }

  visit({ repository }: Visit): void {
    rememberRepository(this.#store, repository);
  }

  async kick(): Promise<void> {
    const alarm = await this.ctx.storage.getAlarm();
    if (this.#store.nextDueAt() !== null) this.#wakeUp(alarm, Date.now());
  }

  override async alarm(): Promise<void> {
    const { storage } = this.ctx;
    // The lease comes first: a throw or a crash from here on runs the alarm again, and the
    // platform's own few retries are never used up.
    const renewLease = (): void => void storage.setAlarm(Date.now() + LEASE_MS);
    renewLease();
    const context = this.#connected();
    if (context === null) {
      await storage.setAlarm(Date.now() + MISCONFIGURED_WAIT_MS);
      return;
    }
    await runDue(context, renewLease);
    const next = this.#store.nextDueAt();
    if (next === null) await storage.deleteAlarm();
    else await storage.setAlarm(Math.max(next, Date.now()));
  }

  #wakeUp(alarm: number | null, now: number): void {
    if (alarm !== null && alarm <= now && alarm > now - STUCK_ALARM_MS) return;
    void this.ctx.storage.setAlarm(now);
  }

  #connected(): LedgerContext | null {
    if (this.#context !== null) return this.#context;
    const read = readSettings(this.env as unknown as Record<string, unknown>);
    if (read.kind === "misconfigured") {
      const settings = read.problems.map(({ setting }) => setting).join(", ");
      jsonLog.error("ledger.misconfigured", { settings });
      return null;
    }
    this.#context = this.#contextFor(read.settings);
    return this.#context;
  }

  #contextFor(settings: Settings): LedgerContext {
    const store = this.#store;
    const repositoryId = (): number => Number(store.meta("repository_id"));
    return {
      store,
      settings,
      github: this.connectGitHub(settings),
      clock: { now: () => Date.now(), draw: () => Math.random() },
      log: jsonLog,
      diagnose: (failed) => this.diagnose(failed),
      newId: () =>
        makeDispatchId(repositoryId(), Date.now(), crypto.getRandomValues(new Uint8Array(16))),
      announce: async (builderId, dispatchId) => {
        try {
          await this.#ledger(builderId).expectRun(dispatchId, repositoryId());
        } catch {
          jsonLog.warn("ledger.announce-failed", { dispatch_id: dispatchId });
        }
      },
    };
  }

  #ledger(repositoryId: number) {
    return this.env.REPOSITORY_LEDGER.getByName(String(repositoryId));
  }
}
