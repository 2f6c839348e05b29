/**
 * The one policy: facts in, plan and trace out. Every way to a dispatch comes through here. Pure: no
 * clock, no I/O; what is not known yet is asked for by `need.ts`, never assumed.
 */
import { isOwnerAllowed, remedyForOwner } from "./allowed-owners.ts";
import { type Configuration, DEFAULT_ROUTE } from "./configuration.ts";
import { formatProblems } from "./configuration-problem.ts";
import { DEFAULT_WORKFLOW } from "./configuration-schema.ts";
import type { Route } from "./configuration.ts";
import {
  type Facts,
  type PullRequestFacts,
  type RepositoryFacts,
  fullName,
  isOnBranch,
  workflowKey,
} from "./facts.ts";
import { type Refusal, reject, skip } from "./reason.ts";
import { judgeRoute } from "./route-verdict.ts";
import { matchRoute } from "./route-match.ts";
import { Trace, type TraceStep } from "./trace.ts";

/** What the operator of the relay allows; stands above every repository's file. */
export interface Policy {
  /** Lower-case logins and numeric ids; empty means every installation. */
  readonly allowedOwners: readonly string[];
  readonly observe: boolean;
}

/** What is asked of the policy: all that a merge may start, or what a person has in mind. */
export interface Question {
  /** Only the route of this name; null: all. */
  readonly route: string | null;
  /** A person asks: `on`, which says what starts a route by itself, is not asked for a commit. */
  readonly byHand: boolean;
  /** Only to be explained: routes are tried even where the merge is not there (yet). */
  readonly hypothetical: boolean;
}

/** What GitHub's own events ask. */
export const AUTOMATIC: Question = { route: null, byHand: false, hypothetical: false };

/** A commit that GitHub says is merged, with the branch that holds it. */
export interface ProvenCommit {
  readonly sha: string;
  readonly branch: string;
  readonly pullRequest: number | null;
  readonly tag: string | null;
}

/** What becomes of one route that matched. */
export interface RoutePlan {
  readonly route: Route;
  readonly commit: ProvenCommit;
  /** Where the workflow lives: this repository, or the builder. */
  readonly builder: RepositoryFacts;
  readonly ref: string;
  /** Null: dispatch. */
  readonly refusal: Refusal | null;
}

export interface Decision {
  /** Set when no route came to a plan of its own. */
  readonly refusal: Refusal | null;
  readonly sha: string | null;
  readonly branch: string | null;
  readonly plans: readonly RoutePlan[];
  readonly trace: readonly TraceStep[];
}

/** Decides what becomes of a claim, from facts read from GitHub. */
export function decide(facts: Facts, policy: Policy, question: Question = AUTOMATIC): Decision {
  const trace = new Trace();
  const known = claimed(facts);
  const end = (refusal: Refusal): Decision => ({
    refusal,
    ...known,
    plans: [],
    trace: trace.steps,
  });

  const unproven = judgeOwner(facts, policy, trace) ?? judgeProof(facts, question, trace);
  if (unproven && !question.hypothetical) return end(unproven);
  const routes = routesOf(facts, trace, question);
  if ("verdict" in routes) return end(unproven ?? routes);
  const plans = routes.flatMap((route) => {
    const commit = matchRoute(route, facts, { question, trace });
    return commit === null ? [] : [judgeRoute({ route, commit }, facts, policy, trace)];
  });
  if (unproven) return end(unproven);
  if (plans.length === 0) {
    return end(
      skip("no-route", "No route of .github/merge-relay.yml matches; the trace says why for each."),
    );
  }
  return { refusal: null, ...known, plans, trace: trace.steps };
}

function claimed(facts: Facts): { sha: string | null; branch: string | null } {
  const { subject } = facts;
  switch (subject.kind) {
    case "merge":
      return subject.pull === "absent"
        ? { sha: null, branch: null }
        : { sha: subject.pull.mergeCommitSha, branch: subject.pull.baseBranch };
    case "push":
      return { sha: subject.sha, branch: subject.branch };
    case "tag":
      return { sha: subject.sha, branch: null };
  }
}

function judgeOwner(facts: Facts, policy: Policy, trace: Trace): Refusal | null {
  const { ownerId, owner } = facts.repository;
  const allowed = isOwnerAllowed(policy, facts.repository);
  const remedy = remedyForOwner(facts.repository);
  trace.check("owner-allowed", allowed, { saw: `owner ${owner} (id ${ownerId})`, change: remedy });
  return allowed ? null : reject("owner-not-allowed", remedy);
}

