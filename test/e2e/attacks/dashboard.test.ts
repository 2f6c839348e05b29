/** What an attacker does to the dashboard of the built Worker. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Place } from "../support/place.ts";
import { type Rig, startRig } from "../support/relay.ts";
import { type Browser, formTokenOf, openBrowser, openSettings, signIn } from "./browser.ts";

let rig: Rig;

beforeAll(async () => {
  rig = await startRig(openSettings);
});
afterAll(() => rig.close());

/** A repository with a finished dispatch, and the browser of its maintainer. */
async function scene(login = "mia", parts: Parameters<Rig["place"]>[0] = {}) {
  const place = rig.place(parts);
  rig.simulator.world.addUser(login);
  rig.simulator.world.setPermission(login, place.id, "maintain");
  place.merge();
  const [{ id } = { id: "" }] = await place.settled();
  const browser = openBrowser(rig.relay.url);
  await signIn(rig, browser, login);
  const at = `/repos/${place.fullName}`;
  const token = formTokenOf((await browser.go(at)).text);
  return { place, id, browser, at, token };
}

const isPaused = async (place: Place): Promise<boolean> =>
  (await rig.relay.query(place.id, "SELECT value FROM meta WHERE key = 'paused'")).length > 0;

const FORMS: readonly (readonly [string, (at: string, id: string) => string])[] = [
  ["publish", (at) => `${at}/publish`],
  ["publish many again", (at) => `${at}/replay`],
  ["publish again", (at, id) => `${at}/dispatches/${id}/replay`],
  ["cancel", (at, id) => `${at}/dispatches/${id}/cancel`],
  ["pause", (at) => `${at}/pause`],
  ["resume", (at) => `${at}/resume`],
  ["sign out", () => "/auth/logout"],
];

/** What a form of another site, or a stolen one, looks like. */
const FORGERIES: readonly (readonly [string, Record<string, string>, string | null])[] = [
  ["another site's Origin", { origin: "https://evil.example" }, null],
  ["a sandboxed frame's Origin", { origin: "null" }, null],
  ["this host over another scheme", { origin: "https://127.0.0.1" }, null],
  ["a cross-site fetch", { "sec-fetch-site": "cross-site" }, null],
  ["a same-site fetch", { "sec-fetch-site": "same-site" }, null],
  ["an address typed in", { "sec-fetch-site": "none" }, null],
  ["a simple request's type", { "content-type": "text/plain" }, null],
  ["a file's type", { "content-type": "multipart/form-data; boundary=x" }, null],
  ["no token", {}, ""],
  ["a made-up token", {}, "A".repeat(80)],
];

