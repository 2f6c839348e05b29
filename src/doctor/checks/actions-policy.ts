import { randomBytes } from "node:crypto";
import * as v from "valibot";
import { DEFAULT_ROUTE } from "../../domain/configuration.ts";
import { failed, ok, skipped, unknown, type Verdict, warning } from "../check.ts";
import { type Known, messageOf } from "../facts.ts";
import { LINKS } from "../links.ts";
import type { Check } from "../patient.ts";
import type { HttpAnswer } from "../ports.ts";
import { ownRoutes, routesOf } from "../routes.ts";
import { needsRepository, type WithRepository } from "./needs-repository.ts";

/** Whether Actions is on, and no policy keeps the App from dispatching, as far as can be read. */
export const actionsPolicyCheck: Check = {
  name: "actions-policy",
  title: "Actions policies",
  run: (patient) => needsRepository(patient, judge),
};

const permissionsSchema = v.object({
  enabled: v.boolean(),
  allowed_actions: v.optional(v.string(), "all"),
});

async function judge(patient: WithRepository): Promise<Verdict> {
  const { github, fullName } = patient;
  const link = `${github.web}/${fullName}/settings/actions`;
  const token = await github.mint({ administration: "read" });
  const answer = await ask(patient, token, "/actions/permissions");
  const read = v.safeParse(permissionsSchema, answer);
  if (read.success && !read.output.enabled) return switchedOff(patient);
  if (!read.success) return judgeProbe(await probeDispatch(patient), patient);
  if (read.output.allowed_actions !== "all") {
    return warning({
      finding: `Actions allows only some actions in ${fullName} (${read.output.allowed_actions}).`,
      reason:
        "A run that uses another one ends at its start. The workflow of `merge-relay init` uses actions/* and docker/*.",
      remedy:
        "Under Settings → Actions → General allow the actions that the publish workflow uses.",
      link,
    });
  }
  return judgePolicies(await ask(patient, token, "/actions/policies"), link);
}

function switchedOff({ fullName, github }: WithRepository): Verdict {
  return failed({
    finding: `Actions is switched off for ${fullName}.`,
    reason: "No workflow runs there, whoever starts it.",
    remedy:
      "Allow Actions under Settings → Actions → General of the repository (or of its organization).",
    link: `${github.web}/${fullName}/settings/actions`,
  });
}

const NO_FILE = "no such workflow";

/** What GitHub says to a dispatch on a ref that cannot exist: nothing starts, whatever it says. */
async function probeDispatch(patient: WithRepository): Promise<string> {
  const { github } = patient;
  const [route = DEFAULT_ROUTE] = ownRoutes(await routesOf(patient));
  const token = await github.mint({ actions: "write" });
  if (token.kind !== "known") return "";
  const answer = await github.send({
    method: "POST",
    path: `${github.place}/actions/workflows/${encodeURIComponent(route.workflow)}/dispatches`,
    token: token.value,
    body: { ref: `merge-relay-probe-${randomBytes(8).toString("hex")}` },
  });
  if (answer.kind !== "answer") return "";
  return answer.status === 404 ? NO_FILE : messageOf(answer.text);
}

function judgeProbe(said: string, patient: WithRepository): Verdict {
  if (/Actions (?:has been|is) disabled/i.test(said)) return switchedOff(patient);
  if (/not allowed to trigger/i.test(said)) {
    return failed({
      finding: `A policy refuses the App's dispatches: ${said}`,
      reason: "Every merge is rejected: blocked-by-actions-policy.",
      remedy:
        "Under Settings → Actions → Policies make the App an allowed actor and workflow_dispatch an allowed event for the publish workflow.",
      link: LINKS.policies,
    });
  }
  if (said === NO_FILE || /disabled workflow/i.test(said)) {
    return skipped("No dispatch could be tried; see “workflow-file” and “workflow-enabled”.");
  }
  if (/No ref found/i.test(said)) {
    return ok(
      "Actions is on, and GitHub minds nothing about a dispatch by the App but the ref, which was made up for this.",
    );
  }
  return unknown({
    finding: "The App may not read the repository's Actions policies.",
    reason:
      "Workflow execution protections can refuse its dispatches: “Event 'workflow_dispatch' is not allowed to trigger Actions workflows”.",
    remedy:
      "Look under Settings → Actions → Policies: where there are protections for the publish workflow, the App must be an allowed actor and workflow_dispatch an allowed event.",
    link: LINKS.policies,
  });
}

function judgePolicies(policies: unknown, link: string): Verdict {
  const list = Array.isArray(policies)
    ? policies
    : ((policies as { policies?: unknown } | undefined)?.policies ?? null);
  if (Array.isArray(list) && list.length === 0) return ok("Actions is on, without policies.");
  return unknown({
    finding: Array.isArray(list)
      ? `Actions is on, with ${list.length} policies.`
      : "Actions is on.",
    reason:
      "Whether a policy refuses the App shows only in GitHub's settings, or at the first dispatch.",
    remedy:
      "Where there are execution protections, the App must be an allowed actor and workflow_dispatch an allowed event.",
    link,
  });
}

async function ask(
  { github }: WithRepository,
  token: Known<string>,
  rest: string,
): Promise<unknown> {
  if (token.kind !== "known") return undefined;
  const answer: HttpAnswer = await github.send({
    path: `${github.place}${rest}`,
    token: token.value,
  });
  if (answer.kind !== "answer" || answer.status !== 200) return undefined;
  try {
    return JSON.parse(answer.text);
  } catch {
    return undefined;
  }
}
