/** What Cloudflare does with secrets and variables, as wrangler 4.155 and its API have it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";

interface Configuration {
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly keep_vars?: boolean;
}

/** One Worker of an account, deployed from the directory's wrangler.toml. */
export function createCloudflare(directory: string) {
  const cloudflare: Record<string, string> = {};
  const variables: Record<string, string> = {};
  return {
    /** Secrets. */
    cloudflare,
    /** Plain variables, of the configuration or set on Cloudflare's pages. */
    variables,
    /** `wrangler secret bulk`: all or nothing; what went wrong, or null. */
    set(json: string): string | null {
      const changes = Object.entries(JSON.parse(json) as Record<string, string | null>);
      const taken = changes.find(([name]) => variables[name] !== undefined);
      if (taken) return `Binding name '${taken[0]}' already in use. [code: 10053]`;
      for (const [name, value] of changes) {
        if (value === null) delete cloudflare[name];
        else cloudflare[name] = value;
      }
      return null;
    },
    /** `wrangler secret list`: names, and no value. */
    list(): string {
      const names = Object.keys(cloudflare).map((name) => ({ name, type: "secret_text" }));
      return `\n ⛅️ wrangler 4.155.0\n${JSON.stringify(names, null, 2)}\n`;
    },
    /** `wrangler deploy`: secrets stay, unless a variable of the file bears the name. */
    deploy(): null {
      const { vars = {}, keep_vars: keeps } = parse(
        readFileSync(join(directory, "wrangler.toml"), "utf8"),
      ) as Configuration;
      for (const name of keeps === true ? [] : Object.keys(variables)) delete variables[name];
      for (const [name, value] of Object.entries(vars)) {
        delete cloudflare[name];
        variables[name] = String(value);
      }
      return null;
    },
  };
}
