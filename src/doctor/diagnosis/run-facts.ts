import type { Quote } from "./cause.ts";
import { quoteText } from "./clean-text.ts";

/** What GitHub's workflow run object says. Anything missing or misshapen stays null. */
export interface RunFacts {
  event: string | null;
  conclusion: string | null;
  actor: string | null;
  repository: string | null;
  headRepository: string | null;
  /** True if the head repository is another one than the run's. */
  fromFork: boolean | null;
  /** The branch, if it has a name that Dependabot gives. */
  botBranch: string | null;
  /** True if the repository that the run belongs to is itself a fork. */
  inFork: boolean;
  /** True or false if GitHub lists the reusable workflows that the run calls. */
  callsWorkflows: boolean | null;
}

type Json = Record<string, unknown>;

function asObject(value: unknown): Json | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Json)
    : null;
}

function asText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, 300) : null;
}

function repositoryName(value: unknown): string | null {
  return asText(asObject(value)?.["full_name"]);
}

/** Compares by name, and where one is missing by the mark that only a fork carries. */
function differs(base: Json, head: Json): boolean | null {
  const own = repositoryName(base);
  const theirs = repositoryName(head);
  if (own !== null && theirs !== null) return own.toLowerCase() !== theirs.toLowerCase();
  return head["fork"] === true && base["fork"] !== true ? true : null;
}

function isFork(run: Json): boolean | null {
  const base = asObject(run["repository"]);
  if (base === null || !("head_repository" in run)) return null;
  const head = asObject(run["head_repository"]);
  // GitHub gives null once the fork was deleted: only another repository can vanish so.
  if (head === null) return run["head_repository"] === null ? true : null;
  if (typeof base["id"] === "number" && typeof head["id"] === "number") {
    return base["id"] !== head["id"];
  }
  return differs(base, head);
}

/** Reads a run object, or a webhook payload that wraps one; never trusts its shape. */
export function readRunFacts(input: unknown): RunFacts | null {
  const outer = asObject(input);
  if (outer === null) return null;
  const run = asObject(outer["workflow_run"]) ?? outer;
  const called = run["referenced_workflows"];
  return {
    event: asText(run["event"]),
    conclusion: asText(run["conclusion"]),
    actor: asText(asObject(run["actor"])?.["login"]),
    repository: repositoryName(run["repository"]) ?? repositoryName(outer["repository"]),
    headRepository: repositoryName(run["head_repository"]),
    fromFork: isFork(run),
    botBranch: /^dependabot\/.{1,200}/.exec(asText(run["head_branch"]) ?? "")?.[0] ?? null,
    inFork: asObject(run["repository"])?.["fork"] === true,
    callsWorkflows: Array.isArray(called) ? called.length > 0 : null,
  };
}

/** Quotes the parts of the run object that a verdict rests on. */
export function quoteRun(run: RunFacts): Quote {
  const parts = [
    run.event === null ? null : `event: ${run.event}`,
    run.actor === null ? null : `actor: ${run.actor}`,
    run.botBranch === null ? null : `branch: ${run.botBranch}`,
    run.repository === null ? null : `repository: ${run.repository}`,
    run.headRepository === null ? null : `head repository: ${run.headRepository}`,
    run.conclusion === null ? null : `conclusion: ${run.conclusion}`,
  ];
  return { line: null, text: quoteText(parts.filter((part) => part !== null).join(", ")) };
}
