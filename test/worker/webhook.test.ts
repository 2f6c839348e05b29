import { abortAllDurableObjects, reset } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterAll, describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { readSettings } from "../../src/config.ts";
import { DISCARDED_BYTES } from "../../src/http/body.ts";
import { createApp } from "../../src/http/app.ts";
import { VERSION } from "../../src/version.ts";
import {
  deliver,
  freshId,
  headersFor,
  mergePayload,
  post,
  PREVIOUS_SECRET,
  sign,
  URL_OF_WEBHOOK,
} from "./deliveries.ts";

// The alarms of what was accepted here are asking a GitHub that is not there; the run would wait for them.
afterAll(async () => {
  await abortAllDurableObjects();
  await reset();
});

const LIMIT = 25 * 1024 * 1024;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function codeOf(response: Response): Promise<unknown> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const { code, status } = await response.json<{ code: string; status: number }>();
  expect(status).toBe(response.status);
  return code;
}

describe("what is signed and relevant", () => {
  test("a merge is accepted", async () => {
    const response = await deliver(mergePayload({}), { "x-github-delivery": "guid-1" });
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ outcome: "accepted", delivery: "guid-1" });
  });

  test("the same GUID again is a duplicate, for this repository only", async () => {
    const guid = { "x-github-delivery": crypto.randomUUID() };
    const payload = mergePayload({ repositoryId: freshId() });
    await deliver(payload, guid);
    const again = await deliver(payload, guid);
    expect(again.status).toBe(202);
    expect(await again.json()).toMatchObject({ outcome: "duplicate" });
    const elsewhere = await deliver(mergePayload({ repositoryId: freshId() }), guid);
    expect(await elsewhere.json()).toMatchObject({ outcome: "accepted" });
  });

  test("deliveries of one GUID at the same time are accepted once", async () => {
    const guid = { "x-github-delivery": crypto.randomUUID() };
    const payload = mergePayload({ repositoryId: freshId() });
    const responses = await Promise.all(Array.from({ length: 8 }, () => deliver(payload, guid)));
    const outcomes = await Promise.all(
      responses.map(async (response) => (await response.json<{ outcome: string }>()).outcome),
    );
    expect(outcomes.filter((outcome) => outcome === "accepted")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "duplicate")).toHaveLength(7);
  });

  test("the secret before the rotation still counts", async () => {
    const payload = mergePayload({});
    const signature = sign(JSON.stringify(payload), PREVIOUS_SECRET);
    const response = await deliver(payload, { "x-hub-signature-256": signature });
    expect(response.status).toBe(202);
  });

  test("a form with the payload in it is read like JSON", async () => {
    const body = new URLSearchParams({ payload: JSON.stringify(mergePayload({})) }).toString();
    const type = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    const response = await post(body, headersFor(body, type));
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ outcome: "accepted" });
  });

  test("a body of raw UTF-8 is verified byte by byte", async () => {
    const body = `\u{FEFF}${JSON.stringify({ zen: "Ünïcödé 猫 🐈" })}`.slice(1);
    const response = await post(body, headersFor(body, { "x-github-event": "ping" }));
    expect(response.status).toBe(200);
  });
});

