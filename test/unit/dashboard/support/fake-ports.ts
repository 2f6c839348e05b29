/** The dashboard's ports over plain data: one person, two repositories, a few dispatches. */
import type { Standing, Visible } from "../../../../src/domain/caller.ts";
import type { IndexedDispatch, Stats } from "../../../../src/domain/dispatch-index.ts";
import type { State } from "../../../../src/domain/dispatch-state.ts";
import type { DispatchView } from "../../../../src/domain/dispatch-view.ts";
import type { LedgerDesk } from "../../../../src/domain/ledger-desk.ts";
import type {
  Actor,
  NamedRepository,
  Order,
  OrderAnswer,
  Plan,
} from "../../../../src/domain/order.ts";
import type { DashboardPorts } from "../../../../src/dashboard/options.ts";

export const MAINTAINER: Actor = { id: 7, login: "mona" };
const APP: NamedRepository = { id: 101, owner: "acme", name: "app" };
const SITE: NamedRepository = { id: 102, owner: "acme", name: "a-site-with-a-long-name" };
export const SHA = "0123456789abcdef0123456789abcdef01234567";

const DAY_MS = 86_400_000;

/** What tests turn: standings by token, what the index and the ledger say. */
export interface FakeWorld {
  now: number;
  standing: Standing["kind"];
  visible: Visible["kind"];
  repositories: NamedRepository[];
  index: "ok" | "unavailable";
  paused: boolean;
  dispatches: DispatchView[];
  /** Whether a run may be cancelled at this moment. */
  mayCancel: boolean;
  /** What the next order that is no dry run answers. */
  answer: OrderAnswer | null;
  verdict: Plan["verdict"];
  readonly orders: Order[];
  readonly calls: string[];
  /** Keys that the limiter was asked about. */
  readonly limited: string[];
  isOver: boolean;
}

export function createFakeWorld(now: number): FakeWorld {
  return {
    now,
    standing: "maintainer",
    visible: "ok",
    repositories: [APP, SITE],
    index: "ok",
    paused: false,
    dispatches: exampleDispatches(now),
    mayCancel: true,
    answer: null,
    verdict: "dispatch",
    orders: [],
    calls: [],
    limited: [],
    isOver: false,
  };
}

export function makeDispatch(
  parts: Partial<DispatchView> & { state: State },
  now: number,
): DispatchView {
  const at = (before: number) => new Date(now - before).toISOString();
  return {
    id: `mr-2t-${String(now).padStart(26, "0").slice(0, 26)}`,
    repository: "acme/app",
    route: "image",
    generation: 1,
    event: "merge",
    pull_request: 42,
    sha: SHA,
    branch: "main",
    reason: null,
    remedy: null,
    run_id: 9001,
    run_url: "https://github.com/acme/app/actions/runs/9001",
    attempts: 1,
    actor: "mona",
    merged_at: at(91_000),
    dispatched_at: at(87_000),
    finished_at: null,
    created_at: at(90_000),
    updated_at: at(2_000),
    receipt: null,
    diagnosis: null,
    trace: [
      { rule: "owner-allowed", route: null, saw: "owner acme (id 1)", passed: true, change: null },
      {
        rule: "merge-confirmed",
        route: null,
        saw: `#42 merged as ${SHA}`,
        passed: true,
        change: null,
      },
      {
        rule: "labels",
        route: "image",
        saw: "labels: <b>urgent</b>, app",
        passed: true,
        change: null,
      },
      {
        rule: "paths",
        route: "docs",
        saw: "3 changed files, none below docs/",
        passed: false,
        change: "Change a file that docs/** matches.",
      },
    ],
    history: [
      { at: at(90_000), state: "queued", cause: "delivery 7c1f3a9e", actor: "github" },
      { at: at(89_000), state: "proving", cause: "alarm", actor: "relay" },
      { at: at(88_000), state: "dispatching", cause: "plan", actor: "relay" },
      { at: at(87_000), state: "dispatched", cause: "run 9001", actor: "relay" },
      { at: at(2_000), state: parts.state, cause: "run 9001", actor: "github" },
    ],
    ...parts,
  };
}

