/** Where a relay's settings are kept: a file beside a local one, or Cloudflare for a deployed one. */
import type { Changes } from "./env-text.ts";

export interface SettingsStore {
  readonly kind: "local" | "deployed";
  /** For sentences: “in .dev.vars”. */
  readonly place: string;
  /** What can be read back; Cloudflare gives no secret out again. */
  read(): Promise<Record<string, string>>;
  /** Names of the secrets that are set; null where that is not to be found out. */
  names(): Promise<ReadonlySet<string> | null>;
  /** Writes all of it or nothing; null takes a setting away. Fails with a `CommandProblem`. */
  write(changes: Changes): Promise<void>;
}
