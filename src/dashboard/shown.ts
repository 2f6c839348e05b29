/** What a page handler comes to, before it is a response. */
import type { Child } from "hono/jsx";
import type { DashboardOptions } from "./options.ts";
import type { Session } from "./session/session.ts";

/** One request of somebody who is signed in. */
export interface Visit {
  readonly url: URL;
  readonly session: Session;
  readonly options: DashboardOptions;
  /** The fields of a form that was checked; empty for a GET. */
  readonly form: URLSearchParams;
  /** What every form that changes something carries. */
  readonly formToken: string;
}

export interface Page {
  readonly kind: "page";
  readonly status: number;
  readonly title: string;
  readonly body: Child;
  /** The page changes by itself for a while: the script asks for it again. */
  readonly isLive?: boolean;
}

export type Shown =
  | Page
  | { readonly kind: "redirect"; readonly to: string }
  /** GitHub no longer takes the token. */
  | { readonly kind: "signed-out" };

export type PathParts = Readonly<Record<string, string>>;
export type Handler = (visit: Visit, parts: PathParts) => Promise<Shown>;

/** A page that has what was asked for. */
export function page(title: string, body: Child, more: Partial<Page> = {}): Page {
  return { kind: "page", status: 200, title, body, ...more };
}