describe("what is signed and needs nothing done", () => {
  test("a ping is answered with 200", async () => {
    const response = await deliver({ zen: "Keep it small." }, { "x-github-event": "ping" });
    expect(response.status).toBe(200);
  });

  test("a signed ping that names an owner hears whether the relay serves it, and nobody else does", async () => {
    const answered = { outcome: "ignored", reason: "ping", delivery: "ping-1" };
    for (const [owner, isServed] of [
      [{ id: 5, login: "Acme" }, true],
      [{ id: 77, login: "renamed" }, true],
      [{ id: 5, login: "acme-other" }, false],
    ] as const) {
      expect(await (await ping({ repository: { owner } })).json()).toEqual({
        ...answered,
        serves: isServed,
      });
    }
    for (const owner of [undefined, null, "acme", { login: "acme" }, { id: "77", login: "x" }]) {
      expect(await (await ping({ repository: { owner } })).json(), JSON.stringify(owner)).toEqual(
        answered,
      );
    }
    const forged = await ping({ repository: { owner: { id: 5, login: "acme" } } }, FORGED);
    expect(forged.status).toBe(401);
    expect(await forged.text()).not.toContain("serves");
  });

  test("a signed ping that asks for it hears which App and key the relay has, and nobody else does", async () => {
    expect(await (await ping({ asks: "app" })).json()).toEqual({
      outcome: "ignored",
      reason: "ping",
      delivery: "ping-1",
      app: expect.stringMatching(/^\d+$/),
      key: expect.stringMatching(/^SHA256:[\w+/]{43}=$/),
    });
    for (const asks of [undefined, true, "key"]) {
      expect(await (await ping({ asks })).json()).not.toHaveProperty("key");
    }
    const forged = await ping({ asks: "app" }, FORGED);
    expect(forged.status).toBe(401);
    expect(await forged.text()).not.toMatch(/SHA256|"app"/);
  });

  const push = { repository: { id: 1, name: "app", owner: { login: "acme" } }, commits: [] };
  test.each<[string, string, unknown]>([
    ["event-not-used", "star", { action: "created" }],
    ["event-not-used", "constructor", {}],
    ["action-not-used", "pull_request", mergePayload({ action: "opened" })],
    ["not-merged", "pull_request", mergePayload({ merged: false })],
    ["not-merged", "pull_request", mergePayload({ merged: null })],
    ["ref-deleted", "push", { ...push, ref: "refs/tags/v1", after: "0".repeat(40), deleted: true }],
    ["ref-not-usable", "push", { ...push, ref: "refs/notes/x", after: "a".repeat(40) }],
    ["ref-not-usable", "push", { ...push, ref: "refs/tags/a..b", after: "a".repeat(40) }],
    ["action-not-used", "repository", { action: "starred" }],
    [
      "run-not-ours",
      "workflow_run",
      { action: "completed", workflow_run: { id: 1, event: "push", display_title: "x" } },
    ],
  ])("%s for %s", async (reason, event, payload) => {
    const response = await deliver(payload, { "x-github-event": event });
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ outcome: "ignored", reason });
  });

  test("a run that no dispatch of this repository started", async () => {
    const response = await deliver(
      {
        action: "completed",
        workflow_run: { id: 5, event: "workflow_dispatch", display_title: "Nightly" },
        repository: { id: freshId(), name: "app", owner: { login: "acme" } },
      },
      { "x-github-event": "workflow_run" },
    );
    expect(await response.json()).toMatchObject({ outcome: "ignored", reason: "run-not-ours" });
  });
});

describe("what is not signed", () => {
  const body = JSON.stringify(mergePayload({}));
  const good = sign(body);
  test.each<[string, string | null]>([
    ["nothing", null],
    ["the empty string", ""],
    ["hex that is none", `sha256=${"z".repeat(64)}`],
    ["two characters of it", "sha256=zz"],
    ["upper case", `sha256=${good.slice(7).toUpperCase()}`],
    ["no prefix", good.slice(7)],
    ["the prefix alone", "sha256="],
    ["one digit too many", `${good}0`],
    ["another secret", sign(body, "guessed")],
    ["another body", sign(`${body} `)],
    ["SHA-1's prefix", `sha1=${good.slice(7)}`],
  ])("%s as signature is refused, without a word why", async (_, signature) => {
    const response = await post(body, headersFor(body, { "x-hub-signature-256": signature }));
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      type: "about:blank",
      title: "No valid X-Hub-Signature-256",
      status: 401,
      code: "bad-signature",
    });
  });

  test("a SHA-1 signature alone is refused", async () => {
    const headers = headersFor(body, {
      "x-hub-signature-256": null,
      "x-hub-signature": `sha1=${"a".repeat(40)}`,
    });
    expect((await post(body, headers)).status).toBe(401);
  });

  test("an empty body is no JSON where its signature is good, and unsigned where it is not", async () => {
    expect((await post("", headersFor(""))).status).toBe(400);
    expect((await post("", headersFor("{}"))).status).toBe(401);
  });

  test("bytes that are no UTF-8 are no JSON, even with their own signature", async () => {
    const bytes = new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]);
    const headers = { ...headersFor(""), "x-hub-signature-256": sign(bytes) };
    const response = await post(bytes, headers);
    expect(response.status).toBe(400);
  });
});

