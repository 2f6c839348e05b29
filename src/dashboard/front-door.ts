/** Between a request and a page handler: the session, a token that is still good, a form of ours. */
import type { Viewer } from "./layout.tsx";
import { MESSAGES } from "./messages.tsx";
import type { DashboardOptions } from "./options.ts";
import { FORM_TOKEN_FIELD } from "./parts/form.tsx";
import { respondPage, respondRedirect } from "./respond.ts";
import { addressOf, isOver } from "../rate-limit.ts";
import { readCookie, writeCookie } from "./session/cookies.ts";
import type { Renew } from "./session/renewal.ts";
import { isFromOurPage } from "./session/same-origin.ts";
import { isTokenOver, openSession, type Session } from "./session/session.ts";
import type { SignInDesk } from "./session/sign-in-routes.ts";
import type { Handler, Page, PathParts, Shown } from "./shown.ts";

export interface FrontDoor extends SignInDesk {
  readonly options: DashboardOptions;
  readonly renew: Renew;
}

/** The longest form of ours, with room. */
const MAX_FORM_BYTES = 16_384;

type Passed =
  | {
      readonly kind: "passed";
      readonly session: Session;
      readonly form: URLSearchParams;
      /** A cookie to set again, since the token is another one now. */
      readonly cookies: readonly string[];
    }
  | { readonly kind: "stopped"; readonly page: Page };

/** Runs a page handler for somebody who is signed in; a POST only with a form of their session. */
export async function enter(
  door: FrontDoor,
  request: Request,
  route: { handler: Handler; parts: PathParts },
): Promise<Response> {
  const url = new URL(request.url);
  const passed = await pass(door, request, url);
  if (passed.kind === "stopped") return respondPage(url, passed.page, null);
  const { session, form } = passed;
  const formToken = await door.sealer.seal("form", session.nonce);
  const visit = { url, session, form, formToken, options: door.options };
  const shown = await route.handler(visit, route.parts);
  const response = respond(url, shown, { login: session.login, formToken });
  for (const cookie of passed.cookies) {
    if (shown.kind !== "signed-out") response.headers.append("set-cookie", cookie);
  }
  return response;
}

/** The way in and GitHub's answer: counted by where they come from, since nobody is known yet. */
export async function signInBounded(
  door: FrontDoor,
  request: Request,
  answer: (desk: SignInDesk, request: Request) => Promise<Response>,
): Promise<Response> {
  return (await isOver(door.options.ports.limiter, `sign-in:${addressOf(request)}`))
    ? respondPage(new URL(request.url), MESSAGES.tooMany("/"), null)
    : answer(door, request);
}

/** POST /auth/logout. The token ends at GitHub too, if GitHub answers in time; the session in any case. */
export async function leave(door: FrontDoor, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const session = await sessionOf(door, request);
  const form = session === null ? null : await readForm(door, request, session);
  if (session !== null && form === null) {
    return respondPage(url, MESSAGES.formRefused("/"), null);
  }
  if (session !== null) await revoke(door, session);
  return respondRedirect(url, "/", [writeCookie(url, "session", "", 0)]);
}

/** Beyond a person's share GitHub is not asked. */
async function revoke(door: FrontDoor, { id, token }: Session): Promise<void> {
  const { limiter } = door.options.ports;
  if (!(await isOver(limiter, `page:person:${id}`))) await door.gitHub.revoke(token);
}

function sessionOf(door: FrontDoor, request: Request): Promise<Session | null> {
  return openSession(door.sealer, readCookie(request, "session"), door.now());
}

async function pass(door: FrontDoor, request: Request, url: URL): Promise<Passed> {
  const isPost = request.method === "POST";
  // A form's address has no page of its own to come back to.
  const back = isPost ? "/" : url.pathname + url.search;
  const session = await sessionOf(door, request);
  const caller = session === null ? `address:${addressOf(request)}` : `person:${session.id}`;
  if (await isOver(door.options.ports.limiter, `page:${caller}`)) {
    return { kind: "stopped", page: MESSAGES.tooMany(back) };
  }
  const signedOut = MESSAGES.welcome(back, isPost ? 401 : undefined);
  if (session === null) return { kind: "stopped", page: signedOut };
  const form = isPost ? await readForm(door, request, session) : new URLSearchParams();
  if (form === null) return { kind: "stopped", page: MESSAGES.formRefused("/") };
  if (!isTokenOver(session, door.now())) return { kind: "passed", session, form, cookies: [] };
  const renewed = await door.renew(session);
  if (renewed === "later") {
    return { kind: "stopped", page: MESSAGES.githubAway(back) };
  }
  // The cookie is left alone: another tab may have used up the refresh token and set a good one.
  if (renewed === null) return { kind: "stopped", page: signedOut };
  const lifeSeconds = (renewed.endsAt - door.now()) / 1_000;
  const sealed = await door.sealer.seal("session", renewed);
  const cookies = [writeCookie(url, "session", sealed, lifeSeconds)];
  return { kind: "passed", session: renewed, form, cookies };
}

/** The fields of a form, or null unless it was sent from a page of this very session. */
async function readForm(
  door: FrontDoor,
  request: Request,
  session: Session,
): Promise<URLSearchParams | null> {
  const type = request.headers.get("content-type") ?? "";
  const length = Number(request.headers.get("content-length") ?? Number.NaN);
  if (!isFromOurPage(request) || !type.startsWith("application/x-www-form-urlencoded")) return null;
  if (!(length <= MAX_FORM_BYTES)) return null;
  const form = new URLSearchParams(await request.text());
  const token = await door.sealer.open("form", form.get(FORM_TOKEN_FIELD) ?? "");
  return token === session.nonce ? form : null;
}

function respond(url: URL, shown: Shown, viewer: Viewer): Response {
  switch (shown.kind) {
    case "redirect":
      return respondRedirect(url, shown.to);
    case "signed-out": {
      const response = respondPage(url, MESSAGES.welcome(url.pathname + url.search), null);
      response.headers.append("set-cookie", writeCookie(url, "session", "", 0));
      return response;
    }
    case "page":
      return respondPage(url, shown, viewer);
  }
}
