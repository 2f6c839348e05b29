import { describe, expect, test } from "vitest";
import { classifyDispatch, classifyRead } from "../../../src/github/classify.ts";
import type { Reply } from "../../../src/github/http.ts";

const NOW = 1_800_000_000_000;

function reply(status: number, text = "{}", headers: Record<string, string> = {}): Reply {
  return { kind: "reply", status, headers: new Headers(headers), text };
}

function message(text: string): string {
  return JSON.stringify({ message: text });
}

describe("the answer to a dispatch", () => {
  test("200 with a run id is accepted, and so is 204 without one", () => {
    const body = '{"workflow_run_id":5,"html_url":"https://github.test/5"}';
    expect(classifyDispatch(reply(200, body), NOW)).toEqual({
      kind: "accepted",
      runId: 5,
      runUrl: "https://github.test/5",
    });
    expect(classifyDispatch(reply(204, ""), NOW)).toMatchObject({ kind: "accepted", runId: null });
  });

  test.each<[string, Reply]>([
    ["a broken connection", { kind: "broken", cause: "timeout" }],
    ["500", reply(500, message("Failed to run workflow dispatch"))],
    ["502", reply(502, "<html>")],
    ["503 with retry-after", reply(503, "", { "retry-after": "5" })],
    ["408", reply(408)],
    ["200 that cannot be read", reply(200, "<html>")],
    ["200 that is null", reply(200, "null")],
    ["200 with an id that is no number", reply(200, '{"workflow_run_id":"5"}')],
  ])("%s leaves open whether a run exists", (_, given) => {
    expect(classifyDispatch(given, NOW).kind).toBe("unknown");
  });

  test.each<[number, string, string]>([
    [401, "Bad credentials", "permission-missing"],
    [403, "Resource not accessible by integration", "permission-missing"],
    [404, "Not Found", "workflow-not-found"],
    [422, "No ref found for: x", "workflow-not-found"],
    [422, "Workflow does not have 'workflow_dispatch' trigger", "workflow-not-found"],
    [422, 'Unexpected inputs provided: ["x"]', "inputs-refused"],
    [422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow", "workflow-disabled"],
  ])("%d %s is refused for good", (status, text, reason) => {
    const answer = classifyDispatch(reply(status, message(text)), NOW);
    expect(answer).toMatchObject({ kind: "refused", reason, status });
    expect(answer.kind === "refused" && answer.remedy).toContain(text);
  });

  test("a redirect carried nothing out", () => {
    expect(classifyDispatch(reply(307), NOW).kind).toBe("later");
  });

  test("the permission that GitHub names is passed on, and control characters are not", () => {
    const headers = { "x-accepted-github-permissions": "actions=write" };
    const answer = classifyDispatch(reply(403, message("No\u001B[31m\nentry"), headers), NOW);
    expect(answer.kind === "refused" && answer.remedy).toMatch(/actions=write/);
    expect(answer.kind === "refused" && answer.remedy).not.toMatch(/\p{Cc}/u);
  });
});

describe("a rate limit", () => {
  const reset = String(NOW / 1000 + 120);
  test.each<[string, number, Record<string, string>, string, number]>([
    ["retry-after in seconds", 429, { "retry-after": "30" }, "", 30_000],
    ["retry-after on a 403", 403, { "retry-after": "30" }, "", 30_000],
    [
      "retry-after as a date",
      429,
      { "retry-after": new Date(NOW + 9_000).toUTCString() },
      "",
      9_000,
    ],
    [
      "a spent quota",
      403,
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset },
      "",
      120_000,
    ],
    [
      "retry-after before the reset",
      403,
      { "retry-after": "5", "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset },
      "",
      5_000,
    ],
    ["no word of when", 429, {}, "", 60_000],
    ["the message alone", 403, {}, "You have exceeded a secondary rate limit", 60_000],
    [
      "a reset that is over",
      429,
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" },
      "",
      0,
    ],
    ["a header of nonsense", 429, { "retry-after": "soon" }, "", 60_000],
    ["a wait of a year", 429, { "retry-after": "31536000" }, "", 7_200_000],
  ])("with %s is obeyed", (_, status, headers, text, waitMs) => {
    const expected = { kind: "later", notBeforeMs: NOW + waitMs, cause: "rate-limited" };
    expect(classifyDispatch(reply(status, message(text), headers), NOW)).toEqual(expected);
    expect(classifyRead(reply(status, message(text), headers), NOW)).toEqual(expected);
  });

  test("a good answer that spends the last of the quota is a good answer", () => {
    const answer = classifyRead(reply(200, "[]", { "x-ratelimit-remaining": "0" }), NOW);
    expect(answer).toEqual({ kind: "ok", value: [] });
  });
});

describe("the answer to a question", () => {
  test.each<[Reply, string]>([
    [reply(200, "[1]"), "ok"],
    [reply(200, "<html>"), "later"],
    [reply(404), "absent"],
    [reply(410), "absent"],
    [reply(422), "absent"],
    [reply(403, message("Resource not accessible by integration")), "refused"],
    [reply(403, message("This installation has been suspended")), "later"],
    [reply(401), "later"],
    [reply(500), "later"],
    [{ kind: "broken", cause: "timeout" }, "later"],
  ])("%j is %s", (given, kind) => {
    expect(classifyRead(given, NOW).kind).toBe(kind);
  });
});
