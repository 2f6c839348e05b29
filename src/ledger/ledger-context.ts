/** What the ledger's code is given: storage, GitHub, time, limits. No globals, no platform. */
import type { MaintainerRole } from "../domain/caller.ts";
import type { Clock } from "../domain/clock.ts";
import type { Policy } from "../domain/decide.ts";
import type { Alert, Log } from "../domain/log.ts";
import type { Diagnosis, FailedRun, GitHub } from "../domain/ports.ts";
import type { Allowance } from "./allowance.ts";
import type { CarriedAnswers } from "./carried-answers.ts";
import type { Store } from "./store.ts";

export interface LedgerSettings {
  readonly policy: Policy;
  readonly retryBaseMs: number;
  readonly retryMaxAttempts: number;
  readonly unknownSettleMs: number;
  readonly runPollMs: number;
  readonly rerunLimit: number;
  readonly scanIntervalMs: number;
  readonly retentionMs: number;
  readonly appId: string;
  readonly maintainerRole: MaintainerRole;
  readonly reports: { readonly checks: boolean; readonly comments: boolean };
}

export interface LedgerContext {
  readonly store: Store;
  readonly github: GitHub;
  readonly clock: Clock;
  /** What this round may still ask of the world outside. */
  readonly allowance: Allowance;
  readonly carried: CarriedAnswers;
  readonly settings: LedgerSettings;
  readonly log: Log;
  readonly alert: Alert;
  readonly diagnose: (failed: FailedRun) => Diagnosis;
  readonly newId: () => string;
  /** Tells a builder's ledger whose dispatch a coming run will belong to; may fail, the poll follows anyway. */
  readonly announce: (builderId: number, dispatchId: string) => Promise<void>;
}
