/** The relay as it would be deployed: the built bundle, with the settings of production. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BUILD_DIRECTORY } from "../../../src/cli/local-relay.ts";
import type { Core } from "./children.ts";
import type { Receiver } from "./receiver.ts";
import type { BenchSecrets } from "./secrets.ts";
import { prepareWorkerd } from "./workerd.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const BUNDLE = join(ROOT, BUILD_DIRECTORY, "worker.js");
/** Its alarms ring when they are told to. */
export const RUNG = fileURLToPath(new URL("../floor/rung.js", import.meta.url));
const STILLED = fileURLToPath(new URL("../floor/stilled.js", import.meta.url));

export interface RelayOptions {
  readonly name: string;
  readonly githubUrl: string;
  readonly within: string;
  /** True: takes deliveries and does no work on them. */
  readonly stilled?: boolean;
  /** A module that stands before the bundle, which it imports as `relay`. */
  readonly front?: string;
  /** Another bundle than the one just built, to compare with. */
  readonly bundle?: string;
  readonly inspector?: string;
  readonly core?: Core;
  /** Beside those that every relay needs. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A relay in plain workerd. */
export function prepareRelay(secrets: BenchSecrets, options: RelayOptions): Promise<Receiver> {
  const bundle = options.bundle ?? BUNDLE;
  const front = options.front ?? (options.stilled ? STILLED : null);
  return prepareWorkerd({
    name: options.name,
    modules: front === null ? { relay: bundle } : { front, relay: bundle },
    env: {
      GITHUB_APP_ID: "4711",
      GITHUB_APP_PRIVATE_KEY: secrets.privateKey,
      GITHUB_WEBHOOK_SECRET: secrets.webhookSecret,
      GITHUB_API_URL: options.githubUrl,
      ...options.settings,
    },
    object: { binding: "REPOSITORY_LEDGER", className: "RepositoryLedger" },
    within: options.within,
    core: options.core ?? 0,
    ...(options.inspector === undefined ? {} : { inspector: options.inspector }),
  });
}
