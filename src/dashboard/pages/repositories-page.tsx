/** GET /: the viewer's repositories with their health, and the last thirty days. */
import {
  type IndexAnswer,
  MOST_COUNTED_OPEN,
  type RepositoryHealth,
} from "../../domain/dispatch-index.ts";
import type { NamedRepository } from "../../domain/order.ts";
import { STATS_DAYS, StatsSection } from "../charts/stats-section.tsx";
import { MESSAGES } from "../messages.tsx";
import { subjectOf } from "../parts/dispatch-rows.tsx";
import { dispatchPath, repositoryPath } from "../parts/links.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import { When } from "../parts/when.tsx";
import { page, type Shown, type Visit } from "../shown.ts";
import { Heading } from "./heading.tsx";

export async function showRepositories(visit: Visit): Promise<Shown> {
  const { ports, now, settings } = visit.options;
  const visible = await ports.askVisible(visit.session.token);
  if (visible.kind === "nobody") return { kind: "signed-out" };
  if (visible.kind === "later") return MESSAGES.githubAway("/");
  const { repositories } = visible;
  if (repositories.length === 0) {
    return page("Repositories", <NoRepositories role={settings.maintainerRole} />);
  }
  const ids = repositories.map(({ id }) => id);
  const sinceMs = now() - STATS_DAYS * 86_400_000;
  const [health, stats] = await Promise.all([
    ports.index.repositories(ids),
    ports.index.stats(ids, sinceMs),
  ]);
  return page(
    "Repositories",
    <>
      <Heading title="Repositories" />
      {health.kind === "unavailable" && <IndexAway />}
      <section class="card" aria-label="Repositories">
        <ul class="rows">
          {repositories.map((repository) => (
            <RepositoryRow
              repository={repository}
              health={healthOf(health, repository.id)}
              isKnown={health.kind === "ok"}
            />
          ))}
        </ul>
      </section>
      {stats.kind === "ok" && <StatsSection stats={stats.value} now={now()} />}
    </>,
  );
}

/** Says that lists are away and repositories are not. */
export function IndexAway() {
  return (
    <p class="note" role="status">
      The index over all repositories does not answer, so lists and health are missing here. Each
      repository's own page is complete, and dispatching goes on.
    </p>
  );
}

function NoRepositories({ role }: { role: string }) {
  return (
    <>
      <Heading title="Repositories" />
      <section class="card">
        <h2>No repositories yet</h2>
        <p>
          This page lists the repositories on which the App is installed and in which you have the
          role <strong>{role}</strong>. Install the App on one, or ask an administrator for the
          role, then reload this page.
        </p>
      </section>
    </>
  );
}

function healthOf(
  answer: IndexAnswer<readonly RepositoryHealth[]>,
  id: number,
): RepositoryHealth | null {
  if (answer.kind === "unavailable") return null;
  return answer.value.find((health) => health.repository_id === id) ?? null;
}

function RepositoryRow(parts: {
  repository: NamedRepository;
  health: RepositoryHealth | null;
  /** False: the index did not answer, so nobody can say that there is nothing. */
  isKnown: boolean;
}) {
  const { repository, health } = parts;
  return (
    <li>
      <div>
        <a class="what" href={repositoryPath(repository)}>
          {repository.owner}/{repository.name}
        </a>{" "}
        {health?.paused === true && <span class="tag wait">paused</span>}
        <div class="meta">
          {health?.last ? (
            <>
              last: <a href={dispatchPath(repository, health.last.id)}>
                {subjectOf(health.last)}
              </a>{" "}
              <When at={health.last.created_at} />
            </>
          ) : (
            parts.isKnown && "nothing dispatched yet"
          )}
        </div>
      </div>
      <div>
        {health?.last && <StateMark state={health.last.state} />}
        {health !== null && health.open > 0 && <div class="meta">{countOf(health)} under way</div>}
      </div>
      <div class="meta end">{health !== null && <Success health={health} />}</div>
    </li>
  );
}

function countOf({ open }: RepositoryHealth): string {
  return open < MOST_COUNTED_OPEN ? String(open) : `${MOST_COUNTED_OPEN} or more`;
}

function Success({ health: { succeeded, failed } }: { health: RepositoryHealth }) {
  const total = succeeded + failed;
  if (total === 0) return <>–</>;
  return (
    <>
      {succeeded} of {total} succeeded
      <svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect class="bar-bad" width="100" height="4" />
        <rect class="bar-good" width={(100 * succeeded) / total} height="4" />
      </svg>
    </>
  );
}
