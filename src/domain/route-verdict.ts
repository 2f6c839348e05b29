/** What becomes of a route that matched: dispatch, or a reason not to. Pure. */
import { isOwnerAllowed, remedyForOwner } from "./allowed-owners.ts";
import type { Route } from "./configuration.ts";
import type { Policy, ProvenCommit, RoutePlan } from "./decide.ts";
import {
  type BuilderFacts,
  type Facts,
  type RepositoryFacts,
  fullName,
  workflowKey,
} from "./facts.ts";
import { matchesAny } from "./glob.ts";
import { isDispatchableRef } from "./ref-name.ts";
import { type Refusal, reject, skip } from "./reason.ts";
import type { Trace } from "./trace.ts";

/** Judges names, builder, workflow and the operator's mode, in this order; the first refusal stands. */
export function judgeRoute(
  match: { route: Route; commit: ProvenCommit },
  facts: Facts,
  policy: Policy,
  trace: Trace,
): RoutePlan {
  const { route } = match;
  const builder = builderOf(route, facts);
  const repository = builder?.kind === "present" ? builder.repository : facts.repository;
  const refusal =
    judgeNames(match, trace) ??
    judgeBuildersOwner(route, { builder, policy }, trace) ??
    judgeBuilder(route, facts, trace) ??
    judgeWorkflow(route, { repository, facts }, trace) ??
    judgeMode(route, policy, trace);
  return { ...match, builder: repository, ref: route.ref ?? repository.defaultBranch, refusal };
}

/** Names of branches and tags are the only texts that a dispatch carries from the repository. */
function judgeNames(match: { route: Route; commit: ProvenCommit }, trace: Trace): Refusal | null {
  const { branch, tag } = match.commit;
  const odd = [branch, ...(tag === null ? [] : [tag])].find((name) => !isDispatchableRef(name));
  if (odd === undefined) return null;
  const remedy =
    "The name of the branch or tag has characters that no dispatch carries: only letters, digits and . _ / + @ # = - are sent.";
  const saw = "a name with other characters";
  trace.check("names", false, { route: match.route.name, saw, change: remedy });
  return reject("inputs-refused", remedy);
}

function builderOf(route: Route, facts: Facts): BuilderFacts | null {
  if (route.builder === null) return null;
  return facts.builders.get(fullName(route.builder).toLowerCase()) ?? { kind: "absent" };
}

/** A dispatch acts in the builder's repository: the operator's word counts there as well. */
function judgeBuildersOwner(
  route: Route,
  { builder, policy }: { builder: BuilderFacts | null; policy: Policy },
  trace: Trace,
): Refusal | null {
  if (builder?.kind !== "present" || isOwnerAllowed(policy, builder.repository)) return null;
  const { owner, ownerId } = builder.repository;
  const remedy = remedyForOwner(builder.repository);
  const saw = `builder's owner ${owner} (id ${ownerId})`;
  trace.check("owner-allowed", false, { route: route.name, saw, change: remedy });
  return reject("owner-not-allowed", remedy);
}

function judgeBuilder(route: Route, facts: Facts, trace: Trace): Refusal | null {
  const builder = builderOf(route, facts);
  if (route.builder === null || builder === null) return null;
  const source = fullName(facts.repository);
  const named = fullName(route.builder);
  const accept =
    builder.kind === "present" && builder.configuration.kind === "valid"
      ? builder.configuration.configuration.accept
      : [];
  const accepted = matchesAny(accept, source, { ignoreCase: true });
  const unreadable = builder.kind === "present" && builder.configuration.kind === "invalid";
  const remedy = unreadable
    ? `Mend .github/merge-relay.yml of ${named}: it cannot be read, so it accepts nobody.`
    : builder.kind === "absent"
      ? `Install the App on ${named}, and let its .github/merge-relay.yml accept ${source}.`
      : `Add ${source} to \`accept\` in .github/merge-relay.yml of ${named}.`;
  const saw = `${named} accepts ${accept.join(", ") || "nobody"}`;
  return trace.check("builder-accepts", accepted, { route: route.name, saw, change: remedy })
    ? null
    : reject("builder-not-accepting", remedy);
}

function judgeWorkflow(
  route: Route,
  where: { repository: RepositoryFacts; facts: Facts },
  trace: Trace,
): Refusal | null {
  const name = fullName(where.repository);
  const workflow = where.facts.workflows.get(workflowKey(where.repository, route.workflow));
  const state = workflow?.kind === "present" ? workflow.state : "absent";
  const saw = `${route.workflow} in ${name} is ${state}`;
  if (state === "absent" || state === "deleted") {
    const remedy = `Add .github/workflows/${route.workflow} to the default branch of ${name}.`;
    trace.check("workflow", false, { route: route.name, saw, change: remedy });
    return reject("workflow-not-found", remedy);
  }
  const enabled = !state.startsWith("disabled");
  const remedy = `Enable ${route.workflow} in the Actions tab of ${name}.`;
  return trace.check("workflow", enabled, { route: route.name, saw, change: remedy })
    ? null
    : reject("workflow-disabled", remedy);
}

function judgeMode(route: Route, policy: Policy, trace: Trace): Refusal | null {
  if (!policy.observe) return null;
  const remedy = "The relay only observes: set RELAY_MODE to enforce.";
  trace.check("mode", false, { route: route.name, saw: "RELAY_MODE=observe", change: remedy });
  return skip("observe-mode", remedy);
}
