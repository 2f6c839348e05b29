import { makeSecret } from "../setup/credentials.ts";
import type { World } from "../setup/world.ts";
import { proveHealth } from "./prove-health.ts";
import { findPlace, needRelayUrl, type PlaceOptions } from "./rotation-place.ts";
import type { RotationOutcome } from "./webhook-secret.ts";

/** A new secret for the dashboard's sessions. It has no overlap: everybody signs in again. */
export async function rotateSessionSecret(
  world: World,
  options: PlaceOptions,
): Promise<RotationOutcome> {
  const place = await findPlace(world, options);
  const privateKey = place.known["GITHUB_APP_PRIVATE_KEY"] ?? "";
  const identity = privateKey === "" ? null : { ...place, privateKey };
  const relayUrl = await needRelayUrl(world, place, identity);
  world.say.step("A new session secret");
  const secret = makeSecret();
  world.say.hide(secret);
  await place.store.write({ SESSION_SECRET: secret });
  world.say.done(`Written ${place.store.place}.`);
  await proveHealth(world, relayUrl);
  world.say.note("Every session of the dashboard has ended: people sign in again.");
  return { rotated: "session-secret", finished: true };
}
