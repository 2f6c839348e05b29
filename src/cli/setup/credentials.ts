/** An App's credentials, and the settings that they become. */
import { randomBytes } from "node:crypto";
import { readPrivateKey } from "../../github/private-key.ts";

export interface Credentials {
  readonly appId: string;
  readonly slug: string;
  readonly clientId: string;
  /** Empty where it is not known: the dashboard is then off. */
  readonly clientSecret: string;
  /** PKCS#8. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly sessionSecret: string;
  /** Whether the relay shall hear and write comments; left out: as it is set, or the relay's default. */
  readonly reportComments?: "on" | "off";
}

/** A fresh secret: 256 bits, in letters that every tool takes. */
export function makeSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** The settings by name; what is empty is left out. */
export function toSettings(credentials: Credentials): Record<string, string> {
  const settings = {
    GITHUB_APP_ID: credentials.appId,
    GITHUB_CLIENT_ID: credentials.clientId,
    GITHUB_CLIENT_SECRET: credentials.clientSecret,
    GITHUB_APP_PRIVATE_KEY: credentials.privateKey,
    GITHUB_WEBHOOK_SECRET: credentials.webhookSecret,
    SESSION_SECRET: credentials.sessionSecret,
    REPORT_COMMENTS: credentials.reportComments ?? "",
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== ""));
}

/** Credentials out of settings; null unless App, key and webhook secret are all there. */
export function fromSettings(values: Readonly<Record<string, string>>): Credentials | null {
  const get = (name: string): string => values[name] ?? "";
  const key = readPrivateKey(get("GITHUB_APP_PRIVATE_KEY"));
  const appId = get("GITHUB_APP_ID");
  const webhookSecret = get("GITHUB_WEBHOOK_SECRET").trim();
  if (appId === "" || webhookSecret === "" || key.kind === "unusable") return null;
  return {
    appId,
    slug: "",
    clientId: get("GITHUB_CLIENT_ID"),
    clientSecret: get("GITHUB_CLIENT_SECRET"),
    privateKey: key.pkcs8,
    webhookSecret,
    sessionSecret: get("SESSION_SECRET") || makeSecret(),
    ...commentsOf(get("REPORT_COMMENTS")),
  };
}

/** What an interrupted run, or the operator, said; a value that the relay would refuse is no word. */
function commentsOf(value: string): Pick<Credentials, "reportComments"> {
  return value === "on" || value === "off" ? { reportComments: value } : {};
}

/** The values that must never be shown. */
export function secretsOf(credentials: Credentials): string[] {
  const { clientSecret, privateKey, webhookSecret, sessionSecret } = credentials;
  return [clientSecret, privateKey, webhookSecret, sessionSecret].filter((value) => value !== "");
}
