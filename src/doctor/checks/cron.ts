import { failed, ok, skipped, unknown, type Verdict } from "../check.ts";
import { askHealth, withoutRelay } from "../health.ts";
import type { Check, Patient } from "../patient.ts";
import { isLoopback } from "../relay-place.ts";

/** The cron runs every five minutes; three misses in a row are no coincidence. */
const LONGEST_SILENCE_MS = 15 * 60_000;

/** Whether the sweep, which brings back what GitHub failed to deliver, is alive. */
export const cronCheck: Check = {
  name: "cron",
  title: "Scheduled sweep",
  run: judge,
};

async function judge(patient: Patient): Promise<Verdict> {
  const health = await askHealth(patient);
  if (health.kind !== "healthy") return withoutRelay(health);
  const { sweep } = health.said;
  if (sweep === undefined) {
    return unknown({
      finding: "The relay does not say when it last swept.",
      reason: "It is older than this program, or has not swept yet.",
      remedy: "Deploy the present version (`npm run deploy`), wait five minutes and ask again.",
    });
  }
  if (isLoopback(health.url)) {
    return skipped("A local relay has no cron: `wrangler dev` runs it only when asked.");
  }
  const last = Date.parse(sweep.last ?? "");
  const silence = patient.ports.now() - last;
  if (Number.isNaN(last) || silence > LONGEST_SILENCE_MS) {
    return failed({
      finding: Number.isNaN(last)
        ? "The sweep has never run."
        : `The sweep last ran ${Math.round(silence / 60_000)} minutes ago (${sweep.last}).`,
      reason: "Deliveries that failed are not asked for again, and overdue work is not kicked.",
      remedy:
        "Look at Triggers → Cron Triggers of the Worker: `npm run deploy` sets them; a free account has five. If it comes, GitHub refuses the relay: `npx wrangler tail` shows sweep.postponed with the cause; status-401 is a wrong GITHUB_APP_ID at the relay, or a key that `merge-relay rotate private-key --key FILE` replaces.",
    });
  }
  if (sweep.behind) {
    return failed({
      finding: "The sweep runs, but does not catch up.",
      reason:
        "More has failed than it may ask for at a time; what is older than 3 days is lost to it.",
      remedy: "Mend what “deliveries” says first; then it catches up by itself.",
    });
  }
  return ok(`It last ran at ${sweep.last}.`);
}
