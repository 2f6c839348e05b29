/** The routes of the relay, and what every answer has in common. */
import type { MiddlewareHandler } from "hono";
import { HonoBase as Hono } from "hono/hono-base";
import { TrieRouter } from "hono/router/trie-router";
import { getPath } from "hono/utils/url";
import type { DispatchIndex, IndexState } from "../domain/dispatch-index.ts";
import type { LedgerDesk } from "../domain/ledger-desk.ts";
import type { Log } from "../domain/log.ts";
import type { SweepState } from "../domain/sweep-state.ts";
import type { Limiter } from "../rate-limit.ts";
import type { ApiServices } from "./api-call.ts";
import { createApi, RECEIPTS_PATH } from "./api.ts";
import { VERSION } from "../version.ts";
import description from "./openapi.json" with { type: "json" };
import { createPreparation, type PrepareOptions, type Ready } from "./prepared.ts";
import { PROBLEMS } from "./problem.ts";
import { MACHINES_HEADERS } from "./security-headers.ts";
import { receiveReceipt, type ReceiptTaker } from "./receipts.ts";
import { type DeliveryTaker, receiveWebhook } from "./webhook.ts";

export interface AppOptions<Bindings extends object> extends PrepareOptions<Bindings> {
  readonly ledger: (
    env: Bindings,
    repositoryId: number,
  ) => DeliveryTaker & ReceiptTaker & LedgerDesk;
  readonly index: (env: Bindings) => DispatchIndex;
  readonly limiter: (env: Bindings) => Limiter | null;
  /** How the sweep is; null when nobody says so in time. */
  readonly sweep?: (env: Bindings) => Promise<SweepState | null>;
  /** Whether the index answers. */
  readonly indexState?: (env: Bindings) => Promise<IndexState>;
  readonly log: Log;
  /** Pages for people; null where they are off: then `/` says so. */
  readonly dashboard?: (
    env: Bindings,
  ) => ((request: Request) => Response | Promise<Response>) | null;
}

type AppEnv<Bindings extends object> = { Bindings: Bindings; Variables: { ready: Ready } };

const WEBHOOK_PATH = "/webhooks/github";
const DASHBOARD_PATHS = ["/", "/dispatches", "/repos/*", "/auth/*", "/assets/*"];

const DASHBOARD_OFF = `merge-relay: POST /webhooks/github, GET /healthz
The dashboard is off: GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET and SESSION_SECRET together open it.
`;

/** Builds the app. */
export function createApp<Bindings extends object>(
  options: AppOptions<Bindings>,
): Hono<AppEnv<Bindings>> {
  const { log } = options;
  // One router of the three that plain `Hono` brings along; what is hot takes no part in routing.
  const app = new Hono<AppEnv<Bindings>>({ router: new TrieRouter() });
  const preparedFor = createPreparation(options);

  mountDashboard(app, options);
  app.use(forMachines);
  for (const path of ["/", WEBHOOK_PATH, "/api/*", "/healthz"]) {
    app.use(path, async (context, next) => {
      const prepared = preparedFor(context.env);
      if (prepared.kind === "misconfigured") return PROBLEMS.misconfigured(prepared.problems);
      context.set("ready", prepared);
      return next();
    });
  }
  app.post(RECEIPTS_PATH, ({ env, req, get }) => {
    const ledger = (repositoryId: number): ReceiptTaker => options.ledger(env, repositoryId);
    const { verifyRun: verify } = get("ready");
    return receiveReceipt(req.raw, { verify, ledger, limiter: options.limiter(env) });
  });
  app.get("/healthz", async ({ env, json, get }) => {
    const [sweep, index] = await Promise.all([options.sweep?.(env), options.indexState?.(env)]);
    const { mode } = get("ready");
    const said = { ...(index ? { index } : {}), ...(sweep ? { sweep } : {}) };
    return json({ status: "ok", mode, version: VERSION, ...said });
  });
  app.all(WEBHOOK_PATH, () => PROBLEMS.methodNotAllowed("POST"));
  app.get("/openapi.json", ({ json }) => json(description));
  app.all("/openapi.json", () => PROBLEMS.methodNotAllowed("GET, HEAD"));
  app.all("/healthz", () => PROBLEMS.methodNotAllowed("GET, HEAD"));
  app.route(
    "/",
    createApi<Bindings>((env, ready) => servicesFor(options, env, ready)),
  );
  app.get("/", ({ text }) => text(DASHBOARD_OFF));
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
  app: Hono<AppEnv<Bindings>>,
  parts: AppOptions<Bindings> & {
    readonly preparedFor: ReturnType<typeof createPreparation<Bindings>>;
    readonly answerBug: (error: unknown) => Response;
  },
): Hono<AppEnv<Bindings>> {
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
    const { verify, serves, app: about } = prepared;
    return receiveWebhook(request, { verify, serves, app: about, ledger, log: parts.log });
  }
}

function isWebhook(request: Request): boolean {
  return request.method === "POST" && getPath(request) === WEBHOOK_PATH;
}

/** Before the headers of machines' answers: pages have their own, and forms need their referrer. */
function mountDashboard<Bindings extends object>(
  app: Hono<AppEnv<Bindings>>,
  { dashboard }: AppOptions<Bindings>,
): void {
  app.on(["GET", "POST"], DASHBOARD_PATHS, async ({ env, req }, next) => {
    const page = await dashboard?.(env)?.(req.raw);
    if (page) return page;
    return next();
  });
}

/** Pages have answered before: what comes here renders nothing, and no cache keeps it. */
const forMachines: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers } = context.res;
  for (const [name, value] of Object.entries(MACHINES_HEADERS)) {
    if (!headers.has(name)) headers.set(name, value);
  }
};

function servicesFor<Bindings extends object>(
  options: AppOptions<Bindings>,
  env: Bindings,
  ready: Ready,
): ApiServices {
  return {
    ...ready,
    limiter: options.limiter(env),
    desk: (repositoryId) => options.ledger(env, repositoryId),
    index: options.index(env),
    now: () => Date.now(),
  };
}
