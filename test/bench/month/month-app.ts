/** What the sweeper asks as the App, in a month in which GitHub records no failed delivery. */
import type { AppGitHub } from "../../../src/domain/app-github.ts";
import { ok } from "../../../src/domain/outcome.ts";
import type { MonthInstallation } from "./calendar.ts";
import type { Tally } from "./tally.ts";

const PER_PAGE = 100;
const TOKEN_MS = 59 * 60_000;

/** Lists installations and repositories as GitHub does, a hundred a page, and counts what is asked. */
export function monthApp(
  installations: readonly MonthInstallation[],
  around: {
    readonly now: () => number;
    readonly installedAtMs: number;
    readonly pushedAt: ReadonlyMap<number, number>;
    readonly tally: Tally;
  },
): AppGitHub {
  const { now, installedAtMs, pushedAt, tally } = around;
  const tokens = new Map<number, number>();
  const asApp = (): void =>
    tally.ask({ installationId: 0, at: now(), purpose: "token", points: 1 });
  return {
    hookDeliveries() {
      asApp();
      return Promise.resolve(ok({ deliveries: [], unreadable: 0, next: null }));
    },
    redeliver: () => Promise.resolve({ kind: "impossible", cause: "nothing-failed" }),
    installations(page) {
      asApp();
      const listed = installations.slice((page - 1) * PER_PAGE, page * PER_PAGE);
      const facts = listed.map(({ id }) => ({
        id,
        ownerId: 17,
        owner: "acme",
        createdAtMs: installedAtMs,
        suspended: false,
      }));
      return Promise.resolve(
        ok({ installations: facts, hasNext: installations.length > page * PER_PAGE }),
      );
    },
    repositoriesOf(installationId, page) {
      const at = now();
      if (at - (tokens.get(installationId) ?? Number.NEGATIVE_INFINITY) > TOKEN_MS) {
        tokens.set(installationId, at);
        asApp();
      }
      tally.ask({ installationId, at, purpose: "walk", points: 1 });
      const { repositoryIds = [] } = installations.find(({ id }) => id === installationId) ?? {};
      const listed = repositoryIds.slice((page - 1) * PER_PAGE, page * PER_PAGE);
      const repositories = listed.map((id) => ({
        repository: { id, owner: "acme", name: "app", installationId },
        pushedAtMs: pushedAt.get(id) ?? null,
        active: true,
      }));
      const hasNext = repositoryIds.length > page * PER_PAGE;
      return Promise.resolve(
        ok({ repositories, total: repositoryIds.length, hasNext, quota: null }),
      );
    },
  };
}