/** The id of an example: one letter, as often as it takes. */
export function exampleId(letter: string): string {
  return `mr-2t-${letter.repeat(26)}`;
}

function exampleDispatches(now: number): DispatchView[] {
  return [
    makeDispatch({ id: exampleId("d"), state: "running", pull_request: 45 }, now),
    makeDispatch(
      {
        id: exampleId("c"),
        state: "succeeded",
        pull_request: 44,
        receipt: {
          image: "ghcr.io/acme/app",
          digest: `sha256:${"ab12".repeat(16)}`,
          tags: ["main", "pr-44", "sha-0123456"],
          platforms: ["linux/amd64", "linux/arm64"],
        },
      },
      now - 3_600_000,
    ),
    makeDispatch(
      {
        id: exampleId("b"),
        state: "failed",
        pull_request: 43,
        diagnosis: {
          cause: "missing-packages-write",
          confidence: "certain",
          evidence: [
            { line: 120, text: "denied: installation not allowed to Create organization package" },
          ],
          explanation: "The workflow's token may not write packages.",
          remedy: "Add `packages: write` to the job's permissions.",
          retryable: false,
        },
      },
      now - 2 * DAY_MS,
    ),
    makeDispatch(
      {
        id: exampleId("a"),
        state: "rejected",
        pull_request: null,
        event: "push",
        branch: "release/with-a-very-long-branch-name-that-goes-on",
        run_id: null,
        run_url: null,
        reason: "not-on-branch",
        remedy: "The commit is not reachable from the branch.",
      },
      now - 3 * DAY_MS,
    ),
  ];
}

function indexed(dispatch: DispatchView): IndexedDispatch {
  return {
    ...dispatch,
    repository_id: APP.id,
    digest: null,
  };
}

function makePlan(world: FakeWorld, subject: Partial<Plan> = {}): Plan {
  const isYes = world.verdict === "dispatch";
  const reason = world.verdict === "rejected" ? "not-on-branch" : isYes ? null : "no-route";
  const remedy = isYes ? null : "Nothing to do unless it should be.";
  return {
    pull_request: 42,
    tag: null,
    sha: SHA,
    branch: "main",
    verdict: world.verdict,
    reason,
    remedy,
    routes: [
      {
        route: "image",
        verdict: world.verdict,
        reason,
        remedy,
        builder: "acme/app",
        workflow: "publish-image.yml",
        ref: "main",
        image: "ghcr.io/acme/app",
      },
    ],
    trace: world.dispatches[0]?.trace ?? [],
    ...subject,
  };
}

function makeStats(world: FakeWorld): Stats {
  const days = Array.from({ length: 30 }, (_, index) => ({
    day: new Date(world.now - (29 - index) * DAY_MS).toISOString().slice(0, 10),
    succeeded: (index * 7) % 11,
    failed: index % 6 === 0 ? 2 : 0,
    other: index % 4 === 0 ? 1 : 0,
    p50_finished_ms: 60_000 + ((index * 37) % 13) * 9_000,
  })).filter((_, index) => index % 7 !== 3);
  return {
    since: new Date(world.now - 30 * DAY_MS).toISOString(),
    repositories: 2,
    dispatches: { succeeded: 140, failed: 8 },
    lag: {
      received: { count: 148, p50: 640, p95: 2_900 },
      dispatched: { count: 148, p50: 1_800, p95: 5_200 },
      finished: { count: 148, p50: 96_000, p95: 310_000 },
    },
    days,
  };
}

