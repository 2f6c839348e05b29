import { readFileSync } from "node:fs";

/**
 * Reads the labelled corpus. A case is `=== id | cause | where the cause was settled`, an
 * optional run object, `---`, and the log. `%job`, `%run` and `%with` stand for the lines
 * that the runner itself prints; every line after `%job` gets a timestamp.
 */

export interface CorpusCase {
  id: string;
  cause: string;
  log: string;
  run: unknown;
}

function option(line: string, name: string): string {
  return new RegExp(`${name}=(\\S+)`).exec(line)?.[1] ?? "";
}

function jobLines(line: string): string[] {
  const permissions = option(line, "perms")
    .split(",")
    .filter((entry) => entry !== "")
    .map((entry) => entry.replace(":", ": "));
  const ref = option(line, "ref");
  const repository = option(line, "repo");
  return [
    "Current runner version: '2.331.0'",
    "##[group]Runner Image Provisioner",
    "Hosted Compute Agent",
    "##[endgroup]",
    "##[group]GITHUB_TOKEN Permissions",
    ...permissions,
    "##[endgroup]",
    `Secret source: ${option(line, "secrets")}`,
    "Prepare workflow directory",
    "##[group]Run actions/checkout@v6",
    "with:",
    `  repository: ${repository}`,
    "  token: ***",
    "##[endgroup]",
    `Syncing repository: ${repository}`,
    `[command]/usr/bin/git fetch --depth=1 origin +1f3c:${ref.replace("refs/", "refs/remotes/")}`,
    "HEAD is now at 1f3c0de Merge the change",
  ];
}

function expandLog(text: string): string {
  const lines: string[] = [];
  let stamped = false;
  let inWith = false;
  const close = (): void => {
    if (inWith) lines.push("##[endgroup]");
    inWith = false;
  };
  for (const line of text.split("\n")) {
    if (line.startsWith("%job ")) {
      stamped = true;
      lines.push(...jobLines(line));
    } else if (line.startsWith("%run ")) {
      close();
      lines.push(`##[group]Run ${line.slice(5)}`);
      if (!/^\S+@\S+$/.test(line.slice(5)))
        lines.push(line.slice(5), "shell: /usr/bin/bash -e {0}");
      inWith = true;
    } else if (line.startsWith("%with ")) {
      if (lines.at(-1)?.startsWith("##[group]") === true) lines.push("with:");
      lines.push(`  ${line.slice(6)}`);
    } else {
      close();
      lines.push(line);
    }
  }
  close();
  if (!stamped) return lines.join("\n");
  return `\uFEFF${lines.map((line, at) => stamp(line, at)).join("\n")}`;
}

function stamp(line: string, at: number): string {
  const second = String(at % 60).padStart(2, "0");
  const minute = String(Math.trunc(at / 60) % 60).padStart(2, "0");
  return `2026-11-20T10:${minute}:${second}.1234567Z ${line}`;
}

function parseCase(text: string): CorpusCase {
  const split = text.search(/^---$/m);
  const [heading = "", ...rest] = text.slice(0, split).split("\n");
  const [id = "", cause = ""] = heading.split("|").map((part) => part.trim());
  const run = rest.join("\n").trim();
  const log = text.slice(split + 4).replace(/\n$/, "");
  return { id, cause, log: expandLog(log), run: run === "" ? undefined : JSON.parse(run) };
}

/**
 * The first two were read while the rules were written; each later one before they were mended, and the
 * last one not since.
 */
export const PARTS = [
  "tuning",
  "held-out",
  "held-out-2",
  "held-out-3",
  "held-out-4",
  "held-out-5",
  "held-out-6",
  "held-out-7",
  "held-out-8",
  "held-out-9",
  "held-out-10",
  "held-out-11",
  "held-out-12",
  "held-out-13",
] as const;

/** All cases of one part of the corpus. */
export function readCorpus(name: (typeof PARTS)[number]): CorpusCase[] {
  const file = new URL(`../../fixtures/diagnosis/${name}.txt`, import.meta.url);
  return readFileSync(file, "utf8")
    .split(/^=== /m)
    .filter((part) => part.trim() !== "")
    .map(parseCase);
}
