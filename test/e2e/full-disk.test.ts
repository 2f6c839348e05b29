/** Output that cannot be written is said in a sentence, like any other failure. */
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const BIN = fileURLToPath(new URL("../../src/cli/merge-relay.js", import.meta.url));
/** A device that is always full; Linux has it. */
const FULL = "/dev/full";

test.skipIf(!existsSync(FULL))("says that the disk is full, and no stack of its own code", () => {
  const full = openSync(FULL, "w");
  onTestFinished(() => closeSync(full));
  const { status, stderr } = spawnSync(process.execPath, [BIN, "--help"], {
    encoding: "utf8",
    stdio: ["ignore", full, "pipe"],
    timeout: 50_000,
  });
  expect(status).toBe(1);
  expect(stderr).toBe("merge-relay: Cannot write the output (ENOSPC).\n");
});
