/** Every page in a real browser, over plain data: axe, the content policy, small windows, dark. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exampleId } from "../../unit/dashboard/support/fake-ports.ts";
import { openDashboard } from "../../unit/dashboard/support/room.ts";
import { serve } from "../../unit/dashboard/support/serve.ts";
import { audit } from "./support/audit.ts";
import { findBrowser, openPage, startBrowser } from "./support/browser.ts";

const path = findBrowser();
const dispatch = (letter: string, rest = "") =>
  `/repos/acme/app/dispatches/${exampleId(letter)}${rest}`;

type World = ReturnType<typeof openDashboard>["world"];
const PAGES: readonly [string, string, (world: World) => unknown][] = [
  ["repositories", "/", () => null],
  ["no repositories", "/", (world) => (world.repositories = [])],
  ["repositories without the index", "/", (world) => (world.index = "unavailable")],
  ["dispatches", "/dispatches", () => null],
  ["dispatches that nothing fits", "/dispatches?state=held&person=x", () => null],
  ["dispatches without the index", "/dispatches", (world) => (world.index = "unavailable")],
  ["a repository", "/repos/acme/app", () => null],
  ["a paused repository", "/repos/acme/app", (world) => (world.paused = true)],
  ["an empty repository", "/repos/acme/app", (world) => (world.dispatches = [])],
  ["a running dispatch", dispatch("d"), () => null],
  ["a published dispatch", dispatch("c"), () => null],
  ["a failed dispatch", dispatch("b"), () => null],
  ["a rejected dispatch", dispatch("a"), () => null],
  ["an explanation", "/repos/acme/app/explain?pull_request=44", () => null],
  ["a number that is none", "/repos/acme/app/explain?pull_request=x", () => null],
  ["the form", "/repos/acme/app/publish", () => null],
  ["the form with errors", "/repos/acme/app/publish/review?kind=commit&sha=x", () => null],
  ["the review", "/repos/acme/app/publish/review?kind=pull&pull_request=42", () => null],
  [
    "a review that says no",
    "/repos/acme/app/publish/review?kind=pull&pull_request=42",
    (world) => (world.verdict = "rejected"),
  ],
  ["publishing again", dispatch("b", "/replay"), () => null],
  ["the filter of many", "/repos/acme/app/replay", () => null],
  ["the filter of many with errors", "/repos/acme/app/replay/review?asked=yes&since=x", () => null],
  ["the review of many", "/repos/acme/app/replay/review?asked=yes&states=failed", () => null],
  ["a review of none", "/repos/acme/app/replay/review?asked=yes&states=skipped", () => null],
  ["cancelling", dispatch("d", "/cancel"), () => null],
  ["pausing", "/repos/acme/app/pause", () => null],
  ["resuming", "/repos/acme/app/resume", (world) => (world.paused = true)],
  ["a stranger's view", "/repos/acme/app", (world) => (world.standing = "stranger")],
  ["a view without the role", "/repos/acme/app", (world) => (world.standing = "role-missing")],
  ["a token too narrow", "/repos/acme/app", (world) => (world.standing = "token-too-narrow")],
  ["GitHub away", "/", (world) => (world.visible = "later")],
  ["signed out", "/", (world) => (world.visible = "nobody")],
];

describe.skipIf(path === null)("in a browser", () => {
  const dashboard = openDashboard("http://127.0.0.1", Date.now());
  const fresh = { ...dashboard.world };
  let browser: Browser;
  let site: Awaited<ReturnType<typeof serve>>;
  let cookie: { name: string; value: string; url: string };

  beforeAll(async () => {
    browser = await startBrowser(path ?? "");
    site = await serve(({ url, headers }) => {
      const { pathname, search } = new URL(url);
      return dashboard.send(pathname + search, { headers });
    });
    const [name = "", value = ""] = (await dashboard.signIn()).split("=", 2);
    cookie = { name, value, url: site.url };
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 360],
  ] as const)(
    "axe, the policy and the console find nothing in %s at %i pixels",
    async (colorScheme, width) => {
      const viewport = { width, height: 800 };
      const { page, complaints } = await openPage(browser, { colorScheme, viewport });
      const found: string[] = [];
      for (const [name, at, turn] of PAGES) {
        Object.assign(dashboard.world, fresh);
        turn(dashboard.world);
        await page.context().addCookies([cookie]);
        await page.goto(site.url + at);
        for (const one of await audit(page)) found.push(`${name}: ${one}`);
      }
      expect(found).toEqual([]);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    180_000,
  );

  test("tells a change of state while it is watched, and keeps the focus", async () => {
    Object.assign(dashboard.world, fresh);
    const { page, complaints } = await openPage(browser);
    await page.context().addCookies([cookie]);
    await page.goto(site.url + dispatch("d"));
    const rules = page.getByRole("link", { name: /What the rules say today/ });
    await rules.focus();
    dashboard.world.dispatches = fresh.dispatches.map((one) => ({ ...one, state: "succeeded" }));
    await page.getByText("The dispatch is now succeeded.").waitFor();
    await page.getByRole("link", { name: "Publish again…" }).waitFor();
    expect(await rules.evaluate((link) => link.matches(":focus"))).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("tells times as distances and keeps the exact ones", async () => {
    Object.assign(dashboard.world, fresh);
    const { page } = await openPage(browser);
    await page.context().addCookies([cookie]);
    await page.goto(`${site.url}/repos/acme/app`);
    const time = page.locator("time").first();
    await expect.poll(() => time.textContent()).toMatch(/ago$/);
    expect(await time.getAttribute("title")).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
    await page.context().close();
  });
});