function judgeProof(facts: Facts, question: Question, trace: Trace): Refusal | null {
  const { subject } = facts;
  switch (subject.kind) {
    case "merge":
      return judgeMerge(facts, question, trace);
    case "push":
      return judgeAncestry(trace, subject.sha, subject.branch, isOnBranch(subject.ancestry));
    case "tag": {
      const exists = trace.check("tag-exists", subject.sha !== null, {
        saw:
          subject.sha === null ? `no tag ${subject.tag}` : `tag ${subject.tag} is ${subject.sha}`,
        change: "Push the tag again.",
      });
      return exists
        ? null
        : reject("not-on-branch", `GitHub has no tag ${subject.tag} (any more).`);
    }
  }
}

function judgeMerge(facts: Facts, question: Question, trace: Trace): Refusal | null {
  const { subject, repository } = facts;
  if (subject.kind !== "merge") return null;
  const { pull, pullRequest } = subject;
  const saw =
    pull === "absent"
      ? `GitHub has no pull request #${pullRequest} here`
      : `#${pullRequest} ${pull.merged ? `merged as ${pull.mergeCommitSha ?? "nothing"}` : "not merged"}`;
  const refusal = refuseMerge({ pull, pullRequest }, repository, question);
  const change = refusal?.remedy ?? "";
  trace.check("merge-confirmed", refusal === null, { saw, change });
  if (refusal !== null || pull === "absent") return refusal;
  return judgeAncestry(trace, pull.mergeCommitSha, pull.baseBranch, isOnBranch(subject.ancestry));
}

/** An event claims a merge, which GitHub denies; a person only asks, and may do so too early. */
function refuseMerge(
  { pull, pullRequest }: { pull: PullRequestFacts | "absent"; pullRequest: number },
  { id }: RepositoryFacts,
  { byHand, hypothetical }: Question,
): Refusal | null {
  const own = pull !== "absent" && pull.baseRepositoryId === id ? pull : null;
  if (own?.merged === true && own.mergeCommitSha !== null) return null;
  if (own?.merged === false && (byHand || hypothetical)) {
    const remedy = `Merge pull request #${pullRequest}: only what is merged is published, and its merge starts that by itself.`;
    return skip("not-merged", remedy);
  }
  return reject(
    "merge-not-confirmed",
    `GitHub does not say that pull request #${pullRequest} is merged; nothing to do unless it should be.`,
  );
}

function judgeAncestry(
  trace: Trace,
  sha: string | null,
  branch: string,
  contained: boolean,
): Refusal | null {
  const remedy = `Commit ${sha ?? ""} is not reachable from ${branch}: the branch was rewritten or deleted, or the commit belongs to a fork.`;
  const saw = `${branch} ${contained ? "contains" : "does not contain"} ${sha ?? ""}`;
  return trace.check("on-branch", contained, { saw, change: remedy })
    ? null
    : reject("not-on-branch", remedy);
}

function routesOf(facts: Facts, trace: Trace, question: Question): readonly Route[] | Refusal {
  const { configuration, repository } = facts;
  switch (configuration.kind) {
    case "invalid": {
      const remedy = `Mend .github/merge-relay.yml on ${repository.defaultBranch}: ${formatProblems(configuration.problems)}`;
      trace.check("configuration", false, { saw: "not valid", change: remedy });
      return reject("config-invalid", remedy);
    }
    case "valid":
      return validRoutes(configuration.configuration, trace, question);
    case "absent": {
      const workflow = facts.workflows.get(workflowKey(repository, DEFAULT_WORKFLOW));
      const present = workflow?.kind === "present";
      const saw = `no .github/merge-relay.yml; ${DEFAULT_WORKFLOW} is ${present ? "there" : "missing"}`;
      const remedy = `Add .github/workflows/${DEFAULT_WORKFLOW} to ${repository.defaultBranch} of ${fullName(repository)}, or routes in .github/merge-relay.yml.`;
      trace.check("configuration", present, { saw, change: remedy });
      if (!present) return skip("no-workflow", remedy);
      return named([DEFAULT_ROUTE], trace, question);
    }
  }
}

function validRoutes(
  configuration: Configuration,
  trace: Trace,
  question: Question,
): readonly Route[] {
  const names = configuration.routes.map((route) => route.name).join(", ");
  trace.check("configuration", true, {
    saw: `routes: ${names === "" ? "none" : names}`,
    change: "",
  });
  return named(configuration.routes, trace, question);
}

/** The routes that were asked for; a name that no route has leaves none, and the trace says so. */
function named(routes: readonly Route[], trace: Trace, { route }: Question): readonly Route[] {
  if (route === null) return routes;
  const found = routes.filter(({ name }) => name === route);
  trace.check("route-named", found.length > 0, {
    saw: `asked for route ${route}`,
    change: `There is no route ${route}; there are: ${routes.map(({ name }) => name).join(", ")}.`,
  });
  return found;
}