function fakeDesk(world: FakeWorld): LedgerDesk {
  const status = () => ({
    repository: "acme/app",
    paused: world.paused,
    paused_by: world.paused ? "mona" : null,
    paused_at: world.paused ? new Date(world.now - 60_000).toISOString() : null,
    paused_reason: world.paused ? "registry maintenance" : null,
    held: world.paused ? 2 : 0,
  });
  const find = (id: string) => world.dispatches.find((dispatch) => dispatch.id === id) ?? null;
  const take = (by: string): OrderAnswer => {
    world.calls.push(by);
    if (world.answer !== null) return world.answer;
    const made = makeDispatch({ state: "queued", generation: 2, id: exampleId("e") }, world.now);
    world.dispatches.unshift(made);
    return { kind: "taken", dispatches: [made] };
  };
  return {
    list: ({ limit }) => world.dispatches.slice(0, limit),
    read: find,
    async order(_repository, order) {
      world.orders.push(order);
      return order.dryRun ? { kind: "planned", plan: makePlan(world) } : take("order");
    },
    async explain(_repository, pullRequest) {
      if (pullRequest > 1_000) return { kind: "absent" };
      const dispatches = world.dispatches.filter(
        ({ pull_request }) => pull_request === pullRequest,
      );
      const plan = makePlan(world, { pull_request: pullRequest });
      return { kind: "explained", explanation: { ...plan, dispatches } };
    },
    async replay(_repository, id, { dryRun }) {
      if (find(id) === null) return { kind: "absent" };
      return dryRun ? { kind: "planned", plan: makePlan(world) } : take(`replay ${id}`);
    },
    async replayMany(_repository, filter, { dryRun }) {
      const { states, only } = filter;
      const found = world.dispatches.filter(
        ({ id, state }) =>
          (states as readonly string[]).includes(state) && (only === null || only.includes(id)),
      );
      if (!dryRun) world.calls.push(`replay-many ${found.map(({ id }) => id).join(" ")}`);
      return { kind: "taken", dispatches: found };
    },
    async cancel(id) {
      world.calls.push(`cancel ${id}`);
      const dispatch = find(id);
      if (dispatch === null) return { kind: "absent" };
      return { kind: world.mayCancel ? "cancelling" : "not-now", dispatch };
    },
    pause(_repository, _actor, reason) {
      world.calls.push(`pause ${reason}`);
      world.paused = true;
      return status();
    },
    resume() {
      world.calls.push("resume");
      world.paused = false;
      return status();
    },
    status,
  };
}

export function createFakePorts(world: FakeWorld): DashboardPorts {
  return {
    async askStanding(_token, { owner, name }) {
      const { standing } = world;
      if (standing !== "maintainer") return { kind: standing };
      const repository = world.repositories.find((one) => one.owner === owner && one.name === name);
      return repository ? { kind: standing, actor: MAINTAINER, repository } : { kind: "stranger" };
    },
    async askVisible() {
      return world.visible === "ok"
        ? { kind: "ok", actor: MAINTAINER, repositories: world.repositories }
        : { kind: world.visible };
    },
    ledger: () => fakeDesk(world),
    limiter: {
      async limit({ key }) {
        world.limited.push(key);
        return { success: !world.isOver };
      },
    },
    index: {
      async search({ repositoryIds, state, limit }) {
        if (world.index === "unavailable") return { kind: "unavailable" };
        const found = repositoryIds.includes(APP.id) ? world.dispatches.map(indexed) : [];
        const value = found.filter((one) => state === null || one.state === state);
        return { kind: "ok", value: value.slice(0, limit) };
      },
      async repositories() {
        if (world.index === "unavailable") return { kind: "unavailable" };
        const last = world.dispatches[0];
        const health = {
          repository_id: APP.id,
          repository: "acme/app",
          paused: world.paused,
          open: 1,
          succeeded: 27,
          failed: 3,
          last: last ? indexed(last) : null,
        };
        return { kind: "ok", value: [health] };
      },
      stats: async () =>
        world.index === "unavailable"
          ? { kind: "unavailable" }
          : { kind: "ok", value: makeStats(world) },
    },
  };
}
