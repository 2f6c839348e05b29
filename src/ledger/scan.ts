/**
 * The scan: merged pull requests as GitHub lists them, held against the ledger. It finds what GitHub
 * never delivered, and what somebody acknowledged and lost. Where it has come to stands in `meta`
 * after every page, so that it can stop anywhere and go on in another process.
 */
import { isByHand } from "../domain/order.ts";
import type { Later } from "../domain/outcome.ts";
import type { MergedPull, RepositoryRef } from "../domain/ports.ts";
import { backoffMs } from "../domain/retry.ts";
import { claimKey, type Claim } from "../domain/subject.ts";
import { spread } from "./advance.ts";
import { reviveGivenUp } from "./given-up.ts";
import { openDecision } from "./intake.ts";
import type { LedgerContext } from "./ledger-context.ts";
import { rememberRepository, repositoryHint } from "./repository-memory.ts";
import type { Store } from "./store.ts";
import { metaNumber, SCAN_OVERLAP_MS, scanDueAt, waitAfterScan } from "./scan-schedule.ts";

/** After so many failures in a row nobody is in a hurry any more: the App may be gone. */
const MANY_FAILURES = 12;
const MANY_FAILURES_WAIT_MS = 6 * 3_600_000;

/** Reads so many of the pages that are due; a longer walk goes on in the next round. */
export async function scan(context: LedgerContext, pages: number): Promise<void> {
  const { store, clock } = context;
  const due = scanDueAt(store);
  if (due === null || due > clock.now()) return;
  const repository = await whereabouts(context);
  if (repository === null) return;
  const installedAt = await installedAtOf(context, repository);
  if (installedAt === null) return;
  if (store.meta("scan_page") === null) {
    store.setMeta("scan_begun", String(clock.now()));
  }
  for (let round = 0; round < pages; round++) {
    const isLast = await scanPage(context, repository, installedAt);
    if (isLast === null) return;
    if (isLast) return finish(context);
  }
}

/** One page; true after the last one, null when GitHub did not answer. */
async function scanPage(
  context: LedgerContext,
  repository: RepositoryRef,
  installedAt: number,
): Promise<boolean | null> {
  const { github, store } = context;
  const page = metaNumber(store, "scan_page") ?? 1;
  const answer = await github.mergedPulls(repository, page);
  if (answer.kind !== "ok") {
    // A name that leads elsewhere: the repository is looked for again by its id.
    if (answer.kind === "absent") store.setMeta("scan_lost", "true");
    putOff(context, answer.kind === "later" ? answer : null);
    return null;
  }
  reviveGivenUp(context);
  const { pulls, updatedAtMs, more } = answer.value;
  // The oldest first: the newest image is to be the last one pushed.
  for (const pull of pulls.toReversed()) {
    const fits = pull.mergedAtMs >= installedAt && pull.baseRepositoryId === repository.id;
    if (fits) takePull(context, pull);
  }
  if (store.meta("scan_failures") !== null) store.setMeta("scan_failures", "0");
  // Everything that was updated before that has been seen. Merges are not held against that mark: one
  // that a comment moved to the top of the list while it was read is found next time.
  const mark = metaNumber(store, markKey(store)) ?? installedAt;
  const isLast = !more || updatedAtMs < mark;
  if (!isLast) store.setMeta("scan_page", String(page + 1));
  return isLast;
}

/**
 * How far back to read: to where the last scan began. If that one took several pages, to where the
 * one before it began: a pull request that leaves the list between two pages (it was opened again)
 * moves another one from the page to come to the one that was read.
 */
function markKey(store: Store): "scan_watermark" | "scan_watermark_before" {
  return store.meta("scan_was_long") === "true" ? "scan_watermark_before" : "scan_watermark";
}

/**
 * GitHub lists as merged what it denied when the event came: its answers lagged for longer than the
 * denial was doubted. It is asked anew; not for ever, since some denials stand.
 */
const DENIAL_DOUBTED_MS = 86_400_000;

function takePull(context: LedgerContext, pull: MergedPull): void {
  const { store, log, clock } = context;
  const claim: Claim = { kind: "merge", pullRequest: pull.number, hint: null };
  if (store.aliases.targetOfClaim(claimKey(claim)) !== null) return;
  const known = store.dispatchesOfClaim(claimKey(claim));
  const automatic = known.filter((row) => !isByHand(row.event));
  const isFresh = clock.now() - pull.mergedAtMs < DENIAL_DOUBTED_MS;
  const isDenied = automatic.every(({ reason }) => reason === "merge-not-confirmed");
  if (automatic.length > 0 && !(isDenied && isFresh)) return;
  const about = { event: "scan", delivery: null, cause: "found by the scan" };
  const row = openDecision(context, claim, about);
  log.warn("scan.found", { dispatch_id: row.id, delivery_id: null, pull_request: pull.number });
}

function finish({ store, clock, settings }: LedgerContext): void {
  const now = clock.now();
  const begun = metaNumber(store, "scan_begun") ?? now;
  const quietMs = now - (store.newestAt() ?? 0);
  const wait = waitAfterScan(quietMs, { intervalMs: settings.scanIntervalMs, draw: clock.draw() });
  const last = store.meta("scan_watermark");
  if (last === null) store.dropMeta("scan_watermark_before");
  else store.setMeta("scan_watermark_before", last);
  store.setMeta("scan_was_long", String(store.meta("scan_page") !== null));
  store.setMeta("scan_watermark", String(begun - SCAN_OVERLAP_MS));
  if (store.meta("scan_page") !== null) store.dropMeta("scan_page");
  store.setMeta("scan_due", String(begun + wait > now ? begun + wait : now + wait));
}

/** Where the repository is; asked for when the ledger does not know, or a page went astray. */
async function whereabouts(context: LedgerContext): Promise<RepositoryRef | null> {
  const { github, store } = context;
  const hint = repositoryHint(store);
  const { id, owner, name, installationId } = hint;
  if (id !== null && installationId !== null && store.meta("scan_lost") === null) {
    return { id, owner, name, installationId };
  }
  const located = await github.locate(hint);
  if (located.kind !== "ok") {
    putOff(context, located.kind === "later" ? located : null);
    return null;
  }
  rememberRepository(store, located.value);
  store.dropMeta("scan_lost");
  return located.value;
}

/** Nothing that was merged before the App was installed is looked for. */
async function installedAtOf(
  context: LedgerContext,
  repository: RepositoryRef,
): Promise<number | null> {
  const { github, store } = context;
  const known = metaNumber(store, "installed_at");
  if (known !== null) return known;
  const answer = await github.installedAt(repository.installationId);
  if (answer.kind === "ok") {
    store.setMeta("installed_at", String(answer.value));
    return answer.value;
  }
  putOff(context, answer.kind === "later" ? answer : null);
  return null;
}

/** Tries again after a wait that grows, or at the time that GitHub names. */
export function putOff({ store, clock, settings, log }: LedgerContext, later: Later | null): void {
  const failures = (metaNumber(store, "scan_failures") ?? 0) + (later?.unasked === true ? 0 : 1);
  const wait =
    failures > MANY_FAILURES
      ? MANY_FAILURES_WAIT_MS
      : backoffMs(settings.retryBaseMs, failures, clock.draw());
  const own = clock.now() + wait;
  store.setMeta("scan_failures", String(failures));
  store.setMeta(
    "scan_due",
    String(Math.max(own, later === null ? 0 : (spread(later, clock) ?? 0))),
  );
  log.warn("scan.put-off", { failures, cause: later?.cause ?? "repository-not-there" });
}
