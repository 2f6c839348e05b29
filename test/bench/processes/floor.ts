/** The least Workers that could do a step, in plain workerd. */
import { fileURLToPath } from "node:url";
import type { Receiver } from "./receiver.ts";
import type { BenchSecrets } from "./secrets.ts";
import { prepareWorkerd } from "./workerd.ts";

/** Answers without reading. */
export function prepareBareFloor(within: string): Promise<Receiver> {
  return prepareWorkerd({ name: "bare", modules: { bare: file("bare") }, env: {}, within });
}

/** Verifies and answers. */
export function prepareVerifyFloor(secrets: BenchSecrets, within: string): Promise<Receiver> {
  const modules = { verify: file("verify") };
  return prepareWorkerd({ name: "verify", modules, env: environment(secrets), within });
}

/** Verifies, and keeps the delivery with an alarm that does nothing. */
export function prepareDurableFloor(secrets: BenchSecrets, within: string): Promise<Receiver> {
  return prepareWorkerd({
    name: "durable",
    modules: { durable: file("durable"), verify: file("verify") },
    env: environment(secrets),
    object: { binding: "INBOX", className: "Inbox" },
    within,
  });
}

function environment({ webhookSecret }: BenchSecrets): Readonly<Record<string, string>> {
  return { GITHUB_WEBHOOK_SECRET: webhookSecret };
}

function file(name: string): string {
  return fileURLToPath(new URL(`../floor/${name}.js`, import.meta.url));
}
