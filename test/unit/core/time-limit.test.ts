/** A limit of time that leaves nothing behind. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { within } from "../../../src/time-limit.ts";

const SRC = fileURLToPath(new URL("../../../src/", import.meta.url));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Work that ends when it is aborted, with what it was aborted with. */
function patient(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
}

test("work that takes too long is aborted as a timeout, at its time and not before", async () => {
  const work = within(1_000, patient);
  const settled = vi.fn<() => void>();
  work.then(settled, settled);
  await vi.advanceTimersByTimeAsync(999);
  expect(settled).not.toHaveBeenCalled();
  const failed = expect(work).rejects.toMatchObject({ name: "TimeoutError" });
  await vi.advanceTimersByTimeAsync(1);
  await failed;
});

test("no timer is left when the work is done, or has failed", async () => {
  expect(await within(1_000, () => Promise.resolve("done"))).toBe("done");
  await expect(within(1_000, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(vi.getTimerCount()).toBe(0);
});

/** Files that run inside a Durable Object and set a timer that nobody can take back. */
function lingering(files: readonly { readonly name: string; readonly text: string }[]): string[] {
  return files.filter(({ text }) => /AbortSignal\.timeout\(/.test(text)).map(({ name }) => name);
}

test("nothing that runs in a Durable Object sets a timer that outlives its call", () => {
  const rooms = ["github", "ledger", "domain"].flatMap((room) =>
    readdirSync(join(SRC, room), { recursive: true, encoding: "utf8" }).map((file) =>
      join(room, file),
    ),
  );
  const files = [...rooms, "alert.ts"]
    .filter((name) => name.endsWith(".ts"))
    .map((name) => ({ name, text: readFileSync(join(SRC, name), "utf8") }));
  expect(files.length).toBeGreaterThan(100);
  expect(lingering(files)).toEqual([]);
  const planted = { name: "planted.ts", text: "fetch(url, { signal: AbortSignal.timeout(9) })" };
  expect(lingering([...files, planted])).toEqual(["planted.ts"]);
});
