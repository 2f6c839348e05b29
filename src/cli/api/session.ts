/** What every command of the API has in common: options, the relay, who calls, and about what. */
import type { Command } from "commander";
import type { CommandIo } from "../command-io.ts";
import { parseAddress } from "../setup/addresses.ts";
import { findClientId } from "./client-id.ts";
import { findCredential } from "./credential.ts";
import { clean } from "./paint.ts";
import { createRelay, type Relay } from "./relay.ts";
import { findRelayUrl, needSafe } from "./relay-address.ts";

export interface SessionOptions {
  readonly url?: string;
  readonly token?: string;
  readonly clientId?: string;
  readonly githubUrl?: string;
  readonly json?: boolean;
}

export interface Session {
  readonly io: CommandIo;
  readonly json: boolean;
  readonly relay: Relay;
}

/** For the help of every command that signs in. */
export const SIGN_IN_HELP = `
Who calls: --token, MERGE_RELAY_TOKEN, GITHUB_TOKEN or GH_TOKEN, or what "gh auth token" gives; else in a
workflow with "id-token: write" the run itself, and at a terminal a sign-in by a code on GitHub's page.
The token goes to the relay named here and nowhere else; it is neither shown nor stored.
`;

/** For commands that ask once. */
export const API_EXIT_CODES = `
Exit codes
  0    done
  1    refused or failed
  2    wrong arguments, or no terminal to ask at
  130  interrupted (Ctrl+C)
`;

/** For commands that can follow a dispatch to its end. */
export const WATCH_EXIT_CODES = `
Exit codes
  0    done; with --watch: every image was published
  1    refused or failed; with --watch: an image was not published
  2    wrong arguments, or no terminal to ask at
  130  interrupted (Ctrl+C); what was ordered goes on
`;

/** Adds the options that say where the relay is and who calls. */
export function withSession(command: Command): Command {
  return command
    .option("--url <address>", "the relay's address (default: MERGE_RELAY_URL)")
    .option("--token <token>", "a GitHub token; a variable is safer, since others see arguments")
    .option("--client-id <id>", "the App's, to sign in at a terminal (default: the relay says it)")
    .option(
      "--github-url <address>",
      "GitHub's pages (default: GITHUB_WEB_URL, or https://github.com)",
    )
    .option("--json", "one JSON object instead of text; progress goes to stderr");
}

/** Finds the relay and who calls; asks a person to sign in if nothing else is there. */
export async function openSession(io: CommandIo, options: SessionOptions): Promise<Session> {
  const relayUrl = findRelayUrl(io, options.url);
  const webUrl = findWebUrl(io, options.githubUrl);
  const credential = await findCredential({
    io,
    relayUrl,
    webUrl,
    given: options.token,
    signIn: async () => {
      const clientId = await findClientId({ io, given: options.clientId, relayUrl, webUrl });
      const tell = (code: string, address: string) =>
        io.writeError(
          `To sign in, open ${clean(address)} and type in the code ${clean(code)}\nThe sign-in is not kept; gh auth login or MERGE_RELAY_TOKEN spares it the next time.\n`,
        );
      const { signInByDevice } = await import("./device-flow.ts");
      return signInByDevice({ clientId, webUrl, tell });
    },
  });
  const onWait = (cause: string, waitMs: number) =>
    io.writeError(`${clean(cause)}. Trying again in ${Math.ceil(waitMs / 1_000)} s.\n`);
  return {
    io,
    json: options.json === true,
    relay: createRelay({ url: relayUrl, credential, onWait }),
  };
}

function findWebUrl({ env }: CommandIo, given: string | undefined): string {
  const set = ["GITHUB_WEB_URL", "GITHUB_SERVER_URL"].find((name) => (env[name] ?? "") !== "");
  const text = given ?? (set === undefined ? "https://github.com" : (env[set] ?? ""));
  return needSafe(parseAddress(text, given === undefined ? (set ?? "") : "--github-url"));
}
