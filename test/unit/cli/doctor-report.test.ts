/** The doctor's results as a reader at a terminal gets them. */
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { processIo } from "../../../src/cli/command-io.ts";
import { createDoctorProgress, formatSummary } from "../../../src/cli/setup/doctor-report.ts";
import { type CheckResult, failed, ok, skipped, unknown } from "../../../src/doctor/check.ts";

const CHECK = { name: "one", title: "The first", run: () => Promise.resolve(ok("well")) };

const dark = (check: string, about: string): CheckResult => ({
  check,
  ...unknown({ finding: `Not looked at: ${about}.`, reason: `${about}!`, remedy: "Wait." }),
});

/** What the progress writes of these results. */
function show(results: readonly CheckResult[], terminal = { interactive: false, colour: false }) {
  let out = "";
  const io = { ...processIo(), ...terminal, writeOut: (text: string) => void (out += text) };
  const progress = createDoctorProgress(io);
  for (const result of results) {
    progress.started(CHECK);
    progress.ended(result, CHECK);
  }
  progress.finish();
  return out;
}

test("one check alone that was not looked at is told as any other, by its name", () => {
  expect(show([dark("app-key", "it is dark")])).toBe(
    "? app-key               Not looked at: it is dark.\n    why  it is dark!\n    do   Wait.\n",
  );
});

test("several are told after the rest, what could not be told before what was left out", () => {
  const out = show([
    { check: "five", ...skipped("Not looked at: no name is given.", "Give one.") },
    dark("one", "it is dark"),
    dark("two", "it is foggy"),
    { check: "three", ...ok("All is well.") },
    dark("four", "it is dark"),
  ]);
  expect(out).toBe(
    [
      "✔ three                 All is well.",
      "? 3 checks              Not looked at: it is dark; it is foggy.",
      "    are  one, two, four",
      "    why  it is dark!",
      "    why  it is foggy!",
      "    do   Wait.",
      "- five                  Not looked at: no name is given.",
      "    do   Give one.",
      "",
    ].join("\n"),
  );
});

test("a terminal with colours is shown what is looked at, and that goes away again", () => {
  const results = [{ check: "one", ...ok("well") }];
  const live = show(results, { interactive: true, colour: true });
  expect(live.startsWith("\r\u001B[2K… The first\r\u001B[2K")).toBe(true);
  expect(stripVTControlCharacters(live)).toContain("✔ one");
  for (const terminal of [
    { interactive: true, colour: false },
    { interactive: false, colour: true },
  ]) {
    expect(show(results, terminal)).not.toContain("The first");
    expect(show(results, terminal)).not.toContain("\u001B[2K");
  }
});

test("the last line counts each kind that there is, and names the first fault", () => {
  const fault = failed({ finding: "bad", reason: "r", remedy: "d" });
  const all: CheckResult[] = [
    { check: "one", ...ok("well") },
    { check: "two", ...fault },
    { check: "three", ...fault },
    { check: "four", ...skipped("left") },
  ];
  expect(formatSummary(all)).toBe("\n1 well, 2 failed, 1 left out. Begin with “two”.\n");
  expect(formatSummary(all.slice(0, 1))).toBe("\n1 well.\n");
});
