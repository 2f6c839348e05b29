import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CAUSES } from "../../../src/doctor/diagnosis/cause.ts";
import { diagnose } from "../../../src/doctor/diagnosis/diagnose.ts";
import { PARTS, readCorpus } from "./corpus.ts";

const cases = [...readCorpus("tuning"), ...readCorpus("held-out")];
const realLines = cases.flatMap((one) => one.log.split("\n"));

const anyLog = fc
  .array(
    fc.oneof(
      fc.constantFrom(...realLines),
      fc.string({ unit: "binary", maxLength: 80 }),
      fc.constantFrom(
        "##[group]Run ",
        "##[endgroup]",
        "##[error]",
        "------",
        "Error: ",
        "\t\t",
        "\u001B[",
        "Run x/y@z",
      ),
    ),
    { maxLength: 60 },
  )
  .map((lines) => lines.join("\n"));

// oxlint-disable-next-line no-control-regex -- the property is their absence
const CONTROL = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/;

test("never throws, and always answers within the contract", () => {
  fc.assert(
    fc.property(anyLog, fc.oneof(fc.jsonValue(), fc.anything()), (log, run) => {
      const diagnosis = diagnose({ log, run });
      expect(CAUSES).toContain(diagnosis.cause);
      expect(diagnosis.confidence === "unknown").toBe(diagnosis.cause === "unknown");
      if (diagnosis.cause !== "unknown" && log.trim() !== "") {
        expect(diagnosis.evidence.length).toBeGreaterThan(0);
      }
      const total = log.split("\n").length;
      for (const { line, text } of diagnosis.evidence) {
        expect(CONTROL.test(text)).toBe(false);
        if (line !== null) expect(line >= 1 && line <= total).toBe(true);
      }
      expect(CONTROL.test(diagnosis.explanation + diagnosis.remedy)).toBe(false);
    }),
    { numRuns: 1_500 },
  );
}, 60_000);

/** What must not change with the dress of a log; the lines quoted move with it. */
function conclusion(log: string, run: unknown): { cause: string; confidence: string } {
  const { cause, confidence } = diagnose({ log, run });
  return { cause, confidence };
}

test("is deterministic and unmoved by a passing step in front", () => {
  const full = cases.filter((one) => one.log.startsWith("\uFEFF"));
  fc.assert(
    fc.property(fc.constantFrom(...full), fc.constantFrom(...realLines), ({ log, run }, line) => {
      const text = line.replace(/^.{0,40}Z /, "");
      const stamp = "2026-11-20T10:00:00.0000000Z ";
      const step = ["##[group]Run npm test", "npm test", "shell: bash", "##[endgroup]", `  ${text}`]
        .map((part) => `${stamp}${part}`)
        .join("\n");
      const at = log.indexOf("##[group]Run ", log.indexOf("actions/checkout") + 1);
      const from = log.lastIndexOf("\n", at) + 1;
      const changed = `${log.slice(0, from)}${step}\n${log.slice(from)}`;
      expect(diagnose({ log: changed, run })).toMatchObject(conclusion(log, run));
    }),
    { numRuns: 300 },
  );
});

test("does not change its mind when colours are switched on", () => {
  fc.assert(
    fc.property(fc.constantFrom(...cases), ({ log, run }) => {
      const coloured = log
        .split("\n")
        .map((line) => line.replace(/^(\uFEFF?(?:\d{4}\S+Z )?)(.*)$/, "$1\u001B[36m$2\u001B[0m"))
        .join("\n");
      expect(diagnose({ log: coloured, run })).toMatchObject(conclusion(log, run));
    }),
  );
});

const every = PARTS.flatMap((name) => readCorpus(name));

test.each([80, 100, 120])("reads a report broken at %d columns as the whole one", (width) => {
  const piece = new RegExp(`.{1,${width}}`, "g");
  const broken = every.map(({ id, log, run }) => {
    const lines = log.split("\n").map((line) => line.match(piece)?.join("\n") ?? line);
    return { id, run, whole: log, log: lines.join("\n") };
  });
  const changed = broken.filter(({ log, whole, run }) => {
    const now = conclusion(log, run);
    const before = conclusion(whole, run);
    if (before.confidence !== "certain") expect(now.confidence).not.toBe("certain");
    return now.cause !== before.cause;
  });
  expect(changed.length / every.length).toBeLessThan(0.005);
});
