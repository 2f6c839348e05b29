/**
 * A front that plays ghcr.io's token rules before a real registry: a Bearer challenge, tokens for whoever
 * asks with a known credential, and 403 on every write whose credential only reads or belongs elsewhere.
 */
import { randomBytes } from "node:crypto";
import { createServer, request as forward } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Credential {
  readonly packages: "none" | "read" | "write";
  /** The only owner, in lower case, below whose name this credential may write. */
  readonly owner: string;
}

export interface GhcrFront {
  readonly host: string;
  /** A password for a job, as GitHub mints one for each. */
  issue(credential: Credential): string;
  /** Every write that was let through, as `METHOD path`. */
  readonly writes: string[];
  /** Answers the next reads of this tag with 503, as an outage does. */
  failReads(tag: string | undefined): void;
  close(): void;
}

/** Starts the front on a free port of this machine, before the registry on `backendPort`. */
export async function startGhcrFront(backendPort: number): Promise<GhcrFront> {
  const passwords = new Map<string, Credential>();
  const bearers = new Map<string, Credential>();
  const writes: string[] = [];
  let failing: string | undefined;
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    if (path.startsWith("/token")) return giveToken(request, response, passwords, bearers);
    const credential = bearers.get(bearerOf(request));
    if (credential === undefined) return challenge(request, response);
    const isWrite = request.method !== "GET" && request.method !== "HEAD";
    const refusal = refuse(path, isWrite, credential);
    if (refusal !== undefined) return deny(response, 403, refusal);
    if (!isWrite && failing !== undefined && path.endsWith(`/manifests/${failing}`)) {
      return deny(response, 503, "unavailable");
    }
    if (isWrite) writes.push(`${request.method} ${path}`);
    pass(request, response, backendPort);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    issue: (credential) => {
      const password = `ghs_${randomBytes(18).toString("hex")}`;
      passwords.set(password, credential);
      return password;
    },
    writes,
    failReads: (tag) => {
      failing = tag;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function giveToken(
  request: IncomingMessage,
  response: ServerResponse,
  passwords: ReadonlyMap<string, Credential>,
  bearers: Map<string, Credential>,
): void {
  // Clients try OAuth2's POST first and fall back to GET when it is not there.
  if (request.method !== "GET") return deny(response, 405, "method not allowed");
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const password = Buffer.from(basic, "base64").toString().split(":").slice(1).join(":");
  const credential = passwords.get(password);
  if (credential === undefined) return deny(response, 403, "denied");
  const token = randomBytes(24).toString("hex");
  bearers.set(token, credential);
  response.setHeader("content-type", "application/json").end(JSON.stringify({ token }));
}

function bearerOf(request: IncomingMessage): string {
  return /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
}

function challenge(request: IncomingMessage, response: ServerResponse): void {
  const realm = `http://${request.headers.host}/token`;
  response.setHeader(
    "www-authenticate",
    `Bearer realm="${realm}",service="${request.headers.host}"`,
  );
  deny(response, 401, "authentication required");
}

function refuse(path: string, isWrite: boolean, credential: Credential): string | undefined {
  if (path === "/v2/") return undefined;
  if (credential.packages === "none") return "denied";
  if (!isWrite) return undefined;
  if (credential.packages !== "write")
    return "installation not allowed to Write organization package";
  if (path.startsWith(`/v2/${credential.owner}/`)) return undefined;
  return "permission_denied: The requested installation does not exist.";
}

function deny(response: ServerResponse, status: number, message: string): void {
  const body = { errors: [{ code: status === 401 ? "UNAUTHORIZED" : "DENIED", message }] };
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function pass(request: IncomingMessage, response: ServerResponse, port: number): void {
  const { authorization: _, ...headers } = request.headers;
  const options = { host: "127.0.0.1", port, method: request.method, path: request.url, headers };
  const onward = forward(options, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
}
