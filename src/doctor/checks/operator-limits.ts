import { readPolicy } from "../../config.ts";
import { isOwnerAllowed } from "../../domain/allowed-owners.ts";
import { failed, ok, type Verdict, warning } from "../check.ts";
import { askHealth } from "../health.ts";
import { relayUrlOf } from "../relay-place.ts";
import { sendPing, servesIn } from "../signed-ping.ts";
import { LINKS } from "../links.ts";
import type { Check } from "../patient.ts";
import { needsRepository, type WithRepository } from "./needs-repository.ts";

/** Whether the operator's own limits let this repository's merges through. */
export const operatorLimitsCheck: Check = {
  name: "operator-limits",
  title: "Limits of the operator",
  run: (patient) => needsRepository(patient, judge),
};

async function judge(patient: WithRepository): Promise<Verdict> {
  const { environment, facts } = patient;
  const owners = environment["ALLOWED_OWNERS"] ?? "";
  const { login: owner, id: ownerId } = facts.owner;
  const [health, said] = await Promise.all([askHealth(patient), askWhetherServed(patient)]);
  // What the relay runs with counts; what is set here, only where it does not say.
  const isServed = said ?? isOwnerAllowed(readPolicy(environment, ignore), { owner, ownerId });
  if (!isServed) return leftOut(patient, said === null ? `ALLOWED_OWNERS (${owners})` : null);
  const mode = health.kind === "healthy" ? health.said.mode : environment["RELAY_MODE"];
  if (mode === "observe") {
    return warning({
      finding: "The relay only observes: it decides and records, and dispatches nothing.",
      reason: "RELAY_MODE is observe; every merge ends as skipped: observe-mode.",
      remedy:
        "Set RELAY_MODE to enforce (or take it out) when it shall publish; then deploy, or restart a local relay.",
    });
  }
  return ok(
    owners === "" && said === null
      ? "No limit is known here, and it dispatches."
      : `It serves ${owner}, and dispatches.`,
  );
}

/** The relay's own word, which it gives to whoever holds the webhook secret; null without one. */
async function askWhetherServed(patient: WithRepository): Promise<boolean | null> {
  const { environment, ports, facts } = patient;
  const secret = environment["GITHUB_WEBHOOK_SECRET"] ?? "";
  const url = await relayUrlOf(patient);
  if (secret === "" || url === null) return null;
  const { id, login } = facts.owner;
  return servesIn(await sendPing(ports, url, secret, { repository: { owner: { id, login } } }));
}

/** `setting` null: it is the relay that says so, and it tells nobody the list. */
function leftOut({ facts, fullName }: WithRepository, setting: string | null): Verdict {
  const { login: owner, id: ownerId } = facts.owner;
  return failed({
    finding: `${setting ?? "The relay's ALLOWED_OWNERS"} leaves ${owner} out.`,
    reason: `Every merge into ${fullName} is rejected: owner-not-allowed.`,
    remedy: `Add ${owner}, or better ${ownerId}, which survives a rename, to ALLOWED_OWNERS of the relay: under Settings → Variables and Secrets of the Worker at Cloudflare (or \`npx wrangler secret put ALLOWED_OWNERS\`, with the whole list); locally in .dev.vars, and restart it.`,
    link: LINKS.cloudflareVariables,
  });
}

/** Malformed settings are the finding of “settings”. */
function ignore(): void {}
