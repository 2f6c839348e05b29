/** The routes of the repository under examination, and the workflows that they run. */
import {
  CONFIGURATION_PATH,
  DEFAULT_ROUTE,
  parseConfiguration,
  type Route,
} from "../domain/configuration.ts";
import type { ConfigurationProblem } from "../domain/configuration-problem.ts";
import type { Known } from "./facts.ts";
import type { Patient } from "./patient.ts";

export type Routes =
  | {
      readonly kind: "file";
      readonly routes: readonly Route[];
      /** The repositories whose routes may run a workflow here. */
      readonly accept: readonly string[];
    }
  | { readonly kind: "default"; readonly routes: readonly Route[] }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigurationProblem[] }
  | { readonly kind: "unknown"; readonly known: Known<never> };

const read = new WeakMap<Patient["github"], Promise<Routes>>();

/** Reads the configuration from the default branch, once, by the relay's own parser. */
export function routesOf({ github }: Patient): Promise<Routes> {
  const known = read.get(github) ?? readRoutes(github);
  read.set(github, known);
  return known;
}

async function readRoutes(github: Patient["github"]): Promise<Routes> {
  const repository = await github.repository();
  if (repository.kind !== "known") return { kind: "unknown", known: repository };
  const file = await github.file(CONFIGURATION_PATH);
  if (file.kind === "absent") return { kind: "default", routes: [DEFAULT_ROUTE] };
  if (file.kind === "unknown") return { kind: "unknown", known: file };
  const parsed = parseConfiguration(file.value);
  return parsed.kind === "valid"
    ? { kind: "file", routes: parsed.configuration.routes, accept: parsed.configuration.accept }
    : { kind: "invalid", problems: parsed.problems };
}

/** Routes whose workflow is in this repository; an unreadable file leaves the default one. */
export function ownRoutes(routes: Routes): readonly Route[] {
  if (routes.kind === "invalid" || routes.kind === "unknown") return [DEFAULT_ROUTE];
  return routes.routes.filter(({ builder }) => builder === null);
}

/** Whom a builder's own repository builds for, which has no route itself; null for any other. */
export function sourcesOf(routes: Routes): string | null {
  return routes.kind === "file" && routes.routes.length === 0 ? routes.accept.join(", ") : null;
}

/** Where the image is named, of a repository that has no route with a workflow here. */
export function imageElsewhere(routes: Routes): string {
  const sources = sourcesOf(routes);
  return sources === null
    ? "The image is pushed by another repository's workflow."
    : `It has no image of its own: it builds for ${sources}, whose routes name theirs.`;
}

/** The image of a route, lower case as registries want it. */
export function imageOf(route: Route, { repository, github }: Patient): string {
  const host = new URL(github.web).host;
  const registry = host === "github.com" || isPlain(host) ? "ghcr.io" : `containers.${host}`;
  return (
    route.image ?? `${registry}/${repository?.owner ?? ""}/${repository?.name ?? ""}`.toLowerCase()
  );
}

/** An address without a domain is a simulated GitHub. */
function isPlain(host: string): boolean {
  return /^[\d.:]+$/.test(host) || host.startsWith("localhost");
}
