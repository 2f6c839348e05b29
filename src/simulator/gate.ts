import { empty, json, notFound, problem, text, type Answer } from "./answer.ts";
import { installationOf } from "./payloads/event.ts";
import { judgeAccess, type Needs, type Principal } from "./principal.ts";
import type { Call, Match, Request, RepositoryRoute, Route } from "./router.ts";
import type { TokenStore } from "./tokens.ts";
import { lookUpName } from "./world/find.ts";
import type { Repository, WorldState } from "./world/state.ts";

const DEFAULT_VERSION = "2022-11-28";
const VERSIONS = [DEFAULT_VERSION, "2026-03-10"];
const NO_USER_AGENT =
  "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.";

export interface Gate {
  readonly state: WorldState;
  readonly tokens: TokenStore;
}

/** What the door keeper found out: who asks, and the answer so far. */
export interface Passage {
  readonly principal: Principal;
  readonly answer: Answer;
}

function neededHeader(needs: Needs): Record<string, string> {
  const alternatives = needs.map((wanted) =>
    Object.entries(wanted)
      .map(([name, level]) => `${name}=${level}`)
      .join(","),
  );
  return alternatives.length === 0
    ? {}
    : { "x-accepted-github-permissions": alternatives.join("; ") };
}

function parseBody(request: Request): Record<string, unknown> | null {
  if (request.body.length === 0) {
    return {};
  }
  try {
    const value: unknown = JSON.parse(request.body.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function moved(gate: Gate, request: Request, id: number): Answer {
  const rest = request.path.split("/").slice(4).join("/");
  const query = request.query.size === 0 ? "" : `?${request.query.toString()}`;
  const url = `${gate.state.url()}/repositories/${id}${rest === "" ? "" : `/${rest}`}${query}`;
  const get = request.method === "GET" || request.method === "HEAD";
  const message = get ? "Moved Permanently" : "Temporary Redirect";
  const body = { message, url, documentation_url: "https://docs.github.com/rest" };
  return json(get ? 301 : 307, body, { location: url });
}

function refuseAccess(verdict: "forbidden" | "no-role" | "hidden", principal: Principal): Answer {
  if (verdict === "hidden") {
    return notFound();
  }
  if (verdict === "no-role") {
    return problem(403, "Must have admin rights to Repository.");
  }
  const kind = principal.kind === "fine-grained" ? "personal access token" : "integration";
  return problem(403, `Resource not accessible by ${kind}`);
}

function reaches(gate: Gate, principal: Principal, repository: Repository, needs: Needs) {
  const installation = installationOf(gate.state, repository);
  return judgeAccess(principal, { repository, needs, installation });
}

async function passRepository(gate: Gate, route: RepositoryRoute, call: Call): Promise<Answer> {
  const named = lookUpName(gate.state, `${call.params["owner"]}/${call.params["repo"]}`);
  const id = named.kind === "moved" ? named.id : named.kind === "found" ? named.repository.id : -1;
  const repository = gate.state.repositories.get(id);
  if (repository === undefined) {
    return notFound();
  }
  const verdict =
    route.auth === "repository"
      ? reaches(gate, call.principal, repository, route.needs)
      : "allowed";
  if (verdict !== "allowed") {
    return refuseAccess(verdict, call.principal);
  }
  return named.kind === "moved"
    ? moved(gate, call.request, id)
    : route.handle({ ...call, repository });
}

function refuseOtherThanUser(principal: Principal): Answer | null {
  if ("login" in principal) {
    return null;
  }
  return principal.kind === "installation"
    ? problem(403, "Resource not accessible by integration")
    : problem(401, "Requires authentication");
}

/** Each kind of route takes only some kinds of token. */
function refuseKind(auth: Route["auth"], principal: Principal): Answer | null {
  const { kind } = principal;
  switch (auth) {
    case "app":
    case "app-repository":
      return kind === "app" ? null : problem(401, "A JSON web token could not be decoded");
    case "user":
      return refuseOtherThanUser(principal);
    case "installation":
      return kind === "installation" ? null : problem(401, "Bad credentials");
    case "repository":
      return kind === "app" ? problem(401, "Bad credentials") : null;
    case "open":
    case "web":
      return null;
  }
}

function refuseSuspended(state: WorldState, principal: Principal): Answer | null {
  if (principal.kind !== "installation") {
    return null;
  }
  const installation = state.installations.get(principal.installationId);
  return installation?.suspendedAt === null
    ? null
    : problem(403, "This installation has been suspended");
}

function refuseForm(request: Request, version: string): Answer | null {
  if ((request.headers["user-agent"] ?? "") === "") {
    return text(403, `${NO_USER_AGENT}\n`, "text/html; charset=utf-8");
  }
  return VERSIONS.includes(version)
    ? null
    : problem(400, `Unsupported 'X-GitHub-Api-Version' header value: '${version}'`);
}

/** Past the door: who may use this endpoint, and what it says. */
async function enter(
  gate: Gate,
  request: Request,
  at: { match: Match; principal: Principal; version: string },
): Promise<Answer> {
  const { match, principal, version } = at;
  const { route, params } = match;
  const body = route.auth === "web" ? {} : parseBody(request);
  const refusal = refuseSuspended(gate.state, principal) ?? refuseKind(match.route.auth, principal);
  if (refusal !== null || body === null) {
    return refusal ?? problem(400, "Problems parsing JSON");
  }
  const call: Call = { request, params, principal, apiVersion: version, body };
  return "needs" in route ? passRepository(gate, route, call) : route.handle(call);
}

async function answerMatched(gate: Gate, request: Request, match: Match | null): Promise<Passage> {
  const web = match?.route.auth === "web";
  const version = request.headers["x-github-api-version"] ?? DEFAULT_VERSION;
  const malformed = web ? null : refuseForm(request, version);
  const identified = gate.tokens.identify(web ? undefined : request.headers["authorization"]);
  if (malformed !== null || !identified.ok) {
    const answer = malformed ?? problem(401, identified.ok ? "" : identified.message);
    return { principal: { kind: "anonymous" }, answer };
  }
  const { principal } = identified;
  const answer =
    match === null ? notFound() : await enter(gate, request, { match, principal, version });
  return { principal, answer };
}

/** Takes a request through GitHub's checks, in GitHub's order, to its route. */
export async function pass(gate: Gate, request: Request, match: Match | null): Promise<Passage> {
  const { principal, answer } = await answerMatched(gate, request, match);
  const needs = match?.route.auth === "repository" ? match.route.needs : [];
  const scopes =
    principal.kind === "classic" ? { "x-oauth-scopes": principal.scopes.join(", ") } : {};
  const headers = { ...neededHeader(needs), ...scopes, ...answer.headers };
  return { principal, answer: { ...answer, headers } };
}

/** Answers 304 instead, if the caller already has exactly this. */
export function unlessUnchanged(request: Request, answer: Answer, etag: string): Answer {
  const headers = { ...answer.headers, etag };
  const same = (request.headers["if-none-match"] ?? "").replace(/^W\//, "") === etag.slice(2);
  return same ? empty(304, headers) : { ...answer, headers };
}
