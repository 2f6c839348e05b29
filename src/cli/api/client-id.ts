/** The client id of the relay's App; it is public, and the dashboard's sign-in shows it. */
import type { CommandIo } from "../command-io.ts";
import { CommandProblem } from "../command-problem.ts";
import { EXIT } from "../exit-code.ts";

const TIMEOUT_MS = 15_000;

export interface ClientIdPlaces {
  readonly io: CommandIo;
  readonly given: string | undefined;
  readonly relayUrl: string;
  readonly webUrl: string;
}

/** From `--client-id`, `GITHUB_CLIENT_ID`, or where the relay's own sign-in sends a browser. */
export async function findClientId({
  io,
  given,
  relayUrl,
  webUrl,
}: ClientIdPlaces): Promise<string> {
  const known = given ?? io.env["GITHUB_CLIENT_ID"]?.trim() ?? "";
  if (known !== "") return known;
  const page = await askRelay(relayUrl);
  const published = page?.searchParams.get("client_id") ?? "";
  if (page === null || published === "") {
    throw new CommandProblem(
      "To sign in here, the relay's App must be known, and the relay does not name it (its dashboard is off). Give --client-id, run gh auth login, or set MERGE_RELAY_TOKEN.",
      EXIT.usage,
    );
  }
  // Which site asks for the code is not the relay's to say.
  if (page.origin === new URL(webUrl).origin) return published;
  throw new CommandProblem(
    `This relay signs in at ${page.origin}, and not at ${webUrl}. If that is your GitHub, give --github-url ${page.origin}.`,
    EXIT.usage,
  );
}

async function askRelay(relayUrl: string): Promise<URL | null> {
  try {
    const { headers } = await fetch(`${relayUrl}/auth/login`, {
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { "user-agent": "merge-relay" },
    });
    const location = headers.get("location") ?? "";
    return URL.canParse(location) ? new URL(location) : null;
  } catch {
    throw new CommandProblem(`${relayUrl} cannot be reached. Is --url right, and the network up?`);
  }
}
