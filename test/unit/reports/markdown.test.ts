/**
 * What the comment, the check run and an explanation become when they are rendered, by a CommonMark
 * parser with GitHub's extensions: whatever is in the names, nothing arises beyond what we build.
 */
import * as fc from "fast-check";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { expect, test } from "vitest";
import type { Plan } from "../../../src/domain/order.ts";
import { COMMENT_MARKER } from "../../../src/domain/reporting.ts";
import type { DispatchRow } from "../../../src/ledger/dispatch-row.ts";
import { checkContent } from "../../../src/ledger/reports/check-content.ts";
import { commentBody, explanationNote } from "../../../src/ledger/reports/comment-body.ts";

const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 150);
const SHA = "0123456789abcdef0123456789abcdef01234567";

/** Pieces that mean something to GitHub's Markdown, or to what it does with the text afterwards. */
const PIECES = [
  ["@octocat", "@acme/team", "#12", "GH-12", "gh-7", "acme/app#3", `acme/app@${SHA}`, SHA],
  ["abcdef1", "ABCDEF12", `a${SHA}`, `${SHA}${SHA}`, "aaaaaaa0123456789abcdef0123456789abcdef0123"],
  ["https://evil.example", "http://github.com/acme/app/issues/1", "www.evil.example", "ftp://e.xy"],
  ["a@evil.example", "mailto:a@b.co", "xmpp:a@b.co", "<https://evil.example>", "//evil.example"],
  [
    "[x](https://evil.example)",
    "![x](https://evil.example/p.png)",
    "[x]",
    "[x]: http://evil",
    "](",
  ],
  ["<img src=x onerror=alert(1)>", "<!--", "-->", "</details>", "<b>", "&lt;b&gt;", "&#64;octocat"],
  ["`", "``", "```", "~~~", "|", "\\|", "\\", "\\`", "**b**", "__b__", "_i_", "~~s~~", "~s~"],
  ["# h", "- x", "* x", "+ x", "- [ ] x", "1. x", "2) x", "> q", "---", "===", "    code"],
  ["| a | b |", "| - | - |", "[^1]", "[^1]: x", ":+1:", "::", "$x$", "\r", "\n", "\n\n", "\r\n"],
  ["\t", " ", "  ", "\u0000", "\u00A0", "\u2028", "\u202E", "\u200B", "\uD800", "\uFEFF", "é", "x"],
].flat();
const text = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 4, unit: "grapheme" })), {
    maxLength: 8,
  })
  .map((pieces) => pieces.join(""));
const address = fc.oneof(
  fc.constant("https://github.com/acme/app/actions/runs/5001"),
  text,
  text.map((rest) => `https://github.com/${rest}`),
);
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const row: fc.Arbitrary<DispatchRow> = fc
  .record({
    route: text,
    state: fc.constantFrom("running", "succeeded", "failed", "rejected", "skipped"),
    generation: fc.integer({ min: 1, max: 3 }),
    reason: orNull(text),
    remedy: orNull(text),
    runId: fc.constant(5001),
    runUrl: orNull(address),
    receipt: orNull(
      fc.record({
        image: text,
        digest: text,
        tags: fc.array(text, { maxLength: 3 }),
        platforms: fc.array(text, { maxLength: 2 }),
      }),
    ),
    diagnosis: orNull(
      fc.record({
        cause: text,
        confidence: fc.constantFrom("certain", "likely"),
        evidence: fc.array(fc.record({ line: fc.constant(1), text }), { maxLength: 3 }),
        explanation: text,
        remedy: text,
        retryable: fc.boolean(),
      }),
    ),
  })
  .map((fields) => fields as unknown as DispatchRow);

const plan: fc.Arbitrary<Plan> = fc
  .record({
    verdict: text,
    reason: orNull(text),
    remedy: orNull(text),
    trace: fc.array(
      fc.record({
        rule: text,
        route: orNull(text),
        saw: text,
        passed: fc.boolean(),
        change: orNull(text),
      }),
      { maxLength: 4 },
    ),
  })
  .map((fields) => fields as unknown as Plan);

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly url?: string;
  readonly children?: readonly Node[];
}

function nodesOf(markdown: string): Node[] {
  const options = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] };
  const flat = (node: Node): Node[] => [node, ...(node.children ?? []).flatMap(flat)];
  return flat(fromMarkdown(markdown, options));
}

/** What may arise at all; each is counted where it may be ours. */
const OURS = ["root", "paragraph", "text", "inlineCode"];
const IN_COMMENTS = [
  "html",
  "strong",
  "table",
  "tableRow",
  "tableCell",
  "list",
  "listItem",
  "link",
];

