import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Answer } from "./answer.ts";
import {
  clockSkewAnswer,
  htmlBadGateway,
  htmlInsteadOfJson,
  rateLimitAnswer,
} from "./fault-answers.ts";
import type { FaultAction } from "./faults.ts";
import { json } from "./answer.ts";
import type { Request } from "./router.ts";

const DEFAULT_LIMIT_SECONDS = 60;

/** Reads a request whole. */
export async function readRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
  }
  const [path = "/", query = ""] = (incoming.url ?? "/").split("?", 2);
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: incoming.method ?? "GET",
    path,
    query: new URLSearchParams(query),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: Buffer.concat(chunks),
  };
}

/** The bytes of an answer's body. */
function bodyBytes(answer: Answer): Buffer {
  if (answer.body === undefined) {
    return Buffer.alloc(0);
  }
  return Buffer.from(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
}

/** A weak tag over the body, as GitHub's answers carry; another token has another tag. */
export function etagOf(answer: Answer, authorization = ""): string {
  const hash = createHash("sha256").update(authorization).update("\n").update(bodyBytes(answer));
  return `W/"${hash.digest("hex")}"`;
}

/** Writes an answer; with `cut`, promises all of it, sends half and hangs up. */
export function writeAnswer(response: ServerResponse, answer: Answer, cut: boolean): void {
  const body = bodyBytes(answer);
  const bodiless = answer.status === 204 || answer.status === 304;
  const length = bodiless ? {} : { "content-length": String(body.length) };
  response.writeHead(answer.status, { ...answer.headers, ...length });
  if (cut) {
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
    return;
  }
  response.end(bodiless ? undefined : body);
}

/** The answer that a fault puts in place of GitHub's own; null when it leaves the answer alone. */
export function faultAnswer(fault: FaultAction, now: number): Answer | null {
  switch (fault.kind) {
    case "status":
      return json(fault.status, fault.body ?? { message: "Server Error" }, fault.headers);
    case "html-502":
      return htmlBadGateway();
    case "not-json":
      return htmlInsteadOfJson();
    case "rate-limit":
      return rateLimitAnswer(fault.shape, fault.seconds ?? DEFAULT_LIMIT_SECONDS, now);
    case "clock-skew":
      return clockSkewAnswer();
    case "latency":
    case "reset":
    case "hang":
    case "truncate":
      return null;
  }
}

/** Whether the request takes effect under this fault. */
export function hasEffect(fault: FaultAction | null): boolean {
  switch (fault?.kind) {
    case "status":
    case "reset":
    case "hang":
    case "html-502":
      return fault.when === "after";
    case "rate-limit":
    case "clock-skew":
      return false;
    case undefined:
    case "latency":
    case "truncate":
    case "not-json":
      return true;
  }
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on the loopback; closing also ends connections that hang. */
export async function listen(
  port: number,
  handle: (incoming: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      // A bug of the simulator must not pass for a fault of GitHub's.
      response.writeHead(599, { "content-type": "text/plain" });
      response.end(`simulator bug: ${error instanceof Error ? error.stack : String(error)}`);
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) {
          socket.destroy();
        }
      }),
  };
}
