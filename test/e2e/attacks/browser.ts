/** A browser as an attacker has one: cookies, and every header as they like. */
import type { Simulator } from "../../../src/simulator/simulator.ts";
import { dashboardSettings, type Rig } from "../support/relay.ts";

/** Settings that open the dashboard, and let runs speak for themselves. */
export function openSettings(simulator: Simulator) {
  return { ...dashboardSettings(simulator), ACTIONS_OIDC_ISSUER: simulator.url };
}

export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export type Browser = ReturnType<typeof openBrowser>;

/** A jar of cookies before one relay; redirects are not followed. */
export function openBrowser(relayUrl: string) {
  const jar = new Map<string, string>();
  async function go(path: string, init: RequestInit = {}): Promise<Seen> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { cookie, ...(init.headers as Record<string, string>) };
    const response = await fetch(relayUrl + path, { redirect: "manual", ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    return { status: response.status, headers: response.headers, text: await response.text() };
  }
  return {
    jar,
    go,
    /** A form as a page of the relay sends it; headers given replace the browser's own. */
    post: (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      go(path, {
        method: "POST",
        body: new URLSearchParams(fields).toString(),
        headers: {
          origin: relayUrl,
          "sec-fetch-site": "same-origin",
          "content-type": "application/x-www-form-urlencoded",
          ...headers,
        },
      }),
    /** To GitHub and back with a code that was not used yet. */
    async askGitHub(to = "/"): Promise<{ authorize: URL; back: URL }> {
      const begun = await go(`/auth/login?to=${encodeURIComponent(to)}`);
      const authorize = new URL(begun.headers.get("location") ?? "");
      const agreed = await fetch(authorize, { redirect: "manual" });
      return { authorize, back: new URL(agreed.headers.get("location") ?? "") };
    },
  };
}

/** Signs that person in; the answer is the last redirect. */
export async function signIn(rig: Rig, browser: Browser, login: string, to = "/"): Promise<Seen> {
  rig.simulator.world.signIn(login);
  const { back } = await browser.askGitHub(to);
  return browser.go(back.pathname + back.search);
}

/** The token of a page's forms. */
export function formTokenOf(html: string): string {
  return /name="form_token" value="([^"]+)"/.exec(html)?.[1] ?? "";
}
