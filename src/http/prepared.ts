/** What is made of an environment once, since checking a key costs milliseconds. */
import type { ReadSettings, Settings } from "../config.ts";
import type { Identity, MaintainerRole } from "../domain/caller.ts";
import { isOwnerAllowed } from "../domain/allowed-owners.ts";
import { fingerprintOf } from "../key-fingerprint.ts";
import { ShortMemory } from "../short-memory.ts";
import { createRunTokenVerifier, type VerifyRunToken } from "./actions-oidc.ts";
import type { ApiServices } from "./api-call.ts";
import { createVerifier, type Verify } from "./signature.ts";
import type { RelaysApp, Serves } from "./webhook.ts";

export interface Ready {
  readonly kind: "ready";
  readonly mode: "observe" | "enforce";
  /** Whether the operator serves this owner. */
  readonly serves: Serves;
  readonly app: RelaysApp;
  readonly role: MaintainerRole;
  readonly verify: Verify;
  readonly verifyRun: VerifyRunToken;
  readonly identity: Identity;
  readonly proved: ApiServices["proved"];
}

export type Prepared = Extract<ReadSettings, { kind: "misconfigured" }> | Ready;

export interface PrepareOptions<Bindings extends object> {
  readonly settings: (env: Bindings) => ReadSettings;
  readonly identity: (settings: Settings) => Identity;
}

/** Prepares each environment on first use. */
export function createPreparation<Bindings extends object>(
  options: PrepareOptions<Bindings>,
): (env: Bindings) => Prepared {
  const known = new WeakMap<Bindings, Prepared>();
  return (env) => {
    const prepared = known.get(env) ?? prepare(options.settings(env), options.identity);
    known.set(env, prepared);
    return prepared;
  };
}

const now = (): number => Date.now();

function prepare(read: ReadSettings, identity: (settings: Settings) => Identity): Prepared {
  if (read.kind === "misconfigured") return read;
  const { settings } = read;
  const proved = new ShortMemory<true>(now);
  return {
    kind: "ready",
    mode: settings.policy.observe ? "observe" : "enforce",
    serves: (owner) => isOwnerAllowed(settings.policy, owner),
    app: () => ({
      app: settings.appId,
      key: fingerprintOf(settings.privateKey.reveal()),
    }),
    role: settings.maintainerRole,
    verify: createVerifier(settings.webhookSecrets.map((secret) => secret.reveal())),
    verifyRun: createRunTokenVerifier({
      issuer: settings.actionsOidcIssuer,
      timeoutMs: settings.githubTimeoutMs,
      now,
    }),
    identity: identity(settings),
    proved: {
      has: (print) => proved.get(print) !== null,
      keep: (print) => proved.keep(print, true, now()),
    },
  };
}
