/** How questions end, and how they are asked where the cursor cannot be moved. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { converse } from "./support/converse.ts";
import { SCRIPT } from "./support/terminal.ts";

type Talk = [question: string, answer: string][];

const INTERRUPT = "\u0003";
const END_OF_INPUT = "\u0004";
const ESCAPE = "\u001B";

const ANSWERS: Talk = [
  ["Which image?", "ghcr.io/acme/app\r"],
  ["which platforms?", "\r"],
  ["which branches?", "\r"],
];

/** Takes away what is proposed, or was answered before. */
const again = (answer: string): string => `\u0015${answer}\r`;

/** Terminals by what their environment says of them. */
const TERMINALS: [string, Record<string, string>][] = [
  ["with colours", {}],
  ["that is dumb", { TERM: "dumb" }],
  ["with NO_COLOR", { NO_COLOR: "1" }],
];

describe.skipIf(!existsSync(SCRIPT)).each(TERMINALS)("on a terminal %s", (_name, env) => {
  test.each([
    ["Ctrl+C", INTERRUPT],
    ["Ctrl+D", END_OF_INPUT],
  ])("%s ends init at every question, and nothing was changed", async (_key, key) => {
    for (const count of [0, 1, 3]) {
      const next = ["Which image?", "which platforms?", "", "Write the new files?"][count] ?? "";
      const talk: Talk = [...ANSWERS.slice(0, count), [next, key]];
      const { code, screen, cwd } = await converse(["init"], talk, env);
      expect(code).toBe(130);
      expect(screen).toContain("Ended at a question: nothing was changed.");
      expect(existsSync(join(cwd, ".github"))).toBe(false);
    }
  });

  test("Ctrl+D ends setup at every question, and no App is made", async () => {
    const where: Talk[number] = ["Where shall the relay run", "\u0015local\r"];
    const address: Talk[number] = ["Address at which GitHub reaches", "https://tunnel.example\r"];
    for (const [talk, holds] of [
      [[["Where shall the relay run", END_OF_INPUT]], "nothing was changed"],
      [[where, ["Address at which GitHub reaches", END_OF_INPUT]], "nothing was changed"],
      [[where, address, ["Waiting for the browser", END_OF_INPUT]], "no App was set up by this"],
    ] as [Talk, string][]) {
      const { code, screen, cwd } = await converse(["setup"], talk, env);
      expect(code).toBe(130);
      expect(screen.replaceAll(/\s+/g, " ")).toContain(holds);
      expect(existsSync(join(cwd, ".dev.vars"))).toBe(false);
    }
  });
});

test.skipIf(!existsSync(SCRIPT))(
  "setup asks again for an address that nobody can use",
  async () => {
    const { code, screen } = await converse(
      ["setup", "--local"],
      [
        ["Address at which GitHub reaches", "localhost:8787\r"],
        ["Write it whole", again("http://localhost:8787")],
        ["github.com cannot reach", again("https://tunnel.example")],
        ["Waiting for the browser", INTERRUPT],
      ],
    );
    expect(code).toBe(130);
    expect(screen).toContain("no App was set up by this");
  },
);

describe.skipIf(!existsSync(SCRIPT)).each(TERMINALS.slice(1))(
  "on a terminal %s, which may take no cursor movements",
  (_name, env) => {
    test("init asks line by line, takes a wrong answer for what it is, and writes after a yes", async () => {
      const { code, cwd, screen } = await converse(
        ["init"],
        [
          ["Which image?", "ghcr.io/Acme/App\r"],
          ["capital letters", "ghcr.io/acme/app\r"],
          ["[linux/amd64,linux/arm64]", "\r"],
          ["which branches?", "\r"],
          ["[Y/n]", "what\r"],
          ["Answer y or n.", "y\r"],
        ],
        env,
      );
      expect(code).toBe(0);
      expect(screen).not.toContain(ESCAPE);
      expect(await readFile(join(cwd, ".github/merge-relay.yml"), "utf8")).toContain(
        'image: "ghcr.io/acme/app"\n',
      );
    });

    test("Ctrl+D behind an answer ends at the next question", async () => {
      const talk: Talk = [["Which image?", `ghcr.io/acme/app${END_OF_INPUT}${END_OF_INPUT}`]];
      const { code, screen, cwd } = await converse(["init"], talk, env);
      expect(code).toBe(130);
      expect(screen).toContain("Ended at a question: nothing was changed.");
      expect(existsSync(join(cwd, ".github"))).toBe(false);
    });

    test("the doctor sends none either", async () => {
      const doctor = await converse(["doctor", "--api-url", "http://127.0.0.1:9"], [], env);
      expect(doctor.screen).toContain("left out");
      expect(doctor.screen).not.toContain(ESCAPE);
    });
  },
);
