/** The routes of the relay, and what every answer has in common. */
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { ReadSettings, Settings } from "../config.ts";
import type { AskStanding, MaintainerRole } from "../domain/caller.ts";
import { type DispatchReader, listDispatches, readDispatch } from "./dispatches-api.ts";
import type { Log } from "../domain/log.ts";
import { createRunTokenVerifier, type VerifyRunToken } from "./actions-oidc.ts";
import { type ReceiptTaker, receiveReceipt } from "./receipts.ts";
import { PROBLEMS } from "./problem.ts";
import { createVerifier, type Verify } from "./signature.ts";
import { type DeliveryTaker, receiveWebhook } from "./webhook.ts";

export interface AppOptions<Bindings extends object> {
  readonly settings: (env: Bindings) => ReadSettings;
  readonly ledger: (
    env: Bindings,
    repositoryId: number,
  ) => DeliveryTaker & ReceiptTaker & DispatchReader;
  readonly askStanding: (settings: Settings) => AskStanding;
  readonly log: Log;
}

/** What is made of an environment once, since checking a key costs milliseconds. */
type Prepared =
  | Extract<ReadSettings, { kind: "misconfigured" }>
  | {
      readonly kind: "ready";
      readonly mode: "observe" | "enforce";
      readonly verify: Verify;
      readonly verifyRun: VerifyRunToken;
      readonly askStanding: AskStanding;
      readonly role: MaintainerRole;
    };

const WEBHOOK_PATH = "/webhooks/github";
const RECEIPTS_PATH = "/api/v1/receipts";
const REPOSITORY_PATH = "/api/v1/repos/:owner/:name";
const CONTENT_POLICY = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** Builds the app. */
export function createApp<Bindings extends object>(
  options: AppOptions<Bindings>,
): Hono<{ Bindings: Bindings }> {
  const { log } = options;
  const app = new Hono<{ Bindings: Bindings }>();
  const preparedFor = memory(options);

  app.use(secureHeaders({ contentSecurityPolicy: CONTENT_POLICY }));
  app.post(RECEIPTS_PATH, ({ env, req }) => {
    const prepared = preparedFor(env);
    if (prepared.kind === "misconfigured") return PROBLEMS.misconfigured(prepared.problems);
    const ledger = (repositoryId: number): ReceiptTaker => options.ledger(env, repositoryId);
    return receiveReceipt(req.raw, { verify: prepared.verifyRun, ledger });
  });
  app.get(`${REPOSITORY_PATH}/dispatches`, ({ env, req }) => {
    const prepared = preparedFor(env);
    if (prepared.kind === "misconfigured") return PROBLEMS.misconfigured(prepared.problems);
    const ledger = (repositoryId: number): DispatchReader => options.ledger(env, repositoryId);
    return listDispatches(req.raw, req.param(), { ...prepared, ledger });
  });
  app.get(`${REPOSITORY_PATH}/dispatches/:id`, ({ env, req }) => {
    const prepared = preparedFor(env);
    if (prepared.kind === "misconfigured") return PROBLEMS.misconfigured(prepared.problems);
    const ledger = (repositoryId: number): DispatchReader => options.ledger(env, repositoryId);
    return readDispatch(req.raw, req.param(), { ...prepared, ledger });
  });
  app.get("/healthz", ({ env, json }) => {
    const prepared = preparedFor(env);
    if (prepared.kind === "misconfigured") return PROBLEMS.misconfigured(prepared.problems);
    return json({ status: "ok", mode: prepared.mode });
  });
  for (const path of [WEBHOOK_PATH, RECEIPTS_PATH]) {
    app.all(path, () => PROBLEMS.methodNotAllowed("POST"));
  }
  app.all("/healthz", () => PROBLEMS.methodNotAllowed("GET, HEAD"));
  app.get("/", ({ text }) => text("merge-relay: POST /webhooks/github, GET /healthz\n"));
  app.notFound(() => PROBLEMS.notFound());
  const answerBug = (error: unknown): Response => {
    log.error("request.bug", { error: error instanceof Error ? error.name : "unknown" });
    return PROBLEMS.internal();
  };
  app.onError(answerBug);
  return withShortcut(app, { ...options, preparedFor, answerBug });
}

/** A delivery takes no part in routing and middleware, which cost as much as its signature's check. */
function withShortcut<Bindings extends object>(
  app: Hono<{ Bindings: Bindings }>,
  parts: AppOptions<Bindings> & {
    readonly preparedFor: (env: Bindings) => Prepared;
    readonly answerBug: (error: unknown) => Response;
  },
): Hono<{ Bindings: Bindings }> {
  const byRoute = app.fetch;
  app.fetch = (request, bindings, ...rest) =>
    bindings !== undefined && isWebhook(request)
      ? takeDelivery(request, bindings as Bindings).catch(parts.answerBug)
      : byRoute(request, bindings, ...rest);
  return app;

  async function takeDelivery(request: Request, env: Bindings): Promise<Response> {
    const prepared = parts.preparedFor(env);
    if (prepared.kind === "misconfigured") return PROBLEMS.misconfigured(prepared.problems);
    const ledger = (repositoryId: number): DeliveryTaker => parts.ledger(env, repositoryId);
    return receiveWebhook(request, { verify: prepared.verify, ledger, log: parts.log });
  }
}

function isWebhook(request: Request): boolean {
  return request.method === "POST" && new URL(request.url).pathname === WEBHOOK_PATH;
}

function memory<Bindings extends object>(
  options: AppOptions<Bindings>,
): (env: Bindings) => Prepared {
  const known = new WeakMap<Bindings, Prepared>();
  return (env) => {
    const prepared = known.get(env) ?? prepare(options.settings(env), options);
    known.set(env, prepared);
    return prepared;
  };
}

function prepare<Bindings extends object>(
  read: ReadSettings,
  options: AppOptions<Bindings>,
): Prepared {
  if (read.kind === "misconfigured") return read;
  const { webhookSecrets, policy, actionsOidcIssuer, githubTimeoutMs } = read.settings;
  return {
    kind: "ready",
    mode: policy.observe ? "observe" : "enforce",
    verify: createVerifier(webhookSecrets.map((secret) => secret.reveal())),
    askStanding: options.askStanding(read.settings),
    role: read.settings.maintainerRole,
    verifyRun: createRunTokenVerifier({
      issuer: actionsOidcIssuer,
      timeoutMs: githubTimeoutMs,
      now: () => Date.now(),
    }),
  };
}
