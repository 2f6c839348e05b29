/** The routes of the relay, and what every answer has in common. */
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { ReadSettings } from "../config.ts";
import type { Log } from "../domain/log.ts";
import { PROBLEMS } from "./problem.ts";
import { createVerifier, type Verify } from "./signature.ts";
import { type DeliveryTaker, receiveWebhook } from "./webhook.ts";

export interface AppOptions<Bindings extends object> {
  readonly settings: (env: Bindings) => ReadSettings;
  readonly ledger: (env: Bindings, repositoryId: number) => DeliveryTaker;
  readonly log: Log;
}

const WEBHOOK_PATH = "/webhooks/github";

/** Builds the app. Settings are read once per environment: checking a key costs milliseconds. */
export function createApp<Bindings extends object>(
  options: AppOptions<Bindings>,
): Hono<{ Bindings: Bindings }> {
  const { log } = options;
  const app = new Hono<{ Bindings: Bindings }>();
  const prepared = new WeakMap<Bindings, { read: ReadSettings; verify: Verify }>();
  const prepare = (env: Bindings): { read: ReadSettings; verify: Verify } => {
    const known = prepared.get(env);
    if (known) return known;
    const read = options.settings(env);
    const secrets = read.kind === "settings" ? read.settings.webhookSecrets : [];
    const fresh = { read, verify: createVerifier(secrets.map((secret) => secret.reveal())) };
    prepared.set(env, fresh);
    return fresh;
  };

  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    }),
  );
  app.post(WEBHOOK_PATH, (context) => {
    const { read, verify } = prepare(context.env);
    if (read.kind === "misconfigured") return PROBLEMS.misconfigured(read.problems);
    const ledger = (repositoryId: number): DeliveryTaker =>
      options.ledger(context.env, repositoryId);
    return receiveWebhook(context.req.raw, { verify, ledger, log });
  });
  app.all(WEBHOOK_PATH, () => PROBLEMS.methodNotAllowed("POST"));
  app.get("/healthz", (context) => {
    const { read } = prepare(context.env);
    if (read.kind === "misconfigured") return PROBLEMS.misconfigured(read.problems);
    return context.json({
      status: "ok",
      mode: read.settings.policy.observe ? "observe" : "enforce",
    });
  });
  app.all("/healthz", () => PROBLEMS.methodNotAllowed("GET, HEAD"));
  app.notFound(() => PROBLEMS.notFound());
  app.onError((error) => {
    log.error("request.bug", { error: error.name });
    return PROBLEMS.internal();
  });
  return app;
}
