import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { SESSION_LIFE_MS } from "../../../src/dashboard/session/session.ts";
import { formOf, openDashboard, setCookieOf } from "./support/room.ts";

type Dashboard = ReturnType<typeof openDashboard>;

/** Begins a sign-in: where GitHub is asked, and the cookie of the browser that asks. */
async function begin(dashboard: Dashboard, to = "/repos/acme/app") {
  const response = await dashboard.send(`/auth/login?to=${encodeURIComponent(to)}`);
  const cookie = setCookieOf(response, "mr-login") ?? "";
  return {
    response,
    gitHub: new URL(response.headers.get("location") ?? ""),
    cookie: cookie.split(";")[0] ?? "",
    attributes: cookie,
  };
}

function callback(dashboard: Dashboard, cookie: string, query: Record<string, string>) {
  const search = new URLSearchParams(query).toString();
  return dashboard.send(`/auth/callback?${search}`, { headers: { cookie } });
}

test("sends the browser to GitHub with state and challenge, and asks for no scope", async () => {
  const dashboard = openDashboard();
  const { response, gitHub, attributes } = await begin(dashboard);
  expect(response.status).toBe(303);
  expect(gitHub.origin + gitHub.pathname).toBe("https://github.example/login/oauth/authorize");
  expect(Object.fromEntries(gitHub.searchParams)).toEqual({
    client_id: "Iv1.abc",
    redirect_uri: "https://relay.example/auth/callback",
    state: expect.stringMatching(/^[\w-]{32}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: "S256",
  });
  expect(attributes).toMatch(/^__Host-mr-login=.*; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/);
});

test("makes a session of a code, proves the challenge, and leads back", async () => {
  const dashboard = openDashboard();
  const { gitHub, cookie } = await begin(dashboard);
  const state = gitHub.searchParams.get("state") ?? "";
  const response = await callback(dashboard, cookie, { code: "c0de", state });
  expect(response.headers.get("location")).toBe("/repos/acme/app");
  const [exchange, who] = dashboard.gitHub.asked;
  expect(exchange?.url).toBe("https://github.example/login/oauth/access_token");
  const form = Object.fromEntries(exchange?.form ?? []);
  expect(form).toMatchObject({ client_secret: "client secret", code: "c0de" });
  const digest = createHash("sha256")
    .update(form["code_verifier"] ?? "")
    .digest("base64url");
  expect(digest).toBe(gitHub.searchParams.get("code_challenge"));
  expect(who).toMatchObject({ authorization: "Bearer ghu_first" });
  expect(setCookieOf(response, "mr-session")).toMatch(
    /; Max-Age=28800; HttpOnly; SameSite=Lax; Secure$/,
  );
  expect(setCookieOf(response, "mr-login")).toContain("Max-Age=0");
  const session = setCookieOf(response, "mr-session")?.split(";")[0] ?? "";
  const page = await dashboard.send("/", { headers: { cookie: session } });
  expect(await page.text()).toContain("mona");
});

test("takes no answer of GitHub without the cookie, with another state, or late", async () => {
  const dashboard = openDashboard();
  const { gitHub, cookie } = await begin(dashboard);
  const state = gitHub.searchParams.get("state") ?? "";
  const attempts = [
    await callback(dashboard, "", { code: "c", state }),
    await callback(dashboard, cookie, { code: "c", state: `${state}x` }),
    await callback(dashboard, cookie, { code: "c" }),
    await callback(dashboard, (await begin(dashboard)).cookie, { code: "c", state }),
  ];
  dashboard.world.now += 600_001;
  attempts.push(await callback(dashboard, cookie, { code: "c", state }));
  for (const response of attempts) {
    expect(response.status).toBe(400);
    expect(response.headers.getSetCookie()).toEqual([]);
  }
  expect(dashboard.gitHub.asked).toEqual([]);
});

test("says so when the person refuses, when GitHub refuses, and when GitHub is away", async () => {
  const dashboard = openDashboard();
  const { gitHub, cookie } = await begin(dashboard);
  const state = gitHub.searchParams.get("state") ?? "";
  const denied = await callback(dashboard, cookie, { error: "access_denied", state });
  const deniedText = await denied.text();
  expect([denied.status, deniedText]).toEqual([400, expect.stringContaining("consent")]);
  // The way on leads to where the person wanted to go, and repeats nothing of GitHub's answer.
  expect(deniedText).toContain('href="/auth/login?to=%2Frepos%2Facme%2Fapp"');
  expect(deniedText).toContain("Try again");
  const mismatch = await callback(dashboard, cookie, {
    error: "redirect_uri_mismatch",
    error_description: "<b>evil</b>",
    state,
  });
  const mismatchText = await mismatch.text();
  expect(mismatchText).toContain("https://relay.example/auth/callback");
  expect(mismatchText).not.toContain("evil");
  dashboard.gitHub.token = { error: "bad_verification_code" };
  const refused = await callback(dashboard, cookie, { code: "c", state });
  expect(refused.status).toBe(400);
  dashboard.gitHub.token = null;
  const away = await callback(dashboard, cookie, { code: "c", state });
  expect([away.status, away.headers.get("retry-after")]).toEqual([503, "10"]);
});

test.each(["https://evil.example/", "//evil.example", "/\\evil.example"])(
  "leads home and not to %s after a sign-in",
  async (to) => {
    const dashboard = openDashboard();
    const { gitHub, cookie } = await begin(dashboard, to);
    const state = gitHub.searchParams.get("state") ?? "";
    const response = await callback(dashboard, cookie, { code: "c", state });
    expect(response.headers.get("location")).toBe("/");
  },
);

test("signs nobody in over http from elsewhere", async () => {
  const response = await openDashboard("http://relay.example").send("/auth/login");
  expect([response.status, response.headers.getSetCookie()]).toEqual([400, []]);
});

test("exchanges a token that is over, and keeps the end of the session", async () => {
  const dashboard = openDashboard();
  const cookie = await dashboard.signIn({
    tokenEndsAt: dashboard.world.now + 1_000,
    refreshToken: "ghr_one",
  });
  dashboard.gitHub.token = {
    access_token: "ghu_second",
    token_type: "bearer",
    expires_in: 28_800,
    refresh_token: "ghr_two",
  };
  dashboard.world.now += 3_600_000;
  const response = await dashboard.send("/", { headers: { cookie } });
  expect(response.status).toBe(200);
  expect(Object.fromEntries(dashboard.gitHub.asked[0]?.form ?? [])).toMatchObject({
    grant_type: "refresh_token",
    refresh_token: "ghr_one",
  });
  const renewed = setCookieOf(response, "mr-session") ?? "";
  expect(renewed).toContain(`Max-Age=${(SESSION_LIFE_MS - 3_600_000) / 1_000};`);
  const value = renewed.slice(renewed.indexOf("=") + 1, renewed.indexOf(";"));
  expect(await dashboard.sealer.open("session", value)).toMatchObject({
    token: "ghu_second",
    refreshToken: "ghr_two",
  });
});

test("takes a session whose token cannot be exchanged for none, and waits for a GitHub that is away", async () => {
  const dashboard = openDashboard();
  const over = { tokenEndsAt: dashboard.world.now };
  const without = await dashboard.signIn(over);
  expect((await dashboard.send("/dispatches", { headers: { cookie: without } })).status).toBe(401);
  const cookie = await dashboard.signIn({ ...over, refreshToken: "ghr_used" });
  dashboard.gitHub.token = { error: "bad_refresh_token" };
  expect((await dashboard.send("/dispatches", { headers: { cookie } })).status).toBe(401);
  dashboard.gitHub.token = null;
  expect((await dashboard.send("/dispatches", { headers: { cookie } })).status).toBe(503);
});

test("signs out only by a form of the session's own", async () => {
  const dashboard = openDashboard();
  const cookie = await dashboard.signIn();
  const forged = await dashboard.send("/auth/logout", formOf(dashboard.origin, cookie, {}));
  expect([forged.status, forged.headers.getSetCookie()]).toEqual([403, []]);
  const fields = { form_token: await dashboard.formToken() };
  const response = await dashboard.send("/auth/logout", formOf(dashboard.origin, cookie, fields));
  expect([response.status, response.headers.get("location")]).toEqual([303, "/"]);
  expect(setCookieOf(response, "mr-session")).toContain("Max-Age=0");
});

test.each([204, 422, 500, null])(
  "signing out ends the token at GitHub, which may answer %s",
  async (status) => {
    const dashboard = openDashboard();
    dashboard.gitHub.revoked = status;
    const cookie = await dashboard.signIn();
    const fields = { form_token: await dashboard.formToken() };
    const response = await dashboard.send("/auth/logout", formOf(dashboard.origin, cookie, fields));
    expect(setCookieOf(response, "mr-session")).toContain("Max-Age=0");
    expect(dashboard.gitHub.ended).toEqual(['{"access_token":"ghu_first"}']);
    const [asked] = dashboard.gitHub.asked;
    expect(asked?.url).toBe("https://api.github.example/applications/Iv1.abc/token");
    expect(asked?.authorization).toBe(`Basic ${btoa("Iv1.abc:client secret")}`);
    expect(dashboard.logged.join(" ")).not.toContain("ghu_first");
  },
);

test("nobody is signed out, and no token ended, by a form of another page", async () => {
  const dashboard = openDashboard();
  const cookie = await dashboard.signIn();
  await dashboard.send("/auth/logout", formOf(dashboard.origin, cookie, { form_token: "no" }));
  await dashboard.send("/auth/logout", formOf(dashboard.origin, "", {}));
  expect(dashboard.gitHub.ended).toEqual([]);
});

test("a second tab that still has the old cookie gets its page, though the refresh token is used up", async () => {
  const dashboard = openDashboard();
  const over = { tokenEndsAt: dashboard.world.now, refreshToken: "ghr_one" };
  const cookie = await dashboard.signIn(over);
  expect((await dashboard.send("/", { headers: { cookie } })).status).toBe(200);
  dashboard.gitHub.token = { error: "bad_refresh_token" };
  const second = await dashboard.send("/dispatches", { headers: { cookie } });
  expect([second.status, setCookieOf(second, "mr-session") !== null]).toEqual([200, true]);
  const form = formOf(dashboard.origin, cookie, { form_token: await dashboard.formToken() });
  expect((await dashboard.send("/repos/acme/app/pause", form)).status).toBe(303);
  expect(dashboard.gitHub.asked.filter(({ form: sent }) => sent !== null)).toHaveLength(1);
});

test("drops the session when GitHub no longer takes its token", async () => {
  const dashboard = openDashboard();
  dashboard.world.visible = "nobody";
  const cookie = await dashboard.signIn();
  const response = await dashboard.send("/", { headers: { cookie } });
  expect(setCookieOf(response, "mr-session")).toContain("Max-Age=0");
  expect(await response.text()).toContain("Sign in with GitHub");
});

test("a form sent with a session that cannot be renewed is told to sign in, and changes nothing", async () => {
  const dashboard = openDashboard();
  const over = { tokenEndsAt: dashboard.world.now, refreshToken: "ghr_used" };
  const cookie = await dashboard.signIn(over);
  dashboard.gitHub.token = { error: "bad_refresh_token" };
  const fields = { form_token: await dashboard.formToken() };
  const form = formOf(dashboard.origin, cookie, fields);
  const response = await dashboard.send("/repos/acme/app/pause", form);
  expect([response.status, dashboard.world.calls]).toEqual([401, []]);
});

test("counts pages by person and ways in by address, and asks GitHub nothing beyond the share", async () => {
  const dashboard = openDashboard();
  const cookie = await dashboard.signIn();
  const from = { "cf-connecting-ip": "2001:db8:1:2:3:4:5:6" };
  await dashboard.send("/", { headers: { cookie, ...from } });
  await dashboard.send("/", { headers: from });
  await dashboard.send("/auth/login", { headers: from });
  expect(dashboard.world.limited).toEqual([
    "page:person:7",
    "page:address:2001:db8:1:2",
    "sign-in:2001:db8:1:2",
  ]);
  const { gitHub, cookie: login } = await begin(dashboard);
  const state = gitHub.searchParams.get("state") ?? "";
  dashboard.world.isOver = true;
  const form = formOf(dashboard.origin, cookie, { form_token: await dashboard.formToken() });
  const answers = [
    await dashboard.send("/dispatches", { headers: { cookie } }),
    await dashboard.send("/repos/acme/app/pause", form),
    await dashboard.send("/auth/login"),
    await callback(dashboard, login, { code: "c0de", state }),
  ];
  for (const response of answers) {
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "60"]);
  }
  expect([dashboard.gitHub.asked, dashboard.world.calls]).toEqual([[], []]);
  // Whoever wants to leave may, and files cost nothing.
  expect((await dashboard.send("/auth/logout", form)).status).toBe(303);
});
