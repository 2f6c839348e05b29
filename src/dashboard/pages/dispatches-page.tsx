/** GET /dispatches: over all repositories that the viewer maintains, with filters. */
import { STATES } from "../../domain/dispatch-state.ts";
import type { NamedRepository } from "../../domain/order.ts";
import { MESSAGES } from "../messages.tsx";
import { DispatchRows } from "../parts/dispatch-rows.tsx";
import { Field } from "../parts/form.tsx";
import { page, type Shown, type Visit } from "../shown.ts";
import {
  type DispatchQuery,
  nextPagePath,
  PAGE_ROWS,
  readQuery,
  toIndexFilter,
} from "./dispatch-query.ts";
import { Heading } from "./heading.tsx";
import { IndexAway } from "./repositories-page.tsx";

export async function showDispatches(visit: Visit): Promise<Shown> {
  const { ports } = visit.options;
  const { searchParams, pathname, search } = visit.url;
  const visible = await ports.askVisible(visit.session.token);
  if (visible.kind === "nobody") return { kind: "signed-out" };
  if (visible.kind === "later") return MESSAGES.githubAway(pathname + search);
  const query = readQuery(searchParams);
  const filter = toIndexFilter(query, visible.repositories, searchParams.get("before"));
  const found =
    filter.repositoryIds.length === 0
      ? { kind: "ok" as const, value: [] }
      : await ports.index.search(filter);
  const rows = found.kind === "ok" ? found.value.slice(0, PAGE_ROWS) : [];
  const last = rows.at(-1);
  const hasMore = found.kind === "ok" && found.value.length > PAGE_ROWS;
  return page(
    "Dispatches",
    <>
      <Heading title="Dispatches" />
      <Filters query={query} repositories={visible.repositories} />
      {found.kind === "unavailable" ? (
        <IndexAway />
      ) : (
        <section class="card" aria-label="Dispatches">
          {rows.length > 0 ? <DispatchRows rows={rows} showsRepository /> : <NothingFound />}
        </section>
      )}
      {hasMore && last && (
        <p>
          <a class="button" href={nextPagePath(query, last)}>
            Older dispatches
          </a>
        </p>
      )}
    </>,
  );
}

function NothingFound() {
  return (
    <>
      <h2>Nothing found</h2>
      <p>
        No dispatch fits these filters. A merge appears here as soon as GitHub has delivered it;{" "}
        <a href="/dispatches">show all</a>.
      </p>
    </>
  );
}

function Filters(parts: { query: DispatchQuery; repositories: readonly NamedRepository[] }) {
  const { query, repositories } = parts;
  const names = repositories.map(({ owner, name }) => `${owner}/${name}`);
  return (
    <form class="card filters" method="get" action="/dispatches" role="search">
      <Choice name="repository" label="Repository" value={query.repository} options={names} />
      <Choice name="state" label="State" value={query.state} options={STATES} />
      <Field name="person" label="Person" value={query.person} />
      <Field name="since" label="From (UTC)" type="date" value={query.since} />
      <Field name="until" label="To (UTC)" type="date" value={query.until} />
      <div>
        <button class="main" type="submit">
          Filter
        </button>
      </div>
    </form>
  );
}

function Choice(parts: { name: string; label: string; value: string; options: readonly string[] }) {
  const id = `f-${parts.name}`;
  return (
    <div class="field">
      <label for={id}>{parts.label}</label>
      <select id={id} name={parts.name}>
        <option value="">all</option>
        {parts.options.map((option) => (
          <option value={option} selected={option === parts.value}>
            {option}
          </option>
        ))}
      </select>
    </div>
  );
}
