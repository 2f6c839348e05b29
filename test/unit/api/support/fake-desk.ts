/** A ledger's desk and an index made of plain data; what was asked of them is kept. */
import type {
  DispatchIndex,
  IndexedDispatch,
  IndexFilter,
} from "../../../../src/domain/dispatch-index.ts";
import type { DispatchFilter, DispatchView } from "../../../../src/domain/dispatch-view.ts";
import type { LedgerDesk } from "../../../../src/domain/ledger-desk.ts";
import type {
  CancelAnswer,
  ExplainAnswer,
  OrderAnswer,
  Plan,
  RepositoryStatus,
} from "../../../../src/domain/order.ts";

export interface Asked {
  readonly verb: string;
  readonly repositoryId: number;
  readonly with: readonly unknown[];
}

export const PLAN: Plan = {
  pull_request: 7,
  tag: null,
  sha: "a".repeat(40),
  branch: "main",
  verdict: "skipped",
  reason: "no-route",
  remedy: "Add a route for this branch.",
  routes: [],
  trace: [{ rule: "route-branch", route: "image", saw: "dev", passed: false, change: "main" }],
};

/** A dispatch of that repository; the ordinal makes its id. */
export function view(repositoryId: number, ordinal: number): DispatchView {
  return {
    id: `mr-${repositoryId.toString(36)}-${String(ordinal).padStart(26, "0")}`,
    repository: "acme/app",
    route: "image",
    generation: 1,
    event: "pull_request",
    actor: "mia",
    pull_request: 7,
    sha: "a".repeat(40),
    branch: "main",
    state: "succeeded",
    reason: null,
    remedy: null,
    run_id: 1,
    run_url: "https://github.test/acme/app/actions/runs/1",
    attempts: 1,
    merged_at: "2026-11-24T07:59:59.000Z",
    created_at: "2026-11-24T08:00:00.000Z",
    updated_at: "2026-11-24T08:01:00.000Z",
    dispatched_at: "2026-11-24T08:00:01.000Z",
    finished_at: "2026-11-24T08:01:00.000Z",
    receipt: null,
    diagnosis: null,
    trace: [],
    history: [
      { at: "2026-11-24T08:00:00.000Z", state: "queued", cause: "delivery", actor: "github" },
    ],
  };
}

/** Answers are set by the test. */
export function createFakes() {
  const asked: Asked[] = [];
  const answers = {
    list: [] as DispatchView[],
    order: { kind: "taken", dispatches: [] } as OrderAnswer,
    explain: { kind: "absent" } as ExplainAnswer,
    cancel: { kind: "absent" } as CancelAnswer,
    index: [] as IndexedDispatch[],
    indexIsAway: false,
    fault: null as Error | null,
  };
  const status: RepositoryStatus = {
    repository: "acme/app",
    paused: false,
    paused_by: null,
    paused_at: null,
    paused_reason: null,
    held: 0,
  };
  const desk = (repositoryId: number): LedgerDesk => {
    const note = (verb: string, ...given: unknown[]): void => {
      if (answers.fault !== null) throw answers.fault;
      asked.push({ verb, repositoryId, with: given });
    };
    return {
      list(filter: DispatchFilter) {
        note("list", filter);
        const older = answers.list.filter(({ id }) => filter.before === null || id < filter.before);
        return older.slice(0, filter.limit);
      },
      read(id) {
        note("read", id);
        return answers.list.find((one) => one.id === id) ?? null;
      },
      async order(repository, order) {
        note("order", repository, order);
        return answers.order;
      },
      async explain(repository, pullRequest) {
        note("explain", repository, pullRequest);
        return answers.explain;
      },
      async replay(repository, id, by) {
        note("replay", repository, id, by);
        return answers.order;
      },
      async replayMany(repository, filter, by) {
        note("replayMany", repository, filter, by);
        return answers.order;
      },
      async cancel(id, actor) {
        note("cancel", id, actor);
        return answers.cancel;
      },
      pause(repository, actor, reason) {
        note("pause", repository, actor, reason);
        return { ...status, paused: true, paused_by: actor.login, paused_reason: reason };
      },
      resume(repository, actor) {
        note("resume", repository, actor);
        return status;
      },
      status(repository) {
        note("status", repository);
        return status;
      },
    };
  };
  return { asked, answers, desk, index: fakeIndex(asked, answers) };
}

function fakeIndex(
  asked: Asked[],
  answers: { readonly index: readonly IndexedDispatch[]; readonly indexIsAway: boolean },
): DispatchIndex {
  const note = (verb: string, ...given: unknown[]): void => {
    asked.push({ verb, repositoryId: 0, with: given });
  };
  const none = { count: 0, p50: null, p95: null };
  return {
    async search(filter: IndexFilter) {
      note("search", filter);
      if (answers.indexIsAway) return { kind: "unavailable" };
      const { before, repositoryIds } = filter;
      const value = answers.index.filter(
        ({ id, repository_id, created_at }) =>
          repositoryIds.includes(repository_id) &&
          (before === null || Date.parse(created_at) < before.at || id < before.id),
      );
      return { kind: "ok", value: value.slice(0, filter.limit) };
    },
    async repositories(ids) {
      note("repositories", ids);
      return { kind: "ok", value: [] };
    },
    async stats(ids, sinceMs) {
      note("stats", ids, sinceMs);
      const since = new Date(sinceMs).toISOString();
      const lag = { received: none, dispatched: none, finished: none };
      return {
        kind: "ok",
        value: { since, repositories: ids.length, dispatches: {}, lag, days: [] },
      };
    },
  };
}
