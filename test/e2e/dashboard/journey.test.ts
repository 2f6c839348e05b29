/**
 * A maintainer's way through the built Worker and the simulated GitHub: sign in, find a merge, read
 * why, publish again, watch it finish. By mouse, by keyboard alone, and without scripts.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dashboardSettings, type Rig, startRig } from "../support/relay.ts";
import { audit } from "./support/audit.ts";
import { findBrowser, openPage, startBrowser } from "./support/browser.ts";

const path = findBrowser();

/** Presses Tab until the focus is on that, and Enter on it. */
async function pressOn(page: Page, name: RegExp): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    const text = await page.evaluate<string>(
      "(document.activeElement.textContent || document.activeElement.name || '').trim()",
    );
    seen.push(text);
    if (!name.test(text)) continue;
    await Promise.all([page.waitForEvent("framenavigated"), page.keyboard.press("Enter")]);
    await page.waitForLoadState();
    return;
  }
  throw new Error(`Tab never came to ${String(name)}; it came to ${seen.join(" | ")}`);
}

/** Clicks a link or button by its name. */
async function clickOn(page: Page, name: RegExp): Promise<void> {
  const target = page.getByRole("link", { name }).or(page.getByRole("button", { name }));
  await target.first().click();
  await page.waitForLoadState();
}

