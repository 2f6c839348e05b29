/** Puts an App's settings where its relay reads them; what GitHub gives out once is never lost. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isTaken, sendPing } from "../../doctor/signed-ping.ts";
import { CommandProblem } from "../command-problem.ts";
import { type Credentials, fromSettings, toSettings } from "./credentials.ts";
import { createDeployedStore } from "./deployed-store.ts";
import { deployWorker } from "./deploy.ts";
import { changeEnvText, readEnvText } from "./env-text.ts";
import { createLocalStore, readOrEmpty, writePrivately } from "./local-store.ts";
import { namesInToml, type Plan } from "./settle-plan.ts";
import { setTomlVars } from "./toml-vars.ts";
import { waitFor, type World } from "./world.ts";

/** Between GitHub's answer and Cloudflare's they live here, for their owner's eyes; then never. */
const STAGED = join(".cache", "merge-relay-upload");
/** Cloudflare takes some seconds to hand a secret to every place. */
const UPLOAD_SETTLES = { seconds: 60, everyMs: 2_000 };

/** Credentials that an interrupted run left behind. */
export async function readStaged(directory: string): Promise<Credentials | null> {
  return fromSettings(readEnvText(await readOrEmpty(join(directory, STAGED))));
}

/** Keeps them until they are where they belong. */
export async function stage(world: World, plan: Plan, credentials: Credentials): Promise<void> {
  const settings = toSettings(credentials);
  if (plan.target === "local") {
    await createLocalStore(world.directory).write({ ...settings, ...addressesOf(plan) });
    return;
  }
  const file = join(world.directory, STAGED);
  await writePrivately(join(world.directory, ".cache"), file, changeEnvText("", settings));
}

/** Uploads, deploys and proves: the relay takes what the new secret signs. Local relays read a file. */
export async function placeSettings(
  world: World,
  plan: Plan,
  credentials: Credentials,
): Promise<void> {
  if (plan.target === "local") return;
  const settings = { ...toSettings(credentials), ...addressesOf(plan) };
  const named = new Set(await namesInToml(world.directory));
  const variables = Object.entries(settings).filter(([name]) => named.has(name));
  const secrets = Object.entries(settings).filter(([name]) => !named.has(name));
  await writeVariables(world, Object.fromEntries(variables));
  await createDeployedStore(world.wrangler).write(Object.fromEntries(secrets));
  world.say.done(`Cloudflare has ${secrets.map(([name]) => name).join(", ")}.`);
  if (variables.length > 0) await deployWorker(world);
  await proveSecret(world, plan, credentials.webhookSecret);
  await rm(join(world.directory, STAGED), { force: true });
}

/** GitHub's own addresses are the default of wrangler.toml; others must be said. */
function addressesOf({ apiUrl, webUrl }: Plan): Record<string, string> {
  return apiUrl === "https://api.github.com" && webUrl === "https://github.com"
    ? {}
    : { GITHUB_API_URL: apiUrl, GITHUB_WEB_URL: webUrl };
}

async function writeVariables(
  world: World,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const file = join(world.directory, "wrangler.toml");
  const text = await readOrEmpty(file);
  const changed = setTomlVars(text, variables);
  if (changed === text) return;
  await writeFile(file, changed);
  world.say.done(
    `wrangler.toml has ${Object.keys(variables).join(", ")}: commit that (no secrets).`,
  );
}

async function proveSecret(world: World, { relayUrl }: Plan, secret: string): Promise<void> {
  const proved = await waitFor(world, UPLOAD_SETTLES, async () => {
    const answer = await sendPing(world, relayUrl, secret);
    return isTaken(answer) ? true : null;
  });
  if (proved === null) {
    throw new CommandProblem(
      `The relay at ${relayUrl} does not take a ping signed with the new secret. The secrets are uploaded; run this again, or \`merge-relay doctor --url ${relayUrl}\`.`,
    );
  }
  world.say.done("The relay takes a ping signed with the new secret.");
}
