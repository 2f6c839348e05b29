/** Waiting for what happens elsewhere, with an end. */
import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again until the answer is neither null nor false; names what it waited for. */
export async function waitFor<Value>(
  what: string,
  ask: () => Promise<Value | null | false> | Value | null | false,
  withinMs = 40_000,
): Promise<Value> {
  const end = Date.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (value !== null && value !== false) return value;
    if (Date.now() > end) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
    await sleep(60);
  }
}