describe.each(FORMS)("the form to %s", (_name, pathOf) => {
  test("is refused from anywhere but a page of this session", async () => {
    const { place, id, browser, at, token } = await scene();
    const stranger = await scene("somebody-else");
    const fields = { kind: "pull", pull_request: "1", states: "failed", key: "k".repeat(32), id };
    const path = pathOf(at, id);
    const before = [await isPaused(place), place.dispatches().length, browser.jar.size];
    for (const [name, headers, other] of FORGERIES) {
      const answer = await browser.post(path, { ...fields, form_token: other ?? token }, headers);
      expect([name, answer.status]).toEqual([name, 403]);
    }
    const bare = await browser.go(path, {
      method: "POST",
      body: new URLSearchParams({ ...fields, form_token: token }).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(bare.status).toBe(403);
    const foreign = await browser.post(path, { ...fields, form_token: stranger.token });
    expect(foreign.status).toBe(403);
    const after = [await isPaused(place), place.dispatches().length, browser.jar.size];
    expect(after).toEqual(before);
  });
});

test("a form of the session before this one is refused, and so is one of nobody", async () => {
  const { place, browser, at, token } = await scene();
  await browser.post("/auth/logout", { form_token: token });
  expect(browser.jar.size).toBe(0);
  expect((await browser.post(`${at}/pause`, { form_token: token })).status).toBe(401);
  await signIn(rig, browser, "mia");
  expect((await browser.post(`${at}/pause`, { form_token: token })).status).toBe(403);
  expect(await isPaused(place)).toBe(false);
});

test("a cookie that the attacker set before the sign-in is no session after it", async () => {
  const attacker = await scene("eve");
  const fixed = attacker.browser.jar.get("mr-session") ?? "";
  const { place } = await scene("mia");
  const victim = openBrowser(rig.relay.url);
  victim.jar.set("mr-session", fixed);
  await signIn(rig, victim, "mia", `/repos/${place.fullName}`);
  expect(victim.jar.get("mr-session")).not.toBe(fixed);
  expect((await victim.go("/")).text).toContain("mia");
  // And what the attacker kept is worth what it was: their own eyes.
  expect((await attacker.browser.go(`/repos/${place.fullName}/pause`)).status).toBe(403);
});

test.each([
  "https://evil.example/",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/%09/evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/%2fevil.example/..//evil.example",
  "/.//evil.example",
  "/%5cevil.example",
  "/@evil.example",
  "javascript:alert(1)",
  "data:text/html,x",
  "/x\r\nset-cookie: mr-session=evil",
  "/x%0d%0aset-cookie: mr-session=evil",
  "/auth/login?to=//evil.example",
])("a sign-in on the way to %j ends on this very origin", async (to) => {
  const browser = openBrowser(rig.relay.url);
  const answer = await signIn(rig, browser, "mia", to);
  expect(answer.status).toBe(303);
  const location = answer.headers.get("location") ?? "";
  expect(location).toMatch(/^\/(?![/\\])/);
  expect(new URL(location, rig.relay.url).origin).toBe(rig.relay.url);
  expect(answer.headers.getSetCookie().join(" ")).not.toContain("evil");
});

describe("GitHub's answer to a sign-in", () => {
  test("counts once", async () => {
    rig.simulator.world.signIn("mia");
    const browser = openBrowser(rig.relay.url);
    const { back } = await browser.askGitHub();
    const login = browser.jar.get("mr-login") ?? "";
    const at = back.pathname + back.search;
    expect((await browser.go(at)).status).toBe(303);
    expect((await browser.go(at)).status).toBe(400);
    // Even with the cookie of the way in put back, the code is used up.
    browser.jar.set("mr-login", login);
    expect((await browser.go(at)).status).toBe(400);
  });

  test("signs in nobody but the browser that asked", async () => {
    rig.simulator.world.signIn("eve");
    const attacker = openBrowser(rig.relay.url);
    const { authorize, back } = await attacker.askGitHub();
    const victim = openBrowser(rig.relay.url);
    expect((await victim.go(back.pathname + back.search)).status).toBe(400);
    await victim.go("/auth/login");
    expect((await victim.go(back.pathname + back.search)).status).toBe(400);
    expect(victim.jar.has("mr-session")).toBe(false);
    expect(authorize.searchParams.get("code_challenge_method")).toBe("S256");
    expect(authorize.searchParams.get("state")).toMatch(/^[\w-]{32}$/);
  });

  test("with a code that was stolen on its way is worth nothing to the thief", async () => {
    rig.simulator.world.signIn("mia");
    const victim = await openBrowser(rig.relay.url).askGitHub();
    const thief = openBrowser(rig.relay.url);
    const own = await thief.askGitHub();
    const state = own.authorize.searchParams.get("state") ?? "";
    const code = victim.back.searchParams.get("code") ?? "";
    const query = new URLSearchParams({ code, state }).toString();
    expect((await thief.go(`/auth/callback?${query}`)).status).toBe(400);
    expect(thief.jar.has("mr-session")).toBe(false);
  });

  test("repeats nothing of itself on the page", async () => {
    const browser = openBrowser(rig.relay.url);
    const { authorize } = await browser.askGitHub();
    const state = authorize.searchParams.get("state") ?? "";
    const evil = "<img src=x onerror=alert(1)>";
    for (const one of [
      { error: evil, error_description: evil, error_uri: "javascript:alert(1)", state },
      { code: evil, state },
      { code: "c", state: evil },
    ]) {
      const { status, text } = await browser.go(
        `/auth/callback?${new URLSearchParams(one).toString()}`,
      );
      expect(status).toBe(400);
      expect(text).not.toMatch(/onerror|javascript:/);
    }
  });
});

async function everyPage(browser: Browser, at: string, id: string) {
  const paths = ["/", "/dispatches", at, `${at}/dispatches/${id}`, `${at}/explain?pull_request=1`];
  for (const rest of ["publish", "publish/review?kind=pull&pull_request=1", "replay", "pause"]) {
    paths.push(`${at}/${rest}`);
  }
  paths.push(`${at}/dispatches/${id}/replay`, `${at}/replay/review?asked=yes&states=skipped`);
  return Promise.all(paths.map(async (path) => ({ path, ...(await browser.go(path)) })));
}

test("names of branches, labels and reasons become text, whatever they spell", async () => {
  const { world } = rig.simulator;
  const evil = `x"><img/src=x/onerror=alert(1)>'`;
  const { place, browser, at } = await scene();
  const { number } = world.openPullRequest({
    repo: place.id,
    user: "stranger",
    title: evil,
    labels: [evil],
    headBranch: `f/${evil}`,
  });
  world.mergePullRequest(place.id, number);
  const [, second] = await place.settled(2);
  const reason = encodeURIComponent(evil);
  const pages = [
    ...(await everyPage(browser, at, second?.id ?? "")),
    { path: "reason", ...(await browser.go(`${at}/publish/review?kind=tag&tag=${reason}`)) },
    { path: "route", ...(await browser.go(`${at}/publish?route=${reason}&reason=${reason}`)) },
    { path: "filter", ...(await browser.go(`/dispatches?person=${reason}&repository=${reason}`)) },
    { path: "many", ...(await browser.go(`${at}/replay?route=${reason}&reason=${reason}`)) },
  ];
  for (const { path, status, text, headers } of pages) {
    expect([path, status < 500]).toEqual([path, true]);
    // Not `x">` alone: a form's token may end with an x.
    expect(text).not.toMatch(/<img\/src|x"><img/i);
    expect(headers.get("content-security-policy")).not.toContain("unsafe");
  }
});

const headingOf = (html: string) => /<h1>.*?<\/h1>/.exec(html)?.[0];

test("a private repository is not there for others, by its own path or through another's", async () => {
  const secret = await scene("owner-of-secrets");
  const repository = rig.simulator.world.state.repositories.get(secret.place.id);
  if (repository) repository.private = true;
  const { browser, at, token } = await scene("mia");
  const nowhere = (await browser.go("/repos/no/such")).text;
  for (const base of [secret.at, at]) {
    for (const rest of ["", "/replay", "/cancel"]) {
      const path = `${base}/dispatches/${secret.id}${rest}`;
      const answer = await browser.go(path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.text.replaceAll(token, "")).not.toContain(secret.place.name + "/dispatches");
      if (rest === "") continue;
      const form = { form_token: token, key: "k".repeat(32) };
      expect((await browser.post(path, form)).status).toBe(404);
    }
  }
  expect(headingOf((await browser.go(secret.at)).text)).toBe(headingOf(nowhere));
  expect(secret.place.dispatches()).toHaveLength(1);
});

test("no page is kept by a cache, framed, or guessed as another type", async () => {
  const { browser, at, id } = await scene();
  const signedOut = openBrowser(rig.relay.url);
  for (const one of [
    ...(await everyPage(browser, at, id)),
    ...(await everyPage(signedOut, at, id)),
    { path: "callback", ...(await signedOut.go("/auth/callback?code=x&state=y")) },
    { path: "login", ...(await signedOut.go("/auth/login")) },
  ]) {
    expect([one.path, one.headers.get("cache-control")]).toEqual([one.path, "no-store"]);
    expect(one.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(one.headers.get("x-content-type-options")).toBe("nosniff");
  }
});

test("odd methods, paths and cookies are answered, and nothing of them is repeated", async () => {
  const { browser, at, id } = await scene();
  const evil = "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E";
  for (const path of [
    `/repos/${evil}/${evil}`,
    `/repos/a/b/dispatches/${evil}`,
    `/auth/${evil}`,
    `/assets/${evil}`,
    `/assets/..%2f..%2fworker.js`,
    "/repos/%00/%0d%0ax",
    "/repos/%ff/%ff",
    `${at}/dispatches/__proto__`,
    `${at}/dispatches/constructor/replay`,
    `${at}?before=${"x".repeat(5_000)}`,
    `${at}/explain?pull_request=1&pull_request=2`,
    `/dispatches?before=999999999999999.x&since=9999-99-99&state=__proto__`,
  ]) {
    const { status, text } = await browser.go(path);
    expect([path, status < 500, /onerror=alert|<img src=x/.test(text)]).toEqual([
      path,
      true,
      false,
    ]);
  }
  for (const method of ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"]) {
    for (const path of ["/", at, `${at}/pause`, "/auth/login", "/auth/logout"]) {
      const { status } = await browser.go(path, { method });
      expect([method, path, status < 500]).toEqual([method, path, true]);
    }
  }
  const headers = { cookie: `mr-session=${"A".repeat(4_000)}; mr-session=%00; mr-login={}` };
  expect((await browser.go(`${at}/dispatches/${id}`, { headers })).status).toBe(401);
});
