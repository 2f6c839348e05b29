import type { Command } from "commander";
import type * as v from "valibot";
import { statusSchema } from "./api/answers.ts";
import { findRepository, pathOf } from "./api/named-repository.ts";
import { clean } from "./api/paint.ts";
import { askOrEnd } from "./api/refusal.ts";
import { toSafeJson } from "./api/safe-json.ts";
import {
  API_EXIT_CODES,
  openSession,
  type SessionOptions,
  SIGN_IN_HELP,
  withSession,
} from "./api/session.ts";
import type { Cli } from "./program.ts";

/** `merge-relay pause` and `resume`: a repository's kill switch. */

const HELP = `
What comes in while a repository is paused is held, and not lost: it goes on after resume.
${SIGN_IN_HELP}
Examples
  merge-relay pause acme/app --reason "registry is down"
  merge-relay resume acme/app
${API_EXIT_CODES}`;

interface Options extends SessionOptions {
  readonly reason?: string;
}

/** Adds `pause` to the program. */
export function registerPause(program: Command, cli: Cli): void {
  const command = program
    .command("pause")
    .description("hold what comes in for a repository")
    .option("--reason <text>", "why; the dashboard shows it");
  addSwitch(command, "pause", cli);
}

/** Adds `resume` to the program. */
export function registerResume(program: Command, cli: Cli): void {
  const command = program.command("resume").description("let go on what was held");
  addSwitch(command, "resume", cli);
}

function addSwitch(command: Command, verb: "pause" | "resume", cli: Cli): void {
  withSession(
    command.argument("[owner/repo]", "the repository (default: the git remote of this directory)"),
  )
    .addHelpText("after", HELP)
    .action((given: string | undefined, options: Options) => run(verb, { given, options }, cli));
}

async function run(
  verb: "pause" | "resume",
  { given, options }: { given: string | undefined; options: Options },
  { io }: Cli,
): Promise<void> {
  const repository = await findRepository(given);
  const session = await openSession(io, options);
  const { shown, body } = await askOrEnd(
    session,
    { method: "POST", path: pathOf(repository, `/${verb}`), body: { reason: options.reason } },
    { schema: statusSchema, about: repository },
  );
  io.writeOut(session.json ? toSafeJson(body) : `${sentence(shown)}\n`);
}

function sentence({
  repository,
  paused,
  paused_by,
  paused_reason,
  held,
}: v.InferOutput<typeof statusSchema>): string {
  const waiting =
    held === 0 ? "" : ` ${held} ${held === 1 ? "dispatch waits" : "dispatches wait"}.`;
  if (!paused) return `${clean(repository)} is not paused.${waiting}`;
  const why = paused_reason === null ? "" : `: ${paused_reason}`;
  return clean(`${repository} is paused by ${paused_by ?? "somebody"}${why}.${waiting}`);
}
