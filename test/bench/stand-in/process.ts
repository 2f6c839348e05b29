/**
 * A GitHub for measuring: answers at once, or after a settable delay, whatever the relay and its
 * peers ask, from the numbers in the path alone; keeps nothing but when each merge was dispatched.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { monotonicMs } from "../load/volley.ts";

export type StandInOrder =
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "forget" }
  | { readonly kind: "runs"; readonly status: RunStatus }
  /** Every repository's configuration; null: none has any. */
  | { readonly kind: "configure"; readonly text: string | null }
  /** So many full pages of closed pull requests, none of them merged, has every repository. */
  | { readonly kind: "closed"; readonly pages: number }
  | { readonly kind: "report" };

export interface StandInReport {
  /** Requests by what they asked for. */
  readonly requests: Readonly<Record<string, number>>;
  /** Every run that was started, with the dispatch id that its title bears. */
  readonly runs: readonly {
    readonly id: number;
    readonly repositoryId: number;
    readonly dispatchId: string;
  }[];
  /** `repository id/sha` to the moments (monotonic, ms) of its dispatches. */
  readonly dispatches: Readonly<Record<string, readonly number[]>>;
  /** The last calls, in the order in which they came. */
  readonly calls: readonly SeenCall[];
}

/** A call from its arrival to its answer, by the monotonic clock. */
export interface SeenCall {
  readonly name: string;
  readonly path: string;
  readonly status: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

const CALLS_KEPT = 500;

export type RunStatus = "queued" | "in_progress" | "completed";
type Answer = readonly [status: number, body: unknown];

let delayMs = 0;
let nextRun = 1;
let requests: Record<string, number> = {};
let runStatus: RunStatus = "completed";
let runs: StandInReport["runs"][number][] = [];
let dispatches: Record<string, number[]> = {};
let calls: SeenCall[] = [];
let configuration: string | null = null;
let closedPages = 0;
let nextReport = 1;

/** Listens and serves orders until the parent hangs up. */
export function serveStandIn(): void {
  const server = createServer((request, response) => void answer(request, response));
  server.keepAliveTimeout = 120_000;
  server.listen(0, "127.0.0.1", () => {
    process.send?.({ kind: "listening", port: (server.address() as AddressInfo).port });
  });
  process.on("message", (order: StandInOrder) => {
    if (order.kind === "delay") delayMs = order.ms;
    if (order.kind === "forget") [requests, dispatches, runs, calls] = [{}, {}, [], []];
    if (order.kind === "runs") runStatus = order.status;
    if (order.kind === "configure") configuration = order.text;
    if (order.kind === "closed") closedPages = order.pages;
    if (order.kind === "report")
      process.send?.({ kind: "report", report: { requests, dispatches, runs, calls } });
  });
  process.on("disconnect", () => process.exit(0));
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  const startedAtMs = monotonicMs();
  const [path = "/", query = ""] = (request.url ?? "/").split("?");
  const dispatched = noteDispatch(path, text);
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  const [name, [status, body]] = dispatched === null ? read(path, query) : ["dispatch", dispatched];
  const json = JSON.stringify(body);
  const sent = send({ request, response }, status, json);
  count(sent === 304 ? `${name} 304` : name);
  calls.push({ name, path, status: sent, startedAtMs, endedAtMs: monotonicMs() });
  if (calls.length > CALLS_KEPT) calls.shift();
}

/** The status that was sent: 304 where the caller has exactly this. */
function send(
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  status: number,
  json: string,
): number {
  const headers = { "content-type": "application/json; charset=utf-8", ...etagOf(status, json) };
  const same = headers.etag !== undefined && request.headers["if-none-match"] === headers.etag;
  const sent = same ? 304 : status;
  response.writeHead(
    sent,
    same ? headers : { ...headers, "content-length": Buffer.byteLength(json) },
  );
  response.end(same ? undefined : json);
  return sent;
}

/** As GitHub: what is there has a tag, which a question may name. */
function etagOf(status: number, json: string): { etag?: string } {
  if (status !== 200) return {};
  return { etag: `W/"${createHash("sha256").update(json).digest("hex")}"` };
}

function noteDispatch(path: string, text: string): Answer | null {
  const name = /^\/repos\/acme\/r(\d+)\/actions\/workflows\/[^/]+\/dispatches$/.exec(path)?.[1];
  if (name === undefined) return null;
  const { inputs } = JSON.parse(text) as { inputs?: { sha?: string; dispatch_id?: string } };
  const key = `${name}/${inputs?.sha ?? ""}`;
  (dispatches[key] ??= []).push(monotonicMs());
  const id = nextRun++;
  runs.push({ id, repositoryId: Number(name), dispatchId: inputs?.dispatch_id ?? "" });
  const url = `http://github.test/runs/${id}`;
  return [200, { workflow_run_id: id, run_url: url, html_url: url }];
}

type Route = readonly [RegExp, string, (part: string, path: string, query: string) => Answer];

const ROUTES: readonly Route[] = [
  [/^\/app\/installations\/\d+$/, "installed", () => [200, { created_at: "2026-01-01T00:00:00Z" }]],
  [/^\/repos\/acme\/r(\d+)\/pulls$/, "closed", (id, _, query) => [200, closed(id, query)]],
  [/\/commits\/[^/]+\/check-runs$/, "find check", () => [200, { total_count: 0, check_runs: [] }]],
  [/\/check-runs(\/\d+)?$/, "check", () => [201, { id: nextReport++ }]],
  [/\/issues\/\d+\/comments$/, "comment", () => [201, { id: nextReport++ }]],
  [/\/issues\/comments\/\d+$/, "comment", () => [200, { id: nextReport++ }]],
  [/^\/app\/installations\/\d+\/access_tokens$/, "token", () => [201, token()]],
  [/^\/repos\/acme\/r(\d+)$/, "repository", (id) => [200, repository(id)]],
  [/^\/repos\/acme\/r\d+\/installation$/, "installation", () => [200, { id: 99, app_id: 4711 }]],
  [/^\/repos\/acme\/r(\d+)\/pulls\/\d+$/, "pull", (id, path) => [200, pull(id, path)]],
  [/^\/repos\/acme\/r\d+\/compare\//, "compare", () => [200, { status: "behind" }]],
  [/\/contents\/\.github\/workflows\/([^/]+)$/, "file", (name) => [200, { type: "file", name }]],
  [/\/contents\/\.github$/, "folder", () => [200, [{ path: ".github/workflows" }]]],
  [/\/contents\//, "configuration", () => configured()],
  [/\/actions\/workflows\/[^/]+$/, "workflow", () => [200, { id: 1, state: "active" }]],
  [
    /\/actions\/workflows\/[^/]+\/runs$/,
    "runs",
    () => [200, { total_count: 0, workflow_runs: [] }],
  ],
  [/\/actions\/runs\/(\d+)$/, "run", (id) => [200, run(Number(id))]],
  [/^\/app$/, "app", () => [200, { id: 4711, slug: "relay" }]],
];

function configured(): Answer {
  if (configuration === null) return [404, { message: "Not Found" }];
  const content = Buffer.from(configuration).toString("base64");
  return [200, { type: "file", encoding: "base64", content }];
}

function read(path: string, query: string): readonly [name: string, answer: Answer] {
  for (const [pattern, name, make] of ROUTES) {
    const found = pattern.exec(path);
    if (!found) continue;
    return [name, make(found[1] ?? "", path, query)];
  }
  return [`other ${path}`, [404, { message: "Not Found" }]];
}

function count(name: string): void {
  requests[name] = (requests[name] ?? 0) + 1;
}

function token() {
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  return { token: "ghs_bench", expires_at, permissions: {}, repository_selection: "selected" };
}

function repository(id: string) {
  const owner = { id: 17, login: "acme" };
  return { id: Number(id), name: `r${id}`, owner, default_branch: "main" };
}

function pull(id: string, path: string) {
  const number = Number(path.slice(path.lastIndexOf("/") + 1));
  return {
    number,
    merged: true,
    merged_at: "2026-11-24T00:00:00Z",
    merge_commit_sha: number.toString(16).padStart(40, "a"),
    base: { ref: "main", repo: { id: Number(id) } },
    labels: [],
  };
}

function run(id: number) {
  const conclusion = runStatus === "completed" ? "success" : null;
  const status = { status: runStatus, conclusion, run_attempt: 1 };
  return { id, event: "workflow_dispatch", name: "publish", display_title: "publish", ...status };
}

function closed(id: string, query: string) {
  const page = Number(new URLSearchParams(query).get("page"));
  const base = { repo: { id: Number(id) } };
  const updated_at = new Date().toISOString();
  const one = { number: 1, merged_at: null, updated_at, base };
  return page > closedPages ? [] : Array.from({ length: 100 }, () => one);
}
