/** What a repository's ledger answers to people: the API, the dashboard, comments and buttons. */
import type { DispatchFilter, DispatchView } from "./dispatch-view.ts";
import type {
  Actor,
  CancelAnswer,
  ExplainAnswer,
  NamedRepository,
  Order,
  OrderAnswer,
  ReplayFilter,
  ReplayOrder,
  RepositoryStatus,
} from "./order.ts";

type Awaitable<T> = T | Promise<T>;

export interface LedgerDesk {
  /** Newest first. */
  list(filter: DispatchFilter): Awaitable<DispatchView[]>;
  read(dispatchId: string): Awaitable<DispatchView | null>;
  /** Proves and decides now; what the policy lets through is recorded and sent by the alarm. */
  order(repository: NamedRepository, order: Order): Promise<OrderAnswer>;
  /** What the policy says about a pull request, merged or not, and what was done about it. */
  explain(repository: NamedRepository, pullRequest: number): Promise<ExplainAnswer>;
  /** A new generation of one finished dispatch; one that is under way is answered as it is. */
  replay(repository: NamedRepository, dispatchId: string, by: ReplayOrder): Promise<OrderAnswer>;
  /** The newest generation of every key that the filter takes; `taken` holds them, dry or not. */
  replayMany(
    repository: NamedRepository,
    filter: ReplayFilter,
    by: ReplayOrder,
  ): Promise<OrderAnswer>;
  cancel(dispatchId: string, actor: Actor): Promise<CancelAnswer>;
  pause(
    repository: NamedRepository,
    actor: Actor,
    reason: string | null,
  ): Awaitable<RepositoryStatus>;
  resume(repository: NamedRepository, actor: Actor): Awaitable<RepositoryStatus>;
  status(repository: NamedRepository): Awaitable<RepositoryStatus>;
}
