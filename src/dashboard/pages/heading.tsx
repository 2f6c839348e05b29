/** The head of a page: where it is, what it is, what can be done. */
import type { Child } from "hono/jsx";
import type { NamedRepository } from "../../domain/order.ts";
import { repositoryPath } from "../parts/links.tsx";

export function Heading(parts: {
  title: Child;
  /** The repository that the page belongs to. */
  within?: NamedRepository;
  children?: Child;
}) {
  const { title, within, children } = parts;
  return (
    <div class="head">
      <div>
        {within && (
          <p class="crumbs">
            <a href={repositoryPath(within)}>
              {within.owner}/{within.name}
            </a>
          </p>
        )}
        <h1>{title}</h1>
      </div>
      {children && <div class="actions">{children}</div>}
    </div>
  );
}
