import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { startSimulator } from "./simulator.ts";

/**
 * Runs the simulator by itself: `node src/simulator/main.ts --port 4010 [--webhook URL]
 * [--key-file PATH]`. It prints what a relay needs to be set to; the key goes to a file, since a
 * key has no business in a terminal.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "4010" },
      seed: { type: "string" },
      webhook: { type: "string" },
      "key-file": { type: "string" },
    },
  });
  const seed = values.seed === undefined ? {} : { seed: Number(values.seed) };
  const simulator = await startSimulator({ port: Number(values.port), ...seed });
  const { app, world } = simulator;
  if (values.webhook !== undefined) {
    world.setWebhook({ url: values.webhook });
  }
  if (values["key-file"] !== undefined) {
    writeFileSync(values["key-file"], app.privateKeyPkcs1, { mode: 0o600 });
  }
  const lines = [
    `GITHUB_API_URL=${simulator.url}`,
    `GITHUB_WEB_URL=${simulator.url}`,
    `ACTIONS_OIDC_ISSUER=${simulator.url}`,
    `GITHUB_APP_ID=${app.id}`,
    `GITHUB_CLIENT_ID=${app.clientId}`,
    `seed ${simulator.seed}`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  process.once("SIGINT", () => void simulator.close());
}

await main();
