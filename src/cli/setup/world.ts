/** What `setup` and `rotate` may touch; tests give their own. */
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpAnswer, HttpQuestion } from "../../doctor/ports.ts";
import type { CommandIo } from "../command-io.ts";
import { openBrowser } from "./browser.ts";
import { sendOverHttp } from "./http-send.ts";
import { createNarrator, type Narrator } from "./narrator.ts";
import { createWrangler, type RunWrangler } from "./wrangler.ts";

export interface World {
  readonly io: CommandIo;
  readonly say: Narrator;
  /** Where .dev.vars and wrangler.toml are. */
  readonly directory: string;
  readonly send: (question: HttpQuestion) => Promise<HttpAnswer>;
  readonly wrangler: RunWrangler;
  /** Tries; false where there is no browser to open. */
  openBrowser(url: string): Promise<boolean>;
  now(): number;
  /** Ends early, without a failure, when the signal is given. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The real one. */
export function createWorld(io: CommandIo, directory: string, json: boolean): World {
  return {
    io,
    say: createNarrator(io, json),
    directory,
    send: sendOverHttp,
    wrangler: createWrangler(directory),
    openBrowser: (url) => openBrowser(io, url),
    now: () => Date.now(),
    // A timer that nobody waits for any more must not keep the program from ending.
    sleep: (ms, signal) =>
      sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
  };
}

/** Asks again and again until there is an answer or the time is over. */
export async function waitFor<Value>(
  world: Pick<World, "now" | "sleep">,
  limits: { readonly seconds: number; readonly everyMs: number },
  ask: () => Promise<Value | null>,
): Promise<Value | null> {
  const end = world.now() + limits.seconds * 1000;
  for (;;) {
    const value = await ask();
    if (value !== null || world.now() >= end) return value;
    await world.sleep(Math.min(limits.everyMs, Math.max(1, end - world.now())));
  }
}
