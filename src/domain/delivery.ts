/** What a delivery comes down to once its payload has been read: ids, and what to look into. */
import type { Command, SuiteCommand } from "./command.ts";
import type { Claim } from "./subject.ts";

export interface Delivery {
  readonly guid: string;
  readonly event: string;
  readonly repository: { readonly id: number; readonly owner: string; readonly name: string };
  readonly installationId: number | null;
  readonly wake: Wake;
}

export type Wake =
  | { readonly kind: "claim"; readonly claim: Claim }
  /** A push to a branch matters only where a route asks for pushes. */
  | {
      readonly kind: "branch-push";
      readonly claim: Extract<Claim, { kind: "push" }>;
      readonly touchesConfiguration: boolean;
    }
  | { readonly kind: "run"; readonly runId: number; readonly dispatchIds: readonly string[] }
  | { readonly kind: "command"; readonly command: Command }
  | { readonly kind: "suite"; readonly command: SuiteCommand }
  | { readonly kind: "moved" };

/** What the ledger did with a delivery. */
export type Receipt =
  | { readonly outcome: "accepted" }
  | { readonly outcome: "duplicate" }
  | { readonly outcome: "ignored"; readonly reason: string };
