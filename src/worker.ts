/** Composition root: what Cloudflare calls, wired to what does the work. */
import { readSettings, type Settings } from "./config.ts";
import type { Diagnosis, FailedRun, GitHub } from "./domain/ports.ts";
import { diagnose } from "./doctor/diagnosis/diagnose.ts";
import { createGitHub } from "./github/github-client.ts";
import { createAskPerson } from "./github/person.ts";
import { createAskRunStanding } from "./github/run-standing.ts";
import { createAskStanding } from "./github/standing.ts";
import { createAskVisible } from "./github/visible.ts";
import { mountDashboard } from "./dashboard/mount.ts";
import { createApp } from "./http/app.ts";
import { jsonLog } from "./json-log.ts";
import { createDispatchIndex } from "./ledger/index/d1-reader.ts";
import { LedgerObject } from "./ledger/repository-ledger.ts";
import { SweeperObject } from "./ledger/sweeper.ts";

export class RepositoryLedger extends LedgerObject {
  protected override connectGitHub(settings: Settings): GitHub {
    return createGitHub(
      { appId: settings.appId, privateKey: settings.privateKey.reveal() },
      connection(settings),
    );
  }

  protected override diagnose(failed: FailedRun): Diagnosis {
    return diagnose(failed);
  }
}

export class Sweeper extends SweeperObject {}

const app = createApp<Env>({
  settings: settingsOf,
  ledger: ledgerOf,
  identity: askAsGitHubSays,
  index: indexOf,
  limiter: (env) => env.API_LIMITER ?? null,
  dashboard: mountDashboard<Env>({
    settings: settingsOf,
    ports: (settings, env) => ({
      ...askAsGitHubSays(settings),
      ledger: (repositoryId) => ledgerOf(env, repositoryId),
      index: indexOf(env),
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

function askAsGitHubSays(settings: Settings) {
  const { appId, maintainerRole: role } = settings;
  const options = connection(settings);
  const credentials = { appId, privateKey: settings.privateKey.reveal() };
  return {
    askPerson: createAskPerson(options),
    askStanding: createAskStanding(options, { role, appId }),
    askVisible: createAskVisible(options, role),
    askRunStanding: createAskRunStanding(credentials, options, role),
  };
}

function connection(settings: Settings) {
  return {
    baseUrl: settings.apiUrl,
    timeoutMs: settings.githubTimeoutMs,
    fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
    now: () => Date.now(),
  };
}

export default { fetch: app.fetch } satisfies ExportedHandler<Env>;
