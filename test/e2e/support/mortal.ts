/** A GitHub and a relay of its own that can be killed: the parts of tests about dying. */
import type { FaultAction } from "../../../src/simulator/faults.ts";
import { type Simulator, startSimulator } from "../../../src/simulator/simulator.ts";
import { WORKFLOW, WORKFLOW_PATH } from "./place.ts";
import { settingsFor } from "./relay.ts";
import { prepareWorkerd, type WorkerdOptions } from "./workerd.ts";

export type MortalRelay = Awaited<ReturnType<typeof prepareWorkerd>>;

const ends: (() => Promise<void>)[] = [];

/** Ends everything that was begun. */
export async function endAll(): Promise<void> {
  await Promise.all(ends.splice(0).map((end) => end()));
}

/** A GitHub and a process of its own for each moment, so that the moments pass side by side. */
export async function begin(
  vars: Readonly<Record<string, string>> = {},
  options: WorkerdOptions = {},
) {
  const simulator = await startSimulator();
  const settings = settingsFor(simulator, vars);
  const relay = await prepareWorkerd({ ...settings.vars, ...settings.secrets }, options);
  ends.push(async () => {
    await relay.kill();
    await relay.remove();
    await simulator.close();
  });
  const start = async (): Promise<void> =>
    simulator.world.setWebhook({ url: `${await relay.start()}/webhooks/github` });
  await start();
  return { simulator, relay, start };
}

export interface MortalRow {
  readonly id: string;
  readonly state: string;
  readonly sha: string;
  readonly run_id: number | null;
}

export const rowsOf = async (relay: MortalRelay, sha: string): Promise<MortalRow[]> =>
  (await relay.query(`SELECT * FROM dispatches WHERE sha = '${sha}'`)) as unknown as MortalRow[];

/** One repository, a fault on one address, and a merge that GitHub has delivered. */
export function mergeUnder(
  simulator: Simulator,
  fault: { path: string; action: FaultAction } | null,
) {
  const name = "acme";
  const { world, faults } = simulator;
  world.addInstallation({ owner: name });
  const files = { [WORKFLOW_PATH]: WORKFLOW };
  const repository = world.addRepository({ owner: name, name: "app", files });
  if (fault !== null) {
    const path = new RegExp(`^/repos/${name}/app${fault.path}$`);
    faults.add({ match: { path, times: 1 }, action: fault.action });
  }
  const { number } = world.openPullRequest({ repo: repository.id, user: "stranger" });
  const sha = world.mergePullRequest(repository.id, number);
  const asked = (part: string) =>
    simulator.requests.filter(({ path }) => path.startsWith(`/repos/${name}/app${part}`));
  const runs = () => world.runsOf(repository.id);
  const delivered = () =>
    simulator.deliveries.recorded.some(
      ({ event, statusCode }) =>
        event.repositoryId === repository.id && event.action === "closed" && statusCode === 202,
    );
  return { sha, asked, runs, delivered };
}

export type MortalMerge = ReturnType<typeof mergeUnder>;
