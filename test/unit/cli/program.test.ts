import { expect, test } from "vitest";
import { CommandProblem } from "../../../src/cli/command-problem.ts";
import { EXIT } from "../../../src/cli/exit-code.ts";
import type { RegisterCommand } from "../../../src/cli/program.ts";
import { VERSION } from "../../../src/version.ts";
import { runCommandLine } from "./run-command.ts";

/** A command `try` that does what the test says. */
function command(
  action: Parameters<ReturnType<Parameters<RegisterCommand>[0]["command"]>["action"]>[0],
): RegisterCommand {
  return (program) => void program.command("try").argument("[word]").action(action);
}

const sets: RegisterCommand = (program, cli) =>
  void program.command("try").action(() => cli.setExitCode(EXIT.failed));

const failsInJson: RegisterCommand = (program) =>
  void program
    .command("try")
    .option("--json")
    .action(() => {
      throw new CommandProblem("It rains.");
    });

test("gives the exit code that a command sets, and 0 without one", async () => {
  expect((await runCommandLine(sets, ["try"])).code).toBe(1);
  expect(
    (
      await runCommandLine(
        command(() => {}),
        ["try"],
      )
    ).code,
  ).toBe(0);
});

test("says which release it is", async () => {
  const { code, out } = await runCommandLine(sets, ["--version"]);
  expect({ code, out }).toEqual({ code: 0, out: `${VERSION}\n` });
});

test("prints a problem as one sentence on stderr, with its exit code", async () => {
  const fails = command(() => {
    throw new CommandProblem("It rains.", EXIT.usage);
  });
  expect(await runCommandLine(fails, ["try"])).toEqual({
    code: 2,
    out: "",
    error: "merge-relay: It rains.\n",
  });
});

test("whoever asks for JSON gets one object, however it ends", async () => {
  const { out, error } = await runCommandLine(failsInJson, ["try", "--json"]);
  expect(JSON.parse(out)).toEqual({ ok: false, error: { message: "It rains.", exit_code: 1 } });
  expect(error).toBe("merge-relay: It rains.\n");
  const wrong = await runCommandLine(failsInJson, ["try", "--json", "--nonsense"]);
  expect(JSON.parse(wrong.out)).toMatchObject({ ok: false, error: { exit_code: 2 } });
});

test("lets a bug through", async () => {
  const broken = command(() => {
    throw new RangeError("a bug");
  });
  await expect(runCommandLine(broken, ["try"])).rejects.toThrow("a bug");
});

test("lets no control character of an argument reach the terminal", async () => {
  const fails = command((word: string) => {
    throw new CommandProblem(`“${word}”\nis wrong.`);
  });
  for (const argv of [["try", "\u001B[2J"], ["try", "--\u001B[2J"], ["\u001B[2J"]]) {
    const { code, error } = await runCommandLine(fails, argv);
    expect(code).toBeGreaterThan(0);
    expect(error).toContain("\n");
    expect(error).not.toContain("\u001B");
  }
});
