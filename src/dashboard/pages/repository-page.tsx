/** GET /repos/OWNER/NAME: the switch, and the ledger's own list. */
import type { RepositoryStatus } from "../../domain/order.ts";
import { isFinal } from "../../domain/dispatch-state.ts";
import type { Room } from "../access.ts";
import { DispatchRows } from "../parts/dispatch-rows.tsx";
import { Field } from "../parts/form.tsx";
import { repositoryPath } from "../parts/links.tsx";
import { When } from "../parts/when.tsx";
import { page, type Shown } from "../shown.ts";
import { Heading } from "./heading.tsx";

const PAGE_ROWS = 30;

export async function showRepository({ visit, repository, desk }: Room): Promise<Shown> {
  const cursor = /^[\w-]{1,64}$/.exec(visit.url.searchParams.get("before") ?? "")?.[0] ?? null;
  const filter = { state: null, pullRequest: null, before: cursor, limit: PAGE_ROWS + 1 };
  const [status, found] = await Promise.all([desk.status(repository), desk.list(filter)]);
  const rows = found.slice(0, PAGE_ROWS);
  const title = `${repository.owner}/${repository.name}`;
  const older = found.length > PAGE_ROWS ? rows.at(-1) : undefined;
  return page(
    title,
    <>
      <Heading title={title}>
        <a class="button main" href={repositoryPath(repository, "/publish")}>
          Publish…
        </a>
        {!status.paused && (
          <a class="button" href={repositoryPath(repository, "/pause")}>
            Pause…
          </a>
        )}
      </Heading>
      {status.paused && <PausedNote status={status} href={repositoryPath(repository, "/resume")} />}
      <ExplainForm action={repositoryPath(repository, "/explain")} />
      <section class="card" aria-labelledby="list">
        <div class="head">
          <h2 id="list">Dispatches</h2>
          <p>
            <a href={`/dispatches?repository=${encodeURIComponent(title)}`}>Filter…</a>{" "}
            <a href={repositoryPath(repository, "/replay")}>Publish many again…</a>
          </p>
        </div>
        {rows.length > 0 ? (
          <DispatchRows rows={rows} showsRepository={false} />
        ) : (
          <p>
            Nothing has been dispatched here yet. The next merge appears by itself; a merged pull
            request can be published by hand.
          </p>
        )}
      </section>
      {older && (
        <p>
          <a class="button" href={repositoryPath(repository, `?before=${older.id}`)}>
            Older dispatches
          </a>
        </p>
      )}
    </>,
    { isLive: cursor === null && rows.some(({ state }) => !isFinal(state)) },
  );
}

function PausedNote({ status, href }: { status: RepositoryStatus; href: string }) {
  return (
    <section class="note" aria-label="Paused">
      <p>
        <strong>Paused</strong>
        {status.paused_by !== null && ` by ${status.paused_by}`}{" "}
        {status.paused_at !== null && <When at={status.paused_at} />}
        {status.paused_reason !== null && `: ${status.paused_reason}`}
      </p>
      <p>
        {status.held === 1 ? "1 dispatch waits" : `${status.held} dispatches wait`}; nothing is
        lost.
      </p>
      <p>
        <a class="button" href={href}>
          Resume…
        </a>
      </p>
    </section>
  );
}

function ExplainForm({ action }: { action: string }) {
  return (
    <form class="card filters" method="get" action={action}>
      <Field name="pull_request" label="Why? Pull request number" inputmode="numeric" />
      <div>
        <button type="submit">Explain</button>
      </div>
    </form>
  );
}