describe("what is signed and malformed", () => {
  test.each<[string, number, string, string, Record<string, string | null>]>([
    ["another content type", 415, "unsupported-media-type", "{}", { "content-type": "text/plain" }],
    ["no JSON", 400, "not-json", "{", {}],
    ["a form without payload", 400, "not-json", "a=b", { "content-type": FORM() }],
    ["no event", 400, "missing-header", "{}", { "x-github-event": null }],
    ["an event that is no word", 400, "missing-header", "{}", { "x-github-event": "../x" }],
    ["no GUID", 400, "missing-header", "{}", { "x-github-delivery": null }],
    ["a GUID with spaces", 400, "missing-header", "{}", { "x-github-delivery": "a b" }],
    ["a payload that is null", 400, "invalid-payload", "null", {}],
    ["a payload without pull request", 400, "invalid-payload", '{"action":"closed"}', {}],
  ])("%s", async (_, status, code, body, change) => {
    const response = await post(body, headersFor(body, change));
    expect(response.status).toBe(status);
    expect(await codeOf(response)).toBe(code);
  });

  test("is not looked at, where the event itself rules the delivery out", async () => {
    const response = await post("{", headersFor("{", { "x-github-event": "star" }));
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ outcome: "ignored", reason: "event-not-used" });
  });

  test("a merge without its repository", async () => {
    const { repository: _, ...payload } = mergePayload({});
    const response = await deliver(payload);
    expect(response.status).toBe(400);
    expect(await codeOf(response)).toBe("invalid-payload");
  });

  test.each([0, -1, 1.5, 2 ** 53, "12", null])("a repository id of %s", async (id) => {
    const payload = { ...mergePayload({}), repository: { id, name: "a", owner: { login: "b" } } };
    expect((await deliver(payload)).status).toBe(400);
  });
});

function FORM(): string {
  return "application/x-www-form-urlencoded";
}

describe("what is too large", () => {
  test("is refused by its declared length, however little follows", async () => {
    const headers = { ...headersFor("{}"), "content-length": String(LIMIT + 1) };
    const request = new Request(URL_OF_WEBHOOK, { method: "POST", headers, body: "{}" });
    const response = await app().fetch(request, env);
    expect(response.status).toBe(413);
  });

  test("is refused without a declared length, and read no further than the limit", async () => {
    let sent = 0;
    const chunk = new Uint8Array(1024 * 1024);
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += chunk.byteLength;
        controller.enqueue(chunk);
      },
    });
    const request = new Request(URL_OF_WEBHOOK, {
      method: "POST",
      headers: headersFor("{}"),
      body,
    });
    const response = await app().fetch(request, env);
    expect(response.status).toBe(413);
    expect(await codeOf(response)).toBe("too-large");
    expect(sent).toBeLessThan(LIMIT + DISCARDED_BYTES + 4 * chunk.byteLength);
  });

  test("exactly 25 MiB is taken", async () => {
    const body = `{"zen":"${"x".repeat(LIMIT - 10)}"}`;
    expect(body).toHaveLength(LIMIT);
    const response = await post(body, headersFor(body, { "x-github-event": "ping" }));
    expect(response.status).toBe(200);
  });
});

describe("the order of the checks", () => {
  test("method before everything, with the method that is allowed", async () => {
    for (const method of ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const response = await exports.default.fetch(new Request(URL_OF_WEBHOOK, { method }));
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toBe("POST");
    }
  });

  test("size before signature", async () => {
    const headers = { "content-length": String(LIMIT + 1) };
    const request = new Request(URL_OF_WEBHOOK, { method: "POST", headers, body: "{}" });
    expect((await app().fetch(request, env)).status).toBe(413);
  });

  test("signature before content type, headers and JSON", async () => {
    expect((await post("{", { "content-type": "text/plain" })).status).toBe(401);
  });

  test("content type before headers and JSON", async () => {
    const wrong = { "content-type": "text/plain", "x-github-event": null };
    expect((await post("{", headersFor("{", wrong))).status).toBe(415);
  });
});

function app(change: Record<string, unknown> = {}, accept?: () => Promise<never>) {
  return createApp<Env>({
    settings: (bindings) => readSettings({ ...bindings, ...change }),
    ledger: (bindings, id) =>
      accept ? ({ accept } as never) : bindings.REPOSITORY_LEDGER.getByName(String(id)),
    identity: () => ({}) as never,
    index: () => ({}) as never,
    limiter: () => null,
    log: silent,
  });
}

