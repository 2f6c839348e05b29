import type { Command } from "commander";
import type { CheckResult } from "../doctor/check.ts";
import { CommandProblem } from "./command-problem.ts";
import { EXIT } from "./exit-code.ts";
import type { Cli } from "./program.ts";
import { parseAddress, parseRepository } from "./setup/addresses.ts";

/** `merge-relay doctor`: looks at a whole set-up, and says of each fault how to mend it. */

const HELP = `
Settings come from the environment, .dev.vars and wrangler.toml, in this order; addresses and the
App also from the last set-up here. A deployed relay's secrets cannot be read back from Cloudflare:
generate a key on the App's settings page, give it by --app-key, and delete it there afterwards.
Without it, what needs the App is left out.

Examples
  merge-relay doctor --repo acme/app
  merge-relay doctor --repo acme/app --app-key key.pem --deep     (deployed by setup here)
  merge-relay doctor --repo acme/app --url https://merge-relay.acme.workers.dev
  REGISTRY_TOKEN=… merge-relay doctor --repo acme/app --registry-user octocat
  merge-relay doctor --json | jq '.checks[] | select(.status == "failed")'

Exit codes
  0  nothing failed (warnings and what could not be told do not count)
  1  something failed
  2  wrong arguments
`;

interface Options {
  readonly repo?: string;
  readonly url?: string;
  readonly deep?: boolean;
  readonly json?: boolean;
  readonly varsFile?: string;
  readonly appKey?: string;
  readonly directory: string;
  readonly registryUser?: string;
  readonly registryToken?: string;
  readonly apiUrl?: string;
  readonly githubUrl?: string;
}

/** Adds `doctor` to the program. */
export function registerDoctor(program: Command, cli: Cli): void {
  program
    .command("doctor")
    .description("look at a set-up, and say of each fault how to mend it")
    .option("--repo <owner/name>", "look at this repository too")
    .option(
      "--url <address>",
      "the relay's address (default: the last set-up's, or where the webhook goes)",
    )
    .option("--deep", "also see that what must fail fails, and let GitHub send a ping")
    .option("--app-key <file>", "a private key of the App, where the relay's own is out of reach")
    .option("--vars-file <file>", "settings and secrets, instead of .dev.vars")
    .option("--directory <path>", "where .dev.vars and wrangler.toml are", ".")
    .option("--registry-user <name>", "try a push to the registry as this user")
    .option(
      "--registry-token <token>",
      "its token; better in REGISTRY_TOKEN, which others cannot see",
    )
    .option(
      "--api-url <address>",
      "GitHub's API (default: GITHUB_API_URL, or https://api.github.com)",
    )
    .option(
      "--github-url <address>",
      "GitHub's pages (default: GITHUB_WEB_URL, or https://github.com)",
    )
    .option("--json", "one JSON object instead of text")
    .addHelpText("after", HELP)
    .action(async (options: Options) => {
      const results = await examine(cli, options);
      const { isHealthy } = await import("./setup/run-doctor.ts");
      const healthy = isHealthy(results);
      if (options.json === true)
        cli.io.writeOut(`${JSON.stringify({ ok: healthy, checks: results })}\n`);
      cli.setExitCode(healthy ? EXIT.done : EXIT.failed);
    });
}

async function examine({ io }: Cli, options: Options): Promise<CheckResult[]> {
  const { apiUrl, githubUrl, repo } = options;
  const { findPatient } = await import("./setup/find-patient.ts");
  const { runDoctor } = await import("./setup/run-doctor.ts");
  const known = await findPatient(options, io.env);
  return runDoctor(io, {
    ...known,
    environment: {
      ...known.environment,
      ...(apiUrl === undefined ? {} : { GITHUB_API_URL: parseAddress(apiUrl, "--api-url") }),
      ...(githubUrl === undefined
        ? {}
        : { GITHUB_WEB_URL: parseAddress(githubUrl, "--github-url") }),
    },
    repository: repo === undefined ? null : parseRepository(repo),
    registry: readCredential(options, io.env),
    deep: options.deep === true,
    json: options.json === true,
  });
}

function readCredential(
  { registryUser, registryToken }: Options,
  env: Readonly<Record<string, string | undefined>>,
): { user: string; token: string } | null {
  const user = registryUser ?? env["REGISTRY_USER"] ?? "";
  const token = registryToken ?? env["REGISTRY_TOKEN"] ?? "";
  if (user === "" && token === "") return null;
  if (user !== "" && token !== "") return { user, token };
  throw new CommandProblem(
    user === ""
      ? "A registry token needs its user: --registry-user NAME."
      : "The registry user needs a token: set REGISTRY_TOKEN in the environment.",
    EXIT.usage,
  );
}
