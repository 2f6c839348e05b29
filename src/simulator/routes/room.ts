import type { Deliveries } from "../deliveries.ts";
import type { TokenStore } from "../tokens.ts";
import type { RunScheduler } from "../world/run-scheduler.ts";
import type { Emit, Run, WorldState } from "../world/state.ts";

interface SimulatorOptions {
  /** Give out the long token shape unless the caller asks otherwise. */
  statelessTokens: boolean;
  /** How long deliveries are listed and can be sent again. */
  deliveryRetentionMs: number;
}

/** A dispatch that GitHub accepted. */
export interface RecordedDispatch {
  readonly repositoryId: number;
  readonly repository: string;
  readonly workflow: string;
  readonly ref: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly runId: number;
  readonly time: number;
}

/** What the routes work with. */
export interface Room {
  readonly state: WorldState;
  readonly emit: Emit;
  readonly tokens: TokenStore;
  readonly deliveries: Deliveries;
  readonly scheduler: RunScheduler;
  readonly dispatches: RecordedDispatch[];
  readonly options: SimulatorOptions;
  readonly accept: (dispatch: RecordedDispatch, run: Run) => void;
}
