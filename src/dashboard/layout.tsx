/** The frame of every page. */
import type { Child, JSXNode } from "hono/jsx";
import { ICON, SCRIPT, STYLE } from "./assets/assets.ts";
import { FormToken } from "./parts/form.tsx";
import type { Page } from "./shown.ts";

export interface Viewer {
  readonly login: string;
  readonly formToken: string;
}

/** A whole document. Styles and script are files of this origin: the policy allows nothing else. */
export function renderDocument(shown: Page, viewer: Viewer | null, path: string): string {
  const document = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{shown.title} · merge-relay</title>
        <link rel="icon" href={ICON.path} type="image/svg+xml" />
        <link rel="stylesheet" href={STYLE.path} />
        <script src={SCRIPT.path} defer></script>
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <Header viewer={viewer} path={path} />
        <main id="main" tabindex={-1} data-live={shown.isLive === true ? "" : undefined}>
          {shown.body}
        </main>
        <p id="news" class="hidden" role="status"></p>
      </body>
    </html>
  );
  // Without async components the text is there at once.
  const text = (document as unknown as JSXNode).toString() as string;
  return `<!doctype html>${text}`;
}

function Header({ viewer, path }: { viewer: Viewer | null; path: string }) {
  return (
    <header class="top">
      <a class="mark" href="/">
        <img src={ICON.path} alt="" width="22" height="22" />
        merge-relay
      </a>
      {viewer && (
        <>
          <nav aria-label="Main">
            <NavLink href="/" path={path}>
              Repositories
            </NavLink>
            <NavLink href="/dispatches" path={path}>
              Dispatches
            </NavLink>
          </nav>
          <form class="who" method="post" action="/auth/logout">
            <FormToken value={viewer.formToken} />
            <span class="soft">{viewer.login}</span>
            <button class="quiet" type="submit">
              Sign out
            </button>
          </form>
        </>
      )}
    </header>
  );
}

function NavLink({ href, path, children }: { href: string; path: string; children?: Child }) {
  return (
    <a href={href} aria-current={path === href ? "page" : undefined}>
      {children}
    </a>
  );
}
