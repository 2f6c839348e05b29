/** Composition root: what Cloudflare calls, wired to what does the work. */
import { readSettings, type Settings } from "./config.ts";
import { mountDashboard } from "./dashboard/mount.ts";
import type { AppGitHub } from "./domain/app-github.ts";
import type { Diagnosis, FailedRun, GitHub } from "./domain/ports.ts";
import type { SweepState } from "./domain/sweep-state.ts";
import { diagnose } from "./doctor/diagnosis/diagnose.ts";
import { createAppGitHub } from "./github/app-client.ts";
import { createGitHub } from "./github/github-client.ts";
import { createIdentity } from "./github/identity.ts";
import { silencesOf } from "./github/silences.ts";
import { createApp } from "./http/app.ts";
import { jsonLog } from "./json-log.ts";
import { askIndexState, createDispatchIndex } from "./ledger/index/d1-reader.ts";
import { LedgerObject } from "./ledger/repository-ledger.ts";
import { bounded } from "./ledger/sweep/bounded.ts";
import { SweeperObject } from "./ledger/sweeper.ts";

export class RepositoryLedger extends LedgerObject {
  protected override connectGitHub(settings: Settings, send: typeof fetch): GitHub {
    return createGitHub(credentials(settings), { ...connection(settings), fetch: send });
  }

  protected override diagnose(failed: FailedRun): Diagnosis {
    return diagnose(failed);
  }
}

export class Sweeper extends SweeperObject {
  protected override connectGitHub(settings: Settings, send: typeof fetch): AppGitHub {
    return createAppGitHub(credentials(settings), { ...connection(settings), fetch: send });
  }
}

const sweeperOf = (env: Env) => env.SWEEPER.getByName("sweeper");
/** Readiness is answered even when the sweeper does not. */
const SWEEPER_TIMEOUT_MS = 1_000;

const app = createApp<Env>({
  settings: settingsOf,
  ledger: ledgerOf,
  identity: identityOf,
  index: indexOf,
  limiter: limiterOf,
  sweep: sweepState,
  indexState: ({ INDEX }) => askIndexState(INDEX),
  dashboard: mountDashboard<Env>({
    settings: settingsOf,
    ports: (settings, env) => ({
      ...identityOf(settings),
      ledger: (repositoryId) => ledgerOf(env, repositoryId),
      index: indexOf(env),
      limiter: limiterOf(env),
    }),
    fetch: (input, init) => fetch(input, init),
    log: jsonLog,
  }),
  log: jsonLog,
});

function settingsOf(env: Env) {
  return readSettings(env as unknown as Record<string, unknown>);
}

function ledgerOf(env: Env, repositoryId: number) {
  return env.REPOSITORY_LEDGER.getByName(String(repositoryId));
}

function indexOf(env: Env) {
  return createDispatchIndex(env.INDEX);
}

/** One binding for programs and pages: their keys differ. */
function limiterOf(env: Env) {
  return env.API_LIMITER ?? null;
}

function identityOf(settings: Settings) {
  return createIdentity(credentials(settings), connection(settings), settings.maintainerRole);
}

async function sweepState(env: Env): Promise<SweepState | null> {
  const asked = await bounded(() => sweeperOf(env).state(), SWEEPER_TIMEOUT_MS);
  return asked.kind === "done" ? asked.value : null;
}

function credentials({ appId, privateKey }: Settings) {
  return { appId, privateKey: privateKey.reveal() };
}

function connection(settings: Settings) {
  return {
    baseUrl: settings.apiUrl,
    timeoutMs: settings.githubTimeoutMs,
    fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
    now: () => Date.now(),
    silences: silencesOf(settings.apiUrl),
  };
}

export default {
  fetch: app.fetch,
  scheduled: (_controller, env) => sweeperOf(env).wake(),
} satisfies ExportedHandler<Env>;
