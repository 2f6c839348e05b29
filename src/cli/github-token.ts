import type { CommandIo } from "./command-io.ts";
import { CommandProblem } from "./command-problem.ts";
import { EXIT } from "./exit-code.ts";
import { askGh } from "./gh-token.ts";

/** A token, and where it is from; only the latter may be shown. */
export interface GitHubToken {
  readonly value: string;
  readonly source: string;
}

/**
 * Finds a token for a site: `--token`, the variables that gh takes for it, then `gh auth token`. A token
 * in a variable for github.com is never sent to another site.
 */
export async function findToken(
  io: CommandIo,
  host: string,
  given: string | undefined,
): Promise<GitHubToken> {
  const looked = await lookForToken(io, host, given);
  if (looked.kind === "none") {
    throw new CommandProblem(
      `There is no token for ${host}: ${looked.why}. Sign in with gh auth login, set ${variablesOf(host).join(" or ")}, or give --token.`,
    );
  }
  const found = looked.token;
  // What cannot be a header's value would be quoted in the error of whoever tries.
  if (!/^[\x21-\x7E]{1,8192}$/.test(found.value)) {
    throw new CommandProblem(
      `The token from ${found.source} is none: it has blanks or line breaks.`,
      EXIT.usage,
    );
  }
  return found;
}

export type LookedFor =
  | { readonly kind: "found"; readonly token: GitHubToken }
  /** Nothing is set, and why gh gives none, to follow “because”. */
  | { readonly kind: "none"; readonly why: string };

/** The same, and why where there is none. What is found by option or variable may be no token at all. */
export async function lookForToken(
  io: CommandIo,
  host: string,
  given: string | undefined,
): Promise<LookedFor> {
  const token = fromOption(given) ?? fromVariables(io, host);
  if (token !== null) return { kind: "found", token };
  const gh = await askGh(io, host);
  return gh.kind === "token"
    ? { kind: "found", token: { value: gh.value, source: "gh auth token" } }
    : gh;
}

function fromOption(given: string | undefined): GitHubToken | null {
  return given === undefined ? null : { value: given, source: "--token" };
}

function variablesOf(host: string): readonly string[] {
  const isGitHub = host === "github.com" || host === "www.github.com" || host.endsWith(".ghe.com");
  return isGitHub
    ? ["GITHUB_TOKEN", "GH_TOKEN"]
    : ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];
}

function fromVariables(io: CommandIo, host: string): GitHubToken | null {
  // Whoever says where the API is, means the usual variables for it.
  const names =
    io.env["GITHUB_API_URL"] === undefined ? variablesOf(host) : ["GITHUB_TOKEN", "GH_TOKEN"];
  for (const name of names) {
    const value = io.env[name]?.trim();
    if (value !== undefined && value !== "") return { value, source: name };
  }
  return null;
}
