/** The sweeper in a month that is played: its own code over a storage of its own. */
import type { AppGitHub } from "../../../src/domain/app-github.ts";
import type { Clock } from "../../../src/domain/clock.ts";
import type { SweptLedger } from "../../../src/domain/visit.ts";
import { ASK_RULE } from "../../../src/ledger/sweep/ask-rule.ts";
import { FailureStore } from "../../../src/ledger/sweep/failure-store.ts";
import { ProgressStore } from "../../../src/ledger/sweep/progress-store.ts";
import { startSweep } from "../../../src/ledger/sweep/start-sweep.ts";
import type { SweepContext } from "../../../src/ledger/sweep/sweep-context.ts";
import { sweepRound } from "../../../src/ledger/sweep/sweep-round.ts";
import { prepareSweepTables } from "../../../src/ledger/sweep/sweep-schema.ts";
import { TodoStore } from "../../../src/ledger/sweep/todo-store.ts";
import { SCAN_INTERVAL_MS } from "./month-ledger.ts";
import { countedStorage } from "./storage.ts";

export class MonthSweeper {
  readonly bugs: string[] = [];
  readonly #context: SweepContext;

  constructor(around: {
    readonly github: AppGitHub;
    readonly clock: Clock;
    readonly ledger: (repositoryId: number) => SweptLedger;
  }) {
    const { sql } = countedStorage(() => undefined).storage;
    prepareSweepTables(sql);
    const bug = (event: string): void => void this.bugs.push(event);
    this.#context = {
      ...around,
      progress: new ProgressStore(sql),
      failures: new FailureStore(sql),
      todo: new TodoStore(sql),
      overdue: { overdue: () => Promise.resolve({ kind: "unavailable" }) },
      log: { info: () => undefined, warn: () => undefined, error: bug },
      settings: {
        policy: { allowedOwners: [], observe: false },
        scanIntervalMs: SCAN_INTERVAL_MS,
        // A sample of an App that is far larger.
        fewInstallations: 0,
      },
      rule: ASK_RULE,
    };
  }

  /** Returns when the next alarm is wanted, or null. */
  cron(): Promise<number | null> {
    const nowMs = this.#context.clock.now();
    startSweep(this.#context, { nowMs, scanIntervalMs: SCAN_INTERVAL_MS }, this.#context.log);
    return this.alarm();
  }

  alarm(): Promise<number | null> {
    return sweepRound(this.#context, () => undefined);
  }
}
