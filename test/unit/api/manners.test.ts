/** What every request is held to: methods, sizes, kinds of body, how many there may be. */
import { describe, expect, test } from "vitest";
import { ENDPOINTS } from "../../../src/http/endpoints.ts";
import { openRoom } from "./support/api-room.ts";

test("another method is told which ones there are", async () => {
  const { ask } = await openRoom();
  for (const { path } of ENDPOINTS) {
    const methods = ENDPOINTS.filter((one) => one.path === path).map(({ method }) => method);
    const real = path
      .replace(":owner/:name", "acme/app")
      .replace(":number", "1")
      .replace(":id", "x");
    for (const method of ["OPTIONS", "DELETE", "PUT", "PATCH"]) {
      const { status, headers } = await ask(real, { method });
      expect([real, status]).toEqual([real, 405]);
      for (const allowed of methods) expect(headers.get("allow")).toContain(allowed);
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  }
});

test("every answer carries the headers that keep a browser from using it", async () => {
  const { ask, askApp } = await openRoom();
  for (const { headers } of [
    await askApp("/status"),
    await ask("/api/v1/nothing"),
    await ask("/healthz", { token: null }),
    await askApp("/status", { token: null }),
  ]) {
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(headers.get("cache-control")).toBe("no-store");
  }
});

test("no answer sends the caller anywhere", async () => {
  const { ask } = await openRoom();
  for (const path of [
    "//evil.test",
    "/api/v1//evil.test",
    "/?next=https://evil.test",
    "/api/v1/",
  ]) {
    for (const token of [undefined, null]) {
      const { headers, status } = await ask(path, {
        ...(token === undefined ? {} : { token }),
        method: "POST",
      });
      expect(headers.get("location")).toBeNull();
      expect(status).toBeGreaterThanOrEqual(400);
    }
  }
});

describe("a body", () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };

  test("of another kind is refused, and a form from another site has no token at all", async () => {
    const { askApp, asked } = await openRoom();
    const typed = await askApp("/dispatches", { raw: "pull_request=7", headers: form });
    expect(typed.status).toBe(415);
    const plain = { "content-type": "text/plain" };
    expect((await askApp("/pause", { raw: "{}", headers: plain })).status).toBe(415);
    const crossSite = { ...form, cookie: "session=1", origin: "https://evil.test" };
    const forged = await askApp("/pause", { raw: "reason=x", headers: crossSite, token: null });
    expect(forged.status).toBe(401);
    expect(asked).toEqual([]);
  });

  test("that is a list is no request, not even an empty one where nothing is required", async () => {
    const { askApp, asked } = await openRoom();
    for (const path of ["/pause", "/resume", "/replay", "/dispatches"]) {
      for (const raw of ["[]", '[{"reason":"x"}]']) {
        const { status, body } = await askApp(path, { raw });
        expect([path, status, body.errors]).toEqual([
          path,
          400,
          [{ field: "body", message: "must be an object" }],
        ]);
      }
    }
    expect(asked).toEqual([]);
  });

  test("that is too long is not kept, and one that is not JSON is named", async () => {
    const { askApp, asked } = await openRoom();
    const huge = JSON.stringify({ tag: "v1", reason: "x".repeat(1_000_000) });
    expect((await askApp("/dispatches", { raw: huge })).status).toBe(413);
    const broken = await askApp("/dispatches", { raw: '{"tag":' });
    expect([broken.status, broken.body.errors]).toEqual([
      400,
      [{ field: "body", message: "is not JSON" }],
    ]);
    expect(asked).toEqual([]);
  });

  test("with a prototype in it is a body with an unknown field", async () => {
    const { askApp } = await openRoom();
    const { status, body } = await askApp("/dispatches", { raw: '{"tag":"v1","__proto__":{}}' });
    expect([status, body.errors?.[0]?.field]).toEqual([400, "__proto__"]);
  });
});

function counting(most: number) {
  const keys = new Map<string, number>();
  const limit = async ({ key }: { key: string }) => {
    keys.set(key, (keys.get(key) ?? 0) + 1);
    return { success: (keys.get(key) ?? 0) <= most };
  };
  return { keys, limit };
}

describe("the rate limit", () => {
  test("counts one caller by the token, which it does not keep", async () => {
    const limiter = counting(3);
    const { askApp, maintainer, world } = await openRoom({ limiter });
    for (let time = 0; time < 3; time++) expect((await askApp("/status")).status).toBe(200);
    const over = await askApp("/status");
    expect([over.status, over.body.code]).toEqual([429, "too-many-requests"]);
    expect(over.headers.get("retry-after")).toBe("60");
    expect((await askApp("/status", { token: world.classicToken("ada") })).status).toBe(200);
    expect([...limiter.keys.keys()].join(" ")).not.toContain(maintainer);
  });

  test("counts made-up tokens by the address, before GitHub is asked about them", async () => {
    const limiter = counting(3);
    const { askApp, seen } = await openRoom({ limiter });
    const headers = { "cf-connecting-ip": "2001:db8:1:2::9" };
    const statuses: number[] = [];
    for (let time = 0; time < 6; time++) {
      const token = `gho_made-up-${time}`;
      const address = { "cf-connecting-ip": `2001:db8:1:2::${time}` };
      statuses.push((await askApp("/status", { token, headers: address })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429, 429]);
    expect(seen().filter((one) => one === "GET /user")).toHaveLength(3);
    expect((await askApp("/status", { token: null, headers })).status).toBe(429);
    const elsewhere = { "cf-connecting-ip": "192.0.2.1" };
    expect((await askApp("/status", { token: null, headers: elsewhere })).status).toBe(401);
  });

  test("that does not answer stops nobody", async () => {
    const limiter = { limit: () => Promise.reject(new Error("away")) };
    const { askApp } = await openRoom({ limiter });
    expect((await askApp("/status")).status).toBe(200);
  });
});
