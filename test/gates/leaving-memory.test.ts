/** A ledger that has done its work leaves memory: while it stays, it is billed. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fireVolley } from "../bench/load/volley.ts";
import { prepareRelay } from "../bench/processes/relay.ts";
import { makeSecrets } from "../bench/processes/secrets.ts";
import { StandInClient } from "../bench/processes/stand-in-client.ts";
import { waitFor } from "../e2e/support/wait-for.ts";

const FRONT = fileURLToPath(new URL("../bench/floor/counted-objects.js", import.meta.url));
/** workerd drops an object ten seconds after its last work; a call to GitHub may take ten more. */
const IDLE_MS = 15_000;
const REPOSITORIES = 5;

test("within ten seconds of its last call to GitHub, and not when that call would have timed out", async () => {
  const folder = await mkdtemp(join(tmpdir(), "memory-"));
  const secrets = makeSecrets();
  const github = await StandInClient.start();
  const relay = await prepareRelay(secrets, {
    name: "relay",
    githubUrl: github.url,
    within: folder,
    front: FRONT,
    settings: { SCAN_INTERVAL_MS: "86400000", RUN_POLL_MS: "3600000" },
  });
  const begun = async (): Promise<number> => {
    const answer = await fetch(new URL("/begun", relay.url()));
    const said: { begun: number } = await answer.json();
    return said.begun;
  };
  const send = (kind: "merged" | "push") =>
    fireVolley({
      url: relay.url(),
      secret: secrets.webhookSecret,
      kind,
      count: REPOSITORIES,
      connections: REPOSITORIES,
      repositories: REPOSITORIES,
      firstPullRequest: 1,
    });
  try {
    await relay.start();
    github.runs("queued");
    await send("merged");
    await waitFor(
      "the dispatches",
      async () => (await github.report()).runs.length === REPOSITORIES,
    );
    expect(await begun()).toBe(REPOSITORIES);
    await sleep(IDLE_MS);
    await send("push");
    expect(await begun()).toBe(2 * REPOSITORIES);
  } finally {
    await relay.kill();
    await relay.remove();
    await github.close();
    await rm(folder, { recursive: true, force: true });
  }
});
