import type { Answer } from "./answer.ts";
import type { Needs, Principal } from "./principal.ts";
import type { Repository } from "./world/state.ts";

export interface Request {
  readonly method: string;
  /** The path as sent, still encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Call {
  readonly request: Request;
  /** Decoded path parameters. */
  readonly params: Readonly<Record<string, string>>;
  readonly principal: Principal;
  readonly apiVersion: string;
  /** The JSON body; an empty object when there is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface RepositoryCall extends Call {
  readonly repository: Repository;
}

type Handled = Answer | Promise<Answer>;

/** For the App by JWT, a user, an installation, everyone, or a browser. */
export interface PlainRoute {
  readonly method: string;
  readonly pattern: string;
  readonly auth: "app" | "user" | "installation" | "open" | "web";
  readonly handle: (call: Call) => Handled;
}

/** On one repository, for a token with these permissions (or the App itself). */
export interface RepositoryRoute {
  readonly method: string;
  readonly pattern: string;
  readonly auth: "repository" | "app-repository";
  readonly needs: Needs;
  readonly handle: (call: RepositoryCall) => Handled;
}

export type Route = PlainRoute | RepositoryRoute;

/** A route below `/repos/{owner}/{repo}`; `at` is method and the rest of the path. */
export function onRepository(
  at: `${string} ${string}`,
  needs: Needs,
  handle: RepositoryRoute["handle"],
): RepositoryRoute {
  const [method = "", rest = ""] = at.split(" ");
  return { method, pattern: `/repos/:owner/:repo${rest}`, auth: "repository", needs, handle };
}

/** A route for the App as itself. */
export function asApp(at: `${string} ${string}`, handle: PlainRoute["handle"]): PlainRoute {
  const [method = "", pattern = ""] = at.split(" ");
  return { method, pattern, auth: "app", handle };
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

function compile(pattern: string): RegExp {
  const source = pattern
    .replace(/[.]/g, "\\.")
    .replace(/:(\w+)\*/g, "(?<$1>.+)")
    .replace(/:(\w+)/g, "(?<$1>[^/]+)");
  return new RegExp(`^${source}/?$`);
}

function decode(groups: Record<string, string> | undefined): Record<string, string> | null {
  try {
    const entries = Object.entries(groups ?? {});
    return Object.fromEntries(entries.map(([key, value]) => [key, decodeURIComponent(value)]));
  } catch {
    return null;
  }
}

/** Finds the first route for a method and an encoded path; `:name*` spans slashes. */
export function createRouter(
  routes: readonly Route[],
): (method: string, path: string) => Match | null {
  const compiled = routes.map((route) => ({ route, shape: compile(route.pattern) }));
  return (method, path) => {
    for (const { route, shape } of compiled) {
      const found = route.method === method ? shape.exec(path) : null;
      const params = found === null ? null : decode(found.groups);
      if (params !== null) {
        return { route, params };
      }
    }
    return null;
  };
}
