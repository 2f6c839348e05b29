/** A page on this machine, for this machine: it starts the making of the App and takes its code. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CommandProblem } from "../command-problem.ts";
import { renderStartPage, type StartPage } from "./start-page.ts";

export interface CallbackServer {
  /** Where GitHub must send the browser; known before the page is. */
  readonly redirectUrl: string;
  /** To be opened in a browser. */
  readonly startUrl: string;
  /** Random; GitHub hands it back, and what comes without it is not ours. */
  readonly state: string;
  /** Ends with the first code that comes with the right state. */
  readonly code: Promise<string>;
  show(page: StartPage): void;
  close(): Promise<void>;
}

/** Listens on the loopback, on a port that the system finds free; a `CommandProblem` where it cannot. */
export async function startCallbackServer(address = "127.0.0.1"): Promise<CallbackServer> {
  const state = randomBytes(24).toString("base64url");
  const startPath = `/start-${randomBytes(12).toString("base64url")}`;
  let page: StartPage | null = null;
  const codes = new EventEmitter();
  const code = once(codes, "code").then(([first]) => String(first));
  let host = "";
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    // Another name that leads here (DNS rebinding) is another site, which has no business here.
    if (request.headers.host !== host || request.method !== "GET") return refuse(response, 404);
    if (url.pathname === startPath && page !== null) return showStart(response, page);
    if (url.pathname !== "/callback") return refuse(response, 404);
    return receive(url, state, { response, take: (taken) => void codes.emit("code", taken) });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(cannotListen(address, error)));
    server.listen(0, address, resolve);
  });
  host = `${address}:${(server.address() as AddressInfo).port}`;
  return {
    redirectUrl: `http://${host}/callback`,
    startUrl: `http://${host}${startPath}`,
    state,
    code,
    show: (next) => void (page = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function cannotListen(address: string, { code, name }: NodeJS.ErrnoException): CommandProblem {
  return new CommandProblem(
    `Cannot listen on ${address} for the browser's answer (${code ?? name}): no port is free there, or this machine's network or a sandbox does not allow it. Nothing was made. Mend that and run this again; or make the App on GitHub's pages, and give it: --app-id ID --private-key FILE.`,
  );
}

interface Receiving {
  readonly response: ServerResponse;
  readonly take: (code: string) => void;
}

function receive(url: URL, state: string, { response, take }: Receiving): void {
  const code = url.searchParams.get("code") ?? "";
  if (!isSameState(url.searchParams.get("state") ?? "", state) || !isCode(code)) {
    return refuse(response, 400);
  }
  answer(response, 200, "<h1>The App is made.</h1><p>Go back to the terminal.</p>");
  take(code);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** Compares without telling by time how much was right. */
export function isSameState(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

/** Whether it can be a manifest's code; it becomes part of an address. */
export function isCode(text: string): boolean {
  return /^[A-Za-z0-9_-]{8,128}$/.test(text);
}

function showStart(response: ServerResponse, page: StartPage): void {
  const nonce = randomBytes(16).toString("base64");
  answer(response, 200, renderStartPage(page, nonce), `script-src 'nonce-${nonce}'`);
}

function refuse(response: ServerResponse, status: number): void {
  answer(response, status, "<h1>This is not what the terminal waits for.</h1>");
}

function answer(response: ServerResponse, status: number, html: string, policy = ""): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "content-security-policy": `default-src 'none'; frame-ancestors 'none'; ${policy}`,
    connection: "close",
  });
  response.end(html);
}
