/** Signing in and out: GitHub's web flow with state and PKCE, both kept in a sealed cookie. */
import * as v from "valibot";
import { MESSAGES } from "../messages.tsx";
import { respondPage, respondRedirect } from "../respond.ts";
import { isPrivateOrigin, readCookie, writeCookie } from "./cookies.ts";
import type { GitHubSignIn, Grant } from "./github-sign-in.ts";
import { localPath } from "./local-path.ts";
import { digestText, drawToken, type Sealer } from "./seal.ts";
import { beginSession, SESSION_LIFE_MS } from "./session.ts";

const LOGIN_LIFE_MS = 600_000;
const CALLBACK_PATH = "/auth/callback";

const loginSchema = v.object({
  state: v.string(),
  verifier: v.string(),
  to: v.string(),
  endsAt: v.number(),
});

export interface SignInDesk {
  readonly sealer: Sealer;
  readonly gitHub: GitHubSignIn;
  readonly now: () => number;
}

/** GET /auth/login?to=PATH: sends the browser to GitHub. */
export async function beginSignIn(desk: SignInDesk, request: Request): Promise<Response> {
  const url = new URL(request.url);
  if (!isPrivateOrigin(url)) return respondPage(url, MESSAGES.insecure(), null);
  const login = {
    state: drawToken(),
    verifier: drawToken(48),
    to: localPath(url.searchParams.get("to")),
    endsAt: desk.now() + LOGIN_LIFE_MS,
  };
  const to = desk.gitHub.authorizeUrl({
    redirectUri: url.origin + CALLBACK_PATH,
    state: login.state,
    challenge: await digestText(login.verifier),
  });
  const sealed = await desk.sealer.seal("login", login);
  return respondRedirect(url, to, [writeCookie(url, "login", sealed, LOGIN_LIFE_MS / 1_000)]);
}

/** GET /auth/callback: GitHub's answer, taken only from the browser that asked. */
export async function endSignIn(desk: SignInDesk, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const login = await openLogin(desk, request);
  const refuse = (text: string) =>
    respondPage(url, MESSAGES.signInFailed(text, login?.to ?? "/"), null);
  if (login === null || url.searchParams.get("state") !== login.state) {
    return refuse("This answer of GitHub belongs to no sign-in of this browser, or came too late.");
  }
  const code = url.searchParams.get("code");
  if (code === null) return refuse(refusalOf(url));
  const granted = await desk.gitHub.exchangeCode(code, url.origin + CALLBACK_PATH, login.verifier);
  if (granted.kind === "refused") return refuse("GitHub did not take the code that it gave.");
  const away = () => respondPage(url, MESSAGES.signInAway(login.to), null);
  if (granted.kind === "later") return away();
  const person = await desk.gitHub.whoIs(granted.grant.token);
  if (person.kind !== "person") return away();
  const cookie = await sessionCookie(desk, url, { grant: granted.grant, person });
  return respondRedirect(url, login.to, [writeCookie(url, "login", "", 0), cookie]);
}

/** GitHub's documented errors of the web flow, in words; nothing of the address is repeated. */
function refusalOf(url: URL): string {
  switch (url.searchParams.get("error")) {
    case "access_denied":
      return "GitHub was not given your consent.";
    case "redirect_uri_mismatch":
      return `The App at GitHub does not know this address. Its operator adds the callback URL ${url.origin}${CALLBACK_PATH} on the App's page.`;
    case "application_suspended":
      return "GitHub has suspended the App. Its operator sees why on the App's page.";
    default:
      return "GitHub ended the sign-in without a code.";
  }
}

async function openLogin(desk: SignInDesk, request: Request) {
  const value = readCookie(request, "login");
  const opened = value === null ? null : await desk.sealer.open("login", value);
  const parsed = v.safeParse(loginSchema, opened);
  return parsed.success && parsed.output.endsAt > desk.now() ? parsed.output : null;
}

async function sessionCookie(
  desk: SignInDesk,
  url: URL,
  signedIn: { grant: Grant; person: { id: number; login: string } },
): Promise<string> {
  const { id, login } = signedIn.person;
  const fresh = { nonce: drawToken(), now: desk.now() };
  const session = beginSession(signedIn.grant, { id, login }, fresh);
  const sealed = await desk.sealer.seal("session", session);
  return writeCookie(url, "session", sealed, SESSION_LIFE_MS / 1_000);
}
