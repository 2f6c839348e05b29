/**
 * The Durable Object that looks after what no single ledger can: deliveries that GitHub lost,
 * repositories that GitHub never told of, ledgers whose alarm never came. One object, woken by the
 * cron; runtime calls in, the parts of `sweep/` do the work.
 */
import { DurableObject } from "cloudflare:workers";
import { alertingLog, createAlert } from "../alert.ts";
import { LEASE_MS, readSettings, type Settings } from "../config.ts";
import type { AppGitHub } from "../domain/app-github.ts";
import type { Log } from "../domain/log.ts";
import type { SweepState } from "../domain/sweep-state.ts";
import { jsonLog } from "../json-log.ts";
import { type Allowance, CallMeter } from "./allowance.ts";
import { ASK_RULE } from "./sweep/ask-rule.ts";
import { countedLedger } from "./sweep/counted-ledger.ts";
import { FailureStore } from "./sweep/failure-store.ts";
import { overdueIn } from "./sweep/overdue-index.ts";
import { ProgressStore } from "./sweep/progress-store.ts";
import { startSweep, sweepState } from "./sweep/start-sweep.ts";
import type { SweepContext, SweepStores } from "./sweep/sweep-context.ts";
import { sweepRound } from "./sweep/sweep-round.ts";
import { prepareSweepTables } from "./sweep/sweep-schema.ts";
import { TodoStore } from "./sweep/todo-store.ts";

/** What an operator must hear of. */
const ALERTS = {
  "sweep.behind": "the sweep over GitHub's deliveries is behind",
  "sweep.given-up": "a delivery that failed could not be had again",
} as const;
/** Twenty installations of a hundred repositories: two thousand visits a walk at most. */
const FEW_INSTALLATIONS = 20;

export abstract class SweeperObject extends DurableObject<Env> {
  readonly #stores: SweepStores;
  #settings: Settings | null = null;
  #context: SweepContext | null = null;
  #log: Log | null = null;
  /** Wakes so far: one that comes during a round may want what that round has already passed. */
  #wakes = 0;
  readonly #meter = new CallMeter((input, init) => fetch(input, init));

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { sql } = ctx.storage;
    prepareSweepTables(sql);
    this.#stores = {
      progress: new ProgressStore(sql),
      failures: new FailureStore(sql),
      todo: new TodoStore(sql),
    };
  }

  /** `send` counts what leaves, and must be used for all of it. */
  protected abstract connectGitHub(settings: Settings, send: typeof fetch): AppGitHub;

  /** The cron has come. Once this returns, the sweep goes on by itself, over any crash. */
  wake(): void {
    const settings = this.#readSettings();
    if (settings === null) return;
    const now = Date.now();
    const { scanIntervalMs } = settings;
    startSweep(this.#stores, { nowMs: now, scanIntervalMs }, this.#logFor(settings));
    this.#wakes += 1;
    void this.ctx.storage.setAlarm(now);
  }

  state(): SweepState {
    return sweepState(this.#stores, Date.now());
  }

  override alarm(): Promise<void> {
    return this.#meter.limit((allowance) => this.#roundWithin(allowance));
  }

  async #roundWithin(allowance: Allowance): Promise<void> {
    const { storage } = this.ctx;
    // The lease comes first: a throw or a crash from here on runs the alarm again, and the
    // platform's own few retries are never used up.
    const renewLease = (): void => void storage.setAlarm(Date.now() + LEASE_MS);
    renewLease();
    const context = this.#connected();
    const wakes = this.#wakes;
    // Without settings: the next cron looks at them again.
    const wanted = context === null ? null : await sweepRound(context, renewLease, allowance);
    const next = wakes === this.#wakes ? wanted : 0;
    if (next === null) await storage.deleteAlarm();
    else await storage.setAlarm(Math.max(next, Date.now()));
  }

  #connected(): SweepContext | null {
    const settings = this.#readSettings();
    if (settings === null) return null;
    const index = overdueIn(this.env.INDEX);
    this.#context ??= {
      ...this.#stores,
      settings: { ...settings, fewInstallations: FEW_INSTALLATIONS },
      github: this.connectGitHub(settings, this.#meter.fetch),
      ledger: (repositoryId) =>
        countedLedger(this.env.REPOSITORY_LEDGER, repositoryId, this.#meter),
      overdue: { overdue: (ask) => this.#meter.call(() => index.overdue(ask)) },
      clock: { now: () => Date.now(), draw: () => Math.random() },
      log: this.#logFor(settings),
      rule: ASK_RULE,
    };
    return this.#context;
  }

  #logFor({ alertUrl }: Settings): Log {
    const alert = createAlert({
      url: alertUrl,
      log: jsonLog,
      fetch: this.#meter.urgent,
      now: () => Date.now(),
    });
    this.#log ??= alertingLog(jsonLog, alert, ALERTS);
    return this.#log;
  }

  #readSettings(): Settings | null {
    if (this.#settings !== null) return this.#settings;
    const read = readSettings(this.env as unknown as Record<string, unknown>);
    if (read.kind === "misconfigured") {
      const settings = read.problems.map(({ setting }) => setting).join(", ");
      jsonLog.error("sweep.misconfigured", { settings });
      return null;
    }
    this.#settings = read.settings;
    return this.#settings;
  }
}
