/** Pages that say why there is nothing else to see, and what to do. */
import type { Child } from "hono/jsx";
import { type Page, page } from "./shown.ts";

interface Message {
  readonly status: number;
  readonly title: string;
  readonly text: Child;
  readonly action?: { readonly href: string; readonly label: string };
}

const HOME = { href: "/", label: "All repositories" };

/** One heading, one explanation, one way on. */
export function message({ status, title, text, action = HOME }: Message): Page {
  const body = (
    <section class="card message">
      <h1>{title}</h1>
      <p>{text}</p>
      <p>
        <a class={`button ${action.href.startsWith("/auth/") ? "main" : ""}`} href={action.href}>
          {action.label}
        </a>
      </p>
    </section>
  );
  return page(title, body, { status });
}

/** The address with which a sign-in leads back to a path. */
function signInHref(to: string): string {
  return `/auth/login?to=${encodeURIComponent(to)}`;
}

export const MESSAGES = {
  /** The front page is one for everybody; any other is refused to somebody who is signed out. */
  welcome: (to: string, status = to === "/" ? 200 : 401): Page =>
    message({
      status,
      title: "Every merge, and what became of it",
      text: "merge-relay turns merged pull requests into image builds, exactly once. Sign in to see the repositories that you maintain.",
      action: { href: signInHref(to), label: "Sign in with GitHub" },
    }),
  /** `to` is where the sign-in was to lead. */
  signInFailed: (text: string, to: string): Page =>
    message({
      status: 400,
      title: "You are not signed in",
      text,
      action: { href: signInHref(to), label: "Try again" },
    }),
  /** GitHub did not answer while somebody signed in. */
  signInAway: (to: string): Page => MESSAGES.githubAway(signInHref(to)),
  tooMany: (to: string): Page =>
    message({
      status: 429,
      title: "Too many requests",
      text: "Wait a minute, then go on. Nothing was changed by this request.",
      action: { href: to, label: "Try again" },
    }),
  insecure: (): Page =>
    message({
      status: 400,
      title: "Signing in needs https",
      text: "Over http a session would cross the network in the open. Use the relay's https address.",
    }),
  stranger: (): Page =>
    message({
      status: 404,
      title: "Not found",
      text: "There is no such page, or GitHub does not show you this repository.",
    }),
  roleMissing: (role: string): Page =>
    message({
      status: 403,
      title: "Your role does not reach here",
      text: (
        <>
          This needs the role <strong>{role}</strong> in the repository. An administrator of the
          repository can give it to you on GitHub; it counts within a minute.
        </>
      ),
    }),
  tokenTooNarrow: (): Page =>
    message({
      status: 403,
      title: "Your sign-in does not carry this right",
      text: "You have the role, but the App's token for you cannot start workflows in this repository. Check that the App is installed on it, then sign out and in again.",
    }),
  githubAway: (to: string): Page =>
    message({
      status: 503,
      title: "GitHub does not answer",
      text: "The relay asks GitHub what you may see, and got no answer just now. Nothing was changed.",
      action: { href: to, label: "Try again" },
    }),
  formRefused: (to: string): Page =>
    message({
      status: 403,
      title: "This form was not accepted",
      text: "It did not come from a page of your present session. Nothing was changed.",
      action: { href: to, label: "Back" },
    }),
  broken: (): Page =>
    message({
      status: 500,
      title: "Something broke here",
      text: "The relay's log has an entry about it. Dispatches are not affected by the dashboard.",
    }),
} as const;
