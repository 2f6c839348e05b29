import { json, type Answer } from "./answer.ts";
import type { Request } from "./router.ts";

const DEFAULT_PAGE_SIZE = 30;
const LARGEST_PAGE_SIZE = 100;

function numberOf(value: string | null, fallback: number): number {
  const parsed = Number(value ?? fallback);
  return Number.isInteger(parsed) && parsed > 0 ? parsed : fallback;
}

/** `per_page` as GitHub reads it: 30 by default, 100 at most. */
export function pageSize(request: Request): number {
  return Math.min(numberOf(request.query.get("per_page"), DEFAULT_PAGE_SIZE), LARGEST_PAGE_SIZE);
}

/** A `Link` header from relation to address. */
export function linkHeader(links: Readonly<Record<string, string>>): Record<string, string> {
  const parts = Object.entries(links).map(([relation, url]) => `<${url}>; rel="${relation}"`);
  return parts.length === 0 ? {} : { link: parts.join(", ") };
}

/** Address of the same request with other query values. */
export function withQuery(
  base: string,
  request: Request,
  values: Readonly<Record<string, string>>,
): string {
  const query = new URLSearchParams(request.query);
  for (const [key, value] of Object.entries(values)) {
    query.set(key, value);
  }
  return `${base}${request.path}?${query.toString()}`;
}

/** One page of a list with GitHub's `Link` header. */
export function pageOf<Item>(
  base: string,
  request: Request,
  items: readonly Item[],
): { items: Item[]; headers: Record<string, string> } {
  const size = pageSize(request);
  const page = numberOf(request.query.get("page"), 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const at = (number: number) => withQuery(base, request, { page: String(number) });
  const links = {
    ...(page > 1 ? { prev: at(page - 1) } : {}),
    ...(page < last ? { next: at(page + 1), last: at(last) } : {}),
    ...(page > 1 ? { first: at(1) } : {}),
  };
  return { items: items.slice((page - 1) * size, page * size), headers: linkHeader(links) };
}

/** A bare JSON list, paged; only what is on the page is presented. */
export function listAnswer<Item>(
  base: string,
  request: Request,
  list: { items: readonly Item[]; present: (item: Item) => unknown },
): Answer {
  const page = pageOf(base, request, list.items);
  return json(200, page.items.map(list.present), page.headers);
}
