/** Turns a manifest's code into an App with its credentials. GitHub gives them out once. */
import * as v from "valibot";
import { messageOf } from "../../doctor/facts.ts";
import type { HttpAnswer, HttpQuestion } from "../../doctor/ports.ts";
import { readPrivateKey } from "../../github/private-key.ts";
import { CommandProblem } from "../command-problem.ts";
import { type Credentials, makeSecret } from "./credentials.ts";
import { forgetHandedOut, keepHandedOut } from "./handed-out.ts";
import type { World } from "./world.ts";

const conversionSchema = v.object({
  id: v.number(),
  slug: v.string(),
  client_id: v.string(),
  client_secret: v.string(),
  webhook_secret: v.nullish(v.string()),
  pem: v.string(),
});

// The code itself is not printed: within its hour it gives the key to whoever has it.
const AGAIN =
  "The App is made, and the code for its key is kept here and lives one hour: run the same again within it (if the code is not taken then, give the one that the browser's address ends with: --code CODE).";
const ATTEMPTS = 3;
const PAUSE_MS = 2000;

/**
 * The App's credentials, the key as PKCS#8. The code is on the disk before GitHub is asked, and the
 * answer before it is looked at: who is killed here goes on with the same App.
 */
export async function convertCode(
  world: World,
  apiUrl: string,
  code: string,
): Promise<Credentials> {
  await keepHandedOut(world.directory, { apiUrl, code, answer: null });
  const answer = await askPatiently(world, {
    method: "POST",
    url: `${apiUrl}/app-manifests/${encodeURIComponent(code)}/conversions`,
    headers: { accept: "application/vnd.github+json", "user-agent": "merge-relay" },
  });
  if (answer.kind === "unreachable") {
    throw new CommandProblem(`GitHub did not answer (${answer.cause}). ${AGAIN}`);
  }
  if (answer.status === 404 || answer.status === 422) {
    await forgetHandedOut(world.directory);
    throw new CommandProblem(
      "GitHub does not know that code: it was used already, is older than an hour, or was cut. Run it again without --code to make a new App; delete the one that was made if it is not used (Settings → Developer settings → GitHub Apps).",
    );
  }
  if (answer.status !== 201) {
    const again = answer.status >= 500 ? ` ${AGAIN}` : "";
    throw new CommandProblem(`GitHub answers ${answer.status}: ${messageOf(answer.text)}.${again}`);
  }
  await keepHandedOut(world.directory, { apiUrl, code, answer: answer.text });
  return readConversion(answer.text);
}

/** Without an answer the next attempt may find the code used; with one of 5xx it is still good. */
async function askPatiently(world: World, question: HttpQuestion): Promise<HttpAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await world.send(question);
    const isBusy = answer.kind === "unreachable" || answer.status >= 500;
    if (!isBusy || attempt === ATTEMPTS) return answer;
    await world.sleep(PAUSE_MS);
  }
}

/** Credentials out of GitHub's answer to a code; what cannot be used is a `CommandProblem`. */
export function readConversion(text: string): Credentials {
  const made = v.safeParse(conversionSchema, parseJson(text));
  const key = made.success ? readPrivateKey(made.output.pem) : null;
  if (!made.success || key?.kind !== "usable") {
    throw new CommandProblem("GitHub's answer lacks the App's id or its key; check --api-url.");
  }
  const { id, slug, client_id: clientId, client_secret: clientSecret } = made.output;
  return {
    appId: String(id),
    slug,
    clientId,
    clientSecret,
    privateKey: key.pkcs8,
    webhookSecret: made.output.webhook_secret || makeSecret(),
    sessionSecret: makeSecret(),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
