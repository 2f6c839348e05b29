/** Sees to it that there is an App and that we hold its credentials: found, adopted, or made. */
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { randomBytes } from "node:crypto";
import { readPrivateKey } from "../../github/private-key.ts";
import { COMMENT_PERMISSIONS, missingPermissions } from "../../doctor/requirements.ts";
import { CommandProblem } from "../command-problem.ts";
import { EXIT } from "../exit-code.ts";
import { askApp, setHook } from "./app-api.ts";
import { convertCode, readConversion } from "./convert-code.ts";
import { type Credentials, fromSettings, makeSecret, secretsOf } from "./credentials.ts";
import { getCode } from "./get-code.ts";
import { forgetHandedOut, type HandedOut, readHandedOut } from "./handed-out.ts";
import { createLocalStore } from "./local-store.ts";
import { LONGEST_APP_NAME } from "./manifest.ts";
import { readStaged, stage } from "./place-settings.ts";
import type { Plan } from "./settle-plan.ts";
import type { SetupState } from "./setup-state.ts";
import type { World } from "./world.ts";

export interface AppOptions {
  readonly name?: string;
  readonly ownerOrg?: string;
  readonly comments?: boolean;
  readonly public?: boolean;
  /** A manifest's code that a browser elsewhere ended with. */
  readonly code?: string;
  readonly newApp?: boolean;
  readonly appId?: string;
  readonly privateKey?: string;
  readonly waitSeconds: number;
}

/** The credentials; null for a deployed relay that has them already, where nobody can read them. */
export async function haveApp(
  world: World,
  plan: Plan,
  { options, state }: { readonly options: AppOptions; readonly state: SetupState },
): Promise<Credentials | null> {
  world.say.step("The GitHub App");
  const isForced = options.newApp === true || options.appId !== undefined;
  const found =
    (await resume(world, plan, options)) ??
    (options.newApp === true ? null : await find(world, plan, isForced));
  if (found === null && !isForced && plan.target === "deployed" && state.isUploaded === true) {
    tellUploaded(world, options, state);
    return null;
  }
  const credentials =
    options.appId === undefined
      ? (found ?? (await make(world, plan, options)))
      : await adopt(world, plan, options);
  for (const secret of secretsOf(credentials)) world.say.hide(secret);
  return settle(world, plan, { credentials, options });
}

function tellUploaded({ say }: World, { comments }: AppOptions, state: SetupState): void {
  const { slug, appId, reportComments } = state;
  say.done(`App “${slug}” (${appId}) is set up already; its secrets are at Cloudflare.`);
  if (comments !== true || reportComments === "on") return;
  say.note(
    `--comments changes nothing yet. Give the App its rights first (on its settings page: Issues and Pull requests “Read and write”, event Issue comment), generate a key there, and run this with --app-id ${appId} --private-key FILE --comments.`,
  );
}

/** Keeps them, proves them, and tells GitHub where to deliver. */
async function settle(world: World, plan: Plan, held: Held): Promise<Credentials> {
  const { credentials, options } = held;
  // A key that was given may be wrong, and must not take the place of one that works.
  const isGiven = options.appId !== undefined;
  // At once: GitHub shows a new App's key and secrets to nobody twice.
  if (!isGiven) await keep(world, plan, credentials);
  const proved = await prove(world, plan, held);
  if (isGiven) await keep(world, plan, proved);
  else if (isChanged(credentials, proved)) await stage(world, plan, proved);
  await alignHook(world, plan, proved);
  return proved;
}

async function keep(world: World, plan: Plan, credentials: Credentials): Promise<void> {
  await stage(world, plan, credentials);
  await needKept(world, plan, credentials);
  await forgetHandedOut(world.directory);
  if (plan.target === "deployed") return;
  world.say.done("Settings and secrets are in .dev.vars, for your eyes only (0600).");
}

