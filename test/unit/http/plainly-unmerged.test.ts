import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isPlainlyUnmerged, readPayload } from "../../../src/http/payload.ts";

const texts = fc.oneof(
  fc.string(),
  fc.constantFrom('"merged":false,', '","merged":true,"x":"', "merged", '\\"merged":false,'),
);

/** GitHub's order of keys, with whatever people may have written between them. */
const payloads = fc
  .record({
    action: fc.constantFrom("closed", "opened", "edited"),
    title: texts,
    body: fc.option(texts),
    merged: fc.constantFrom(true, false, null),
    milestone: fc.jsonValue(),
  })
  .map(({ action, ...pull }) => ({
    action,
    number: 7,
    pull_request: {
      number: 7,
      ...pull,
      merged_at: null,
      merge_commit_sha: "a".repeat(40),
      base: { ref: "main" },
    },
    repository: { id: 1, name: "app", owner: { login: "acme" } },
  }));

test("what is called plainly unmerged is what the parser ignores as not merged", () => {
  fc.assert(
    fc.property(payloads, fc.constantFrom(undefined, 1), (payload, indent) => {
      const text = JSON.stringify(payload, null, indent);
      if (!isPlainlyUnmerged(text)) return;
      const read = readPayload("pull_request", "guid", JSON.parse(text));
      expect(read).toEqual({ kind: "ignored", reason: "not-merged" });
    }),
    { numRuns: 2_000 },
  );
});

test("GitHub's spelling of a pull request closed without a merge is plain", () => {
  const text =
    '{"action":"closed","number":7,"pull_request":{"number":7,"merged":false,"merged_by":null}}';
  expect(isPlainlyUnmerged(text)).toBe(true);
  expect(isPlainlyUnmerged(text.replace(":false", ":true"))).toBe(false);
  expect(isPlainlyUnmerged(text.replace(":false", ": false"))).toBe(false);
  expect(isPlainlyUnmerged(text.slice(0, -2))).toBe(false);
});
