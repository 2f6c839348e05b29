/**
 * One repository's ledger over the storage of a real Durable Object, with a GitHub of plain data and
 * a clock that stands still. No alarm is set: the test itself says when time has come.
 */
import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import type { Delivery, Receipt, Wake } from "../../src/domain/delivery.ts";
import { makeDispatchId } from "../../src/domain/dispatch-id.ts";
import type { Diagnosis } from "../../src/domain/ports.ts";
import type { Claim } from "../../src/domain/subject.ts";
import { UNCOUNTED } from "../../src/ledger/allowance.ts";
import { CarriedAnswers } from "../../src/ledger/carried-answers.ts";
import { accept, type Forward } from "../../src/ledger/accept.ts";
import type { LedgerSettings } from "../../src/ledger/ledger-context.ts";
import type { DispatchView } from "../../src/domain/dispatch-view.ts";
import { listDispatches } from "../../src/ledger/read.ts";
import { type Desk, introduce, takeOrder } from "../../src/ledger/order.ts";
import type { Order, OrderAnswer, OrderSubject } from "../../src/domain/order.ts";
import { correspond } from "../../src/ledger/correspondence.ts";
import { nextDueAt, runDue } from "../../src/ledger/runner.ts";
import { Store } from "../../src/ledger/store.ts";
import { freshId } from "./deliveries.ts";
import { FakeGitHub, repositoryOf, shaOf } from "./fake-github.ts";

export const SETTLE_MS = 15_000;
export const POLL_MS = 60_000;
const SETTINGS: LedgerSettings = {
  policy: { allowedOwners: [], observe: false },
  retryBaseMs: 1_000,
  retryMaxAttempts: 3,
  unknownSettleMs: SETTLE_MS,
  runPollMs: POLL_MS,
  rerunLimit: 1,
  scanIntervalMs: 900_000,
  retentionMs: 90 * 86_400_000,
  appId: "4711",
  maintainerRole: "maintain",
  reports: { checks: false, comments: false },
};
export const ACTOR = { id: 583231, login: "octocat" };
const PLAIN_ORDER = {
  route: null,
  reason: null,
  expectedSha: null,
  dryRun: false,
  actor: ACTOR,
  via: "api",
  idempotency: null,
} as const;
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

export class Room {
  readonly id = freshId();
  readonly github = new FakeGitHub(repositoryOf(this.id));
  readonly announced: [number, string][] = [];
  readonly alerts: string[] = [];
  /** How often a command asked for the alarm. */
  woken = 0;
  settings: LedgerSettings = SETTINGS;
  /** What every failed run is diagnosed as. */
  diagnosis: Diagnosis = {
    cause: "unknown",
    confidence: "unknown",
    evidence: [],
    explanation: "",
    remedy: "",
    retryable: false,
  };
  /** The time, in milliseconds. */
  now = 1_800_000_000_000;

  /** Lets code run over this ledger's storage. */
  within<T>(work: (store: Store, state: DurableObjectState) => T | Promise<T>): Promise<T> {
    const stub = env.REPOSITORY_LEDGER.getByName(String(this.id)) as unknown as DurableObjectStub;
    return runInDurableObject(stub, (_: DurableObject, state) =>
      work(new Store(state.storage.sql), state),
    );
  }

  context(store: Store): Desk {
    return {
      wakeUp: () => void this.woken++,
      store,
      settings: this.settings,
      github: this.github,
      allowance: UNCOUNTED,
      carried: new CarriedAnswers(),
      clock: { now: () => this.now, draw: () => 0.5 },
      log: SILENT,
      alert: (event) => void this.alerts.push(event),
      diagnose: () => this.diagnosis,
      newId: () => makeDispatchId(this.id, this.now, crypto.getRandomValues(new Uint8Array(16))),
      announce: (builderId, dispatchId) => {
        this.announced.push([builderId, dispatchId]);
        return Promise.resolve();
      },
    };
  }

  take(wake: Wake, guid: string = crypto.randomUUID()): Promise<Receipt | Forward> {
    const repository = { id: this.id, owner: "acme", name: "app" };
    const delivery: Delivery = { guid, event: "test", repository, installationId: 99, wake };
    return this.within((store) => accept(store, delivery, this.now));
  }

  /** Takes the delivery of a merge. */
  takeMerge(pullRequest = 7, guid?: string): Promise<Receipt | Forward> {
    const hint = { baseBranch: "main", sha: shaOf(pullRequest) };
    return this.claim({ kind: "merge", pullRequest, hint }, guid);
  }

  claim(claim: Claim, guid?: string): Promise<Receipt | Forward> {
    return this.take({ kind: "claim", claim }, guid);
  }

  /** What a maintainer asks for; the defaults are those of a request without options. */
  order(subject: OrderSubject, about: Partial<Order> = {}): Promise<OrderAnswer> {
    const order: Order = { ...PLAIN_ORDER, subject, ...about };
    return this.atDesk((desk) => takeOrder(desk, order));
  }

  /** Lets code run as one of the ledger's commands. */
  atDesk<T>(work: (desk: Desk) => T | Promise<T>): Promise<T> {
    return this.within((store) => {
      const desk = this.context(store);
      introduce(desk, { id: this.id, owner: "acme", name: "app" });
      return work(desk);
    });
  }

  /** Lets time pass and does what is due then, once. */
  async pass(ms = 0): Promise<void> {
    this.now += ms;
    await this.within(async (store) => {
      const desk = this.context(store);
      await runDue(desk, () => undefined);
      await correspond(desk);
    });
  }

  /** Goes from due time to due time until nothing is due for `rounds`, or they are over. */
  async passRounds(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      const next = await this.dueAt();
      if (next === null) return;
      await this.pass(Math.max(0, next - this.now));
    }
  }

  /** Every dispatch, the oldest first, read by a new instance of the object. */
  async dispatches(): Promise<DispatchView[]> {
    await this.restart();
    const views = await this.within((store) =>
      listDispatches(store, { state: null, pullRequest: null, before: null, limit: 100 }),
    );
    return views.toReversed();
  }

  /** The only dispatch. */
  async dispatch(): Promise<DispatchView> {
    const views = await this.dispatches();
    if (views.length !== 1) throw new Error(`${views.length} dispatches instead of one`);
    return views[0]!;
  }

  dueAt(): Promise<number | null> {
    return this.within((store) => nextDueAt({ store }));
  }

  /** Ends the object's process; only what is stored stays. */
  async restart(): Promise<void> {
    // Only what runs can be evicted.
    await this.within(() => undefined);
    await evictDurableObject(env.REPOSITORY_LEDGER.getByName(String(this.id)));
  }
}