describe.skipIf(path === null)("the dashboard", () => {
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

  /** A repository with one merge that was published, and its maintainer at the browser. */
  async function scene(role: "maintain" | "read" | null = "maintain") {
    const place = rig.place();
    const login = `person-of-${place.owner}`;
    rig.simulator.world.addUser(login);
    if (role !== null) rig.simulator.world.setPermission(login, place.id, role);
    rig.simulator.world.signIn(login);
    const { number, sha } = place.merge();
    await place.settled();
    return { place, number, sha, login };
  }

  const WAYS = [
    ["by mouse", clickOn, {}],
    ["by keyboard alone", pressOn, {}],
    ["without scripts", clickOn, { javaScriptEnabled: false }],
  ] as const;

  test.each(WAYS)("leads from a merge to its repetition %s", async (_way, follow, options) => {
    const { place, number, sha } = await scene();
    const { page, complaints } = await openPage(browser, options);
    await page.goto(`${rig.relay.url}/`);
    await follow(page, /Sign in with GitHub/);
    expect(await page.locator("h1").textContent()).toBe("Repositories");
    await follow(page, new RegExp(`^${place.fullName}$`));
    await follow(page, new RegExp(`^#${number}$`));
    expect(await page.locator("main").textContent()).toContain(`#${number} merged as ${sha}`);
    expect(await page.locator(".facts").textContent()).toContain("succeeded");

    await follow(page, /^Publish again/);
    expect(await page.locator("main").textContent()).toContain(sha);
    await follow(page, new RegExp(`^Publish ${sha.slice(0, 10)} again$`));
    const state = page.locator("[data-state]");
    await expect
      .poll(
        async () => {
          if ("javaScriptEnabled" in options) await page.reload();
          return state.getAttribute("data-state");
        },
        { timeout: 20_000 },
      )
      .toBe("succeeded");
    expect(await page.locator(".facts").textContent()).toContain("generation 2");
    expect(place.dispatches().map(({ inputs }) => inputs["sha"])).toEqual([sha, sha]);
    expect(complaints).toEqual([]);

    await follow(page, /^Sign out$/);
    expect(await page.locator("h1").textContent()).toContain("Every merge");
    await page.context().close();
  });

  test("publishes by hand what a review has named, and holds everything while it is paused", async () => {
    const { place, number, sha } = await scene();
    const { page, complaints } = await openPage(browser);
    await page.goto(`${rig.relay.url}/auth/login?to=/repos/${place.fullName}/publish`);
    await page.getByLabel("Number").fill(String(number));
    await page.getByLabel("Reason").fill("<script>alert(1)</script>");
    await clickOn(page, /^Review/);
    expect(await page.locator(".facts").textContent()).toContain(sha);
    await clickOn(page, new RegExp(`^Publish ${sha.slice(0, 10)}$`));
    await expect
      .poll(() => page.locator("[data-state]").getAttribute("data-state"), { timeout: 20_000 })
      .toBe("succeeded");
    expect(place.dispatches()).toHaveLength(2);

    await page.goto(`${rig.relay.url}/repos/${place.fullName}`);
    await clickOn(page, /^Pause…$/);
    await page.getByLabel("Reason").fill("maintenance");
    await clickOn(page, /^Pause org/);
    expect(await page.getByRole("region", { name: "Paused" }).textContent()).toContain(
      "maintenance",
    );
    expect(await audit(page)).toEqual([]);
    place.merge();
    await place.inState("held");
    await page.reload();
    expect(await page.getByRole("region", { name: "Paused" }).textContent()).toContain(
      "1 dispatch waits",
    );
    await clickOn(page, /^Resume…$/);
    await clickOn(page, /^Resume org/);
    await place.settled(3);
    expect(place.dispatches()).toHaveLength(3);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test.each([["by keyboard alone", pressOn, {}], WAYS[2]] as const)(
    "publishes all that failed again after a look at each commit %s",
    async (_way, follow, options) => {
      const { place } = await scene();
      rig.simulator.world.scriptRuns(place.id, [
        { conclusion: "failure" },
        { conclusion: "failure" },
      ]);
      const shas = [place.merge().sha, place.merge().sha];
      await place.settled(3);
      const { page, complaints } = await openPage(browser, options);
      await page.goto(`${rig.relay.url}/auth/login?to=/repos/${place.fullName}`);
      await follow(page, /^Publish many again/);
      await follow(page, /^Review/);
      const text = await page.locator("main").textContent();
      for (const sha of shas) expect(text).toContain(sha);
      expect(place.dispatches()).toHaveLength(3);
      await follow(page, /^Publish all 2 again$/);
      expect(await page.locator("h1").textContent()).toBe(place.fullName);
      const rows = await place.settled(5);
      const again = rows.filter(({ generation }) => generation === 2);
      expect(new Set(again.map(({ sha, state }) => `${sha} ${state}`))).toEqual(
        new Set(shas.map((sha) => `${sha} succeeded`)),
      );
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );

  test.each([
    [null, 404, "Not found"],
    ["read", 403, "Your role does not reach here"],
  ] as const)("shows a person with the role %s nothing", async (role, status, title) => {
    const { place } = await scene(role);
    const repository = rig.simulator.world.state.repositories.get(place.id);
    if (repository) repository.private = role === null;
    const [{ id } = { id: "" }] = await place.rows();
    const { page } = await openPage(browser);
    await page.goto(`${rig.relay.url}/auth/login?to=/dispatches`);
    expect(await page.locator("main").textContent()).not.toContain(place.fullName);
    for (const at of ["", `/dispatches/${id}`, `/dispatches/${id}/replay`, "/pause", "/publish"]) {
      const response = await page.goto(`${rig.relay.url}/repos/${place.fullName}${at}`);
      expect([at, response?.status()]).toEqual([at, status]);
      expect(await page.locator("h1").textContent()).toBe(title);
    }
    expect(place.dispatches()).toHaveLength(1);
    await page.context().close();
  });

  test("sends nothing for a form of another site, though the browser has the cookie", async () => {
    const { place } = await scene();
    const { page } = await openPage(browser);
    const pause = `${rig.relay.url}/repos/${place.fullName}/pause`;
    await page.goto(`${rig.relay.url}/auth/login?to=/repos/${place.fullName}/pause`);
    const token = await page.locator("main [name=form_token]").getAttribute("value");
    await page.goto(`${rig.simulator.url}/${place.fullName}/pull/1`);
    await page.setContent(
      `<form method="post" action="${pause}"><input name="form_token" value="${token}"><button>x</button></form>`,
    );
    const [response] = await Promise.all([
      page.waitForResponse(pause),
      page.getByRole("button").click(),
    ]);
    expect(response.status()).toBeGreaterThanOrEqual(400);
    await page.goto(`${rig.relay.url}/repos/${place.fullName}`);
    expect(await page.getByRole("region", { name: "Paused" }).count()).toBe(0);
    await page.context().close();
  });

  test("makes nothing of a session cookie that somebody has changed", async () => {
    const { place } = await scene();
    const { page } = await openPage(browser);
    const to = `${rig.relay.url}/repos/${place.fullName}`;
    await page.goto(`${rig.relay.url}/auth/login?to=/repos/${place.fullName}`);
    const [cookie] = await page.context().cookies(rig.relay.url);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
    const value = `${cookie?.value.slice(0, 40)}${cookie?.value[40] === "A" ? "B" : "A"}${cookie?.value.slice(41)}`;
    await page.context().addCookies([{ name: cookie?.name ?? "", value, url: rig.relay.url }]);
    expect((await page.goto(to))?.status()).toBe(401);
    await page.context().close();
  });
});
