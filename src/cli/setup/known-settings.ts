/** The settings of a relay as its commands see them: environment over .dev.vars over wrangler.toml. */
import { join } from "node:path";
import { parse } from "smol-toml";
import { readEnvText } from "./env-text.ts";
import { readOrEmpty, VARS_FILE } from "./local-store.ts";

/** DESIGN's names; nothing else is taken out of an environment. */
const NAMES = [
  "GITHUB_APP_ID",
  "GITHUB_APP_PRIVATE_KEY",
  "GITHUB_WEBHOOK_SECRET",
  "GITHUB_WEBHOOK_SECRET_PREVIOUS",
  "GITHUB_API_URL",
  "GITHUB_WEB_URL",
  "GITHUB_CLIENT_ID",
  "GITHUB_CLIENT_SECRET",
  "SESSION_SECRET",
  "ACTIONS_OIDC_ISSUER",
  "ALLOWED_OWNERS",
  "MAINTAINER_ROLE",
  "RELAY_MODE",
  "RETRY_BASE_MS",
  "RETRY_MAX_ATTEMPTS",
  "UNKNOWN_SETTLE_MS",
  "GITHUB_TIMEOUT_MS",
  "RUN_POLL_MS",
  "SCAN_INTERVAL_MS",
  "RERUN_LIMIT",
  "REPORT_CHECKS",
  "REPORT_COMMENTS",
] as const;

export interface KnownSettings {
  readonly values: Record<string, string>;
  /** For sentences: “in .dev.vars and the environment”. */
  readonly source: string;
}

interface Places {
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Instead of `.dev.vars`; null for none. */
  readonly varsFile?: string | null | undefined;
}

/** Reads them; a missing file counts as empty. */
export async function readKnownSettings({
  directory,
  env,
  varsFile,
}: Places): Promise<KnownSettings> {
  const name = varsFile ?? VARS_FILE;
  const path = varsFile ?? join(directory, VARS_FILE);
  const file = varsFile === null ? {} : readEnvText(await readOrEmpty(path));
  const fromEnvironment = NAMES.flatMap((one): [string, string][] => {
    const value = env[one];
    return value === undefined || value === "" ? [] : [[one, value]];
  });
  const filled = Object.entries(file).filter(([, value]) => value !== "");
  const values = {
    ...readTomlVars(await readOrEmpty(join(directory, "wrangler.toml"))),
    ...Object.fromEntries(filled),
    ...Object.fromEntries(fromEnvironment),
  };
  const places = [
    filled.length > 0 ? name : "",
    fromEnvironment.length > 0 ? "the environment" : "",
  ];
  const source = places.filter((place) => place !== "").join(" and ");
  return { values, source: source === "" ? `in ${name} or the environment` : `in ${source}` };
}

function readTomlVars(text: string): Record<string, string> {
  try {
    const { vars } = parse(text) as { vars?: Record<string, unknown> };
    const set = Object.entries(vars ?? {}).filter(([, value]) => value !== "");
    return Object.fromEntries(set.map(([name, value]) => [name, String(value)]));
  } catch {
    return {};
  }
}
