import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "./answer.ts";
import type { FaultAction, Faults } from "./faults.ts";
import { pass, unlessUnchanged, type Gate, type Passage } from "./gate.ts";
import type { Principal } from "./principal.ts";
import type { Quota } from "./quota.ts";
import type { Match, Request } from "./router.ts";
import { etagOf, faultAnswer, hasEffect, readRequest, writeAnswer } from "./server.ts";
import { fullName } from "./world/find.ts";
import type { WorldState } from "./world/state.ts";

/** A request that was seen; of the token only what it may do. */
export interface RecordedRequest {
  readonly time: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** The route's pattern; null for an address that the simulator does not know. */
  readonly route: string | null;
  /** What GitHub decided; null when a fault kept the request from it. */
  readonly status: number | null;
  /** What the caller was told; null when nothing came back. */
  readonly answered: number | null;
  readonly scope: Principal;
  readonly fault: FaultAction | null;
  /** The JSON text of a request that writes to a repository; others may carry secrets. */
  readonly body: string | null;
}

export interface Desk {
  readonly gate: Gate;
  readonly faults: Faults;
  readonly quota: Quota;
  readonly route: (method: string, path: string) => Match | null;
  readonly requests: RecordedRequest[];
}

/** `/repositories/{id}/…` is `/repos/{owner}/{repo}/…` by another name. */
function canonicalPath(state: WorldState, path: string): string {
  const [, id, rest = ""] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  const repository = state.repositories.get(Number(id ?? -1));
  return repository === undefined ? path : `/repos/${fullName(repository)}${rest}`;
}

function commonHeaders(state: WorldState, request: Request): Record<string, string> {
  const hex = state.random.uuid().replaceAll("-", "").toUpperCase();
  return {
    date: new Date(state.now()).toUTCString(),
    server: "github.com",
    "x-github-request-id": `${hex.slice(0, 4)}:${hex.slice(4, 10)}:${hex.slice(10, 20)}`,
    "x-github-api-version-selected": request.headers["x-github-api-version"] ?? "2022-11-28",
    "x-github-media-type": "github.v3; format=json",
    vary: "Accept, Authorization, Accept-Encoding, Accept, X-Requested-With",
    "x-content-type-options": "nosniff",
  };
}

async function serve(desk: Desk, request: Request, match: Match | null): Promise<Passage> {
  const passage = await pass(desk.gate, request, match);
  const cacheable = request.method === "GET" && passage.answer.status === 200;
  const tag = (): string => etagOf(passage.answer, request.headers["authorization"]);
  const answer = cacheable ? unlessUnchanged(request, passage.answer, tag()) : passage.answer;
  const cost = answer.status === 304 ? 0 : 1;
  const { headers, refusal } = desk.quota.spend(passage.principal, cost);
  const final = refusal ?? answer;
  return { ...passage, answer: { ...final, headers: { ...headers, ...final.headers } } };
}

type Ending = { kind: "answer"; answer: Answer; cut: boolean } | { kind: "reset" | "hang" };

function ending(fault: FaultAction | null, own: Answer | null, state: WorldState): Ending {
  if (fault?.kind === "reset" || fault?.kind === "hang") {
    return { kind: fault.kind };
  }
  const replaced = fault === null ? null : faultAnswer(fault, state.now());
  const answer = replaced ?? own;
  return answer === null
    ? { kind: "reset" }
    : { kind: "answer", answer, cut: fault?.kind === "truncate" };
}

async function pause(fault: FaultAction | null, when: "before" | "after"): Promise<void> {
  if (fault?.kind === "latency" && (fault.when ?? "before") === when) {
    // Unreferenced, so that a slow answer does not keep a finished process alive.
    await ("until" in fault ? fault.until() : sleep(fault.ms, undefined, { ref: false }));
  }
}

function recordable({ method, path, body }: Request): string | null {
  return method !== "GET" && path.startsWith("/repos/") ? body.toString("utf8") : null;
}

/** Takes one HTTP request from its first byte to its last, faults included, and records it. */
export async function attend(
  desk: Desk,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { state } = desk.gate;
  const time = state.now();
  const raw = await readRequest(incoming);
  const request: Request = { ...raw, path: canonicalPath(state, raw.path) };
  const fault = desk.faults.pick(request.method, request.path);
  await pause(fault, "before");
  const match = desk.route(request.method, request.path);
  const passage = hasEffect(fault) ? await serve(desk, request, match) : null;
  const end = ending(fault, passage?.answer ?? null, state);
  const identified = desk.gate.tokens.identify(request.headers["authorization"]);
  desk.requests.push({
    time,
    method: request.method,
    path: request.path,
    query: request.query.toString(),
    route: match?.route.pattern ?? null,
    status: passage?.answer.status ?? null,
    answered: end.kind === "answer" ? end.answer.status : null,
    scope: identified.ok ? identified.principal : { kind: "anonymous" },
    fault,
    body: recordable(request),
  });
  await pause(fault, "after");
  finish(end, response, commonHeaders(state, request));
}

function finish(end: Ending, response: ServerResponse, headers: Record<string, string>): void {
  switch (end.kind) {
    case "hang":
      return;
    case "reset":
      response.socket?.resetAndDestroy();
      return;
    case "answer":
      writeAnswer(
        response,
        { ...end.answer, headers: { ...headers, ...end.answer.headers } },
        end.cut,
      );
  }
}
