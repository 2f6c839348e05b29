/** How far a set-up has come: addresses and names, never a secret. Losing it costs questions only. */
import { join } from "node:path";
import * as v from "valibot";
import { readOrEmpty, writePrivately } from "./local-store.ts";

const stateSchema = v.object({
  target: v.optional(v.picklist(["local", "deployed"])),
  relayUrl: v.optional(v.string()),
  apiUrl: v.optional(v.string()),
  webUrl: v.optional(v.string()),
  appId: v.optional(v.string()),
  slug: v.optional(v.string()),
  /** As setup told a deployed relay, whose settings nobody can read back. */
  reportComments: v.optional(v.picklist(["on", "off"])),
  /** The secrets are at Cloudflare, and the relay took what they sign. */
  isUploaded: v.optional(v.boolean()),
});

export type SetupState = v.InferOutput<typeof stateSchema>;

const WORKSHOP = ".cache";
const FILE = join(WORKSHOP, "merge-relay-setup.json");

/** What is known from earlier runs; an unreadable file counts as none. */
export async function readSetupState(directory: string): Promise<SetupState> {
  try {
    const parsed = v.safeParse(stateSchema, JSON.parse(await readOrEmpty(join(directory, FILE))));
    return parsed.success ? parsed.output : {};
  } catch {
    return {};
  }
}

/** Adds to it. */
export async function rememberState(directory: string, more: SetupState): Promise<void> {
  const state = { ...(await readSetupState(directory)), ...more };
  const text = `${JSON.stringify(state, null, 2)}\n`;
  await writePrivately(join(directory, WORKSHOP), join(directory, FILE), text);
}
