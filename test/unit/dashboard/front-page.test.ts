/** Where the dashboard lies in the whole app, and what is there when it is off. */
import { expect, test } from "vitest";
import { createApp } from "../../../src/http/app.ts";
import { openDashboard } from "./support/room.ts";

const LOG = { info: () => {}, warn: () => {}, error: () => {} };

function appWith(dashboard: ((request: Request) => Promise<Response>) | null) {
  return createApp<Record<string, string>>({
    settings: () => ({
      kind: "misconfigured",
      problems: [{ setting: "GITHUB_APP_ID", message: "is not set" }],
    }),
    identity: () => ({}) as never,
    ledger: () => ({}) as never,
    index: () => ({}) as never,
    limiter: () => null,
    dashboard: () => dashboard,
    log: LOG,
  });
}

test("gives pages their own headers, under which browsers name the origin of a form", async () => {
  const app = appWith((request) => openDashboard().send(new URL(request.url).pathname));
  const response = await app.request("https://relay.example/", {}, {});
  expect(response.headers.get("content-type")).toContain("text/html");
  expect(response.headers.get("referrer-policy")).toBe("same-origin");
  expect(response.headers.get("content-security-policy")).toContain("style-src 'self'");
});

test("says of a relay that is misconfigured what is wrong, and not that pages are off", async () => {
  const response = await appWith(null).request("https://relay.example/", {}, {});
  expect(response.status).toBe(500);
  expect(await response.text()).toContain("GITHUB_APP_ID is not set");
});
