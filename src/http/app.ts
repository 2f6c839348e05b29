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
  /** Null where it is off: then `/` says so. */
  readonly dashboard?: (
    env: Bindings,
  ) => ((request: Request) => Response | Promise<Response>) | null;
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
const DASHBOARD_PATHS = ["/", "/dispatches", "/repos/*", "/auth/*", "/assets/*"];
const CONTENT_POLICY = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

const DASHBOARD_OFF = `merge-relay: POST /webhooks/github, GET /healthz
The dashboard is off: GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET and SESSION_SECRET together open it.
`;

/** Builds the app. */
export function createApp<Bindings extends object>(
  options: AppOptions<Bindings>,
): Hono<{ Bindings: Bindings }> {
  const { log } = options;
  const app = new Hono<{ Bindings: Bindings }>();
  const preparedFor = memory(options);

  mountDashboard(app, options);
  app.use(secureHeaders({ contentSecurityPolicy: CONTENT_POLICY }));
  app.post(WEBHOOK_PATH, ({ env, req }) => {
    const prepared = preparedFor(env);
    if (prepared.kind === "misconfigured") return PROBLEMS.misconfigured(prepared.problems);
    const ledger = (repositoryId: number): DeliveryTaker => options.ledger(env, repositoryId);
    return receiveWebhook(req.raw, { verify: prepared.verify, ledger, log });
  });
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
  app.get("/", ({ text }) => text(DASHBOARD_OFF));
  app.notFound(() => PROBLEMS.notFound());
  app.onError((error) => {
    log.error("request.bug", { error: error.name });
    return PROBLEMS.internal();
  });
  return app;
}

/** Before the headers of machines' answers: pages have a policy of their own. */
function mountDashboard<Bindings extends object>(
  app: Hono<{ Bindings: Bindings }>,
  { dashboard }: AppOptions<Bindings>,
): void {
  app.on(["GET", "POST"], DASHBOARD_PATHS, async ({ env, req }, next) => {
    const page = await dashboard?.(env)?.(req.raw);
    if (page) return page;
    return next();
  });
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
