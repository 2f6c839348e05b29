import { expect } from "vitest";
import type { Finding } from "../../../src/doctor/lint/finding.ts";
import { lintWorkflows } from "../../../src/doctor/lint/lint.ts";

/** Findings of one workflow, or of several that call one another. */
export function lint(text: string, others: Readonly<Record<string, string>> = {}): Finding[] {
  const files = { "main.yml": text, ...others };
  return lintWorkflows(
    Object.entries(files).map(([name, content]) => ({
      file: `.github/workflows/${name}`,
      text: content,
    })),
  );
}

/** The rules that have something to say, each with its line. */
export function linesOf(findings: readonly Finding[]): string[] {
  return findings.map(({ rule, place }) => `${rule}:${place.line}`);
}

function indent(text: string, by: number): string {
  return text.trim().replaceAll(/^/gm, " ".repeat(by));
}

/** A workflow around one job's steps, sound but for what is put in. */
export function workflow(parts: {
  readonly on?: string;
  readonly permissions?: string;
  readonly env?: string;
  readonly job?: string;
  readonly steps: string;
}): string {
  return [
    `on: ${parts.on ?? "[push, pull_request]"}`,
    `permissions: ${parts.permissions ?? "{ contents: read, packages: write }"}`,
    ...(parts.env === undefined ? [] : ["env:", indent(parts.env, 2)]),
    "jobs:",
    "  image:",
    "    runs-on: ubuntu-latest",
    ...(parts.job === undefined ? [] : [indent(parts.job, 4)]),
    "    steps:",
    indent(parts.steps, 6),
    "",
  ].join("\n");
}

/** Expects the rule to speak once, or not at all, and every other rule to be silent. */
export function expectOnly(findings: readonly Finding[], rule: string | null): void {
  expect(findings.map((finding) => finding.rule)).toEqual(rule === null ? [] : [rule]);
}

export const LOGIN = `
- uses: docker/login-action@v4
  with:
    registry: ghcr.io
    username: \${{ github.actor }}
    password: \${{ secrets.GITHUB_TOKEN }}
`;

/** A step of Docker's build action. */
export function build(push: string, tags = "ghcr.io/acme/app:${{ github.sha }}"): string {
  return `
- uses: docker/build-push-action@v7
  with:
    push: ${push}
    tags: ${tags}
`;
}
