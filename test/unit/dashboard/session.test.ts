import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  isPrivateOrigin,
  readCookie,
  writeCookie,
} from "../../../src/dashboard/session/cookies.ts";
import { localPath } from "../../../src/dashboard/session/local-path.ts";
import { isFromOurPage } from "../../../src/dashboard/session/same-origin.ts";
import { createSealer } from "../../../src/dashboard/session/seal.ts";
import {
  beginSession,
  isTokenOver,
  openSession,
  SESSION_LIFE_MS,
} from "../../../src/dashboard/session/session.ts";

const sealer = createSealer(randomBytes(32).toString("hex"));
const grant = { token: "ghu_secret", tokenEndsAt: 5_000_000, refreshToken: null };
const session = beginSession(grant, { id: 7, login: "mona" }, { nonce: "n", now: 1_000 });

test("opens again what it sealed, and seals nothing twice the same way", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      const [one, two] = await Promise.all([
        sealer.seal("session", value),
        sealer.seal("session", value),
      ]);
      expect(one).not.toBe(two);
      expect(JSON.stringify(await sealer.open("session", one))).toBe(JSON.stringify(value));
    }),
    { numRuns: 50 },
  );
});

test("opens nothing in which one character was changed", async () => {
  const sealed = await sealer.seal("session", session);
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: sealed.length - 2 }),
      fc.constantFrom("A", "B", "d", "e", "0", "9", "-", "_"),
      async (at, character) => {
        fc.pre(sealed[at] !== character);
        const changed = sealed.slice(0, at) + character + sealed.slice(at + 1);
        expect(await sealer.open("session", changed)).toBeNull();
      },
    ),
    { numRuns: 100 },
  );
});

test("opens nothing that was sealed for another purpose or with another secret", async () => {
  const sealed = await sealer.seal("form", session);
  expect(await sealer.open("session", sealed)).toBeNull();
  expect(await createSealer(randomBytes(32).toString("hex")).open("form", sealed)).toBeNull();
});

test("opens no nonsense", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      expect(await sealer.open("session", text)).toBeNull();
    }),
    { numRuns: 50 },
  );
});

test("shows no token in a sealed session", async () => {
  const sealed = await sealer.seal("session", session);
  expect(atob(sealed.replaceAll("-", "+").replaceAll("_", "/"))).not.toContain("ghu_secret");
});

test("ends a session after eight hours, not before", async () => {
  const sealed = await sealer.seal("session", session);
  const end = 1_000 + SESSION_LIFE_MS;
  expect(await openSession(sealer, sealed, end - 1)).toEqual(session);
  expect(await openSession(sealer, sealed, end)).toBeNull();
  expect(await openSession(sealer, null, 0)).toBeNull();
  expect(await openSession(sealer, await sealer.seal("session", { token: 1 }), 0)).toBeNull();
});

test("takes a token that is about to end for one that is over", () => {
  expect(isTokenOver(session, 5_000_000 - 60_001)).toBe(false);
  expect(isTokenOver(session, 5_000_000 - 60_000)).toBe(true);
  expect(isTokenOver({ ...session, tokenEndsAt: null }, 1e15)).toBe(false);
});

test("binds the cookie to the host over https, and to http and same-site everywhere", () => {
  const https = writeCookie(new URL("https://relay.example/x"), "session", "v", 60.5);
  expect(https).toBe("__Host-mr-session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
  const local = writeCookie(new URL("http://localhost:8787/"), "session", "v", 60);
  expect(local).toBe("mr-session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
});

function sessionCookie(origin: string, cookie: string): string | null {
  return readCookie(new Request(`${origin}/`, { headers: { cookie } }), "session");
}

test("reads no cookie without the prefix over https", () => {
  expect(sessionCookie("https://relay.example", "a=b; __Host-mr-session=v.x")).toBe("v.x");
  expect(sessionCookie("https://relay.example", "mr-session=v")).toBeNull();
  expect(sessionCookie("http://127.0.0.1", "xmr-session=w; mr-session=v")).toBe("v");
});

function may(url: string): boolean {
  return isPrivateOrigin(new URL(url));
}

test("signs in over https and on this machine only", () => {
  expect(
    ["https://a.b", "http://localhost:1", "http://127.0.0.1", "http://[::1]:3"].map(may),
  ).toEqual([true, true, true, true]);
  expect(["http://relay.example", "http://localhost.evil"].map(may)).toEqual([false, false]);
});

test.each([
  ["/repos/a/b?x=1", "/repos/a/b?x=1"],
  ["/a#part", "/a"],
  [null, "/"],
  ["", "/"],
  ["https://evil.example/", "/"],
  ["//evil.example/", "/"],
  ["/\\evil.example/", "/"],
  ["/\t/evil.example", "/"],
  ["/a/..//evil.example", "/"],
  ["/.//evil.example", "/"],
  ["javascript:alert(1)", "/"],
  ["\\\\evil.example", "/"],
])("leads from a sign-in to %j by way of %j", (to, expected) => {
  expect(localPath(to)).toBe(expected);
});

test("never leads to another origin, whatever is asked", () => {
  const part = fc.constantFrom(
    "/",
    "\\",
    "\t",
    "\n",
    ".",
    "..",
    "@",
    ":",
    "%2f",
    "evil.example",
    "?",
    "#",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), fc.string(), (parts, tail) => {
      const path = localPath(`/${parts.join("")}${tail}`);
      expect(new URL(path, "https://relay.example").origin).toBe("https://relay.example");
      expect(path).toMatch(/^\/(?![/\\])/);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  [{ origin: "https://relay.example" }, true],
  [{ "sec-fetch-site": "same-origin" }, true],
  [{ origin: "https://relay.example", "sec-fetch-site": "same-origin" }, true],
  [{}, false],
  [{ origin: "null" }, false],
  [{ origin: "https://evil.example" }, false],
  [{ origin: "http://relay.example" }, false],
  [{ origin: "https://relay.example", "sec-fetch-site": "same-site" }, false],
  [{ "sec-fetch-site": "none" }, false],
])("judges the headers %j of a form: %s", (headers, expected) => {
  const request = new Request("https://relay.example/x", { method: "POST", headers });
  expect(isFromOurPage(request)).toBe(expected);
});
