/**
 * A new webhook secret, in two halves. First the relay takes both and GitHub moves to the new one;
 * then the old one goes. GitHub has no overlap of its own, so the relay has it.
 */
import { CommandProblem } from "../command-problem.ts";
import { EXIT } from "../exit-code.ts";
import { type AppIdentity, hookUrl, setHook } from "../setup/app-api.ts";
import { makeSecret } from "../setup/credentials.ts";
import type { World } from "../setup/world.ts";
import { keepPending, readPending } from "./pending.ts";
import { proveSecret } from "./prove-secret.ts";
import {
  findPlace,
  needIdentity,
  needRelayUrl,
  type PlaceOptions,
  type RotationPlace,
} from "./rotation-place.ts";

export interface WebhookSecretOptions extends PlaceOptions {
  readonly finish?: boolean;
  /** Seconds between the halves, in one run; null for one half alone. */
  readonly finishAfter: number | null;
}

export interface RotationOutcome {
  readonly rotated: string;
  readonly finished: boolean;
}

const SECRET = "GITHUB_WEBHOOK_SECRET";
const PREVIOUS = "GITHUB_WEBHOOK_SECRET_PREVIOUS";

interface Rotation {
  readonly world: World;
  readonly place: RotationPlace;
  readonly identity: AppIdentity;
  readonly relayUrl: string;
}

/** Does one half, or both. */
export async function rotateWebhookSecret(
  world: World,
  options: WebhookSecretOptions,
): Promise<RotationOutcome> {
  const place = await findPlace(world, options);
  const identity = await needIdentity(place, options);
  const relayUrl = await needRelayUrl(world, place, identity);
  const rotation = { world, place, identity, relayUrl };
  const rotated = "webhook-secret";
  if (options.finish === true) {
    await finish(rotation);
    return { rotated, finished: true };
  }
  await begin(rotation);
  if (options.finishAfter === null) {
    world.say.note(
      "Both secrets work now. Deliveries that failed before may still carry the old signature: when `merge-relay doctor` shows none, end it with: merge-relay rotate webhook-secret --finish",
    );
    return { rotated, finished: false };
  }
  world.say.note(`Waiting ${options.finishAfter} s for what is still on its way.`);
  await world.sleep(options.finishAfter * 1000);
  await finish({ ...rotation, place: await findPlace(world, options) });
  return { rotated, finished: true };
}

async function begin(rotation: Rotation): Promise<void> {
  const { world, place, relayUrl } = rotation;
  world.say.step("A new webhook secret, beside the old one");
  const { old, next } = await chooseSecrets(rotation);
  for (const secret of [old, next]) world.say.hide(secret);
  await keepPending(world.directory, { [SECRET]: next });
  await place.store.write(await changesFor(place, old, next));
  world.say.done(`Written ${place.store.place}: the relay shall take both.`);
  const otherwise = `GitHub still signs with the old one, which is still set: nothing is lost. ${restartHint(place)}`;
  const proof = { relayUrl, verdict: "taken", otherwise } as const;
  await proveSecret(world, { ...proof, secret: next, whose: "the new secret" });
  if (old !== "") await proveSecret(world, { ...proof, secret: old, whose: "the old secret" });
  await moveGitHub(rotation, next);
}

/**
 * Where a deployed relay's old secret is not known, it stays where it is and the new one takes the
 * second place; a relay without a first one does not start. A local relay without one has none.
 */
async function changesFor(
  { known, store }: RotationPlace,
  old: string,
  next: string,
): Promise<Record<string, string>> {
  if (old !== "") return { [SECRET]: next, [PREVIOUS]: old };
  if (store.kind === "local") return { [SECRET]: next };
  const names = await store.names();
  if (names !== null && !names.has(SECRET)) return { [SECRET]: next };
  return known[SECRET] === next ? {} : { [PREVIOUS]: next };
}

/** Those of a rotation that was interrupted, or fresh ones. */
async function chooseSecrets({ world, place }: Rotation): Promise<{ old: string; next: string }> {
  const pending = (await readPending(world.directory))[SECRET] ?? "";
  // White space around it, which GitHub's form does not take, may be why somebody is here.
  const current = (place.known[SECRET] ?? "").trim();
  const previous = (place.known[PREVIOUS] ?? "").trim();
  if (pending === "") {
    if (previous === "") return { old: current, next: makeSecret() };
    world.say.note("A rotation is under way already: it goes on.");
    return { old: previous, next: current };
  }
  world.say.note("A rotation was interrupted: it goes on with the same new secret.");
  return { old: current === pending ? previous : current, next: pending };
}

async function moveGitHub({ world, identity, relayUrl }: Rotation, secret: string): Promise<void> {
  // The relay may be known here by another address than GitHub's, such as a tunnel's.
  const url = (await hookUrl(world, identity)) || `${relayUrl}/webhooks/github`;
  const problem = await setHook(world, identity, { url, secret });
  if (problem !== null) {
    throw new CommandProblem(
      `GitHub did not take the new secret (${problem}). The relay takes both, so nothing is lost; run this again.`,
    );
  }
  world.say.done("GitHub signs with the new secret from now on.");
}

async function finish(rotation: Rotation): Promise<void> {
  const { world, place, relayUrl } = rotation;
  world.say.step("The old webhook secret goes");
  const pending = (await readPending(world.directory))[SECRET] ?? "";
  const current = place.known[SECRET] ?? "";
  const next = pending === "" ? current : pending;
  const others = [current, place.known[PREVIOUS] ?? ""].filter((secret) => secret !== next);
  const old = others.find((secret) => secret !== "") ?? "";
  if (next === "" || (pending === "" && old === "")) {
    throw new CommandProblem(
      "No rotation is under way: begin one with `merge-relay rotate webhook-secret`.",
      EXIT.usage,
    );
  }
  for (const secret of [old, next]) world.say.hide(secret);
  const proof = { relayUrl, secret: next, verdict: "taken", whose: "the new secret" } as const;
  await proveSecret(world, { ...proof, otherwise: "Nothing was changed." });
  // Again: if the first half ended before this, the relay would be left alone with the new one.
  await moveGitHub(rotation, next);
  await place.store.write({ [SECRET]: next, [PREVIOUS]: null });
  world.say.done(`Taken away ${place.store.place}.`);
  await proveEnd(rotation, { old, next });
  await keepPending(world.directory, { [SECRET]: null });
}

async function proveEnd(
  { world, place, relayUrl }: Rotation,
  { old, next }: { readonly old: string; readonly next: string },
): Promise<void> {
  const otherwise = restartHint(place);
  if (old === "") {
    world.say.note("The old secret is not known here, so it cannot be tried; it is overwritten.");
    const probe = { secret: makeSecret(), whose: "any other secret" };
    await proveSecret(world, { relayUrl, verdict: "refused", otherwise, ...probe });
  } else {
    const dead = { secret: old, whose: "the old secret" };
    await proveSecret(world, { relayUrl, verdict: "refused", otherwise, ...dead });
  }
  await proveSecret(world, {
    relayUrl,
    verdict: "taken",
    otherwise,
    secret: next,
    whose: "the new secret",
  });
}

function restartHint({ store }: RotationPlace): string {
  return store.kind === "local"
    ? "Does the relay run (npm run dev)? Restart it, then run the same again."
    : "Wait a minute (Cloudflare is handing it out), then run the same again.";
}
