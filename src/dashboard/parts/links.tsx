/** Addresses: ours, and those at GitHub. */
import type { Child } from "hono/jsx";

/** `/repos/owner/name`, with what follows. */
export function repositoryPath(
  repository: { owner: string; name: string } | string,
  rest = "",
): string {
  const [owner = "", name = ""] =
    typeof repository === "string" ? repository.split("/") : [repository.owner, repository.name];
  return `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}${rest}`;
}

export function dispatchPath(
  repository: { owner: string; name: string } | string,
  id: string,
  rest = "",
): string {
  return repositoryPath(repository, `/dispatches/${encodeURIComponent(id)}${rest}`);
}

/** A link to another site, if the address is one of the web; otherwise the bare text. */
export function OutLink({ href, children }: { href: string; children?: Child }) {
  const isWeb = URL.canParse(href) && /^https?:$/.test(new URL(href).protocol);
  return isWeb ? (
    <a href={href} rel="noreferrer">
      {children}
    </a>
  ) : (
    <>{children}</>
  );
}

/** A commit: short to read, whole to copy and to hear. */
export function Sha({ sha }: { sha: string | null }) {
  return sha === null ? <>no commit</> : <code title={sha}>{sha.slice(0, 10)}</code>;
}
