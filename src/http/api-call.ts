/** What an endpoint of the API is given: who asks, for what, and whom it may ask itself. */
import type { VerifyRunToken } from "./actions-oidc.ts";
import type { CallingRun, Identity, MaintainerRole } from "../domain/caller.ts";
import type { DispatchIndex } from "../domain/dispatch-index.ts";
import type { LedgerDesk } from "../domain/ledger-desk.ts";
import type { Actor, NamedRepository } from "../domain/order.ts";
import type { Limiter } from "../rate-limit.ts";

export interface ApiServices {
  readonly identity: Identity;
  readonly verifyRun: VerifyRunToken;
  /** Whether a token's fingerprint was good within the last minute. */
  readonly proved: { has(fingerprint: string): boolean; keep(fingerprint: string): void };
  readonly limiter: Limiter | null;
  readonly role: MaintainerRole;
  readonly desk: (repositoryId: number) => LedgerDesk;
  readonly index: DispatchIndex;
  readonly now: () => number;
}

export type Caller =
  | { readonly kind: "person"; readonly token: string }
  | {
      readonly kind: "run";
      readonly run: CallingRun;
      /** The run's own, and the only one that it may name. */
      readonly repository: { readonly owner: string; readonly name: string };
    };

export type Params = Readonly<Record<string, string>>;

export interface ApiCall {
  readonly request: Request;
  readonly params: Params;
  readonly caller: Caller;
  readonly services: ApiServices;
}

/** A call by somebody who may make it in this repository. */
export interface RepositoryCall extends ApiCall {
  readonly actor: Actor;
  readonly repository: NamedRepository;
  readonly desk: LedgerDesk;
}

export interface Endpoint {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly answer: (call: ApiCall) => Promise<Response>;
}
