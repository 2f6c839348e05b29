/** Where the relay is and which GitHub it speaks to: from options, an earlier run, or a question. */
import { parse } from "smol-toml";
import { join } from "node:path";
import { isLoopback } from "../../doctor/relay-place.ts";
import { askText } from "../ask.ts";
import { CommandProblem } from "../command-problem.ts";
import { EXIT } from "../exit-code.ts";
import { parseAddress, parseRepository, readAddress } from "./addresses.ts";
import { deployWorker } from "./deploy.ts";
import { readKnownSettings } from "./known-settings.ts";
import { readOrEmpty } from "./local-store.ts";
import type { SetupState } from "./setup-state.ts";
import type { World } from "./world.ts";

export interface SetupOptions {
  readonly local?: boolean;
  readonly deploy?: boolean;
  readonly url?: string;
  readonly apiUrl?: string;
  readonly githubUrl?: string;
  readonly repo?: string;
}

export interface Plan {
  readonly target: "local" | "deployed";
  readonly relayUrl: string;
  readonly apiUrl: string;
  readonly webUrl: string;
  readonly repository: { readonly owner: string; readonly name: string } | null;
}

/** Decides all of it before anything is made; says which option is missing where nobody can answer. */
export async function settlePlan(
  world: World,
  options: SetupOptions,
  state: SetupState,
): Promise<Plan> {
  const { values } = await readKnownSettings({ directory: world.directory, env: world.io.env });
  const webUrl = parseAddress(
    options.githubUrl ?? values["GITHUB_WEB_URL"] ?? state.webUrl ?? "https://github.com",
    "--github-url",
  );
  const apiUrl = parseAddress(
    options.apiUrl ??
      apiOf(options.githubUrl) ??
      values["GITHUB_API_URL"] ??
      state.apiUrl ??
      "https://api.github.com",
    "--api-url",
  );
  const repository = options.repo === undefined ? null : parseRepository(options.repo);
  const target = await chooseTarget(world, options, state);
  const relayUrl = await settleAddress(world, { target, webUrl, options, state });
  return { target, relayUrl, apiUrl, webUrl, repository };
}

/** GitHub Enterprise Server has its API below its pages. */
function apiOf(githubUrl: string | undefined): string | undefined {
  if (githubUrl === undefined) return undefined;
  return githubUrl === "https://github.com" ? "https://api.github.com" : `${githubUrl}/api/v3`;
}

async function chooseTarget(
  { io }: World,
  { local, deploy }: SetupOptions,
  state: SetupState,
): Promise<Plan["target"]> {
  if (local === true && deploy === true) {
    throw new CommandProblem("Give one of --local and --deploy.", EXIT.usage);
  }
  if (local === true || deploy === true) return local === true ? "local" : "deployed";
  if (state.target !== undefined) return state.target;
  const answer = await askText(io, {
    message: "Where shall the relay run: cloudflare, or local (this machine)?",
    proposal: "cloudflare",
    option: "--deploy or --local",
    refuse: (text) =>
      /^(cloudflare|local)$/.test(text) ? undefined : "Answer cloudflare or local.",
  });
  return answer === "local" ? "local" : "deployed";
}

async function findAddress(world: World, target: Plan["target"], webUrl: string): Promise<string> {
  if (target === "deployed") return deployWorker(world);
  const answer = await askText(world.io, {
    message:
      "Address at which GitHub reaches this machine (a tunnel: npx cloudflared tunnel --url http://127.0.0.1:8787)",
    proposal: "",
    option: "--url ADDRESS (a tunnel's, that leads to http://127.0.0.1:8787)",
    refuse: (text) => {
      const address = readAddress(text);
      return address === null
        ? "That is no address. Write it whole: https://my-tunnel.example"
        : refuseOwnMachine(address, webUrl);
    },
  });
  return parseAddress(answer, "--url");
}

interface Settling {
  readonly target: Plan["target"];
  readonly webUrl: string;
  readonly options: SetupOptions;
  readonly state: SetupState;
}

/** Given, as in the last run here (which is said, since nobody asked for it this time), or found. */
async function settleAddress(world: World, settling: Settling): Promise<string> {
  const { target, webUrl, options, state } = settling;
  if (options.url !== undefined) return readReachable(options.url, webUrl);
  if (state.target !== target || state.relayUrl === undefined) {
    return findAddress(world, target, webUrl);
  }
  const [place, other] =
    target === "local" ? ["on this machine", "--deploy"] : ["at Cloudflare", "--local"];
  world.say.note(
    `As in the last run here, the relay is ${place}, at ${state.relayUrl}. (${other} or --url changes that.)`,
  );
  return readReachable(state.relayUrl, webUrl);
}

function readReachable(given: string, webUrl: string): string {
  const address = parseAddress(given, "--url");
  const problem = refuseOwnMachine(address, webUrl);
  if (problem !== undefined) throw new CommandProblem(`--url: ${problem}`, EXIT.usage);
  return address;
}

/** GitHub itself is no neighbour of this machine, and takes no such address for a webhook. */
function refuseOwnMachine(address: string, webUrl: string): string | undefined {
  return webUrl === "https://github.com" && isLoopback(address)
    ? `github.com cannot reach ${address}, which is this machine's own. Give a tunnel's address: npx cloudflared tunnel --url http://127.0.0.1:8787 prints one.`
    : undefined;
}

/** Names of the variables that wrangler.toml sets itself: a secret must not have such a name. */
export async function namesInToml(directory: string): Promise<string[]> {
  try {
    const { vars } = parse(await readOrEmpty(join(directory, "wrangler.toml"))) as {
      vars?: object;
    };
    return Object.keys(vars ?? {});
  } catch {
    throw new CommandProblem("wrangler.toml is not TOML; put the original back first.");
  }
}
