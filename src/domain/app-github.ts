/**
 * What the sweeper asks of GitHub in the name of the App itself. `github/` implements it over HTTP;
 * tests implement it with plain data. No call throws for anything that GitHub or the network does.
 */
import type { Answer, Later } from "./outcome.ts";
import type { RepositoryRef } from "./ports.ts";

/** One attempt to deliver an event; attempts of one event share the GUID. */
export interface HookDelivery {
  /** Digits. A text, since nobody promises that it stays below 2⁵³. */
  readonly id: string;
  readonly guid: string;
  readonly deliveredAtMs: number;
  readonly redelivery: boolean;
  /** GitHub counted our answer as a success. */
  readonly ok: boolean;
  readonly event: string;
  readonly action: string | null;
  readonly repositoryId: number | null;
}

export interface DeliveryPage {
  /** Newest first, as far as they can be read. */
  readonly deliveries: readonly HookDelivery[];
  /** Items that could not be read. */
  readonly unreadable: number;
  /** Where the next page begins; null on the last. */
  readonly next: string | null;
}

export interface InstallationFacts {
  readonly id: number;
  readonly ownerId: number;
  readonly owner: string;
  readonly createdAtMs: number;
  readonly suspended: boolean;
}

export interface InstallationPage {
  readonly installations: readonly InstallationFacts[];
  readonly hasNext: boolean;
}

export interface InstalledRepository {
  readonly repository: RepositoryRef;
  /** Null when nothing was ever pushed. */
  readonly pushedAtMs: number | null;
  /** False for what is archived or disabled: nothing can be merged there. */
  readonly active: boolean;
}

/** What an installation may still ask in this hour, as GitHub says it with an answer. */
export interface Quota {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAtMs: number;
}

export interface RepositoryPage {
  readonly repositories: readonly InstalledRepository[];
  /** Of the whole installation. */
  readonly total: number;
  readonly hasNext: boolean;
  /** Null when GitHub does not say: an Enterprise Server without limits. */
  readonly quota: Quota | null;
}

export type RedeliverAnswer =
  /** GitHub will deliver once more, at some time. */
  | { readonly kind: "asked" }
  /** This attempt cannot be delivered again; another try gives the same. */
  | { readonly kind: "impossible"; readonly cause: string }
  /** Not now; without `notBeforeMs` nobody knows whether GitHub took it. */
  | Later;

export interface AppGitHub {
  /** A page of attempts; null begins at the top. `absent`: that cursor leads nowhere (any more). */
  hookDeliveries(cursor: string | null): Promise<Answer<DeliveryPage>>;
  redeliver(id: string): Promise<RedeliverAnswer>;
  /** Pages count from 1. */
  installations(page: number): Promise<Answer<InstallationPage>>;
  /** Pages count from 1. `absent`: the installation is gone. */
  repositoriesOf(installationId: number, page: number): Promise<Answer<RepositoryPage>>;
}
