/** What the relay refuses, in sentences: what, why, and what to do about it. */
import * as v from "valibot";
import { CommandProblem } from "../command-problem.ts";
import { EXIT } from "../exit-code.ts";
import type { RelayProblem } from "./answers.ts";
import { clean, createPaint } from "./paint.ts";
import { formatPlan } from "./plan-text.ts";
import type { RelayCall, Reply } from "./relay.ts";
import { toSafeJson } from "./safe-json.ts";
import type { Session } from "./session.ts";

/** Asks, and gives the answer by its schema and as it came. Whatever is no answer ends the command. */
export async function askOrEnd<T>(
  session: Session,
  call: RelayCall,
  { schema, about }: { schema: v.GenericSchema<unknown, T>; about: string },
): Promise<{ shown: T; body: unknown }> {
  const reply = await session.relay.ask(call);
  if (reply.kind === "answer") {
    const parsed = v.safeParse(schema, reply.body);
    if (parsed.success) return { shown: parsed.output, body: reply.body };
    throw new CommandProblem(`${session.relay.url} answers what no relay says. Is --url right?`);
  }
  // Programs get the problem as the relay said it; its `code` is stable.
  const problem = explainReply(session, reply, about);
  if (!session.json || reply.kind !== "refused") throw problem;
  session.io.writeOut(toSafeJson(reply.body));
  throw new CommandProblem(problem.message, problem.exitCode, true);
}

/** The sentence for a reply that is no answer. */
export function explainReply(
  { relay }: Session,
  reply: Exclude<Reply, { kind: "answer" }>,
  about: string,
): CommandProblem {
  switch (reply.kind) {
    case "silent":
      return new CommandProblem(
        `${relay.url} does not answer: ${lower(reply.cause)}. Is --url right, and the network up?`,
      );
    case "foreign":
      return new CommandProblem(
        reply.location === null
          ? `${relay.url} answers ${reply.status}, and not as a relay does. Is --url right?`
          : `${relay.url} sends to ${reply.location}, and a token does not follow. Give the relay's own address as --url.`,
      );
    case "refused":
      return explainProblem({ problem: reply.problem, about, source: relay.credential.source });
  }
}

interface Refused {
  readonly problem: RelayProblem;
  readonly about: string;
  /** Where the token is from. */
  readonly source: string;
}

/** What this program has more to say about than the relay, by the problem's `code`. */
const SENTENCES: Readonly<Record<string, (refused: Refused) => string>> = {
  unauthorized: ({ source }) =>
    `The relay takes no token such as this one (from ${source}): it is wrong, has expired, or names no person. Sign in again: gh auth login.`,
  "role-missing": ({ problem, source }) =>
    `This needs the role ${problem.role ?? "of a maintainer"} in the repository, which whoever the token (from ${source}) belongs to does not have. An owner can give it: Settings, Collaborators and teams.`,
  "token-too-narrow": ({ problem, source }) =>
    `The token (from ${source}) does not carry the right by itself.\n${problem.detail ?? ""}\nWith gh: gh auth refresh --scopes repo.`,
  "not-found": ({ about, source }) =>
    `The relay shows nothing for ${about}: it does not exist, the relay's App is not installed there, or the token (from ${source}) may not see it.`,
  "expected-sha-moved": ({ problem }) =>
    `The commit is not the expected one: it is ${problem.sha ?? "gone"}. Nothing was ordered.`,
  "denied-by-policy": ({ problem: { plan, title } }) =>
    plan === undefined
      ? `${title}. Nothing was ordered.`
      : `The policy says no, and nothing was ordered.\n${formatPlan(plan, createPaint(false)).trimEnd()}`,
  "idempotency-key-reused": ({ problem }) =>
    `${problem.title}. Give another --idempotency-key, or none.`,
  "too-many-requests": () => "The relay has had too many requests. Try again in a minute.",
};

function explainProblem(refused: Refused): CommandProblem {
  const { code, title, detail, errors } = refused.problem;
  if (code === "invalid-request" && errors.length > 0) {
    // The first word about an option is the most exact one.
    const lines = new Map(errors.toReversed().map((one) => [optionOf(one.field), one.message]));
    const text = [...lines].map(([option, message]) => `${option} ${clean(message)}.`);
    return new CommandProblem(text.toReversed().join("\n"), EXIT.usage);
  }
  const sentence = Object.hasOwn(SENTENCES, code) ? SENTENCES[code]?.(refused) : undefined;
  const more = detail === undefined ? "" : `\n${detail}`;
  return new CommandProblem(sentence ?? `The relay says: ${title}.${more}`);
}

/** The option that a field of a request came from. */
function optionOf(field: string): string {
  const name = field.split(".")[0] ?? "";
  if (name === "body" || name === "query" || name === "") return "The request";
  return `--${name === "states" ? "state" : name.toLowerCase().replaceAll("_", "-")}`;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
