/**
 * Contract 1: the inputs that a dispatch sends. Numbers, 40-hex SHAs, checked refs and constants of
 * the configuration; never a title, a body, a login or the name of a head branch.
 */
import type { Route } from "./configuration.ts";
import { type RepositoryFacts, fullName } from "./facts.ts";

export interface Target {
  readonly dispatchId: string;
  readonly sha: string;
  readonly branch: string;
  readonly pullRequest: number | null;
  readonly tag: string | null;
}

/** The inputs for one route and one commit; optional ones are there only where the route sets them. */
export function inputsFor(
  target: Target,
  route: Route,
  source: RepositoryFacts,
): Record<string, string> {
  const optional: [string, string | null][] = [
    ["tag", target.tag],
    ["image", route.image],
    ["platforms", route.platforms?.join(",") ?? null],
    ["context", route.context],
    ["file", route.file],
    ["repository", route.builder === null ? null : fullName(source)],
  ];
  return {
    ...route.inputs,
    dispatch_id: target.dispatchId,
    sha: target.sha,
    branch: target.branch,
    pr: target.pullRequest === null ? "" : String(target.pullRequest),
    ...Object.fromEntries(optional.filter(([, value]) => value !== null)),
  };
}
