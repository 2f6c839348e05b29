/** The linter's limits on layers and sizes, each with a planted violation that it catches. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OXLINT = join(ROOT, "node_modules/oxlint/bin/oxlint");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "layers-"));
  await cp(join(ROOT, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the linter says of a file at a place in the tree. */
async function lint(path: string, text: string): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return new Promise((resolve) => {
    const options = { cwd: folder };
    execFile(process.execPath, [OXLINT, path], options, (_error, out) => resolve(out));
  });
}

test.each([
  ["domain imports no adapter", "src/domain/a.ts", 'import "../http/app.ts";\n', "domain is pure"],
  ["domain has no platform", "src/domain/b.ts", 'import "node:fs/promises";\n', "domain is pure"],
  ["domain has no clock", "src/domain/c.ts", "export const now = Date.now();\n", "take the time"],
  ["adapters do not meet", "src/github/d.ts", 'import "../ledger/store.ts";\n', "domain's ports"],
  [
    "the simulator knows no relay",
    "src/simulator/e.ts",
    'import "../domain/run.ts";\n',
    "plays GitHub",
  ],
  ["nothing is a default export", "src/domain/f.ts", "export default 1;\n", "no-default-export"],
  ["a file has an end", "src/domain/g.ts", "export {};\n".repeat(301), "max-lines"],
])("%s", async (_rule, path, text, expected) => {
  expect(await lint(path, text)).toContain(expected);
});

test("what keeps to the rules passes", async () => {
  const text = 'import { x } from "./y.ts";\n\nexport const z = x;\n';
  expect(await lint("src/domain/z.ts", text)).toContain("Found 0 warnings and 0 errors");
});
