/** Settings of a deployed relay: secrets at Cloudflare, set in one request. */
import * as v from "valibot";
import { CommandProblem } from "../command-problem.ts";
import type { SettingsStore } from "./settings-store.ts";
import type { RunWrangler } from "./wrangler.ts";

const listSchema = v.array(v.object({ name: v.string() }));

/** The store for the Worker that the directory's wrangler.toml names. */
export function createDeployedStore(wrangler: RunWrangler): SettingsStore {
  return {
    kind: "deployed",
    place: "at Cloudflare",
    read: () => Promise.resolve({}),
    async names() {
      const { code, output } = await wrangler(["secret", "list", "--format", "json"]);
      return code === 0 ? namesIn(output) : null;
    },
    async write(changes) {
      const { code, output } = await wrangler(["secret", "bulk"], JSON.stringify(changes));
      if (code === 0) return;
      const [, taken] = /binding name '([A-Z_]+)' already in use/i.exec(output) ?? [];
      if (taken !== undefined) {
        throw new CommandProblem(
          `Cloudflare has ${taken} as a plain variable, which is in the way of the secret of that name. ` +
            `At dash.cloudflare.com open the Worker → Settings → Variables and Secrets, delete ${taken}, and run this again: nothing was changed.`,
        );
      }
      throw new CommandProblem(
        `wrangler could not set the secrets: ${reasonIn(output, Object.values(changes))} ` +
          "Mend that and run this again: nothing was changed.",
      );
    },
  };
}

/** Wrangler may say more than the list, before it and after it. */
function namesIn(output: string): ReadonlySet<string> | null {
  try {
    const listed = v.parse(listSchema, JSON.parse(/^\[[^]*^\]|^\[.*\]/m.exec(output)?.[0] ?? ""));
    return new Set(listed.map(({ name }) => name));
  } catch {
    return null;
  }
}

/** Wrangler's first error line, without anything that went in. */
function reasonIn(output: string, values: readonly (string | null)[]): string {
  const line = /(?:ERROR\]?|✘)\s*(.+)/.exec(output)?.[1]?.trim() ?? "no reason was given.";
  const secrets = values.filter((value) => value !== null && value !== "");
  const isLeaking = secrets.some((secret) => secret !== null && line.includes(secret));
  return isLeaking ? "its message holds a secret and is not shown." : line.slice(0, 300);
}
