/**
 * Redaction as a law: a secret value, wherever it is put in, comes out nowhere: not in an answer, a
 * log line, an alarm, or what the ledger is told of GitHub.
 */
import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAlert } from "../../../src/alert.ts";
import { readSettings } from "../../../src/config.ts";
import type { LogFields } from "../../../src/domain/log.ts";
import { createGitHub } from "../../../src/github/github-client.ts";
import { createIdentity } from "../../../src/github/identity.ts";
import { createApp } from "../../../src/http/app.ts";
import { Secret } from "../../../src/secret.ts";
import { signDelivery } from "../../../src/simulator/signing.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PKCS1 = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
const PKCS8 = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const KEY_LINES = [PKCS1, PKCS8].flatMap((pem) =>
  pem.split("\n").filter((line) => line.length > 40),
);

const LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_.".split("");
/** Long enough that no text holds it by chance, and of no shape that a pattern could know. */
const secretValue = fc.string({
  unit: fc.constantFrom(...LETTERS),
  minLength: 32,
  maxLength: 60,
});
const tokenValue = fc
  .tuple(fc.constantFrom("ghs_", "ghu_", "github_pat_", "v1.", "eyJ", ""), secretValue)
  .map((parts) => parts.join(""));
const around = fc.string({ maxLength: 30 });

type Line = readonly [string, LogFields];

/** A log that keeps its lines as they would be written. */
function keptLog() {
  const lines: Line[] = [];
  const keep = (event: string, fields: LogFields): void => void lines.push([event, fields]);
  return { lines, log: { info: keep, warn: keep, error: keep } };
}

function expectNone(said: unknown, secrets: readonly string[]): void {
  const text = `${JSON.stringify(said)} ${inspect(said, { depth: 12, showHidden: true })}`;
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
}

const SECRET_SETTINGS = [
  "GITHUB_APP_PRIVATE_KEY",
  "GITHUB_WEBHOOK_SECRET",
  "GITHUB_WEBHOOK_SECRET_PREVIOUS",
  "GITHUB_CLIENT_SECRET",
  "SESSION_SECRET",
  "ALERT_WEBHOOK_URL",
] as const;
const ALL_SETTINGS = [
  ...SECRET_SETTINGS,
  "GITHUB_APP_ID",
  "GITHUB_API_URL",
  "GITHUB_WEB_URL",
  "ACTIONS_OIDC_ISSUER",
  "ALLOWED_OWNERS",
  "MAINTAINER_ROLE",
  "RELAY_MODE",
  "RETRY_BASE_MS",
  "GITHUB_TIMEOUT_MS",
  "RETENTION_DAYS",
  "REPORT_CHECKS",
] as const;

const GOOD = {
  GITHUB_APP_ID: "1",
  GITHUB_APP_PRIVATE_KEY: PKCS1,
  GITHUB_WEBHOOK_SECRET: "the secret of a test",
  GITHUB_API_URL: "https://github.test",
};

/** A relay whose ledgers, index and GitHub throw what they are given. */
function relay(thrown: unknown, github: typeof fetch) {
  const { lines, log } = keptLog();
  const broken = (): never => {
    throw thrown;
  };
  const ledger = new Proxy({}, { get: () => broken });
  const app = createApp<Record<string, string>>({
    settings: readSettings,
    ledger: () => ledger as never,
    identity: ({ appId, privateKey: key, apiUrl: baseUrl, maintainerRole }) => {
      const connection = { baseUrl, timeoutMs: 1_000, fetch: github, now: () => Date.now() };
      return createIdentity({ appId, privateKey: key.reveal() }, connection, maintainerRole);
    },
    index: () => ({ search: broken, repositories: broken, stats: broken }),
    limiter: () => null,
    sweep: broken,
    log,
  });
  return { app, lines };
}

async function shown(response: Response) {
  return { status: response.status, headers: [...response.headers], text: await response.text() };
}

const offline = (): Promise<Response> => Promise.reject(new Error("offline"));

