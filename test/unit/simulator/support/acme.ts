import type { StartOptions, Simulator } from "../../../../src/simulator/simulator.ts";
import { generateAppKey } from "../../../../src/simulator/keys.ts";
import { startSimulator } from "../../../../src/simulator/simulator.ts";
import { onTestFinished } from "vitest";

export const PUBLISH = `
name: Publish image
run-name: "publish \${{ inputs.tag || inputs.sha }} (\${{ inputs.dispatch_id }})"
on:
  workflow_dispatch:
    inputs:
      dispatch_id: { required: true, type: string }
      sha: { required: true, type: string }
      tag: { type: string }
      channel: { type: choice, options: [stable, edge], default: stable }
jobs:
  build: { runs-on: ubuntu-latest }
  attest: { runs-on: ubuntu-latest }
`;

/** One key for a file: making them is most of what a start takes. */
const key = await generateAppKey();

/** Starts a simulator that ends with the test. */
export async function start(options: StartOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ seed: 7, key, ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

/** acme/app with the publish workflow, and the App installed for acme. */
export async function startAcme(options: StartOptions = {}) {
  const simulator = await start(options);
  const { world } = simulator;
  const files = { ".github/workflows/publish-image.yml": PUBLISH, "app/main.ts": "export {};\n" };
  const repository = world.addRepository({ owner: "acme", name: "app", files });
  const installation = world.addInstallation({ owner: "acme" });
  return { simulator, world, repository, installation };
}
