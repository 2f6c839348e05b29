/** The dashboard of one environment, made once; null where it is off. */
import type { ReadSettings, Settings } from "../config.ts";
import type { Log } from "../domain/log.ts";
import { createDashboard } from "./dashboard.ts";
import type { DashboardPorts } from "./options.ts";

type Dashboard = (request: Request) => Response | Promise<Response>;

interface MountOptions<Bindings extends object> {
  readonly settings: (env: Bindings) => ReadSettings;
  readonly ports: (settings: Settings, env: Bindings) => DashboardPorts;
  readonly fetch: typeof fetch;
  readonly log: Log;
}

/** Null as well when the settings are wrong: then nothing of the relay serves. */
export function mountDashboard<Bindings extends object>(
  options: MountOptions<Bindings>,
): (env: Bindings) => Dashboard | null {
  const known = new WeakMap<Bindings, { readonly dashboard: Dashboard | null }>();
  return (env) => {
    const kept = known.get(env) ?? { dashboard: make(options, env) };
    known.set(env, kept);
    return kept.dashboard;
  };
}

function make<Bindings extends object>(
  options: MountOptions<Bindings>,
  env: Bindings,
): Dashboard | null {
  const read = options.settings(env);
  if (read.kind === "misconfigured" || read.settings.dashboard === null) return null;
  const { settings } = read;
  return createDashboard({
    settings: { ...settings, dashboard: read.settings.dashboard },
    ports: options.ports(settings, env),
    fetch: options.fetch,
    now: () => Date.now(),
    log: options.log,
  });
}
