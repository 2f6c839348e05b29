/** Whose repositories the relay serves: GitHub's site, or the GitHub Enterprise that is configured. */
import { askConsent } from "./ask.ts";
import type { CommandIo } from "./command-io.ts";
import { CommandProblem } from "./command-problem.ts";
import { EXIT } from "./exit-code.ts";
import type { GitRepository } from "./git-repository.ts";

const VARIABLES = ["GITHUB_WEB_URL", "GITHUB_SERVER_URL", "GITHUB_API_URL"];

/** Host names of the sites, by an option, else by the variables that the relay and gh know. */
export function servedSites({ env }: Pick<CommandIo, "env">, githubUrl?: string): string[] {
  const addresses = [githubUrl, ...VARIABLES.map((name) => env[name])];
  const named = addresses.flatMap((address) => hostOf(address ?? ""));
  const host = env["GH_HOST"]?.trim().toLowerCase() ?? "";
  const found = new Set(host === "" ? named : [...named, host]);
  return found.size === 0 ? ["github.com"] : [...found];
}

/** GitHub has its API below `api.`, where it is no Enterprise Server. */
function hostOf(address: string): string[] {
  if (!URL.canParse(address)) return [];
  return [new URL(address).hostname.toLowerCase().replace(/^api\./, "")];
}

/**
 * Refuses a repository whose remotes are all elsewhere, or lets a person say that it moves. Nothing that
 * `init` writes would be read there.
 */
export async function needServed(
  io: CommandIo,
  { foreignHost }: Pick<GitRepository, "foreignHost">,
  { sites, mayAsk }: { readonly sites: readonly string[]; readonly mayAsk: boolean },
): Promise<void> {
  if (foreignHost === null) return;
  const served = sites.join(" and ");
  const problem = `This repository is at ${foreignHost}, and the relay serves ${served}`;
  const remedy = `If it is at GitHub, too, name that: git remote add github https://${sites[0] ?? "github.com"}/OWNER/NAME. If ${foreignHost} is your GitHub Enterprise: --github-url https://${foreignHost}`;
  if (!mayAsk || !io.interactive) throw new CommandProblem(`${problem}. ${remedy}`, EXIT.usage);
  io.writeOut(`${problem}.\n`);
  const message = "Write the files all the same (it moves to GitHub)?";
  if (await askConsent(io, { message, option: "--github-url ADDRESS" })) return;
  throw new CommandProblem(`Nothing was changed. ${remedy}`);
}
