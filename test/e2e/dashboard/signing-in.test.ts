/** Ways into the dashboard that go wrong, and sessions that outlive their token, in a real browser. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dashboardSettings, type Rig, startRig } from "../support/relay.ts";
import { audit } from "./support/audit.ts";
import { findBrowser, openPage, startBrowser } from "./support/browser.ts";

const path = findBrowser();

describe.skipIf(path === null)("signing in", () => {
  let browser: Browser;
  let rig: Rig;

  beforeAll(async () => {
    browser = await startBrowser(path ?? "");
    rig = await startRig(dashboardSettings);
  });
  afterAll(async () => {
    await rig.close();
    await browser.close();
  });

  /** A repository and its maintainer, at the browser and signed out. */
  async function scene() {
    const { world } = rig.simulator;
    const place = rig.place();
    const login = `person-of-${place.owner}`;
    world.addUser(login);
    world.setPermission(login, place.id, "maintain");
    world.signIn(login);
    world.consent(true);
    world.userTokensLive(28_800);
    const { page, complaints } = await openPage(browser);
    const at = `/repos/${place.fullName}`;
    const signIn = () => page.goto(`${rig.relay.url}/auth/login?to=${encodeURIComponent(at)}`);
    const cookie = async () => (await page.context().cookies(rig.relay.url))[0]?.value;
    return { world, place, page, complaints, at, signIn, cookie };
  }

  test("that was refused says so, and 'Try again' leads to where it was to lead", async () => {
    const { world, place, page, at, signIn, cookie } = await scene();
    world.consent(false);
    expect((await signIn())?.status()).toBe(400);
    expect(await page.locator("h1").textContent()).toBe("You are not signed in");
    expect(await page.locator("main").textContent()).toContain("consent");
    expect(await audit(page)).toEqual([]);
    world.consent(true);
    await page.getByRole("link", { name: "Try again" }).click();
    await page.waitForURL(`${rig.relay.url}${at}`);
    expect(await page.locator("h1").textContent()).toBe(place.fullName);
    expect(await cookie()).toBeDefined();
    await page.context().close();
  });

  test("lasts longer than the token: each page renews it, forms too", async () => {
    const { world, page, complaints, at, signIn, cookie } = await scene();
    // Within its margin such a token counts as over at once.
    world.userTokensLive(30);
    await signIn();
    const first = await cookie();
    expect((await page.goto(`${rig.relay.url}${at}/pause`))?.status()).toBe(200);
    const second = await cookie();
    await page.getByRole("button", { name: /^Pause/ }).click();
    await page.waitForURL(`${rig.relay.url}${at}`);
    expect(await page.getByRole("region", { name: "Paused" }).count()).toBe(1);
    expect(new Set([first, second, await cookie()]).size).toBe(3);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test("is asked for anew when a token is over and cannot be renewed, and never ends in a 500", async () => {
    const { world, page, at, signIn, cookie } = await scene();
    world.userTokensLive(30);
    await signIn();
    const old = await cookie();
    await page.reload();
    const [kept] = await page.context().cookies(rig.relay.url);
    // The refresh token in it has been used up by the reload.
    await page
      .context()
      .addCookies([{ name: kept?.name ?? "", value: old ?? "", url: rig.relay.url }]);
    for (const [to, status] of [
      [at, 401],
      ["/", 200],
      [`${at}/pause`, 401],
    ] as const) {
      expect((await page.goto(`${rig.relay.url}${to}`))?.status()).toBe(status);
      expect(await page.getByRole("link", { name: "Sign in with GitHub" }).count()).toBe(1);
    }
    await page.getByRole("link", { name: "Sign in with GitHub" }).click();
    await page.waitForURL(`${rig.relay.url}${at}/pause`);
    await page.context().close();
  });

  test("ends at once when the token is revoked at GitHub", async () => {
    const { world, place, page, at, signIn, cookie } = await scene();
    await signIn();
    world.revokeUserTokens(`person-of-${place.owner}`);
    expect((await page.goto(`${rig.relay.url}${at}/pause`))?.status()).toBe(401);
    expect(await cookie()).toBeUndefined();
    await page.context().close();
  });
});
