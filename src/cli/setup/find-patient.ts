/** Which relay `doctor` looks at, and with which settings: given, in files, or of the last set-up. */
import type { Examination } from "../../doctor/patient.ts";
import { parseAddress } from "./addresses.ts";
import { toSettings } from "./credentials.ts";
import { readKeyFile } from "./have-app.ts";
import { readKnownSettings } from "./known-settings.ts";
import { readStaged } from "./place-settings.ts";
import { readSetupState, type SetupState } from "./setup-state.ts";

export interface PatientOptions {
  readonly directory: string;
  readonly varsFile?: string;
  readonly appKey?: string;
  readonly url?: string;
}

type Found = Pick<Examination, "environment" | "source" | "relayUrl" | "isPartial" | "keyFile">;

/** Finds it; options come before files, and files before what an earlier set-up left. */
export async function findPatient(
  options: PatientOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Found> {
  const { directory, url, appKey } = options;
  const state = await readSetupState(directory);
  const isDeployed = state.target === "deployed";
  const known = await readKnownSettings({
    directory,
    env,
    varsFile: await varsFileOf(options, state),
  });
  const staged = isDeployed ? await readStaged(directory) : null;
  const key = appKey === undefined ? null : await readKeyFile(appKey);
  const environment: Record<string, string> = {
    ...addressesOf(state),
    ...commentsOf(state),
    ...(staged === null ? {} : toSettings(staged)),
    ...known.values,
    ...(key === null ? {} : { GITHUB_APP_PRIVATE_KEY: key, ...appIdOf(known.values, state) }),
  };
  const isKnown = (name: string): boolean => (environment[name] ?? "") !== "";
  return {
    environment,
    ...sourceOf(appKey, known.source),
    isPartial: (isDeployed || key !== null) && !isKnown("GITHUB_WEBHOOK_SECRET"),
    relayUrl:
      url === undefined
        ? ((isDeployed ? state.relayUrl : undefined) ?? null)
        : parseAddress(url, "--url"),
  };
}

/** A deployed relay has nothing to do with what a local one, of another App, has in .dev.vars. */
async function varsFileOf(
  { directory, varsFile }: PatientOptions,
  { target, appId }: SetupState,
): Promise<string | null | undefined> {
  if (varsFile !== undefined || target !== "deployed" || appId === undefined) return varsFile;
  const { values } = await readKnownSettings({ directory, env: {} });
  const other = values["GITHUB_APP_ID"] ?? appId;
  return other === appId ? undefined : null;
}

function sourceOf(keyFile: string | undefined, known: string): Pick<Found, "source" | "keyFile"> {
  return keyFile === undefined
    ? { source: known }
    : { source: `in ${keyFile} and at the relay`, keyFile };
}

function appIdOf(
  values: Readonly<Record<string, string>>,
  { appId }: SetupState,
): Record<string, string> {
  const id = values["GITHUB_APP_ID"] ?? appId;
  return id === undefined ? {} : { GITHUB_APP_ID: id };
}

/** A local relay's own file says it; a deployed one's settings cannot be read back. */
function commentsOf({ target, reportComments }: SetupState): Record<string, string> {
  return target === "deployed" && reportComments !== undefined
    ? { REPORT_COMMENTS: reportComments }
    : {};
}

function addressesOf({ apiUrl, webUrl }: SetupState): Record<string, string> {
  return {
    ...(apiUrl === undefined ? {} : { GITHUB_API_URL: apiUrl }),
    ...(webUrl === undefined ? {} : { GITHUB_WEB_URL: webUrl }),
  };
}
