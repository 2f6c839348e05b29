/** Lets GitHub sign and send: it redelivers what changes nothing at the relay. */
import { type DeliveryFacts, type GitHubFacts, messageOf } from "./facts.ts";
import type { DoctorPorts } from "./ports.ts";

export type AskedPing =
  | { readonly kind: "delivered"; readonly delivery: DeliveryFacts }
  | { readonly kind: "no-ping" }
  | { readonly kind: "refused"; readonly why: string };

/** What a relay takes note of at most, however often it comes. */
const HARMLESS = new Set(["ping", "installation", "installation_repositories"]);

/** GitHub gives a relay 10 s; its list follows a little later. */
const LOOKS = 20;
const BETWEEN_LOOKS_MS = 1_000;

/** Asks for it and waits for what came of it, at most some 20 s. */
export async function askPing(
  github: GitHubFacts,
  ports: Pick<DoctorPorts, "sleep">,
): Promise<AskedPing> {
  const before = await list(github);
  const ping = before.find(({ event }) => HARMLESS.has(event));
  if (!ping) return { kind: "no-ping" };
  const asked = await github.asApp(`/app/hook/deliveries/${ping.id}/attempts`, { method: "POST" });
  if (asked.kind === "unreachable") return { kind: "refused", why: asked.cause };
  if (asked.status !== 202) {
    return { kind: "refused", why: `${asked.status} ${messageOf(asked.text)}` };
  }
  const known = new Set(before.map(({ id }) => id));
  for (let look = 0; look < LOOKS; look++) {
    const delivery = (await list(github)).find(
      ({ id, guid }) => guid === ping.guid && !known.has(id),
    );
    if (delivery) return { kind: "delivered", delivery };
    await ports.sleep(BETWEEN_LOOKS_MS);
  }
  return { kind: "refused", why: "it does not show in the list of deliveries" };
}

async function list(github: GitHubFacts): Promise<readonly DeliveryFacts[]> {
  const deliveries = await github.deliveries();
  return deliveries.kind === "known" ? deliveries.value : [];
}
