/**
 * What was given up while GitHub could not be asked about the repository: the App was suspended or
 * uninstalled, the owner's account was blocked, GitHub did not answer for longer than all attempts.
 * Once GitHub shows the repository again it comes back by itself, as a redelivery brings it back: a
 * new generation, proved and decided anew.
 */
import type { DispatchRow } from "./dispatch-row.ts";
import { mayBeRevived } from "./doubt.ts";
import { GIVEN_UP, NOTHING_LEFT } from "./given-up-mark.ts";
import { inherited, newRow } from "./intake.ts";
import type { LedgerContext } from "./ledger-context.ts";
import { MOST_UNASKED_GENERATIONS } from "./revival.ts";
import { TOO_MANY_BRANCHES } from "./tag-branches.ts";

/** Rows in one look; more wait for the next scan. */
const BATCH = 100;

/** To be called when GitHub has listed the repository's merges; synchronous, so one transaction. */
export function reviveGivenUp(context: LedgerContext): void {
  const { store, clock, settings, log } = context;
  const place = store.meta(GIVEN_UP) ?? "";
  if (place === NOTHING_LEFT) return;
  const rows = store.exhausted(place, clock.now() - settings.retentionMs, BATCH);
  for (const row of rows.filter((each) => isToCome(each))) {
    const revived = openAgain(context, row);
    log.warn("dispatch.revived", { dispatch_id: revived.id, delivery_id: row.delivery });
  }
  store.setMeta(GIVEN_UP, rows.length < BATCH ? NOTHING_LEFT : (rows.at(-1)?.id ?? NOTHING_LEFT));
}

function isToCome(row: DispatchRow): boolean {
  if (!mayBeRevived(row) || row.generation >= MOST_UNASKED_GENERATIONS) return false;
  // A search that came to its bound would come to it again.
  if (row.reason === TOO_MANY_BRANCHES) return false;
  return row.sentAt === null || isUnseen(row.reason ?? "");
}

/**
 * True for the causes that are about reading the repository. What GitHub shows and does not start is
 * no matter of that: it would be tried in vain after every scan.
 */
function isUnseen(cause: string): boolean {
  return /^(?:installation|repository|token-refused|no-such-repository)\b|^status-4\d\d$/.test(
    cause,
  );
}

function openAgain(context: LedgerContext, old: DispatchRow): DispatchRow {
  const { store } = context;
  const { claim, key, event, delivery } = old;
  const about = { claim, key, event, generation: old.generation + 1 };
  const row: DispatchRow = { ...newRow(context, about), ...inherited(old), delivery };
  store.insertDispatch(row);
  const cause = `GitHub shows the repository again; ${old.id} was exhausted`;
  store.addHistory(row.id, 0, { at: row.createdAt, state: row.state, cause, actor: "relay" });
  return row;
}
