import type { Command } from "commander";
import { CommandProblem } from "./command-problem.ts";
import { EXIT } from "./exit-code.ts";
import type { Cli } from "./program.ts";
import type { SetupOrder } from "./setup/run-setup.ts";

/** `merge-relay setup`: makes the App, gives the relay its secrets, and ends with the doctor. */

const HELP = `
It can be run again at any time: what is done is found and not done twice, and an interrupted run
goes on where it stopped. No secret is printed or given to another program as an argument. Locally
they are in .dev.vars; for a deployed relay they go to Cloudflare and nowhere else.

Examples
  merge-relay setup --deploy --repo acme/app
  merge-relay setup --local --url https://my-tunnel.example --repo acme/app
  merge-relay setup --deploy --owner-org acme --name acme-images --comments
  merge-relay setup --local --url http://127.0.0.1:8787 --github-url https://github.acme.com
  merge-relay setup --deploy --app-id 12345 --private-key key.pem      (no browser needed)

Exit codes
  0    the App is installed, and the doctor found nothing that failed
  1    something failed, or the App is not installed yet
  2    wrong arguments, or an option is missing and nobody can be asked
  130  interrupted at a question
`;
/** Long enough to sign in and to read what GitHub shows. */
const PATIENCE_SECONDS = 900;

interface Options extends Omit<SetupOrder, "waitSeconds" | "json"> {
  readonly directory: string;
  readonly wait?: string;
  readonly json?: boolean;
}

/** Adds `setup` to the program. */
export function registerSetup(program: Command, cli: Cli): void {
  program
    .command("setup")
    .description("make the GitHub App, give the relay its secrets, deploy it, and examine it")
    .option("--deploy", "the relay runs at Cloudflare")
    .option("--local", "the relay runs on this machine (npm run dev)")
    .option("--url <address>", "the relay's address, as GitHub reaches it")
    .option("--repo <owner/name>", "wait until the App is installed there, and examine it")
    .option("--name <name>", "the App's name, unique at GitHub (34 letters at most)")
    .option("--owner-org <login>", "an organization shall own the App (default: you)")
    .option("--public", "other accounts than the owner may install it")
    .option("--comments", "commands in comments, and a comment that reports (needs more rights)")
    .option("--new-app", "make a new App, even if there is one")
    .option("--app-id <id>", "take this App instead of making one; with --private-key")
    .option("--private-key <file>", "its key, as GitHub gave it")
    .option("--code <code>", "the code at the end of GitHub's address, from a browser elsewhere")
    .option(
      "--wait <seconds>",
      "how long to wait for people (default: 900, or 0 without a terminal)",
    )
    .option("--github-url <address>", "GitHub's pages, for GitHub Enterprise Server")
    .option("--api-url <address>", "GitHub's API (default: it follows from --github-url)")
    .option("--directory <path>", "where .dev.vars and wrangler.toml are", ".")
    .option("--json", "one JSON object at the end; progress goes to stderr")
    .addHelpText("after", HELP)
    .action((options: Options) => run(cli, options));
}

async function run(cli: Cli, options: Options): Promise<void> {
  const { io } = cli;
  const json = options.json === true;
  const waitSeconds = readWait(options.wait, io.interactive);
  const { createWorld } = await import("./setup/world.ts");
  const { runSetup } = await import("./setup/run-setup.ts");
  const world = createWorld(io, options.directory, json);
  const outcome = await runSetup(world, { ...options, json, waitSeconds });
  if (json) io.writeOut(`${JSON.stringify(outcome)}\n`);
  cli.setExitCode(outcome.ok ? EXIT.done : EXIT.failed);
}

/** Seconds; without a terminal nobody is waited for unless it was asked for. */
export function readWait(text: string | undefined, interactive: boolean): number {
  if (text === undefined) return interactive ? PATIENCE_SECONDS : 0;
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new CommandProblem(`--wait takes seconds, not “${text}”.`, EXIT.usage);
}
