/** Back-pressure ends in a redelivery and not in a loss: ledgers that Cloudflare says are overloaded. */
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { begin, endAll, mergeUnder, rowsOf } from "./support/mortal.ts";
import { waitFor } from "./support/wait-for.ts";

const FRONT = fileURLToPath(new URL("support/overloaded-front.js", import.meta.url));
/** What comes back here was redelivered, and not found by a scan. */
const NO_SCAN = { SCAN_INTERVAL_MS: "3600000" };

afterAll(endAll);

const countSweeps = (lines: readonly string[]): number =>
  lines.filter((line) => line.includes('"event":"sweep.finished"')).length;

async function beginOverloaded() {
  const lines: string[] = [];
  const life = await begin(NO_SCAN, { front: FRONT, onLine: (line) => lines.push(line) });
  const { simulator, relay } = life;
  const merges = () =>
    simulator.deliveries.recorded.filter(({ event }) => event.action === "closed");
  return {
    ...life,
    merges,
    async ledgersAre(mode: "well" | "overloaded" | "lost"): Promise<void> {
      const url = new URL(`/ledgers/${mode}`, simulator.deliveries.config.url ?? "");
      await fetch(url, { method: "PUT" });
    },
    async sweep(): Promise<void> {
      const before = countSweeps(lines);
      await relay.cron();
      await waitFor("the end of the sweep", () => countSweeps(lines) > before);
    },
    asks: () => simulator.requests.filter(({ path }) => path.endsWith("/attempts")).length,
    bugs: () => lines.filter((line) => /\.bug"|Uncaught/.test(line)),
    succeeded: (sha: string) =>
      waitFor("the run", async () => {
        const rows = await rowsOf(relay, sha);
        return rows.length === 1 && rows[0]?.state === "succeeded";
      }),
  };
}

test.concurrent("a merge that an overloaded ledger could not take is answered with 503, and redelivered by cron", async () => {
  const life = await beginOverloaded();
  await life.ledgersAre("overloaded");
  const merge = mergeUnder(life.simulator, null);
  await life.simulator.deliveries.idle();
  const [refused] = life.merges();
  expect(refused).toMatchObject({ statusCode: 503, redelivery: false });
  expect(refused!.response.headers["retry-after"]).toMatch(/^\d+$/);
  expect(refused!.response.payload).not.toMatch(/overloaded/i);
  expect(await rowsOf(life.relay, merge.sha)).toEqual([]);

  await life.ledgersAre("well");
  await life.sweep();
  await life.succeeded(merge.sha);
  await life.sweep();
  expect(life.merges().map(({ statusCode, redelivery }) => [statusCode, redelivery])).toEqual([
    [503, false],
    [202, true],
  ]);
  expect(merge.runs()).toHaveLength(1);
  expect(life.bugs()).toEqual([]);
});

test.concurrent("a merge that was taken, and of which only the ledger's answer was lost, is not asked for again", async () => {
  const life = await beginOverloaded();
  await life.ledgersAre("lost");
  const merge = mergeUnder(life.simulator, null);
  await life.simulator.deliveries.idle();
  expect(life.merges()).toMatchObject([{ statusCode: 503 }]);
  await life.ledgersAre("well");
  const before = life.asks();
  await life.sweep();
  await life.succeeded(merge.sha);
  expect(life.merges()).toHaveLength(1);
  expect(life.asks()).toBe(before);
  expect(merge.runs()).toHaveLength(1);
});

test.concurrent("ledgers that are overloaded while the sweep asks them are not flooded, and the sweep ends", async () => {
  const life = await beginOverloaded();
  await life.ledgersAre("overloaded");
  const merge = mergeUnder(life.simulator, null);
  await life.simulator.deliveries.idle();
  await life.sweep();
  // It could not take the delivery now either.
  expect(life.asks()).toBe(0);
  await life.ledgersAre("well");
  const health = new URL("/healthz", life.simulator.deliveries.config.url ?? "");
  expect(await (await fetch(health)).json()).toMatchObject({ sweep: { behind: false } });
  // The next delivery of that repository, whatever it is about, is taken as ever.
  const { number } = life.simulator.world.openPullRequest({ repo: "acme/app", user: "stranger" });
  const next = life.simulator.world.mergePullRequest("acme/app", number);
  await life.succeeded(next);
  const shas = merge.runs().map(({ inputs }) => inputs["sha"]);
  expect(shas.filter((sha) => sha === next)).toHaveLength(1);
  expect(life.bugs()).toEqual([]);
});