/** Nothing is forgotten on the word of a write alone. */
async function needKept(world: World, plan: Plan, { privateKey }: Credentials): Promise<void> {
  const kept =
    plan.target === "deployed"
      ? await readStaged(world.directory)
      : fromSettings(await createLocalStore(world.directory).read());
  if (kept?.privateKey.trim() === privateKey.trim()) return;
  throw new CommandProblem(
    "What was written does not come back from the disk. Look at it, and run this again: what GitHub handed out is kept.",
  );
}

/** What an interrupted run was given goes before all that was there earlier: it is the newest App. */
async function resume(
  world: World,
  { apiUrl }: Plan,
  options: AppOptions,
): Promise<Credentials | null> {
  if (options.appId !== undefined) return null;
  const held = await readHandedOut(world.directory);
  if (held === null || held.apiUrl !== apiUrl) return null;
  if (held.answer === null) return resumeCode(world, held, options);
  const made = readConversion(held.answer);
  world.say.done(
    `GitHub made the App “${made.slug}” (${made.appId}) in a run that was interrupted.`,
  );
  return made;
}

async function resumeCode(
  world: World,
  { apiUrl, code }: HandedOut,
  options: AppOptions,
): Promise<Credentials | null> {
  if (options.code !== undefined && options.code !== code) return null;
  world.say.note("An earlier run was interrupted while it fetched the App's key: it goes on.");
  try {
    return await convertCode(world, apiUrl, code);
  } catch (problem) {
    // Kept: GitHub may answer later. Forgotten: it will not, and only the owner can help the App.
    if ((await readHandedOut(world.directory)) !== null || options.code !== undefined)
      throw problem;
    world.say.note(
      "GitHub has handed out that App's key already, or its hour is over. To keep the App, generate a key on its settings page (Settings → Developer settings → GitHub Apps) and run this with --app-id ID --private-key FILE; else delete it there. What follows makes another.",
    );
    return null;
  }
}

function isChanged(before: Credentials, after: Credentials): boolean {
  return before.clientId !== after.clientId || before.reportComments !== after.reportComments;
}

interface Held {
  readonly credentials: Credentials;
  readonly options: AppOptions;
}

async function find(world: World, plan: Plan, isForced: boolean): Promise<Credentials | null> {
  if (plan.target === "deployed") return readStaged(world.directory);
  const values = await createLocalStore(world.directory).read();
  const appId = values["GITHUB_APP_ID"] ?? "";
  // GitHub is told the secret afterwards, so a lost one is replaced by any other.
  const found = fromSettings({
    ...values,
    GITHUB_WEBHOOK_SECRET: values["GITHUB_WEBHOOK_SECRET"] || makeSecret(),
  });
  if (found !== null || appId === "" || isForced) return found;
  const key = readPrivateKey(values["GITHUB_APP_PRIVATE_KEY"] ?? "");
  const why = values["GITHUB_APP_PRIVATE_KEY"] && key.kind === "unusable" ? key.why : "is not set";
  throw new CommandProblem(
    `.dev.vars names the App ${appId}, but GITHUB_APP_PRIVATE_KEY ${why}. Keep that App: generate a key on its settings page, and give it with --app-id ${appId} --private-key FILE. Or make another: --new-app.`,
  );
}

async function make(world: World, plan: Plan, options: AppOptions): Promise<Credentials> {
  const { code, name, waitSeconds } = options;
  if (code === undefined && waitSeconds === 0) {
    throw new CommandProblem(
      "Making the App needs a person at a browser, once. Run this in a terminal; or give --wait SECONDS and open the address that it prints; or take an App that exists: --app-id ID --private-key FILE.",
      EXIT.usage,
    );
  }
  const given =
    code ??
    (await getCode(world, {
      webUrl: plan.webUrl,
      relayUrl: plan.relayUrl,
      organization: options.ownerOrg ?? null,
      name: name ?? proposeName(),
      comments: options.comments === true,
      isPublic: options.public === true,
      waitSeconds,
    }));
  const made = await convertCode(world, plan.apiUrl, given);
  world.say.done(`GitHub made the App “${made.slug}” (${made.appId}).`);
  return made;
}

