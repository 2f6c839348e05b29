/** A dashboard over fakes, and a browser as far as it is cookies, forms and headers. */
import { randomBytes } from "node:crypto";
import { createDashboard } from "../../../../src/dashboard/dashboard.ts";
import { createSealer } from "../../../../src/dashboard/session/seal.ts";
import { beginSession, type Session } from "../../../../src/dashboard/session/session.ts";
import { Secret } from "../../../../src/secret.ts";
import { createFakePorts, createFakeWorld, MAINTAINER } from "./fake-ports.ts";

export const START = Date.parse("2026-03-04T05:06:07Z");

export interface FakeGitHub {
  /** What the token endpoint answers; null: nothing at all. */
  token: Record<string, unknown> | null;
  user: { status: number; body: unknown };
  /** What GitHub answers to the end of a token; null: nothing at all. */
  revoked: number | null;
  readonly asked: { url: string; form: URLSearchParams | null; authorization: string | null }[];
  /** Tokens that were ended, as the bodies name them. */
  readonly ended: string[];
}

export function openDashboard(origin = "https://relay.example", now = START) {
  const secret = randomBytes(32).toString("hex");
  const world = createFakeWorld(now);
  const gitHub: FakeGitHub = {
    token: { access_token: "ghu_first", token_type: "bearer", expires_in: 28_800 },
    user: { status: 200, body: MAINTAINER },
    revoked: 204,
    asked: [],
    ended: [],
  };
  const logged: string[] = [];
  const log = (event: string) => void logged.push(event);
  const dashboard = createDashboard({
    settings: {
      apiUrl: "https://api.github.example",
      webUrl: "https://github.example",
      githubTimeoutMs: 1_000,
      maintainerRole: "maintain",
      dashboard: {
        clientId: "Iv1.abc",
        clientSecret: new Secret("client secret"),
        sessionSecret: new Secret(secret),
      },
    },
    ports: createFakePorts(world),
    fetch: async (input, init) => answer(gitHub, new Request(input, init)),
    now: () => world.now,
    log: { info: log, warn: log, error: log },
  });
  const sealer = createSealer(secret);
  const prefix = origin.startsWith("https:") ? "__Host-" : "";
  return {
    world,
    gitHub,
    logged,
    sealer,
    origin,
    send: (path: string, init: RequestInit = {}) =>
      Promise.resolve(dashboard(new Request(origin + path, { redirect: "manual", ...init }))),
    /** A cookie header of somebody who is signed in. */
    async signIn(parts: Partial<Session> = {}) {
      const grant = { token: "ghu_first", tokenEndsAt: null, refreshToken: null };
      const session = {
        ...beginSession(grant, MAINTAINER, { nonce: "n1", now: world.now }),
        ...parts,
      };
      return `${prefix}mr-session=${await sealer.seal("session", session)}`;
    },
    formToken: (nonce = "n1") => sealer.seal("form", nonce),
  };
}

async function answer(gitHub: FakeGitHub, request: Request): Promise<Response> {
  const form = request.method === "POST" ? new URLSearchParams(await request.text()) : null;
  gitHub.asked.push({
    url: request.url,
    form,
    authorization: request.headers.get("authorization"),
  });
  if (request.method === "DELETE") {
    gitHub.ended.push(await request.text());
    if (gitHub.revoked === null) throw new TypeError("no network");
    return new Response(null, { status: gitHub.revoked });
  }
  if (request.url.endsWith("/user")) {
    return Response.json(gitHub.user.body, { status: gitHub.user.status });
  }
  if (gitHub.token === null) throw new TypeError("no network");
  return Response.json(gitHub.token);
}

/** The init of a form sent from a page of that origin. */
export function formOf(
  origin: string,
  cookie: string,
  fields: Record<string, string>,
): RequestInit & { headers: Record<string, string> } {
  const body = new URLSearchParams(fields).toString();
  return {
    method: "POST",
    body,
    headers: {
      cookie,
      origin,
      "sec-fetch-site": "same-origin",
      "content-type": "application/x-www-form-urlencoded",
      "content-length": String(body.length),
    },
  };
}

/** The value of a cookie that a response sets, with its attributes. */
export function setCookieOf(response: Response, name: string): string | null {
  return response.headers.getSetCookie().find((cookie) => cookie.includes(`${name}=`)) ?? null;
}