const count = (nodes: readonly Node[], type: string): number =>
  nodes.filter((node) => node.type === type).length;

/** What GitHub would make of plain text once it is rendered: mentions, references, commits, emoji. */
const AFTERWARDS = [
  /(?:^|[^\w`])@[a-z\d]/i,
  /(?:^|\W)#\d/,
  /\w#\d/,
  /\bGH-\d/i,
  /\b[0-9a-f]{7,40}\b/i,
  /:[a-z0-9+_-]+:/i,
  /https?:\/\/\w/i,
  /\bwww\.\w/i,
];

function expectNothingAfterwards(nodes: readonly Node[]): void {
  for (const { type, value = "" } of nodes) {
    if (type !== "text") continue;
    for (const pattern of AFTERWARDS) expect(value).not.toMatch(pattern);
  }
}

const links = (nodes: readonly Node[]) =>
  nodes.filter(({ type }) => type === "link").map(({ url }) => url);

/** A run's address is linked where it is nothing but an address. */
const linked = (one: DispatchRow): boolean =>
  one.runUrl !== null && /^https?:\/\/[A-Za-z0-9.:/_-]{1,400}$/.test(one.runUrl);
const isAdvised = ({ diagnosis, remedy }: DispatchRow): boolean =>
  remedy !== null || (diagnosis !== null && diagnosis.cause !== "unknown");

test(
  "a comment is a table of six columns, its advice and our links, whatever the names are",
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 3 }), orNull(plan), (rows, asked) => {
        const note = asked === null ? null : explanationNote(asked);
        const body = commentBody(rows, note);
        const nodes = nodesOf(body);
        const kinds = new Set(nodes.map(({ type }) => type));
        expect([...kinds].filter((kind) => ![...OURS, ...IN_COMMENTS].includes(kind))).toEqual([]);
        expect(nodes.filter(({ type }) => type === "html").map(({ value }) => value)).toEqual([
          COMMENT_MARKER,
        ]);
        expect(count(nodes, "strong")).toBe(1 + rows.filter(isAdvised).length);
        expect(count(nodes, "table")).toBe(1);
        expect(count(nodes, "tableRow")).toBe(1 + rows.length);
        expect(count(nodes, "tableCell")).toBe(6 * (1 + rows.length));
        expect(count(nodes, "listItem")).toBe(asked?.trace.length ?? 0);
        expect(links(nodes)).toEqual(rows.filter(linked).map(({ runUrl }) => runUrl));
        expectNothingAfterwards(nodes);
      }),
      { numRuns: RUNS },
    );
  },
);

test("a check run's summary is paragraphs, whatever the names are", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(row, (one) => {
      const nodes = nodesOf(checkContent(one).output.summary);
      const kinds = new Set(nodes.map(({ type }) => type));
      expect([...kinds].filter((kind) => ![...OURS, "link"].includes(kind))).toEqual([]);
      expect(links(nodes)).toEqual(linked(one) ? [one.runUrl] : []);
      expectNothingAfterwards(nodes);
    }),
    { numRuns: RUNS },
  );
});

test(
  "an explanation has one item for each rule and nothing else, whatever was seen",
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(plan, (asked) => {
        const nodes = nodesOf(explanationNote(asked));
        const kinds = new Set(nodes.map(({ type }) => type));
        const allowed = [...OURS, "list", "listItem"];
        expect([...kinds].filter((kind) => !allowed.includes(kind))).toEqual([]);
        expect(count(nodes, "listItem")).toBe(asked.trace.length);
        expectNothingAfterwards(nodes);
      }),
      { numRuns: RUNS },
    );
  },
);

test("an explanation that is cut ends between two rules, not within one", () => {
  const step = { rule: "labels", route: "app", passed: false, saw: "`".repeat(300) } as const;
  const trace = Array.from({ length: 60 }, () => ({ ...step, change: "@".repeat(299) }));
  const long = { verdict: "skipped", reason: null, remedy: null, trace } as unknown as Plan;
  const note = explanationNote(long);
  const nodes = nodesOf(commentBody([], note));
  const items = note.split("\n").filter((line) => line.startsWith("- "));
  expect(items.length).toBeGreaterThan(10);
  expect(new Set(items.slice(0, -1)).size).toBe(1);
  expect(items.at(-1)).toBe("- \u2026");
  expect(count(nodes, "listItem")).toBe(items.length);
});
