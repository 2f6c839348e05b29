import { spawnSync } from "node:child_process";
import { Command } from "commander";
import { expect, test } from "vitest";
import { commandsFor } from "../../../src/cli/commands.ts";
import type { Cli } from "../../../src/cli/program.ts";

/** Names of the commands that a command line brings along. */
async function namesFor(...argv: string[]): Promise<string[]> {
  const program = new Command();
  for (const register of await commandsFor(argv)) register(program, {} as Cli);
  return program.commands.map((command) => command.name());
}

test("a command that is named comes alone, and --version needs none", async () => {
  expect(await namesFor("lint", "--json")).toEqual(["lint"]);
  expect(await namesFor("resume", "acme/app")).toEqual(["resume"]);
  expect(await namesFor("--version")).toEqual([]);
});

test("help, mistakes and nothing at all have every command, in the order of the help", async () => {
  const all = await namesFor("--help");
  expect(all).toHaveLength(14);
  expect(all.slice(0, 3)).toEqual(["init", "setup", "doctor"]);
  for (const argv of [["help", "lint"], ["lnit"], ["constructor"], []]) {
    expect(await namesFor(...argv), argv.join(" ")).toEqual(all);
  }
});

test("no command loads a prompt, a signer or a parser before it is used", () => {
  const watch = `
    import { registerHooks } from "node:module";
    registerHooks({ resolve(name, context, next) {
      if (/^(@clack|@octokit|@actions|yaml|smol-toml|diff|open)/.test(name)) console.log(name);
      return next(name, context);
    } });
    const { commandsFor } = await import("./src/cli/commands.ts");
    await commandsFor(["--help"]);`;
  const { stdout, status } = spawnSync(process.execPath, ["--input-type=module", "-e", watch], {
    encoding: "utf8",
  });
  expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
});
