/** The threat model promises tests by name; a promise without its test is a gap. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = new URL("../../", import.meta.url);

interface Promised {
  readonly attack: string;
  readonly file: string;
  readonly title: string;
}

/** The rows of the table of attacks; `null` for one that names no test. */
function attacksOf(text: string): { attack: string; promised: Promised | null }[] {
  const [, table = ""] = text.split(/\| attack +\| defence +\| shown by +\|/);
  const rows = table.split("\n").filter((line) => line.startsWith("| **"));
  return rows.map((row) => {
    const attack = /\*\*(.+?)\*\*/.exec(row)?.[1] ?? row;
    const [, file, title] = /`(test\/[^`]+)` › (.+?) *\|$/.exec(row) ?? [];
    const promised = file === undefined || title === undefined ? null : { attack, file, title };
    return { attack, promised };
  });
}

async function isThere({ file, title }: Promised): Promise<boolean> {
  const text = await readFile(fileURLToPath(new URL(file, ROOT)), "utf8").catch(() => "");
  return text.includes(`"${title}"`);
}

describe("the threat model", async () => {
  const text = await readFile(fileURLToPath(new URL(".github/SECURITY.md", ROOT)), "utf8");
  const attacks = attacksOf(text);

  test("has a table of attacks that this gate can read", () => {
    expect(attacks.length).toBeGreaterThan(15);
  });

  test.each(attacks)("shows the defence against: $attack", async ({ promised }) => {
    expect(promised).not.toBeNull();
    expect(promised && (await isThere(promised))).toBe(true);
  });

  test("finds a promise that no test keeps", async () => {
    const title = ["nobody", "wrote this"].join(" ");
    const planted = attacksOf(
      `| attack | defence | shown by |\n| **x** | y | \`test/gates/threat-model.test.ts\` › ${title} |`,
    );
    expect(planted[0]?.promised && (await isThere(planted[0].promised))).toBe(false);
  });
});
