import { mayMatter } from "../../domain/relevant-events.ts";
import { failed, ok, skipped, unknown, type Verdict, warning } from "../check.ts";
import { type DeliveryFacts, describe, troubleWith } from "../facts.ts";
import { appPage, LINKS } from "../links.ts";
import type { Check } from "../patient.ts";
import { needsApp, type WithApp } from "./needs-app.ts";

/** Whether what GitHub sent has arrived: failed attempts that no later one made good. */
export const deliveriesCheck: Check = {
  name: "deliveries",
  title: "Recent deliveries",
  run: (patient) =>
    needsApp(patient, async (whole) => {
      const list = await whole.github.deliveries();
      if (list.kind === "known") {
        return list.value.length === 0 ? silence(whole) : judge(whole, list.value);
      }
      return unknown({
        finding: `Not readable: ${describe(list)}.`,
        reason: "GET /app/hook/deliveries",
        ...troubleWith(list),
      });
    }),
};

function judge(patient: WithApp, deliveries: readonly DeliveryFacts[]): Verdict {
  const open = unmended(deliveries);
  const lost = open.filter(
    // Of the rest the sweep asks for nothing again, and nobody need wait for it.
    ({ event, action }) => WANTED.has(event) && mayMatter(event, action),
  );
  const [newest] = lost;
  const [last] = deliveries.toSorted((one, other) => other.id - one.id);
  if (newest) return failed(problemOf(patient, newest, countOf(lost)));
  // A ping that failed is no work lost, unless it shows that nothing arrives at present.
  if (last && open.includes(last)) return warning(problemOf(patient, last, countOf(open)));
  return ok(`The last ${deliveries.length} attempts: nothing that matters is left undelivered.`);
}

/** GitHub keeps deliveries for three days. */
const MEMORY_MS = 3 * 86_400_000;
/** The list may follow a little later. */
const SETTLES_MS = 10 * 60_000;

/** Nothing was sent. An installation is always told, so a young one without a word is a proof. */
async function silence({ github, app, ports }: WithApp): Promise<Verdict> {
  const installations = await github.installations();
  const age = (born: string): number => ports.now() - Date.parse(born);
  const young = (installations.kind === "known" ? installations.value : []).find(
    ({ created_at: born }) => age(born) > SETTLES_MS && age(born) < MEMORY_MS,
  );
  if (!young) return skipped("GitHub has sent nothing in the last days.");
  return failed({
    finding: `GitHub has sent nothing, although the App was installed at ${young.created_at}.`,
    reason: "It tells every active webhook of an installation, so this one is not active.",
    remedy: "In the App's settings, under “Webhook”, tick “Active” and save.",
    link: appPage(github, app, ""),
  });
}

/** Events whose loss is work lost. */
const WANTED = new Set([
  "pull_request",
  "push",
  "workflow_run",
  "issue_comment",
  "check_run",
  "check_suite",
]);

function countOf(deliveries: readonly DeliveryFacts[]): number {
  return new Set(deliveries.map(({ guid }) => guid)).size;
}

function problemOf({ github, app }: WithApp, newest: DeliveryFacts, count: number) {
  const code = newest.status_code === 0 ? newest.status : `${newest.status_code} ${newest.status}`;
  return {
    finding: `${count} of the last deliveries failed and were not made good; the newest (${newest.event}, ${newest.delivered_at}): ${code}.`,
    reason: `${whyOf(newest)} GitHub repeats nothing by itself; the relay's sweep does within 3 days, once it is well.`,
    remedy: remedyOf(newest),
    link: newest.status_code === 401 ? LINKS.signature : `${appPage(github, app, "")}/advanced`,
  };
}

/** Failed attempts, newest first, whose delivery has no success after them. */
function unmended(deliveries: readonly DeliveryFacts[]): DeliveryFacts[] {
  const newestFirst = deliveries.toSorted((one, other) => other.id - one.id);
  const settled = new Set<string>();
  return newestFirst.filter(({ guid, status }) => {
    if (status === "OK") settled.add(guid);
    return status !== "OK" && !settled.has(guid);
  });
}

function whyOf({ status_code: code }: DeliveryFacts): string {
  if (code === 401) return "GitHub signs with another secret than the relay has.";
  if (code === 404 || code === 405) return "The relay takes deliveries at another address.";
  if (code === 0) return "GitHub could not reach the relay, or waited 10 s in vain.";
  if (code >= 500)
    return "The relay could not take it (misconfigured, or its storage did not answer).";
  return "The relay refused it.";
}

function remedyOf({ status_code: code }: DeliveryFacts): string {
  if (code === 401) return "Run `merge-relay rotate webhook-secret`: one new secret on both sides.";
  if (code === 404 || code === 405) return "Mend what “hook-address” says.";
  if (code === 0 || code >= 500)
    return "Mend what “relay” says; then wait for the sweep, or redeliver under “Advanced”.";
  return "Look at the delivery's response under “Advanced” in the App's settings, then redeliver it.";
}
