/** The filters of the list over all repositories, as they stand in its address. */
import type { IndexedDispatch, IndexFilter } from "../../domain/dispatch-index.ts";
import { type State, STATES } from "../../domain/dispatch-state.ts";
import type { NamedRepository } from "../../domain/order.ts";

export const PAGE_ROWS = 30;
export const DAY_MS = 86_400_000;

/** What the form shows; empty texts leave a condition out. */
export interface DispatchQuery {
  readonly repository: string;
  readonly state: string;
  readonly person: string;
  readonly since: string;
  readonly until: string;
}

const FIELDS = ["repository", "state", "person", "since", "until"] as const;

/** The fields of the form, as the address has them. */
export function readQuery(search: URLSearchParams): DispatchQuery {
  const [repository, state, person, since, until] = FIELDS.map((name) =>
    (search.get(name) ?? "").trim().slice(0, 200),
  );
  return { repository, state, person, since, until } as DispatchQuery;
}

/**
 * The index's filter over the repositories that the viewer may see. A value that makes no sense
 * leaves its condition out; a repository that the viewer may not see finds nothing.
 */
export function toIndexFilter(
  query: DispatchQuery,
  visible: readonly NamedRepository[],
  before: string | null,
): IndexFilter {
  const wanted = query.repository.toLowerCase();
  const seen = visible.filter(
    ({ owner, name }) => wanted === "" || `${owner}/${name}`.toLowerCase() === wanted,
  );
  const until = dayStart(query.until);
  return {
    repositoryIds: seen.map(({ id }) => id),
    state: (STATES as readonly string[]).includes(query.state) ? (query.state as State) : null,
    route: null,
    actor: query.person === "" ? null : query.person.replace(/^@/, ""),
    since: dayStart(query.since),
    until: until === null ? null : until + DAY_MS,
    before: readCursor(before),
    limit: PAGE_ROWS + 1,
  };
}

/** The address of the next page. */
export function nextPagePath(query: DispatchQuery, last: IndexedDispatch): string {
  const search = new URLSearchParams(
    FIELDS.map((name) => [name, query[name]]).filter(([, value]) => value !== ""),
  );
  search.set("before", `${Date.parse(last.created_at)}.${last.id}`);
  return `/dispatches?${search.toString()}`;
}

function readCursor(text: string | null): IndexFilter["before"] {
  const [, at, id] = /^(\d{1,15})\.([\w-]{1,64})$/.exec(text ?? "") ?? [];
  return at === undefined || id === undefined ? null : { at: Number(at), id };
}

/** Milliseconds at which a day such as 2026-04-30 begins (UTC); null for anything else. */
export function dayStart(day: string): number | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return null;
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) ? null : at;
}
