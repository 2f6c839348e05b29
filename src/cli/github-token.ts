import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { CommandIo } from "./command-io.ts";
import { CommandProblem } from "./command-problem.ts";
import { EXIT } from "./exit-code.ts";

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
  const found = await lookForToken(io, host, given);
  if (found === null) {
    throw new CommandProblem(
      `There is no token for ${host}. Sign in with gh auth login, set ${variablesOf(host).join(" or ")}, or give --token.`,
    );
  }
  // What cannot be a header's value would be quoted in the error of whoever tries.
  if (!/^[\x21-\x7E]{1,8192}$/.test(found.value)) {
    throw new CommandProblem(
      `The token from ${found.source} is none: it has blanks or line breaks.`,
      EXIT.usage,
    );
  }
  return found;
}

/** The same, and null where there is none. What it finds may be no token at all. */
export async function lookForToken(
  io: CommandIo,
  host: string,
  given: string | undefined,
): Promise<GitHubToken | null> {
  return fromOption(given) ?? fromVariables(io, host) ?? (await fromGh(host));
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

async function fromGh(host: string): Promise<GitHubToken | null> {
  try {
    const { stdout } = await promisify(execFile)("gh", ["auth", "token", "--hostname", host], {
      timeout: 10_000,
    });
    const value = stdout.trim();
    return value === "" ? null : { value, source: "gh auth token" };
  } catch {
    return null;
  }
}
