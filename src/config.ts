/**
 * Settings: unchecked environment in; frozen settings, or every problem at once, out. A relay with a
 * problem refuses to serve: it never falls back to something less safe.
 */
import { MAINTAINER_ROLES, type MaintainerRole } from "./domain/caller.ts";
import type { Policy } from "./domain/decide.ts";
import { readPrivateKey } from "./github/private-key.ts";
import { Secret } from "./secret.ts";

export interface Settings {
  readonly appId: string;
  /** PKCS#8. */
  readonly privateKey: Secret;
  /** The present webhook secret first, then the previous one where one is being rotated out. */
  readonly webhookSecrets: readonly Secret[];
  readonly apiUrl: string;
  readonly webUrl: string;
  readonly actionsOidcIssuer: string;
  readonly policy: Policy;
  readonly maintainerRole: MaintainerRole;
  readonly githubTimeoutMs: number;
  readonly retryBaseMs: number;
  readonly retryMaxAttempts: number;
  readonly unknownSettleMs: number;
  readonly runPollMs: number;
  readonly rerunLimit: number;
  readonly scanIntervalMs: number;
  /** How long the record of a finished dispatch is kept in full. */
  readonly retentionMs: number;
  readonly reports: { readonly checks: boolean; readonly comments: boolean };
  /** Where an operator's alarms go besides the log; null: nowhere. */
  readonly alertUrl: Secret | null;
  /** Null without its three settings: the dashboard is off, and says so. */
  readonly dashboard: DashboardSettings | null;
}

export interface DashboardSettings {
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly sessionSecret: Secret;
}

/** What is wrong with a setting; holds its name and never its value. */
export interface SettingProblem {
  readonly setting: string;
  readonly message: string;
}

export type ReadSettings =
  | { readonly kind: "settings"; readonly settings: Settings }
  | { readonly kind: "misconfigured"; readonly problems: readonly SettingProblem[] };

type Environment = Readonly<Record<string, unknown>>;

/** The lease of the ledger's alarm; a call to GitHub must end before it. */
export const LEASE_MS = 30_000;

/** Reads and checks every setting. */
export function readSettings(env: Environment): ReadSettings {
  const problems: SettingProblem[] = [];
  const report = (setting: string, message: string): void => {
    problems.push({ setting, message });
  };
  const number = (name: string, range: { least: number; most: number; usual: number }): number =>
    readNumber(env, name, { ...range, report });
  const previous = text(env, "GITHUB_WEBHOOK_SECRET_PREVIOUS");
  const secrets = [required(env, "GITHUB_WEBHOOK_SECRET", report), previous];
  const settings: Settings = {
    appId: readAppId(env, report),
    privateKey: new Secret(readKey(env, report)),
    webhookSecrets: secrets.filter((secret) => secret !== "").map((secret) => new Secret(secret)),
    apiUrl: readUrl(env, "GITHUB_API_URL", { usual: "https://api.github.com", report }),
    webUrl: readUrl(env, "GITHUB_WEB_URL", { usual: "https://github.com", report }),
    actionsOidcIssuer: readUrl(env, "ACTIONS_OIDC_ISSUER", {
      usual: "https://token.actions.githubusercontent.com",
      report,
    }),
    policy: readPolicy(env, report),
    maintainerRole: readRole(env, report),
    githubTimeoutMs: number("GITHUB_TIMEOUT_MS", {
      least: 50,
      most: LEASE_MS - 5_000,
      usual: 10_000,
    }),
    retryBaseMs: number("RETRY_BASE_MS", { least: 1, most: 300_000, usual: 2_000 }),
    retryMaxAttempts: number("RETRY_MAX_ATTEMPTS", { least: 1, most: 1_000, usual: 12 }),
    unknownSettleMs: number("UNKNOWN_SETTLE_MS", { least: 1, most: 3_600_000, usual: 15_000 }),
    rerunLimit: number("RERUN_LIMIT", { least: 0, most: 10, usual: 1 }),
    runPollMs: number("RUN_POLL_MS", { least: 10, most: 86_400_000, usual: 60_000 }),
    scanIntervalMs: number("SCAN_INTERVAL_MS", { least: 50, most: 86_400_000, usual: 900_000 }),
    // Never below GitHub's own memory of deliveries, three days.
    retentionMs: number("RETENTION_DAYS", { least: 7, most: 3_650, usual: 90 }) * 86_400_000,
    reports: {
      checks: readSwitch(env, "REPORT_CHECKS", report),
      comments: readSwitch(env, "REPORT_COMMENTS", report),
    },
    alertUrl: readAlertUrl(env, report),
    dashboard: readDashboard(env, report),
  };
  return problems.length > 0
    ? { kind: "misconfigured", problems }
    : { kind: "settings", settings: Object.freeze(settings) };
}

