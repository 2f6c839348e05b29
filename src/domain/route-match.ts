/** Whether a route takes a proven commit: event, branch, labels, changed files, tag. Pure. */
import type { Route } from "./configuration.ts";
import type { ProvenCommit, Question } from "./decide.ts";
import { type Facts, type PullRequestFacts, isOnBranch } from "./facts.ts";
import { matchesAny } from "./glob.ts";
import type { Trace } from "./trace.ts";

interface Asked {
  readonly question: Question;
  readonly trace: Trace;
}

/** The commit that the route takes, or null; every rule leaves a step in the trace. */
export function matchRoute(route: Route, facts: Facts, asked: Asked): ProvenCommit | null {
  const { subject } = facts;
  const { trace } = asked;
  switch (subject.kind) {
    case "merge":
      return subject.pull === "absent" ? null : matchMerge(route, subject.pull, facts, asked);
    case "push": {
      const pullRequest = subject.pull?.number ?? null;
      const commit = { sha: subject.sha, branch: subject.branch, pullRequest, tag: null };
      const taken =
        takesEvent(route, "push", asked) && takesBranch(route, commit.branch, facts, trace);
      return taken ? commit : null;
    }
    case "tag":
      return subject.sha === null ? null : matchTag(route, subject, facts, asked);
  }
}

function matchMerge(
  route: Route,
  pull: PullRequestFacts,
  facts: Facts,
  asked: Asked,
): ProvenCommit | null {
  const sha = pull.mergeCommitSha;
  const { trace } = asked;
  const taken =
    takesEvent(route, "merge", asked) &&
    takesBranch(route, pull.baseBranch, facts, trace) &&
    takesLabels(route, pull, trace) &&
    takesPaths(route, facts, trace);
  if (!taken || sha === null) return null;
  return { sha, branch: pull.baseBranch, pullRequest: pull.number, tag: null };
}

function matchTag(
  route: Route,
  subject: { readonly tag: string; readonly sha: string | null },
  facts: Facts,
  asked: Asked,
): ProvenCommit | null {
  const { trace } = asked;
  if (!takesEvent(route, "tag", asked) || !takesTag(route, subject.tag, trace)) return null;
  const branch = branchOfTag(route, facts, trace);
  if (branch === null || subject.sha === null) return null;
  return { sha: subject.sha, branch, pullRequest: null, tag: subject.tag };
}

/** The branch globs of a route; the default branch where it names none. */
export function branchGlobs(route: Route, defaultBranch: string): readonly string[] {
  return route.branches ?? [defaultBranch];
}

/** True when a route may take a subject of this kind. A tag publishes other names, so it is always asked. */
export function isStartedBy(
  route: Route,
  event: Route["on"][number],
  { byHand }: Question,
): boolean {
  return route.on.includes(event) || (byHand && event !== "tag");
}

function takesEvent(route: Route, event: Route["on"][number], asked: Asked): boolean {
  const { question, trace } = asked;
  return trace.check("event", isStartedBy(route, event, question), {
    route: route.name,
    saw: question.byHand ? `${event}, asked for by hand` : event,
    change: `Add \`${event}\` to \`on\` of route ${route.name}.`,
  });
}

function takesBranch(route: Route, branch: string, facts: Facts, trace: Trace): boolean {
  const globs = branchGlobs(route, facts.repository.defaultBranch);
  return trace.check("branch", matchesAny(globs, branch), {
    route: route.name,
    saw: `${branch} against ${globs.join(", ")}`,
    change: `Add a glob for ${branch} to \`branches\` of route ${route.name}.`,
  });
}

function takesLabels(route: Route, pull: PullRequestFacts, trace: Trace): boolean {
  if (route.labels === null) return true;
  const { any, none } = route.labels;
  const wanted = any.length === 0 || any.some((label) => pull.labels.includes(label));
  const unwanted = none.filter((label) => pull.labels.includes(label));
  return trace.check("labels", wanted && unwanted.length === 0, {
    route: route.name,
    saw: pull.labels.length === 0 ? "no labels" : `labels ${pull.labels.join(", ")}`,
    change: wanted
      ? `The label ${unwanted.join(", ")} keeps this pull request out.`
      : `The pull request needs one of the labels ${any.join(", ")}.`,
  });
}

function takesPaths(route: Route, facts: Facts, trace: Trace): boolean {
  const { paths } = route;
  const files = facts.changedFiles;
  if (paths === null) return true;
  const hit = files?.paths.find((path) => matchesAny(paths, path));
  const beyond = files !== null && !files.complete;
  const saw = beyond
    ? "more than 3,000 changed files: GitHub lists no more, so the filter counts as matched"
    : `${files?.paths.length ?? 0} changed files, ${hit === undefined ? "none matches" : `${hit} matches`}`;
  return trace.check("paths", hit !== undefined || beyond, {
    route: route.name,
    saw,
    change: `No changed file matches \`paths\` (${paths.join(", ")}).`,
  });
}

function takesTag(route: Route, tag: string, trace: Trace): boolean {
  return trace.check("tag", matchesAny(route.tags, tag), {
    route: route.name,
    saw: `${tag} against ${route.tags.join(", ")}`,
    change: `Add a glob for ${tag} to \`tags\` of route ${route.name}.`,
  });
}

function branchOfTag(route: Route, facts: Facts, trace: Trace): string | null {
  const { subject, repository } = facts;
  if (subject.kind !== "tag") return null;
  const globs = branchGlobs(route, repository.defaultBranch);
  const allowed = subject.branches.filter(({ branch }) => matchesAny(globs, branch));
  const found = allowed.find(({ ancestry }) => isOnBranch(ancestry));
  const isCut = subject.search?.isCut === true;
  trace.check("tag-on-branch", found !== undefined, {
    route: route.name,
    saw: found === undefined ? triedText(allowed, subject.search) : `${found.branch} holds it`,
    change: isCut
      ? `There are more branches than the relay asks about: name the branch of ${subject.tag} in \`branches\` of route ${route.name}, without a star.`
      : "The tagged commit must be reachable from a branch that the route allows.",
  });
  return found?.branch ?? null;
}

const SHOWN_BRANCHES = 20;

function triedText(
  tried: readonly { readonly branch: string }[],
  search: { readonly asked: number; readonly isCut: boolean } | undefined,
): string {
  const names = tried.slice(0, SHOWN_BRANCHES).map(({ branch }) => branch);
  const all = Math.max(search?.asked ?? 0, tried.length);
  const more = all > names.length ? `, ${all} branches in all` : "";
  const cut = search?.isCut === true ? ", and not every one" : "";
  return `tried ${names.join(", ") || "no branch"}${more}${cut}`;
}