const FORGED = `sha256=${"0".repeat(64)}`;

function ping(said: object, signedBy?: string): Promise<Response> | Response {
  const body = JSON.stringify({ zen: "Keep it small.", ...said });
  const headers = headersFor(body, { "x-github-event": "ping", "x-github-delivery": "ping-1" });
  if (signedBy !== undefined) headers["x-hub-signature-256"] = signedBy;
  const request = new Request(URL_OF_WEBHOOK, { method: "POST", body, headers });
  return app({ ALLOWED_OWNERS: "acme, 77" }).fetch(request, env);
}

function requestFor(): Request {
  const body = JSON.stringify(mergePayload({}));
  return new Request(URL_OF_WEBHOOK, { method: "POST", headers: headersFor(body), body });
}

describe("a relay that cannot do its work", () => {
  test.each<[string, unknown]>([
    ["GITHUB_WEBHOOK_SECRET", ""],
    ["GITHUB_APP_ID", ""],
    ["GITHUB_APP_PRIVATE_KEY", "-----BEGIN RSA PRIVATE KEY-----\nTUlTVEFLRQ==\n"],
    ["RETRY_BASE_MS", "very-private"],
  ])("says that %s is at fault, never its value", async (setting, value) => {
    for (const request of [requestFor(), new Request("https://relay.test/healthz")]) {
      const response = await app({ [setting]: value }).fetch(request, env);
      expect(response.status).toBe(500);
      const text = await response.text();
      expect(text).toContain('"code":"misconfigured"');
      expect(text).toContain(setting);
      if (value !== "") expect(text).not.toContain(String(value));
      expect(text).not.toMatch(/TUlTVEFLRQ|the secret of/);
    }
  });

  test("asks for the delivery again when the ledger cannot record it", async () => {
    const broken = app({}, () => Promise.reject(new Error("overloaded")));
    const response = await broken.fetch(requestFor(), env);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await codeOf(response)).toBe("ledger-unavailable");
  });
});

describe("what every answer has", () => {
  test("health, without a secret", async () => {
    const response = await exports.default.fetch("https://relay.test/healthz");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: "ok",
      mode: "enforce",
      version: VERSION,
      index: "ready",
      sweep: { last: null, behind: false, failing: 0 },
    });
  });

  test("an unknown path is a problem", async () => {
    const response = await exports.default.fetch("https://relay.test/webhooks/gitlab");
    expect(response.status).toBe(404);
    expect(await codeOf(response)).toBe("not-found");
  });

  test.each(["/healthz", "/nowhere", "/webhooks/github"])(
    "security headers on %s",
    async (path) => {
      const { headers } = await exports.default.fetch(`https://relay.test${path}`);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("strict-transport-security")).toContain("max-age");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
    },
  );
});

describe("no delivery breaks the relay", () => {
  const HEADER_CHARACTERS = "abz09 _-/;=.,\"'()".split("");
  const headerValue = fc.string({ unit: fc.constantFrom(...HEADER_CHARACTERS), maxLength: 40 });
  const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.json(), fc.constant("{"));

  test("whatever unsigned bytes come, the answer is 401", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), headerValue, async (bytes, signature) => {
        const response = await post(bytes, { "x-hub-signature-256": signature });
        expect(response.status).toBe(401);
      }),
      { numRuns: 100 },
    );
  });

  test("whatever is signed, the answer is never a 500", async () => {
    const events = fc.constantFrom("pull_request", "push", "workflow_run", "repository", "ping");
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.oneof(events, headerValue),
        headerValue,
        async (body, event, type) => {
          const wellTyped = type.length % 2 === 0 ? "application/json" : type;
          const change = { "x-github-event": event, "content-type": wellTyped };
          const response = await post(body, headersFor(body, change));
          expect([200, 202, 400, 401, 415]).toContain(response.status);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("a payload with one part exchanged is taken, ignored or refused", async () => {
    const id = freshId();
    const paths = ["action", "pull_request", "repository", "installation"];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.jsonValue(), async (path, value) => {
        const response = await deliver({ ...mergePayload({ repositoryId: id }), [path]: value });
        expect([202, 400]).toContain(response.status);
      }),
      { numRuns: 100 },
    );
  });
});
