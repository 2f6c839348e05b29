/** A place that takes no file: what is wrong, where, how to mend it, and nothing is lost. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { replaceFile } from "../../../src/cli/replace-file.ts";
import { whyNotWritten } from "../../../src/cli/why-not-written.ts";
import { writePrivately } from "../../../src/cli/setup/local-store.ts";

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "full-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test.each(["ENOSPC", "EROFS", "EACCES", "EDQUOT", "ENOENT"])(
  "says what %s means and how to mend it",
  (code) => {
    const said = whyNotWritten(Object.assign(new Error("raw text of the system"), { code }));
    expect(said).toContain(`(${code})`);
    expect(said).toContain("run this again; what was there before is kept");
    expect(said).toMatch(/^(?:the|your|you) .*\. [A-Z]/);
    expect(said).not.toContain("raw text");
  },
);

test("a file that cannot be replaced stays as it was, and nothing is left beside it", async () => {
  const directory = makeDirectory();
  const file = join(directory, "in/the/way.yml");
  writeFileSync(join(directory, "in"), "a file");
  await expect(replaceFile(file, "new")).rejects.toThrow(/Cannot write .*way\.yml.*Move it away/);
  expect(readFileSync(join(directory, "in"), "utf8")).toBe("a file");
  const target = join(directory, "target");
  mkdirSync(join(target, "kept"), { recursive: true });
  await expect(replaceFile(target, "new")).rejects.toThrow(/a directory is where the file belongs/);
  expect(existsSync(join(directory, ".target.merge-relay-new"))).toBe(false);
});

test("a workshop that cannot be made is told as that", async () => {
  const directory = makeDirectory();
  writeFileSync(join(directory, ".cache"), "");
  const file = join(directory, ".dev.vars");
  await expect(writePrivately(join(directory, ".cache"), file, "A=1")).rejects.toThrow(
    /Cannot write .*\.dev\.vars: a file is where a directory belongs/,
  );
});
