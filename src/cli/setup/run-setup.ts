/** From nothing to an examined relay; every step looks first whether it is done already. */
import { join } from "node:path";
import type { CheckResult } from "../../doctor/check.ts";
import { isLoopback } from "../../doctor/relay-place.ts";
import { CommandProblem } from "../command-problem.ts";
import { EXIT } from "../exit-code.ts";
import { type Credentials, toSettings } from "./credentials.ts";
import { type AppOptions, haveApp } from "./have-app.ts";
import { waitForInstallation } from "./install-step.ts";
import { needIgnored, readOrEmpty } from "./local-store.ts";
import { placeSettings } from "./place-settings.ts";
import { isHealthy, runDoctor } from "./run-doctor.ts";
import { type Plan, settlePlan, type SetupOptions } from "./settle-plan.ts";
import { readSetupState, rememberState, type SetupState } from "./setup-state.ts";
import { waitFor, type World } from "./world.ts";

export interface SetupOrder extends SetupOptions, AppOptions {
  readonly json: boolean;
}

export interface SetupOutcome {
  readonly ok: boolean;
  readonly target: Plan["target"];
  readonly relay: string;
  readonly app: { readonly id: string; readonly slug: string } | null;
  /** Null: not asked, since the App's key is at Cloudflare only. */
  readonly installed: boolean | null;
  readonly checks: readonly CheckResult[];
}

/** Runs it to its end or to the first thing that only a person can do. */
export async function runSetup(world: World, order: SetupOrder): Promise<SetupOutcome> {
  await needRelay(world.directory);
  // Before anything is made: what GitHub gives out once must have a safe place to go.
  await needIgnored(world.directory);
  const state = await readSetupState(world.directory);
  const plan = await settlePlan(world, order, state);
  const { target, relayUrl, apiUrl, webUrl } = plan;
  await rememberState(world.directory, { target, relayUrl, apiUrl, webUrl });
  const credentials = await haveApp(world, plan, { options: order, state });
  if (credentials === null) return examineOnly(world, { plan, order, state });
  const { appId, slug } = credentials;
  await rememberState(world.directory, { appId, slug, ...commentsOf(credentials) });
  world.say.step(target === "local" ? "The relay on this machine" : "The relay at Cloudflare");
  await placeSettings(world, plan, credentials);
  if (target === "deployed") await rememberState(world.directory, { isUploaded: true });
  else await waitForLocalRelay(world, plan, order.waitSeconds);
  const identity = { ...credentials, apiUrl };
  const installed = await waitForInstallation(world, { plan, slug, identity, ...order });
  const checks = await examine(world, { plan, order, credentials });
  const ok = installed && isHealthy(checks);
  return { ok, target, relay: relayUrl, app: { id: appId, slug }, installed, checks };
}

/** Settings that are put into somebody's own repository would be read by nobody. */
async function needRelay(directory: string): Promise<void> {
  if ((await readOrEmpty(join(directory, "wrangler.toml"))) !== "") return;
  throw new CommandProblem(
    `There is no wrangler.toml in “${directory}”: it is not merge-relay's directory, where its settings belong. Run this there, or name it: --directory PATH.`,
    EXIT.usage,
  );
}

function commentsOf({ reportComments }: Credentials): Pick<SetupState, "reportComments"> {
  return reportComments === undefined ? {} : { reportComments };
}

interface Examining {
  readonly plan: Plan;
  readonly order: SetupOrder;
  readonly credentials: Credentials | null;
}

function examine(world: World, { plan, order, credentials }: Examining): Promise<CheckResult[]> {
  world.say.step("The doctor");
  return runDoctor(world.io, {
    environment: {
      ...(credentials === null ? {} : toSettings(credentials)),
      GITHUB_API_URL: plan.apiUrl,
      GITHUB_WEB_URL: plan.webUrl,
    },
    source: plan.target === "local" ? "in .dev.vars" : "as they were uploaded",
    relayUrl: plan.relayUrl,
    repository: plan.repository,
    registry: null,
    deep: false,
    json: order.json,
    send: world.send,
  });
}

/** A deployed relay from an earlier run: its secrets cannot be read, so only the outside is seen. */
async function examineOnly(
  world: World,
  { plan, order, state }: { plan: Plan; order: SetupOrder; state: SetupState },
): Promise<SetupOutcome> {
  world.say.note(
    "What needs the App's secrets is left out below; `merge-relay doctor --app-key FILE` looks at it. A lost secret is replaced by `merge-relay rotate`, the App by --new-app.",
  );
  const checks = await examine(world, { plan, order, credentials: null });
  const app = { id: state.appId ?? "", slug: state.slug ?? "" };
  const { target, relayUrl: relay } = plan;
  return { ok: isHealthy(checks), target, relay, app, installed: null, checks };
}

/** The relay is another process, which a person starts. */
async function waitForLocalRelay(world: World, { relayUrl }: Plan, seconds: number): Promise<void> {
  const look = async (): Promise<true | null> => {
    const answer = await world.send({ method: "GET", url: `${relayUrl}/healthz` });
    return answer.kind === "answer" && answer.status === 200 ? true : null;
  };
  if (await look()) return world.say.done(`${relayUrl} is ready.`);
  const tunnel = isLoopback(relayUrl) ? "" : ", and the tunnel that leads to it";
  world.say.note(`Start it in another terminal: npm run dev${tunnel}.`);
  if (seconds > 0) {
    world.say.note(
      `Waiting for it, ${seconds} s at most. (Ctrl+C is fine: run this again later, and it goes on here.)`,
    );
  }
  if ((await waitFor(world, { seconds, everyMs: 1_000 }, look)) === null) {
    return world.say.note(`${relayUrl} does not answer yet; the doctor says so below.`);
  }
  world.say.done(`${relayUrl} is ready.`);
}
