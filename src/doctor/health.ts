/** What the relay says of itself at /healthz; fields that it may not have yet are optional. */
import * as v from "valibot";
import { NOT_LOOKED_AT, skipped, type Verdict } from "./check.ts";
import type { Patient } from "./patient.ts";
import { relayUrlOf } from "./relay-place.ts";

/** Of these a relay says one at least besides its status: many programs are `ok`. */
const healthSchema = v.object({
  status: v.literal("ok"),
  mode: v.optional(v.string()),
  version: v.optional(v.string()),
  index: v.optional(v.picklist(["ready", "unavailable"])),
  sweep: v.optional(
    v.object({ last: v.nullish(v.string()), behind: v.optional(v.boolean(), false) }),
  ),
});

export type Health =
  | {
      readonly kind: "healthy";
      readonly url: string;
      readonly said: v.InferOutput<typeof healthSchema>;
    }
  | { readonly kind: "misconfigured"; readonly url: string; readonly detail: string }
  | { readonly kind: "not-a-relay"; readonly url: string; readonly status: number }
  | { readonly kind: "unreachable"; readonly url: string; readonly cause: string }
  | { readonly kind: "no-address" };

/** Asks; anybody may. */
export async function askHealth(patient: Patient): Promise<Health> {
  const url = await relayUrlOf(patient);
  if (url === null) return { kind: "no-address" };
  const answer = await patient.ports.send({ method: "GET", url: `${url}/healthz` });
  if (answer.kind === "unreachable") return { kind: "unreachable", url, cause: answer.cause };
  const body = parse(answer.text);
  const said = v.safeParse(healthSchema, body);
  if (answer.status === 200 && said.success && Object.keys(said.output).length > 1) {
    return { kind: "healthy", url, said: said.output };
  }
  const problem = v.safeParse(
    v.object({ code: v.literal("misconfigured"), detail: v.string() }),
    body,
  );
  return problem.success
    ? {
        kind: "misconfigured",
        url,
        detail: problem.output.detail.replace(/\p{C}/gu, " ").slice(0, 500),
      }
    : { kind: "not-a-relay", url, status: answer.status };
}

/** For a check that needs a relay which is well; why it is not is the finding of “relay”. */
export function withoutRelay({ kind }: Exclude<Health, { kind: "healthy" }>): Verdict {
  return kind === "no-address"
    ? skipped(
        `${NOT_LOOKED_AT}the relay's address is not known.`,
        "Name it: --url https://YOUR-RELAY",
      )
    : skipped(`${NOT_LOOKED_AT}the relay does not answer as one; see “relay”.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
