/** The relay whose secrets are rotated: where they are kept, and who may speak for the App. */
import { CommandProblem } from "../command-problem.ts";
import { EXIT } from "../exit-code.ts";
import { parseAddress } from "../setup/addresses.ts";
import { type AppIdentity, hookUrl } from "../setup/app-api.ts";
import { createDeployedStore } from "../setup/deployed-store.ts";
import { readKeyFile } from "../setup/have-app.ts";
import { readKnownSettings } from "../setup/known-settings.ts";
import { createLocalStore } from "../setup/local-store.ts";
import type { SettingsStore } from "../setup/settings-store.ts";
import { readSetupState, type SetupState } from "../setup/setup-state.ts";
import type { World } from "../setup/world.ts";

export interface PlaceOptions {
  readonly local?: boolean;
  readonly deployed?: boolean;
  readonly url?: string;
  readonly appKey?: string;
}

export interface RotationPlace {
  readonly store: SettingsStore;
  /** Settings that can be read: all of a local relay's, of a deployed one what the environment has. */
  readonly known: Readonly<Record<string, string>>;
  readonly apiUrl: string;
  readonly webUrl: string;
  readonly appId: string;
  readonly slug: string;
  readonly relayUrl: string | null;
}

const WEBHOOK_PATH = "/webhooks/github";

/** Finds it by options, by the last set-up, or by what is in `.dev.vars`. */
export async function findPlace(world: World, options: PlaceOptions): Promise<RotationPlace> {
  const { directory, io } = world;
  const state = await readSetupState(directory);
  const local = createLocalStore(directory);
  const isLocal = await choose(options, state, local);
  // A deployed relay has nothing to do with what a local one has in .dev.vars.
  const { values } = await readKnownSettings(
    isLocal ? { directory, env: {} } : { directory, env: io.env, varsFile: null },
  );
  return {
    ...whereGitHubIs(values, state),
    store: isLocal ? local : createDeployedStore(world.wrangler),
    known: values,
    relayUrl:
      options.url === undefined ? (state.relayUrl ?? null) : parseAddress(options.url, "--url"),
  };
}

async function choose(
  { local, deployed }: PlaceOptions,
  { target }: SetupState,
  store: SettingsStore,
): Promise<boolean> {
  if (local === true && deployed === true) {
    throw new CommandProblem("Give one of --local and --deployed.", EXIT.usage);
  }
  if (local === true || deployed === true) return local === true;
  if (target !== undefined) return target === "local";
  if (((await store.read())["GITHUB_APP_PRIVATE_KEY"] ?? "") !== "") return true;
  throw new CommandProblem("Which relay? Give --local or --deployed.", EXIT.usage);
}

function whereGitHubIs(values: Readonly<Record<string, string>>, state: SetupState) {
  const appId = values["GITHUB_APP_ID"] ?? state.appId;
  if (appId === undefined) {
    throw new CommandProblem(
      "No App is known here. Run `merge-relay setup` first, or set GITHUB_APP_ID.",
      EXIT.usage,
    );
  }
  return {
    appId,
    slug: state.slug ?? "",
    apiUrl: values["GITHUB_API_URL"] ?? state.apiUrl ?? "https://api.github.com",
    webUrl: values["GITHUB_WEB_URL"] ?? state.webUrl ?? "https://github.com",
  };
}

/** Who speaks for the App; for a deployed relay the key has to be given. */
export async function needIdentity(
  place: RotationPlace,
  options: PlaceOptions,
): Promise<AppIdentity> {
  const { appId, apiUrl, known } = place;
  const privateKey =
    options.appKey === undefined
      ? (known["GITHUB_APP_PRIVATE_KEY"] ?? "")
      : await readKeyFile(options.appKey);
  if (privateKey !== "") return { appId, apiUrl, privateKey };
  throw new CommandProblem(
    `GitHub changes a webhook only for the App itself, and Cloudflare gives no secret out again. Generate a private key on the App's settings page (${place.webUrl}/settings/apps/${place.slug}), give it with --app-key FILE, and delete it there afterwards.`,
    EXIT.usage,
  );
}

/** The relay's address, as given or as GitHub has it. */
export async function needRelayUrl(
  world: World,
  place: RotationPlace,
  identity: AppIdentity | null,
): Promise<string> {
  if (place.relayUrl !== null) return place.relayUrl;
  const url = identity === null ? null : await hookUrl(world, identity);
  if (url?.endsWith(WEBHOOK_PATH) === true) return url.slice(0, -WEBHOOK_PATH.length);
  throw new CommandProblem("The relay's address is not known. Give --url ADDRESS.", EXIT.usage);
}
