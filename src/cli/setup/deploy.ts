/** Puts the Worker on Cloudflare, and finds out where it is. */
import { CommandProblem } from "../command-problem.ts";
import { EXIT } from "../exit-code.ts";
import type { World } from "./world.ts";

/** Deploys as `npm run deploy` does; the address that wrangler prints. */
export async function deployWorker(world: World): Promise<string> {
  await needLogin(world);
  const { code, output } = await world.wrangler(["deploy", "--minify"]);
  if (code !== 0) {
    const line = /(?:ERROR\]?|✘)\s*(.+)/.exec(output)?.[1] ?? "it gave no reason";
    throw new CommandProblem(
      `wrangler could not deploy: ${line.slice(0, 300)}. Mend that and run this again.`,
    );
  }
  const address = /https:\/\/[A-Za-z0-9.-]+\.workers\.dev/.exec(output)?.[0];
  if (address !== undefined) {
    world.say.done(`Deployed at ${address}`);
    return address;
  }
  throw new CommandProblem(
    "It is deployed, but wrangler printed no workers.dev address. Give the relay's: --url https://…",
    EXIT.usage,
  );
}

const HOMELESS =
  "wrangler does not find who you are at Cloudflare: HOME is not set, where it keeps its sign-in. Set HOME to your home directory, or CLOUDFLARE_API_TOKEN to a token, then run this again. Nothing was made.";

async function needLogin(world: World): Promise<void> {
  const { code, output } = await world.wrangler(["whoami"]);
  if (code === 0 && !/not authenticated/i.test(output)) return;
  const isHomeless = (world.io.env["HOME"] ?? world.io.env["USERPROFILE"] ?? "") === "";
  if (isHomeless) throw new CommandProblem(HOMELESS);
  throw new CommandProblem(
    "wrangler is not signed in to Cloudflare. Run `npx wrangler login` (or set CLOUDFLARE_API_TOKEN), then this again.",
  );
}
