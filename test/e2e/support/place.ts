/** One owner with one repository in the simulated GitHub, and what its ledger says. */
import type { LocalRelay } from "../../../src/cli/local-relay.ts";
import type { FaultAction, FaultMatch } from "../../../src/simulator/faults.ts";
import type { Simulator } from "../../../src/simulator/simulator.ts";
import { waitFor } from "./wait-for.ts";

/** The workflow that a repository has by default; its title carries the dispatch id. */
export const WORKFLOW = `name: Publish image
run-name: publish \${{ inputs.sha }} \${{ inputs.dispatch_id }}
on:
  workflow_dispatch:
    inputs:
      dispatch_id: { type: string, required: true }
      sha: { type: string, required: true }
      branch: { type: string, required: true }
      pr: { type: string }
      tag: { type: string }
      image: { type: string }
      platforms: { type: string }
      context: { type: string }
      file: { type: string }
      repository: { type: string }
      channel: { type: string }
jobs:
  publish:
    runs-on: ubuntu-latest
    steps: []
`;
export const WORKFLOW_PATH = ".github/workflows/publish-image.yml";
export const CONFIGURATION_PATH = ".github/merge-relay.yml";

const FINAL = ["succeeded", "failed", "cancelled", "skipped", "rejected", "exhausted"];

export interface PlaceParts {
  readonly name?: string;
  readonly owner?: string;
  /** Text of the route configuration; none by default. */
  readonly configuration?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** False: a repository without the workflow. */
  readonly workflow?: boolean;
}

/** A row of the ledger's table of dispatches, as far as tests look at it. */
export interface LedgerRow {
  readonly id: string;
  readonly key: string;
  readonly generation: number;
  readonly route: string | null;
  readonly pull_request: number | null;
  readonly sha: string | null;
  readonly branch: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly remedy: string | null;
  readonly attempts: number;
  readonly due_at: number | null;
  readonly run_id: number | null;
  readonly trace: string | null;
}

type OpenParts = Parameters<Simulator["world"]["openPullRequest"]>[0];
type MergeOptions = NonNullable<Parameters<Simulator["world"]["mergePullRequest"]>[2]>;

export type Place = ReturnType<typeof openPlace>;

/** Installs the App for a new owner and adds a repository. */
export function openPlace(
  rig: { simulator: Simulator; relay: LocalRelay },
  fallbackOwner: string,
  parts: PlaceParts,
) {
  const { simulator, relay } = rig;
  const { world } = simulator;
  const owner = parts.owner ?? fallbackOwner;
  const name = parts.name ?? "app";
  const installation = world.addInstallation({ owner });
  const repository = world.addRepository({
    owner,
    name,
    files: {
      ...(parts.workflow === false ? {} : { [WORKFLOW_PATH]: WORKFLOW }),
      ...(parts.configuration === undefined ? {} : { [CONFIGURATION_PATH]: parts.configuration }),
      ...parts.files,
    },
  });
  const { id } = repository;
  const mints = `/app/installations/${installation.id}/access_tokens`;
  const rows = async (): Promise<LedgerRow[]> =>
    (await relay.query(
      id,
      "SELECT * FROM dispatches ORDER BY created_at, id",
    )) as unknown as LedgerRow[];
  // A look into the ledger costs a trip through the runtime; the log is here already and says when
  // something has changed. Looks without a change still happen, since a crash writes no log.
  const lines = () =>
    relay.logs().filter((line) => line.includes(`"mr-${id.toString(36)}-`)).length;
  const onChange = <Value>(ask: () => Promise<Value | null>) => {
    let seen = -1;
    let skipped = 0;
    return async (): Promise<Value | null> => {
      const now = lines();
      if (now === seen && ++skipped % 10 !== 0) return null;
      seen = now;
      return ask();
    };
  };
  return {
    id,
    owner,
    name,
    fullName: `${owner}/${name}`,
    repository,
    installation,
    mints,
    rows,

    /** Opens a pull request from a stranger's fork; no event of it matters to the relay. */
    open: (pull: Omit<OpenParts, "repo"> = {}) =>
      world.openPullRequest({ repo: id, user: "stranger", ...pull }).number,

    /** Opens and merges one; GitHub delivers it. */
    merge(pull: Omit<OpenParts, "repo"> = {}, options: MergeOptions = {}) {
      const { number } = world.openPullRequest({ repo: id, user: "stranger", ...pull });
      return { number, sha: world.mergePullRequest(id, number, options) };
    },

    /** Waits until the ledger holds that many dispatches and every one has ended. */
    settled: (count = 1, withinMs?: number): Promise<LedgerRow[]> =>
      waitFor(
        `${count} finished dispatches of ${owner}/${name}`,
        onChange(async () => {
          const found = await rows();
          const done = found.every(({ state }) => FINAL.includes(state));
          return found.length >= count && done ? found : null;
        }),
        withinMs,
      ),

    /** Waits until some dispatch is in that state. */
    inState: (state: string): Promise<LedgerRow> =>
      waitFor(
        `a dispatch of ${owner}/${name} that is ${state}`,
        onChange(async () => (await rows()).find((row) => row.state === state) ?? null),
      ),

    /** The states that a dispatch went through. */
    async states(dispatchId: string): Promise<string[]> {
      const sql = `SELECT state FROM history WHERE dispatch_id = '${dispatchId}' ORDER BY version`;
      return (await relay.query(id, sql)).map(({ state }) => String(state));
    },

    /** The causes of those steps. */
    async causes(dispatchId: string): Promise<string[]> {
      const sql = `SELECT cause FROM history WHERE dispatch_id = '${dispatchId}' ORDER BY version`;
      return (await relay.query(id, sql)).map(({ cause }) => String(cause));
    },

    /** Dispatches that GitHub accepted in this repository. */
    dispatches: () => simulator.dispatches.filter(({ repositoryId }) => repositoryId === id),

    /** What was asked of GitHub about this repository and its installation. */
    requests: () =>
      simulator.requests.filter(
        ({ path }) => path === mints || `${path}/`.startsWith(`/repos/${owner}/${name}/`),
      ),

    /** Attempts to dispatch, whatever GitHub made of them. */
    posts: () =>
      simulator.requests.filter(
        ({ method, path }) =>
          method === "POST" &&
          path.startsWith(`/repos/${owner}/${name}/`) &&
          path.endsWith("/dispatches"),
      ),

    /** A fault on this repository's own addresses. `path` is what follows the repository's name. */
    fault(
      path: string,
      action: FaultAction,
      match: Pick<FaultMatch, "times" | "nth" | "method"> = {},
    ) {
      const whole = `^/repos/${owner}/${name}${path}$`;
      return simulator.faults.add({ match: { path: new RegExp(whole), ...match }, action });
    },

    /** Deliveries of this repository that were sent, with the relay's answers. */
    deliveries: (event?: string) =>
      simulator.deliveries.recorded.filter(
        (delivery) =>
          delivery.event.repositoryId === id &&
          (event ?? delivery.event.name) === delivery.event.name,
      ),
  };
}
