/**
 * Who calls. The same answer for every path when it is nobody, and before anything else about the
 * request is looked at. Tokens that have not been proved are counted by the client's address, so that
 * nobody can make the relay ask GitHub about made-up tokens at will.
 */
import { addressOf, isOver, WINDOW_SECONDS } from "../rate-limit.ts";
import { fingerprint } from "../short-memory.ts";
import type { RunClaims } from "./actions-oidc.ts";
import type { ApiServices, Caller } from "./api-call.ts";
import { bearerOf } from "./bearer.ts";
import { PROBLEMS } from "./problem.ts";

/** The caller, or the answer that they get. */
export async function identify(
  request: Request,
  services: ApiServices,
): Promise<Caller | Response> {
  const token = bearerOf(request);
  const print = token === null ? null : await fingerprint(token);
  const isProved = print !== null && services.proved.has(print);
  const first = isProved ? `token:${print}` : `address:${addressOf(request)}`;
  if (await isOver(services.limiter, first)) return PROBLEMS.tooMany(WINDOW_SECONDS);
  if (token === null || print === null) return PROBLEMS.unauthorized();
  const caller = await whose(request, token, services);
  if (caller instanceof Response || isProved) return caller;
  services.proved.keep(print);
  return (await isOver(services.limiter, `token:${print}`))
    ? PROBLEMS.tooMany(WINDOW_SECONDS)
    : caller;
}

async function whose(
  request: Request,
  token: string,
  services: ApiServices,
): Promise<Caller | Response> {
  if (/^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(token)) {
    const claims = await services.verifyRun(token, new URL(request.url).origin);
    if (claims === "later") return PROBLEMS.githubUnavailable();
    return (claims === null ? null : callingRun(claims)) ?? PROBLEMS.unauthorized();
  }
  const person = await services.identity.askPerson(token);
  switch (person.kind) {
    case "person":
      return { kind: "person", token };
    case "nobody":
      return PROBLEMS.unauthorized();
    case "later":
      return PROBLEMS.githubUnavailable();
  }
}

/** What a pull request starts runs its author's code, whoever the token names: it is nobody. */
function callingRun(claims: RunClaims): Caller | null {
  if (claims.event_name.startsWith("pull_request")) return null;
  const [owner = "", name = ""] = claims.repository.split("/");
  return {
    kind: "run",
    run: {
      actorId: claims.actor_id,
      repositoryId: claims.repository_id,
      ref: claims.ref,
      eventName: claims.event_name,
    },
    repository: { owner, name },
  };
}
