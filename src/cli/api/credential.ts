/** Who calls the relay. A token is sent to the relay and to nobody else, never printed and never stored. */
import type { CommandIo } from "../command-io.ts";
import { CommandProblem } from "../command-problem.ts";
import { EXIT } from "../exit-code.ts";
import { type GitHubToken, lookForToken } from "../github-token.ts";
import { actionsCredential, mayUseActionsToken } from "./actions-token.ts";

export interface Credential {
  /** What may be shown of it. */
  readonly source: string;
  /** Fresh enough to be sent now. */
  token(): Promise<string>;
}

export interface SigningIn {
  readonly io: CommandIo;
  readonly relayUrl: string;
  /** GitHub's web site. */
  readonly webUrl: string;
  readonly given: string | undefined;
  /** Signs in at a terminal; the last resort. */
  readonly signIn: () => Promise<string>;
}

/**
 * Finds who calls: `--token`, `MERGE_RELAY_TOKEN`, `GITHUB_TOKEN` or `GH_TOKEN`, the identity of a workflow
 * run, `gh auth token`, and where there is a terminal the App's device flow.
 */
export async function findCredential(signing: SigningIn): Promise<Credential> {
  const { io, relayUrl, webUrl, given } = signing;
  const own = io.env["MERGE_RELAY_TOKEN"]?.trim() ?? "";
  if (given === undefined && own !== "") return fixed({ value: own, source: "MERGE_RELAY_TOKEN" });
  const isRun = mayUseActionsToken(io);
  const { host } = new URL(webUrl);
  const looked = await lookForToken(io, host, given);
  const isPersons = looked.kind === "found" && !(isRun && isInstallationToken(looked.token));
  if (isPersons) return fixed(needPerson(looked.token));
  if (isRun) return actionsCredential(io, relayUrl);
  if (io.env["GITHUB_ACTIONS"] === "true") {
    throw new CommandProblem(
      "There is no token. In a workflow, give the job `permissions: id-token: write`: then it calls by its own identity.",
      EXIT.usage,
    );
  }
  const why = looked.kind === "none" ? looked.why : "what is set is an App's";
  if (io.interactive) {
    io.writeError(`No token is at hand: ${why}. A sign-in by a code will do instead.\n`);
    return fixed({ value: await signing.signIn(), source: "the sign-in" });
  }
  throw new CommandProblem(
    `There is no token for ${host} (${why}), and no terminal to sign in at. Run gh auth login, or set MERGE_RELAY_TOKEN or GITHUB_TOKEN.`,
    EXIT.usage,
  );
}

/** What a workflow gets as `github.token`: it names an App, and the relay asks for a person. */
function isInstallationToken({ value }: GitHubToken): boolean {
  return value.startsWith("ghs_");
}

function needPerson(found: GitHubToken): GitHubToken {
  if (!isInstallationToken(found)) return found;
  throw new CommandProblem(
    `The token from ${found.source} is an App's and names no person. In a workflow, give the job \`permissions: id-token: write\` and no token; elsewhere use a person's.`,
  );
}

function fixed({ value, source }: GitHubToken): Credential {
  if (!/^[\x21-\x7E]{1,8192}$/.test(value)) {
    throw new CommandProblem(
      `The token from ${source} is none: it has blanks or line breaks.`,
      EXIT.usage,
    );
  }
  return { source, token: () => Promise.resolve(value) };
}
