/** Every help fits a terminal of 80 columns, can be read on one of 40, and loses no word. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { CommandIo } from "../../../src/cli/command-io.ts";
import { commandsFor } from "../../../src/cli/commands.ts";
import { fitHelp } from "../../../src/cli/fit-help.ts";
import { runProgram } from "../../../src/cli/program.ts";

const NAMES =
  ",init,setup,doctor,lint,diagnose,rotate,dispatch,list,show,explain,replay,cancel,pause,resume,rotate webhook-secret,rotate private-key,rotate session-secret".split(
    ",",
  );

async function helpOf(name: string, columns?: number): Promise<string> {
  let out = "";
  const io: CommandIo = {
    readFile: () => Promise.reject(new Error("none")),
    readStdin: () => Promise.resolve(""),
    writeOut: (text) => void (out += text),
    writeError: () => undefined,
    env: {},
    colour: false,
    interactive: false,
    ...(columns === undefined ? {} : { columns }),
  };
  const argv = [...name.split(" ").filter((word) => word !== ""), "--help"];
  expect(await runProgram(argv, io, await commandsFor(argv))).toBe(0);
  return out;
}

/** Words without the marks of a command that goes on. */
function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "" && word !== "\\");
}

test.each(NAMES)("the help of “%s” fits, and says the same on every terminal", async (name) => {
  const whole = await helpOf(name);
  for (const columns of [undefined, 80, 200, 60, 40]) {
    const help = await helpOf(name, columns);
    const width = Math.min(columns ?? 80, 80);
    const tooWide = help
      .split("\n")
      .filter(
        (line) => line.length > width && line.trim().includes(" ") && !/^\s*\S{30,}/.test(line),
      );
    expect(tooWide, `at ${columns}`).toEqual([]);
    expect(wordsOf(help), `at ${columns}`).toEqual(wordsOf(whole));
  }
});

test("a command that is broken can be copied as one", () => {
  const text =
    "Examples\n  merge-relay init --yes --image ghcr.io/acme/app  takes what is proposed\n";
  expect(fitHelp(text, 40).split("\n")).toEqual([
    "Examples",
    "  merge-relay init --yes --image \\",
    "      ghcr.io/acme/app",
    "      takes what is proposed",
    "",
  ]);
});

test("keeps every word and every width that words allow", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 40 });
  const lines = fc.tuple(fc.constantFrom("", "  ", "    "), words);
  fc.assert(
    fc.property(fc.array(lines), fc.integer({ min: 20, max: 80 }), (given, width) => {
      const text = given.map(([indent, each]) => indent + each.join(" ")).join("\n");
      const fitted = fitHelp(text, width);
      expect(wordsOf(fitted)).toEqual(wordsOf(text));
      for (const line of fitted.split("\n")) expect(line.length).toBeLessThanOrEqual(width);
      expect(fitHelp(fitted, width).split("\n").length).toBeGreaterThanOrEqual(1);
    }),
  );
});
