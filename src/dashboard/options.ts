/** What the dashboard is given: settings, and the ports that the API stands on too. */
import type { DashboardSettings, Settings } from "../config.ts";
import type { AskStanding, AskVisible } from "../domain/caller.ts";
import type { DispatchIndex } from "../domain/dispatch-index.ts";
import type { LedgerDesk } from "../domain/ledger-desk.ts";
import type { Limiter } from "../rate-limit.ts";
import type { Log } from "../domain/log.ts";

export interface DashboardPorts {
  readonly askStanding: AskStanding;
  readonly askVisible: AskVisible;
  readonly ledger: (repositoryId: number) => LedgerDesk;
  readonly index: DispatchIndex;
  readonly limiter: Limiter | null;
}

export interface DashboardOptions {
  readonly settings: Pick<Settings, "apiUrl" | "webUrl" | "githubTimeoutMs" | "maintainerRole"> & {
    readonly dashboard: DashboardSettings;
  };
  readonly ports: DashboardPorts;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly log: Log;
}
