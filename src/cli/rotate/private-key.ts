/** A new private key: proved before it is written, and the old one proved dead after it is deleted. */
import { readPrivateKey } from "../../github/private-key.ts";
import { fingerprintOf } from "../../key-fingerprint.ts";
import { CommandProblem } from "../command-problem.ts";
import { EXIT } from "../exit-code.ts";
import { askApp } from "../setup/app-api.ts";
import { readKeyFile } from "../setup/have-app.ts";
import { waitFor, type World } from "../setup/world.ts";
import { keepPending, readPending } from "./pending.ts";
import { proveHealth } from "./prove-health.ts";
import {
  findPlace,
  needRelayUrl,
  type PlaceOptions,
  type RotationPlace,
} from "./rotation-place.ts";
import type { RotationOutcome } from "./webhook-secret.ts";

export interface PrivateKeyOptions extends PlaceOptions {
  /** The PEM that GitHub gave. */
  readonly key?: string;
  readonly oldKey?: string;
  readonly finish?: boolean;
  /** How long to wait for the old key's deletion. */
  readonly waitSeconds: number;
}

const KEY = "GITHUB_APP_PRIVATE_KEY";
const LOOK_EVERY_MS = 3_000;

/** Puts the new key in place; finished once the old one is proved dead. */
export async function rotatePrivateKey(
  world: World,
  options: PrivateKeyOptions,
): Promise<RotationOutcome> {
  const place = await findPlace(world, options);
  if (options.finish !== true) await replace(world, place, options);
  const old = await oldKey(world, options);
  const finished = old !== null && (await proveDead(world, place, { old, options }));
  if (finished) await keepPending(world.directory, { [KEY]: null });
  if (options.finish === true && !finished) {
    throw new CommandProblem(
      old === null
        ? "The old key is not known here. Give it: --old-key FILE."
        : "GitHub still takes the old key. Delete it on the App's settings page, then run this again.",
      old === null ? EXIT.usage : EXIT.failed,
    );
  }
  return { rotated: "private-key", finished };
}

async function replace(
  world: World,
  place: RotationPlace,
  options: PrivateKeyOptions,
): Promise<void> {
  const { say } = world;
  say.step("A new private key");
  if (options.key === undefined) {
    throw new CommandProblem(
      `Generate a private key on the App's settings page (${settingsPage(place)}), then give the file that it downloads: --key FILE.`,
      EXIT.usage,
    );
  }
  const pkcs8 = usable(await readKeyFile(options.key), options.key);
  say.hide(pkcs8);
  await proveNew(world, place, pkcs8);
  const old =
    options.oldKey === undefined ? (place.known[KEY] ?? "") : await readKeyFile(options.oldKey);
  // A broken old key, which is why somebody may be here, proves nothing and is in nobody's way.
  const isOther = readPrivateKey(old).kind === "usable" && fingerprint(old) !== fingerprint(pkcs8);
  if (isOther) await keepPending(world.directory, { [KEY]: usable(old, "the old key") });
  await place.store.write({ [KEY]: pkcs8 });
  say.done(`Written ${place.store.place}.`);
  await proveHealth(world, await needRelayUrl(world, place, { ...place, privateKey: pkcs8 }));
  say.note(`You can delete ${options.key} now.`);
}

/** Nothing is written before GitHub has taken the key. */
async function proveNew(world: World, place: RotationPlace, privateKey: string): Promise<void> {
  const answer = await askApp(world, { ...place, privateKey });
  switch (answer.kind) {
    case "app":
      world.say.done(
        `Proved: GitHub takes the new key (${fingerprint(privateKey)}) for the App “${answer.app.slug}”.`,
      );
      return;
    case "refused":
      throw new CommandProblem(
        `GitHub refuses this key for App ${place.appId} (${answer.why}): it is another App's, or was deleted. Nothing was changed.`,
      );
    case "unknown":
      throw new CommandProblem(`GitHub could not be asked (${answer.why}). Nothing was changed.`);
  }
}

async function oldKey(world: World, { oldKey: file }: PrivateKeyOptions): Promise<string | null> {
  if (file !== undefined) return usable(await readKeyFile(file), file);
  return (await readPending(world.directory))[KEY] ?? null;
}

async function proveDead(
  world: World,
  place: RotationPlace,
  { old, options }: { readonly old: string; readonly options: PrivateKeyOptions },
): Promise<boolean> {
  const { say } = world;
  const { waitSeconds } = options;
  say.step("The old key goes");
  const look = async (): Promise<true | null> => {
    const answer = await askApp(world, { ...place, privateKey: old });
    return answer.kind === "refused" ? true : null;
  };
  if ((await look()) === null) {
    say.note(`Delete the key ${fingerprint(old)} on ${settingsPage(place)}.`);
    if (waitSeconds > 0) say.note(`Waiting for that, ${waitSeconds} s at most. (Ctrl+C is fine.)`);
    if ((await waitFor(world, { seconds: waitSeconds, everyMs: LOOK_EVERY_MS }, look)) === null) {
      say.note("Not deleted yet. When it is, prove it: merge-relay rotate private-key --finish");
      return false;
    }
  }
  say.done("Proved: GitHub refuses the old key (401).");
  return true;
}

function usable(pem: string, name: string): string {
  const key = readPrivateKey(pem);
  if (key.kind === "usable") return key.pkcs8;
  throw new CommandProblem(
    `${name} is no RSA private key in PEM form: it ${key.why}. Nothing was changed.`,
  );
}

function fingerprint(pem: string): string {
  const key = readPrivateKey(pem);
  return key.kind === "unusable" ? "(unreadable)" : fingerprintOf(key.pkcs8);
}

function settingsPage({ webUrl, slug }: RotationPlace): string {
  return `${webUrl}/settings/apps/${slug}`;
}
