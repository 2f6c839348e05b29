/** What turns while something is waited for must not end up in a file. */
import { afterEach, expect, test, vi } from "vitest";
import { processIo } from "../../../src/cli/command-io.ts";
import { withSpinner } from "../../../src/cli/spinner.ts";

const { isTTY } = process.stderr;
afterEach(() => {
  process.stderr.isTTY = isTTY;
  vi.restoreAllMocks();
});

/** What is written to stderr, which is a terminal or is not. */
async function written(isTerminal: boolean, more: { colour: boolean; interactive: boolean }) {
  process.stderr.isTTY = isTerminal;
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const result = await withSpinner({ ...processIo(), ...more }, "Reading", () =>
    Promise.resolve("read"),
  );
  expect(result).toBe("read");
  return write.mock.calls.map(([text]) => String(text)).join("");
}

test("turns on a terminal that takes colours", async () => {
  expect(await written(true, { colour: true, interactive: true })).toContain("\u001B[");
});

test("writes nothing to a file, to a dumb terminal, and where nobody watches", async () => {
  expect(await written(false, { colour: true, interactive: true })).toBe("");
  expect(await written(true, { colour: false, interactive: true })).toBe("");
  expect(await written(true, { colour: true, interactive: false })).toBe("");
});
