/** A rate limit is an installation's: what one ledger is told, the others of the same isolate keep to. */
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createGitHub } from "../../../src/github/github-client.ts";
import { Silences } from "../../../src/github/silences.ts";
import type { GitHub } from "../../../src/domain/ports.ts";

const PRIVATE_KEY = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
const NOW = 1_800_000_000_000;

/** Two ledgers' connections to one GitHub, which answers the next questions as said. */
function ledgers(answers: Response[], now = { ms: NOW }) {
  const asked: string[] = [];
  const fetch = async (input: RequestInfo | URL): Promise<Response> => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    if (pathname.endsWith("/access_tokens")) {
      const expires_at = new Date(Date.now() + 3_600_000).toISOString();
      return Response.json({ token: "opaque", expires_at }, { status: 201 });
    }
    asked.push(pathname);
    return answers.shift() ?? Response.json({ status: "behind" });
  };
  const silences = new Silences();
  const connect = (): GitHub =>
    createGitHub(
      { appId: "4711", privateKey: PRIVATE_KEY },
      { baseUrl: "https://api.test", timeoutMs: 1_000, fetch, now: () => now.ms, silences },
    );
  return { one: connect(), other: connect(), asked, now };
}

const place = (installationId: number) => ({ id: 1, owner: "acme", name: "app", installationId });
const ask = (github: GitHub, installationId = 99) =>
  github.ancestry(place(installationId), "main", "a".repeat(40));
const limited = (headers: Record<string, string>) =>
  Response.json({ message: "slow down" }, { status: 429, headers });

describe("after a refusal for the rate limit", () => {
  test("another ledger of the installation asks nothing until then, and says that it did not", async () => {
    const { one, other, asked, now } = ledgers([limited({ "retry-after": "90" })]);
    const notBeforeMs = NOW + 90_000;
    expect(await ask(one)).toEqual({ kind: "later", notBeforeMs, cause: "rate-limited" });
    const silent = { kind: "later", notBeforeMs, cause: "rate-limited", unasked: true };
    expect(await ask(other)).toEqual(silent);
    expect(asked).toHaveLength(1);
    now.ms += 90_000;
    expect(await ask(other)).toMatchObject({ kind: "ok" });
  });

  test("a dispatch waits, too", async () => {
    const { one, other, asked } = ledgers([limited({ "retry-after": "90" })]);
    await ask(one);
    const request = { workflow: "publish-image.yml", ref: "main", inputs: {} };
    expect(await other.dispatch(place(99), request)).toMatchObject({ kind: "later" });
    expect(asked).toHaveLength(1);
  });

  test("another installation is asked as before", async () => {
    const { one, other } = ledgers([limited({ "retry-after": "90" })]);
    await ask(one);
    expect(await ask(other, 98)).toMatchObject({ kind: "ok" });
  });
});

describe("a success that says that nothing is left", () => {
  const reset = String(NOW / 1000 + 120);
  const last = (headers: Record<string, string>) =>
    Response.json({ status: "behind" }, { headers: { "x-ratelimit-reset": reset, ...headers } });

  test("is taken, and silences the installation until the reset", async () => {
    const { one, other, asked } = ledgers([last({ "x-ratelimit-remaining": "0" })]);
    expect(await ask(one)).toMatchObject({ kind: "ok" });
    const notBeforeMs = NOW + 120_000;
    for (const github of [one, other]) {
      expect(await ask(github)).toMatchObject({ kind: "later", notBeforeMs, unasked: true });
    }
    expect(asked).toHaveLength(1);
  });

  test.each([
    ["that something is left", { "x-ratelimit-remaining": "1" }],
    [
      "that it is the searches that are spent",
      { "x-ratelimit-remaining": "0", "x-ratelimit-resource": "search" },
    ],
    ["a time that is no number", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon" }],
  ])("silences nobody where it says %s", async (_, headers) => {
    const { one, other } = ledgers([last(headers)]);
    await ask(one);
    expect(await ask(other)).toMatchObject({ kind: "ok" });
  });
});
