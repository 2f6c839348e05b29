import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { startSimulator, type Simulator } from "./simulator.ts";

const WORKFLOW = `name: Publish image
run-name: publish \${{ inputs.tag || inputs.sha }} (\${{ inputs.dispatch_id }})
on:
  workflow_dispatch:
    inputs:
      dispatch_id: { type: string, required: true }
      sha: { type: string, required: true }
      branch: { type: string }
      pr: { type: string }
      tag: { type: string }
      image: { type: string }
      platforms: { type: string }
      context: { type: string }
      file: { type: string }
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: { contents: read, packages: write }
    steps: [{ run: "docker push ghcr.io/acme/app" }]
`;

function settingsOf({ url, app }: Simulator): Record<string, string> {
  return {
    GITHUB_API_URL: url,
    GITHUB_WEB_URL: url,
    ACTIONS_OIDC_ISSUER: url,
    GITHUB_APP_ID: String(app.id),
    GITHUB_CLIENT_ID: app.clientId,
  };
}

function secretsOf({ app }: Simulator): Record<string, string> {
  return {
    GITHUB_APP_PRIVATE_KEY: app.privateKeyPkcs1.replaceAll("\n", "\\n"),
    GITHUB_WEBHOOK_SECRET: app.webhookSecret,
    GITHUB_CLIENT_SECRET: app.clientSecret,
  };
}

function lines(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join("");
}

function addExample({ world }: Simulator): void {
  const files = { ".github/workflows/publish-image.yml": WORKFLOW, Dockerfile: "FROM scratch\n" };
  world.addRepository({ owner: "acme", name: "app", files });
  world.addInstallation({ owner: "acme" });
}

function mergeOne({ world }: Simulator): void {
  const { number } = world.openPullRequest({ repo: "acme/app", user: "stranger" });
  world.mergePullRequest("acme/app", number);
  process.stdout.write(`merged acme/app#${number}\n`);
}

/**
 * Runs the simulator by itself, with one repository, `acme/app`:
 * `node src/simulator/main.ts --port 4010 [--seed N] [--webhook URL] [--vars-file PATH]
 * [--merge-every SECONDS] [--sign-in LOGIN]`. It prints the settings that a client needs; the secrets go only into
 * the file, since they have no business in a terminal.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "4010" },
      seed: { type: "string" },
      webhook: { type: "string" },
      "vars-file": { type: "string" },
      "merge-every": { type: "string" },
      "sign-in": { type: "string" },
    },
  });
  const seed = values.seed === undefined ? {} : { seed: Number(values.seed) };
  const simulator = await startSimulator({ port: Number(values.port), ...seed });
  const { "vars-file": file, "merge-every": seconds, webhook = null } = values;
  simulator.world.setWebhook({ url: webhook });
  addExample(simulator);
  // Whoever that is agrees to everything: Apps from manifests are made, and installed.
  simulator.world.signIn(values["sign-in"] ?? null);
  if (file !== undefined) {
    const all = { ...settingsOf(simulator), ...secretsOf(simulator) };
    writeFileSync(file, lines(all), { mode: 0o600 });
  }
  process.stdout.write(`${lines(settingsOf(simulator))}seed ${simulator.seed}\n`);
  const merging =
    seconds === undefined ? null : setInterval(() => mergeOne(simulator), Number(seconds) * 1000);
  process.once("SIGINT", () => {
    clearInterval(merging ?? undefined);
    void simulator.close();
  });
}

await main();
