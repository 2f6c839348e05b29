/** A small HTTP server that answers what a test tells it, one answer after another. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // A test knows what it sent.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface Told {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** As it is, instead of JSON. */
  readonly text?: string;
  /** The request arrives, and its answer is lost. */
  readonly lost?: boolean;
}

export interface StandIn {
  readonly url: string;
  readonly asked: Asked[];
}

/** Starts it; the last answer is given for ever. It ends with the test. */
export async function startStandIn(...answers: readonly (Told | ((asked: Asked) => Told))[]) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => void (text += String(chunk)));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const one = { method, path: url, headers, body: text === "" ? null : JSON.parse(text) };
      const next = answers[Math.min(asked.length, answers.length - 1)] ?? {};
      asked.push(one);
      const told = typeof next === "function" ? next(one) : next;
      if (told.lost === true) return void request.socket.destroy();
      response.writeHead(told.status ?? 200, {
        "content-type": "application/json",
        ...told.headers,
      });
      response.end(told.text ?? JSON.stringify(told.body ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** An error as the API sends it. */
export function problem(status: number, code: string, more: object = {}): Told {
  return {
    status,
    headers: { "content-type": "application/problem+json" },
    body: { type: "about:blank", title: `the title of ${code}`, status, code, ...more },
  };
}

export const ID = `mr-1a2b-${"0".repeat(26)}`;

/** A dispatch as the API sends it. */
export function aDispatch(more: object = {}) {
  return {
    id: ID,
    repository: "acme/app",
    route: "app",
    generation: 1,
    event: "api",
    actor: "mia",
    pull_request: 12,
    sha: "a".repeat(40),
    branch: "main",
    state: "queued",
    reason: null,
    remedy: null,
    run_id: null,
    run_url: null,
    attempts: 0,
    merged_at: null,
    created_at: "2026-11-24T08:00:00.000Z",
    updated_at: "2026-11-24T08:00:00.000Z",
    dispatched_at: null,
    finished_at: null,
    receipt: null,
    diagnosis: null,
    trace: [],
    history: [
      { at: "2026-11-24T08:00:00.000Z", state: "queued", cause: "asked by hand", actor: "mia" },
    ],
    ...more,
  };
}
