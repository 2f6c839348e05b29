import * as v from "valibot";
import { failed, type Verdict, ok, unknown } from "../check.ts";
import type { Known } from "../facts.ts";
import { LINKS } from "../links.ts";
import type { Check } from "../patient.ts";
import type { HttpAnswer } from "../ports.ts";
import { needsRepository, type WithRepository } from "./needs-repository.ts";

/** Whether Actions is on, and no policy keeps the App from dispatching, as far as can be read. */
export const actionsPolicyCheck: Check = {
  name: "actions-policy",
  title: "Actions policies",
  run: (patient) => needsRepository(patient, judge),
};

const permissionsSchema = v.object({ enabled: v.boolean() });

async function judge(patient: WithRepository): Promise<Verdict> {
  const { github, fullName } = patient;
  const link = `${github.web}/${fullName}/settings/actions`;
  const token = await github.mint({ administration: "read" });
  const answer = await ask(patient, token, "/actions/permissions");
  const read = v.safeParse(permissionsSchema, answer);
  if (read.success && !read.output.enabled) {
    return failed({
      finding: `Actions is switched off for ${fullName}.`,
      reason: "No workflow runs there, whoever starts it.",
      remedy:
        "Allow Actions under Settings → Actions → General of the repository (or of its organization).",
      link,
    });
  }
  if (!read.success) {
    return unknown({
      finding: "The App may not read the repository's Actions policies.",
      reason:
        "Workflow execution protections can refuse its dispatches: “Event 'workflow_dispatch' is not allowed to trigger Actions workflows”.",
      remedy: `Look under Settings → Actions → Policies: where there are protections for the publish workflow, the App must be an allowed actor and workflow_dispatch an allowed event.`,
      link: LINKS.policies,
    });
  }
  return judgePolicies(await ask(patient, token, "/actions/policies"), link);
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
