import { readPolicy } from "../../config.ts";
import { isOwnerAllowed } from "../../domain/decide.ts";
import { failed, ok, type Verdict, warning } from "../check.ts";
import { askHealth } from "../health.ts";
import type { Check } from "../patient.ts";
import { needsRepository, type WithRepository } from "./needs-repository.ts";

/** Whether the operator's own limits let this repository's merges through. */
export const operatorLimitsCheck: Check = {
  name: "operator-limits",
  title: "Limits of the operator",
  run: (patient) => needsRepository(patient, judge),
};

async function judge(patient: WithRepository): Promise<Verdict> {
  const { environment, facts, fullName } = patient;
  const owners = environment["ALLOWED_OWNERS"] ?? "";
  const { login: owner, id: ownerId } = facts.owner;
  if (!isOwnerAllowed(readPolicy(environment, ignore), { owner, ownerId })) {
    return failed({
      finding: `ALLOWED_OWNERS (${owners}) leaves ${owner} out.`,
      reason: `Every merge into ${fullName} is rejected: owner-not-allowed.`,
      remedy: `Add ${owner}, or better ${ownerId}, which survives a rename; then deploy, or restart a local relay.`,
    });
  }
  const health = await askHealth(patient);
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
    owners === ""
      ? "No limit is known here, and it dispatches."
      : `It serves ${owner}, and dispatches.`,
  );
}

/** Malformed settings are the finding of “settings”. */
function ignore(): void {}