type Report = (setting: string, message: string) => void;

function text(env: Environment, name: string): string {
  const value = env[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function required(env: Environment, name: string, report: Report): string {
  const value = text(env, name);
  if (value === "") report(name, "is not set");
  return value;
}

function readAppId(env: Environment, report: Report): string {
  const appId = required(env, "GITHUB_APP_ID", report);
  if (appId !== "" && !/^[A-Za-z0-9.]{1,64}$/.test(appId)) {
    report("GITHUB_APP_ID", "is neither an App ID nor a client ID");
  }
  return appId;
}

function readKey(env: Environment, report: Report): string {
  const name = "GITHUB_APP_PRIVATE_KEY";
  const pem = required(env, name, report);
  if (pem === "") return "";
  const key = readPrivateKey(pem);
  if (key.kind === "usable") return key.pkcs8;
  report(name, `is not an RSA private key in PEM form (PKCS#1 or PKCS#8): it ${key.why}`);
  return "";
}

function readUrl(env: Environment, name: string, about: { usual: string; report: Report }): string {
  const value = text(env, name) || about.usual;
  const url = URL.canParse(value) ? new URL(value) : null;
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    `${url.username}${url.password}${url.search}${url.hash}` !== ""
  ) {
    about.report(name, "is not an http(s) address");
  }
  return value.replace(/\/+$/, "");
}

function readNumber(
  env: Environment,
  name: string,
  about: { least: number; most: number; usual: number; report: Report },
): number {
  const value = text(env, name);
  if (value === "") return about.usual;
  const number = /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= about.least && number <= about.most) return number;
  about.report(name, `must be a whole number from ${about.least} to ${about.most}`);
  return about.usual;
}

function readSwitch(env: Environment, name: string, report: Report): boolean {
  const value = text(env, name) || "on";
  if (value !== "on" && value !== "off") report(name, "must be on or off");
  return value === "on";
}

/** A secret: whoever knows such an address may write to the channel behind it. */
function readAlertUrl(env: Environment, report: Report): Secret | null {
  const value = text(env, "ALERT_WEBHOOK_URL");
  if (value === "") return null;
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    report("ALERT_WEBHOOK_URL", "is not an http(s) address");
  }
  return new Secret(value);
}

/** The shortest secret that seals a session; 32 characters of a random string hold 128 bits and more. */
const MIN_SESSION_SECRET = 32;

function readDashboard(env: Environment, report: Report): DashboardSettings | null {
  const clientId = text(env, "GITHUB_CLIENT_ID");
  const clientSecret = text(env, "GITHUB_CLIENT_SECRET");
  const sessionSecret = text(env, "SESSION_SECRET");
  if (clientId === "" || clientSecret === "" || sessionSecret === "") return null;
  if (sessionSecret.length < MIN_SESSION_SECRET) {
    report("SESSION_SECRET", `must have at least ${MIN_SESSION_SECRET} characters`);
  }
  return {
    clientId,
    clientSecret: new Secret(clientSecret),
    sessionSecret: new Secret(sessionSecret),
  };
}

function readRole(env: Environment, report: Report): MaintainerRole {
  const value = text(env, "MAINTAINER_ROLE") || "maintain";
  const role = MAINTAINER_ROLES.find((known) => known === value);
  if (!role) report("MAINTAINER_ROLE", `must be one of ${MAINTAINER_ROLES.join(", ")}`);
  return role ?? "admin";
}

/** Which owners are served, and whether anything is dispatched. */
export function readPolicy(env: Environment, report: Report): Policy {
  const owners = text(env, "ALLOWED_OWNERS")
    .split(",")
    .map((owner) => owner.trim().toLowerCase());
  const allowedOwners = owners.filter((owner) => owner !== "");
  // Separators alone would read as "everybody", which is surely not what was meant.
  const isEmptyList = text(env, "ALLOWED_OWNERS") !== "" && allowedOwners.length === 0;
  if (isEmptyList || allowedOwners.some((owner) => !/^[a-z0-9_-]+$/.test(owner))) {
    report("ALLOWED_OWNERS", "must be logins or numeric ids, separated by commas");
  }
  const mode = text(env, "RELAY_MODE") || "enforce";
  if (mode !== "enforce" && mode !== "observe") report("RELAY_MODE", "must be enforce or observe");
  return { allowedOwners, observe: mode === "observe" };
}
