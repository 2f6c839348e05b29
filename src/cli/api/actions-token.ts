/** The identity of a workflow run: a token that GitHub signs for this relay alone, for some minutes. */
import type { CommandIo } from "../command-io.ts";
import { CommandProblem } from "../command-problem.ts";
import type { Credential } from "./credential.ts";
import { needSafe } from "./relay-address.ts";

/** GitHub's tokens live for five minutes at least. */
const FRESH_MS = 120_000;
const TIMEOUT_MS = 15_000;

/** True in a job of GitHub Actions that may ask for its identity (`id-token: write`). */
export function mayUseActionsToken({ env }: CommandIo): boolean {
  return (
    (env["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "") !== "" &&
    (env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] ?? "") !== ""
  );
}

/** Asks for a token whose audience is the relay's origin, and for another one when it grows old. */
export function actionsCredential(io: CommandIo, relayUrl: string): Credential {
  let kept: { value: string; at: number } | null = null;
  return {
    source: "the workflow run's identity",
    async token() {
      const now = Date.now();
      if (kept === null || now - kept.at > FRESH_MS) {
        kept = { value: await requestToken(io, new URL(relayUrl).origin), at: now };
      }
      return kept.value;
    },
  };
}

async function requestToken({ env }: CommandIo, audience: string): Promise<string> {
  const failed = new CommandProblem(
    "GitHub Actions gave no identity token. Does the job have `permissions: id-token: write`?",
  );
  const text = env["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "";
  if (!URL.canParse(text)) throw failed;
  const address = new URL(needSafe(text));
  address.searchParams.set("audience", audience);
  try {
    const response = await fetch(address, {
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        accept: "application/json",
        "user-agent": "merge-relay",
        authorization: `Bearer ${env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]}`,
      },
    });
    const { value } = (await response.json()) as { value?: unknown };
    if (response.ok && typeof value === "string" && /^[\w.-]{1,8192}$/.test(value)) return value;
  } catch {
    // Whatever broke, the sentence is the same.
  }
  throw failed;
}