/** Names of Apps are unique over all of GitHub; it can be changed on GitHub's page. */
function proposeName(): string {
  const machine = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 15);
  const name = `merge-relay-${machine}-${randomBytes(2).toString("hex")}`;
  return name.slice(-LONGEST_APP_NAME);
}

/** An App that exists: a new webhook secret, since GitHub shows the old one to nobody. */
async function adopt(world: World, plan: Plan, options: AppOptions): Promise<Credentials> {
  const file = options.privateKey ?? "";
  if (file === "") {
    throw new CommandProblem("--app-id needs the App's key: --private-key FILE.", EXIT.usage);
  }
  const key = readPrivateKey(await readKeyFile(file));
  if (key.kind === "unusable") {
    throw new CommandProblem(
      `${file} is no RSA private key in PEM form: it ${key.why}. Download one from the App's settings page.`,
    );
  }
  const { env } = world.io;
  const stored = await createLocalStore(world.directory).read();
  return {
    appId: options.appId ?? "",
    slug: "",
    clientId: "",
    clientSecret: env["GITHUB_CLIENT_SECRET"] ?? stored["GITHUB_CLIENT_SECRET"] ?? "",
    privateKey: key.pkcs8,
    webhookSecret: makeSecret(),
    sessionSecret: makeSecret(),
  };
}

/** The text of a key file, or a sentence that says what is wrong with it. */
export async function readKeyFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch {
    throw new CommandProblem(`Cannot read the key file ${file}.`, EXIT.usage);
  }
}

async function prove(
  world: World,
  plan: Plan,
  { credentials, options }: Held,
): Promise<Credentials> {
  const { appId, privateKey } = credentials;
  const answer = await askApp(world, { appId, privateKey, apiUrl: plan.apiUrl });
  switch (answer.kind) {
    case "app":
      world.say.done(`GitHub takes the key: App “${answer.app.slug}” (${answer.app.id}).`);
      return {
        ...credentials,
        ...commentsOf(options, answer.app.permissions),
        slug: answer.app.slug,
        clientId: answer.app.client_id,
      };
    case "refused":
      if (options.appId !== undefined) {
        throw new CommandProblem(
          `GitHub refuses the key of App ${appId} (${answer.why}). Is ${appId} the “App ID” on that App's settings page, and was the key in ${options.privateKey ?? ""} generated there? Nothing was changed.`,
        );
      }
      throw new CommandProblem(
        `GitHub refuses the key of App ${appId} (${answer.why}). Was it deleted, or is it another App's? Give a fresh one: merge-relay rotate private-key --key FILE. Or make a new App: --new-app.`,
      );
    case "unknown":
      throw new CommandProblem(
        `GitHub could not be asked (${answer.why}). Run this again later: what was done is kept.`,
      );
  }
}

/**
 * An App that was made without rights to comment belongs to a relay that does not try. One that has
 * them leaves the operator's setting as it is, unless comments are asked for.
 */
function commentsOf(
  { comments }: AppOptions,
  permissions: Readonly<Record<string, string>>,
): Pick<Credentials, "reportComments"> {
  if (comments === true) return { reportComments: "on" };
  const lacking = missingPermissions(permissions, COMMENT_PERMISSIONS).length > 0;
  return lacking ? { reportComments: "off" } : {};
}

/** Also right after the making: in which form GitHub sends to such an App is not documented. */
async function alignHook(world: World, plan: Plan, credentials: Credentials): Promise<void> {
  const identity = { ...credentials, apiUrl: plan.apiUrl };
  const url = `${plan.relayUrl}/webhooks/github`;
  const problem = await setHook(world, identity, { url, secret: credentials.webhookSecret });
  if (problem !== null) {
    throw new CommandProblem(
      `GitHub did not take the webhook's settings (${problem}). Run this again: what was done is kept.`,
    );
  }
  world.say.done(`GitHub delivers JSON to ${url}.`);
}
