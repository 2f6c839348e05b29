import type { Command } from "commander";
import { CommandProblem } from "./command-problem.ts";
import { EXIT } from "./exit-code.ts";
import type { Cli } from "./program.ts";
import type { PlaceOptions } from "./rotate/rotation-place.ts";
import type { RotationOutcome } from "./rotate/webhook-secret.ts";
import { readWait } from "./setup.ts";
import type { World } from "./setup/world.ts";

/** `merge-relay rotate`: new secrets without downtime, and proofs that the old ones are dead. */

const HELP = `
Nothing is printed that must stay secret. Every step says what it proved. What the second half of a
rotation needs is kept in .cache for your eyes only, and deleted when it is done.

Examples
  merge-relay rotate webhook-secret              both secrets work from now on
  merge-relay rotate webhook-secret --finish     the old one is taken away and proved dead
  merge-relay rotate webhook-secret --finish-after 300
  merge-relay rotate private-key --key ~/Downloads/my-app.2026-11-24.private-key.pem
  merge-relay rotate session-secret --deployed

Exit codes
  0  what was asked for is done and proved
  1  it is not, and the message says what holds now
  2  wrong arguments, or an option is missing
`;

interface Options extends PlaceOptions {
  readonly directory: string;
  readonly json?: boolean;
  readonly finish?: boolean;
  readonly finishAfter?: string;
  readonly key?: string;
  readonly oldKey?: string;
  readonly wait?: string;
}

type Rotate = (world: World, options: Options) => Promise<RotationOutcome>;

/** Adds `rotate` and what can be rotated to the program. */
export function registerRotate(program: Command, cli: Cli): void {
  const rotate = program
    .command("rotate")
    .description("replace a secret without downtime, and prove that the old one is dead")
    .addHelpText("after", HELP);
  const add = (name: string, description: string, run: Rotate): Command =>
    withPlace(rotate.command(name).description(description)).action((options: Options) =>
      perform(cli, options, run),
    );
  add("webhook-secret", "the secret that GitHub signs deliveries with", async (world, options) => {
    const order = { ...options, finishAfter: readFinishAfter(options.finishAfter) };
    return (await import("./rotate/webhook-secret.ts")).rotateWebhookSecret(world, order);
  })
    .option("--finish", "take the old one away, and prove it dead")
    .option("--finish-after <seconds>", "do both halves, with this time between them")
    .option("--app-key <file>", "a private key of the App (only for a deployed relay)");
  add("private-key", "the App's private key", async (world, options) => {
    const order = { ...options, waitSeconds: readWait(options.wait, cli.io.interactive) };
    return (await import("./rotate/private-key.ts")).rotatePrivateKey(world, order);
  })
    .option("--key <file>", "the new key, as GitHub gave it")
    .option("--old-key <file>", "the old key, to prove it dead (a local relay's is known)")
    .option("--finish", "prove that the old one is dead, after it was deleted at GitHub")
    .option(
      "--wait <seconds>",
      "how long to wait for the deletion (default: 900, or 0 without a terminal)",
    );
  add("session-secret", "the secret of the dashboard's sessions", async (world, options) =>
    (await import("./rotate/session-secret.ts")).rotateSessionSecret(world, options),
  );
}

function withPlace(command: Command): Command {
  return command
    .option("--local", "a relay on this machine: .dev.vars")
    .option("--deployed", "a relay at Cloudflare: wrangler's secrets")
    .option(
      "--url <address>",
      "the relay's address (default: the last set-up's, or the App's webhook)",
    )
    .option("--directory <path>", "where .dev.vars and wrangler.toml are", ".")
    .option("--json", "one JSON object at the end; progress goes to stderr");
}

async function perform(cli: Cli, options: Options, run: Rotate): Promise<void> {
  const json = options.json === true;
  const { createWorld } = await import("./setup/world.ts");
  const outcome = await run(createWorld(cli.io, options.directory, json), options);
  if (json) cli.io.writeOut(`${JSON.stringify(outcome)}\n`);
}

function readFinishAfter(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new CommandProblem(`--finish-after takes seconds, not “${text}”.`, EXIT.usage);
}
