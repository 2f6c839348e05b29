/** What the sweeper's code is given: storage, GitHub, ledgers, time. No globals, no platform. */
import type { AppGitHub } from "../../domain/app-github.ts";
import type { Clock } from "../../domain/clock.ts";
import type { Policy } from "../../domain/decide.ts";
import type { Log } from "../../domain/log.ts";
import type { OverdueLedgers } from "../../domain/overdue-ledgers.ts";
import type { SweptLedger } from "../../domain/visit.ts";
import type { AskRule } from "./ask-rule.ts";
import type { FailureStore } from "./failure-store.ts";
import type { ProgressStore } from "./progress-store.ts";
import type { TodoStore } from "./todo-store.ts";

export interface SweepStores {
  readonly progress: ProgressStore;
  readonly failures: FailureStore;
  readonly todo: TodoStore;
}

export interface SweepContext extends SweepStores {
  readonly github: AppGitHub;
  readonly ledger: (repositoryId: number) => SweptLedger;
  readonly overdue: OverdueLedgers;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: {
    readonly policy: Policy;
    readonly scanIntervalMs: number;
    /** Up to so many small installations have every repository visited in every walk. */
    readonly fewInstallations: number;
  };
  readonly rule: AskRule;
}

/** One round: a bounded piece of work between two alarms. */
export interface Round {
  /** To be called before every wait, so that a crash is noticed only after the wait may be over. */
  readonly renewLease: () => void;
  /** True when the round has lasted, or asked GitHub, for long enough: no new step begins. */
  readonly isOver: () => boolean;
  /** How many ledgers may still be called in this round. */
  readonly callsLeft: () => number;
}
