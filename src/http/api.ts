/** The API below `/api/v1`: who calls comes first, then the path, then everything else. */
import { Hono } from "hono/tiny";
import type { ApiServices, Caller, Endpoint } from "./api-call.ts";
import { ENDPOINTS } from "./endpoints.ts";
import { identify } from "./identity.ts";
import type { Ready } from "./prepared.ts";
import { PROBLEMS } from "./problem.ts";

type ApiEnv<Bindings extends object> = {
  Bindings: Bindings;
  Variables: { ready: Ready; caller: Caller };
};

const BELOW = "/api/*";
/** Answered before the API, since only a run may send one. */
export const RECEIPTS_PATH = "/api/v1/receipts";

/** Builds the API over its services; nothing in it answers without a caller. */
export function createApi<Bindings extends object>(
  servicesOf: (env: Bindings, ready: Ready) => ApiServices,
): Hono<ApiEnv<Bindings>> {
  const api = new Hono<ApiEnv<Bindings>>();
  api.use(BELOW, async (context, next) => {
    const { env, req, get } = context;
    const caller = await identify(req.raw, servicesOf(env, get("ready")));
    if (caller instanceof Response) return caller;
    context.set("caller", caller);
    return next();
  });
  for (const { method, path, answer } of ENDPOINTS) {
    api.on(method, path, async ({ env, req, get }) => {
      const params: Readonly<Record<string, string>> = req.param();
      const services = servicesOf(env, get("ready"));
      const call = { request: req.raw, params, caller: get("caller"), services };
      try {
        return await answer(call);
      } catch (error) {
        if (isPassing(error)) return PROBLEMS.ledgerUnavailable();
        throw error;
      }
    });
  }
  for (const [path, allow] of allowed(ENDPOINTS)) {
    api.all(path, () => PROBLEMS.methodNotAllowed(allow));
  }
  api.all(RECEIPTS_PATH, () => PROBLEMS.methodNotAllowed("POST"));
  api.all(BELOW, () => PROBLEMS.notFound());
  return api;
}

/** A Durable Object that is overloaded, or moving, says so on its errors. */
function isPassing(error: unknown): boolean {
  const { retryable, overloaded } = error as { retryable?: unknown; overloaded?: unknown };
  return retryable === true || overloaded === true;
}

function allowed(endpoints: readonly Endpoint[]): Map<string, string> {
  const methods = new Map<string, string>();
  for (const { method, path } of endpoints) {
    const own = method === "GET" ? "GET, HEAD" : method;
    const before = methods.get(path);
    methods.set(path, before === undefined ? own : `${before}, ${own}`);
  }
  return methods;
}
