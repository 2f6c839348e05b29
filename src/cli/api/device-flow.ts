/**
 * Signing in at a terminal: GitHub's device flow of the relay's App. Octokit sends the requests; the
 * waiting is ours, because Octokit's own forgets after one round that GitHub asked for slower ones.
 */
import { setTimeout as pause } from "node:timers/promises";
import { createDeviceCode, exchangeDeviceCode } from "@octokit/oauth-methods";
import { request as octokitRequest } from "@octokit/request";
import { CommandProblem } from "../command-problem.ts";

const TIMEOUT_MS = 15_000;
/** What GitHub adds to the interval when it says `slow_down`. */
const SLOW_DOWN_SECONDS = 5;

export interface DeviceFlow {
  readonly clientId: string;
  /** GitHub's web site. */
  readonly webUrl: string;
  /** Shows the person the code, and where to type it in. */
  readonly tell: (code: string, address: string) => void;
  readonly sleep?: (ms: number) => Promise<unknown>;
  readonly now?: () => number;
}

type Answer =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "error"; readonly error: string; readonly interval: number | null };

/** The person's token, once they have typed the code in; a problem when they refuse or let it pass. */
export async function signInByDevice(flow: DeviceFlow): Promise<string> {
  const { now = Date.now, sleep = pause, webUrl, clientId } = flow;
  const request = createRequest(webUrl);
  const started = await start(request, flow);
  flow.tell(started.user_code, pageOf(started.verification_uri, webUrl));
  const endsAt = now() + started.expires_in * 1_000;
  let seconds = Math.max(started.interval, 1);
  while (now() + seconds * 1_000 < endsAt) {
    await sleep(seconds * 1_000);
    const answer = await read(() =>
      exchangeDeviceCode({
        clientType: "github-app",
        clientId,
        code: started.device_code,
        request,
      }),
    );
    if (answer.kind === "token") return answer.token;
    seconds = nextInterval(answer, seconds);
  }
  throw explain("expired_token");
}

function createRequest(baseUrl: string): typeof octokitRequest {
  return octokitRequest.defaults({
    baseUrl,
    headers: { "user-agent": "merge-relay" },
    request: {
      fetch: (url: string, init: RequestInit) =>
        fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) }),
    },
  });
}

async function start(request: typeof octokitRequest, { clientId, webUrl }: DeviceFlow) {
  try {
    const { data } = await createDeviceCode({ clientType: "github-app", clientId, request });
    return data;
  } catch (error) {
    const { response } = error as { response?: { status?: unknown } };
    const said = errorOf(error)?.error ?? (response?.status === 404 ? "no_such_app" : null);
    throw said === null
      ? new CommandProblem(
          `Signing in did not begin: ${webUrl} gives no code. Try again in a minute.`,
        )
      : explain(said);
  }
}

/** The page to show; only ever one of GitHub's own site. */
function pageOf(address: string, webUrl: string): string {
  const isOwn = URL.canParse(address) && new URL(address).origin === new URL(webUrl).origin;
  return isOwn ? address : `${webUrl}/login/device`;
}

async function read(ask: () => Promise<{ authentication: { token: string } }>): Promise<Answer> {
  try {
    return { kind: "token", token: (await ask()).authentication.token };
  } catch (error) {
    // A lost answer is no refusal: the code stays good, and is asked about again.
    return errorOf(error) ?? { kind: "error", error: "authorization_pending", interval: null };
  }
}

function errorOf(thrown: unknown): (Answer & { readonly kind: "error" }) | null {
  const { response } = thrown as { response?: { data?: unknown } };
  const data = response?.data;
  if (typeof data !== "object" || data === null) return null;
  const { error, interval } = data as { error?: unknown; interval?: unknown };
  if (typeof error !== "string") return null;
  return { kind: "error", error, interval: typeof interval === "number" ? interval : null };
}

/** The seconds to wait from now on; a problem where no waiting helps. */
function nextInterval({ error, interval }: Answer & { kind: "error" }, seconds: number): number {
  if (error === "authorization_pending") return seconds;
  if (error === "slow_down") return Math.max(interval ?? 0, seconds + SLOW_DOWN_SECONDS);
  throw explain(error);
}

function explain(error: string): CommandProblem {
  const sentences: Record<string, string> = {
    expired_token: "The code was not typed in in time. Run the command again for a new one.",
    access_denied: "You did not agree on GitHub's page: nobody is signed in.",
    device_flow_disabled:
      "The relay's App does not allow this sign-in. Its owner can: “Enable Device Flow” in the App's settings on GitHub. Until then run gh auth login, or set MERGE_RELAY_TOKEN.",
    no_such_app: "GitHub knows no App with this client id. Is --client-id that of the relay's App?",
    incorrect_client_credentials:
      "GitHub knows no App with this client id. Is --client-id that of the relay's App?",
  };
  return new CommandProblem(
    sentences[error] ?? `GitHub ended the sign-in: ${error}. Run the command again.`,
  );
}