describe("a secret never comes out", () => {
  test("from a setting, wherever it was put by mistake, good or bad", async () => {
    const setting = fc.constantFrom(...ALL_SETTINGS);
    const path = fc.constantFrom("/", "/healthz", "/api/v1/stats", "/webhooks/github");
    await fc.assert(
      fc.asyncProperty(setting, secretValue, path, async (name, secret, at) => {
        const env = { ...GOOD, [name]: secret };
        // Settings that are taken hold their values for use; secret ones print as redacted.
        const read = readSettings(env);
        const isSecret = (SECRET_SETTINGS as readonly string[]).includes(name);
        if (read.kind === "misconfigured" || isSecret) expectNone(read, [secret]);
        const { app, lines } = relay(new Error("x"), offline);
        const answer = await app.fetch(new Request(`https://relay.test${at}`), env);
        expectNone([await shown(answer), lines], [secret, ...KEY_LINES]);
      }),
    );
  });

  test("from a header or an address of a request", async () => {
    const header = fc.constantFrom(
      "authorization",
      "cookie",
      "x-hub-signature-256",
      "x-hub-signature",
      "x-github-event",
      "x-github-delivery",
      "content-type",
      "idempotency-key",
    );
    const place = fc.constantFrom(
      "GET /api/v1/stats",
      "GET /api/v1/repos/acme/app/dispatches",
      "POST /api/v1/repos/acme/app/dispatches",
      "POST /api/v1/receipts",
      "POST /webhooks/github",
      "GET /nowhere",
    );
    const scheme = fc.constantFrom("", "Bearer ", "token ", "sha256=");
    await fc.assert(
      fc.asyncProperty(place, header, scheme, tokenValue, async (at, name, before, secret) => {
        const { app, lines } = relay(new Error(secret), () => Promise.reject(new Error(secret)));
        const [method = "", path = ""] = at.split(" ");
        const request = new Request(`https://relay.test${path}?token=${secret}`, {
          method,
          headers: { "content-type": "application/json", [name]: `${before}${secret}` },
          ...(method === "POST" ? { body: JSON.stringify({ note: secret }) } : {}),
        });
        expectNone([await shown(await app.fetch(request, GOOD)), lines], [secret]);
      }),
    );
  });

  test("from an exception of a ledger that a good delivery meets", async () => {
    await fc.assert(
      fc.asyncProperty(secretValue, around, async (secret, text) => {
        const { app, lines } = relay(
          Object.assign(new Error(`${text}${secret}`), { secret }),
          offline,
        );
        const body = JSON.stringify({
          action: "closed",
          number: 7,
          pull_request: { number: 7, merged: true, base: { ref: "main" } },
          repository: { id: 1, name: "app", owner: { login: "acme" } },
        });
        const headers = {
          "content-type": "application/json",
          "x-github-event": "pull_request",
          "x-github-delivery": "guid",
          "x-hub-signature-256": signDelivery(GOOD.GITHUB_WEBHOOK_SECRET, body),
        };
        const url = "https://relay.test/webhooks/github";
        const answer = await app.fetch(new Request(url, { method: "POST", headers, body }), GOOD);
        expect(answer.status).toBe(503);
        expect(lines).toHaveLength(1);
        expectNone([await shown(answer), lines], [secret]);
      }),
    );
  });

  test("from what GitHub answers, which may echo what it was asked with", async () => {
    const status = fc.constantFrom(200, 301, 400, 401, 403, 404, 409, 410, 422, 429, 500, 503);
    const repository = { id: 1, owner: "acme", name: "app", installationId: 9 };
    await fc.assert(
      fc.asyncProperty(tokenValue, status, around, around, async (token, code, before, after) => {
        const sent: string[] = [token];
        const echo = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
          const [, credential = ""] = (new Headers(init?.headers).get("authorization") ?? "").split(
            " ",
          );
          sent.push(credential);
          if (new Request(input).url.endsWith("/access_tokens")) {
            const expires = new Date(Date.now() + 3_600_000).toISOString();
            return Promise.resolve(Response.json({ token, expires_at: expires }, { status: 201 }));
          }
          const body = JSON.stringify({ message: `${before}${credential}${after}` });
          return code === 503
            ? Promise.reject(new Error(credential))
            : Promise.resolve(new Response(body, { status: code }));
        };
        const connection = {
          baseUrl: "https://github.test",
          timeoutMs: 1_000,
          fetch: echo,
          now: () => 0,
        };
        const github = createGitHub({ appId: "1", privateKey: PKCS8 }, connection);
        const answers = [
          await github.dispatch(repository, { workflow: "w.yml", ref: "main", inputs: {} }),
          await github.pullRequest(repository, 7),
          await github.run(repository, 1),
          await github.file(repository, "x"),
          await github.cancelRun(repository, 1),
          await github.installedAt(9),
        ];
        expect(sent).toContain(token);
        expectNone(
          answers,
          sent.filter((credential) => credential.length > 16),
        );
      }),
      { numRuns: 60 },
    );
  });

  test("from an alarm, or from the address that it goes to", async () => {
    await fc.assert(
      fc.asyncProperty(secretValue, async (secret) => {
        const { lines, log } = keptLog();
        const bodies: unknown[] = [];
        const alert = createAlert({
          url: new Secret(`https://chat.test/${secret}`),
          log,
          fetch: (_, init) => {
            bodies.push(init?.body);
            return Promise.reject(new Error(`https://chat.test/${secret}`));
          },
          now: () => 0,
        });
        alert("dispatch.exhausted", "gave up", { dispatch_id: "mr-1", delivery_id: null });
        await new Promise((resolve) => setTimeout(resolve, 0));
        expect(lines.map(([event]) => event)).toEqual(["dispatch.exhausted", "alert.undelivered"]);
        expectNone([bodies, lines], [secret]);
      }),
    );
  });
});
