/** A simulated GitHub and a relay of its own that a test may kill and start again. */
import { type Simulator, startSimulator } from "../../../src/simulator/simulator.ts";
import { settingsFor } from "./relay.ts";
import { prepareWorkerd, type WorkerdOptions } from "./workerd.ts";

export interface Killable {
  readonly simulator: Simulator;
  readonly relay: Awaited<ReturnType<typeof prepareWorkerd>>;
  /** True as soon as such a request has come to GitHub, before anything is made of it. */
  readonly hasArrived: (method: string, path: RegExp) => boolean;
  /** Starts the relay and sends GitHub's deliveries there. */
  readonly start: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts both; `vars` lie over the settings of every end-to-end test. */
export async function startKillable(
  vars: Readonly<Record<string, string>> = {},
  options: WorkerdOptions = {},
): Promise<Killable> {
  const simulator = await startSimulator();
  const arrived: { method: string; path: string }[] = [];
  const { faults } = simulator;
  const pick = faults.pick.bind(faults);
  // Asked for every request when it comes; what GitHub records of one, it records when it has acted.
  faults.pick = (method, path) => {
    arrived.push({ method, path });
    return pick(method, path);
  };
  const settings = settingsFor(simulator, vars);
  const relay = await prepareWorkerd({ ...settings.vars, ...settings.secrets }, options);
  const start = async (): Promise<void> =>
    simulator.world.setWebhook({ url: `${await relay.start()}/webhooks/github` });
  await start();
  return {
    simulator,
    relay,
    hasArrived: (method, path) =>
      arrived.some((one) => one.method === method && path.test(one.path)),
    start,
    async close() {
      await relay.kill();
      await relay.remove();
      await simulator.close();
    },
  };
}
