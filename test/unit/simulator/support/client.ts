import { createPrivateKey } from "node:crypto";
import { expect } from "vitest";
import { signJwt } from "../../../../src/simulator/jwt.ts";
import type { Simulator } from "../../../../src/simulator/simulator.ts";
import { checkAgainstOpenApi } from "./check-openapi.ts";
import type { ApiVersion } from "./schemas.ts";

export interface Reply {
  status: number;
  headers: Headers;
  // A test knows what it asked for.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
}

export interface Ask {
  body?: unknown;
  headers?: Record<string, string>;
  version?: ApiVersion;
  /** Leave the answer unchecked: a fault made it. */
  unchecked?: boolean;
}

function requestOf(method: string, token: string | null, ask: Ask): RequestInit {
  return {
    method,
    redirect: "manual",
    headers: {
      "user-agent": "simulator-test",
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(ask.version === undefined ? {} : { "x-github-api-version": ask.version }),
      ...ask.headers,
    },
    ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
  };
}

/** Sends requests with a token and holds every answer against GitHub's description. */
export function createClient(simulator: Simulator, token: string | null) {
  return async (at: string, ask: Ask = {}): Promise<Reply> => {
    const [method = "GET", target = "/"] = at.split(" ");
    const response = await fetch(`${simulator.url}${target}`, requestOf(method, token, ask));
    const text = await response.text();
    const contentType = response.headers.get("content-type");
    const body: unknown =
      contentType?.includes("json") === true && text !== "" ? JSON.parse(text) : text;
    const { status, headers } = response;
    if (ask.unchecked !== true) {
      const [path = ""] = target.split("?");
      const version = ask.version ?? "2022-11-28";
      const exchange = { method, path, status, contentType, body, version };
      expect(checkAgainstOpenApi(exchange)).toEqual([]);
    }
    return { status, headers, body };
  };
}

/** The App's own token, good for nine minutes; times can be moved. */
export function appToken(
  simulator: Simulator,
  claims: { iss?: unknown; iat?: number; exp?: number } = {},
  key = simulator.app.privateKeyPkcs1,
): string {
  const now = Math.floor(simulator.world.state.now() / 1000);
  const all = { iss: simulator.app.id, iat: now - 30, exp: now + 540, ...claims };
  return signJwt(createPrivateKey(key), all);
}

/** A client with an installation's token. */
export async function installationClient(
  simulator: Simulator,
  installationId: number,
  narrowing: { permissions?: Record<string, string>; repository_ids?: number[] } = {},
) {
  const asApp = createClient(simulator, appToken(simulator));
  const reply = await asApp(`POST /app/installations/${installationId}/access_tokens`, {
    body: narrowing,
  });
  expect(reply.status).toBe(201);
  return createClient(simulator, String(reply.body.token));
}
