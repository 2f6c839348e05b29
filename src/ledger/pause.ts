/** The kill switch of a repository: what would be dispatched is held, and nothing is lost. */
import type { Actor, RepositoryStatus } from "../domain/order.ts";
import { fullName } from "../domain/facts.ts";
import { advance } from "./advance.ts";
import type { Desk } from "./order.ts";
import type { Store } from "./store.ts";

/** Rows that one call releases; more wait for the same call again. */
const RELEASE_BATCH = 1_000;

/** Holds whatever comes from now on; runs that exist go on. */
export function pause({ store, clock, log }: Desk, actor: Actor, reason: string | null): void {
  store.setMeta("paused", "true");
  store.setMeta("paused_by", actor.login);
  store.setMeta("paused_at", String(clock.now()));
  store.setMeta("paused_reason", reason ?? "");
  store.setMeta("index_stale", "true");
  log.warn("ledger.paused", { actor_id: actor.id });
}

/** Lets go of what was held, in the order in which it came. */
export function resume(desk: Desk, actor: Actor): void {
  const { store, clock, log } = desk;
  store.setMeta("paused", "false");
  store.setMeta("index_stale", "true");
  const held = store.held(RELEASE_BATCH);
  const fields = { reason: null, remedy: null, dueAt: clock.now() };
  for (const row of held) {
    advance(desk, row, "release", { cause: "resumed", actor: actor.login, fields });
  }
  log.warn("ledger.resumed", { actor_id: actor.id, released: held.length });
  desk.wakeUp();
}

/** Whether the repository is paused, by whom, and what waits. */
export function statusOf(store: Store): RepositoryStatus {
  const paused = store.meta("paused") === "true";
  const at = Number(store.meta("paused_at") ?? Number.NaN);
  const told = (key: string): string | null => (paused ? store.meta(key) || null : null);
  return {
    repository: fullName({ owner: store.meta("owner") ?? "", name: store.meta("name") ?? "" }),
    paused,
    paused_by: told("paused_by"),
    paused_at: paused && Number.isFinite(at) ? new Date(at).toISOString() : null,
    paused_reason: told("paused_reason"),
    held: store.heldCount(),
  };
}
