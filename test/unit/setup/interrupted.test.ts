/** A set-up that is killed at any moment goes on where it stopped, with the same App. */
import { expect, test } from "vitest";
import { runSetup } from "../../../src/cli/setup/run-setup.ts";
import type { World } from "../../../src/cli/setup/world.ts";
import { sendPing } from "../../../src/doctor/signed-ping.ts";
import { type Bench, openBench, RELAY } from "./support/bench.ts";

const DEATH = "killed";

/** The world, until its n-th act is done: then the process is gone. */
function mortal({ world }: Bench, last: number) {
  const acts: string[] = [];
  const doing = async <Value>(what: string, act: () => Promise<Value>): Promise<Value> => {
    acts.push(what);
    const isLast = acts.length === last;
    const value = await act();
    if (isLast) throw new Error(DEATH);
    return value;
  };
  const dying: World = {
    ...world,
    send: (question) =>
      doing(`${question.method} ${new URL(question.url).pathname}`, () => world.send(question)),
    wrangler: (args, stdin) => doing(`wrangler ${args[0]}`, () => world.wrangler(args, stdin)),
    openBrowser: (url) => doing("browser", () => world.openBrowser(url)),
  };
  return { dying, acts };
}

function orderFor(bench: Bench, target: "local" | "deploy") {
  const url = target === "local" ? { url: RELAY } : {};
  return { json: false, waitSeconds: 2, repo: "acme/app", ...bench.github, [target]: true, ...url };
}

async function withPerson(): Promise<Bench> {
  const bench = await openBench();
  bench.simulator.world.signIn("acme");
  return bench;
}

/** What a run does before the doctor, which changes nothing. */
async function actsOf(target: "local" | "deploy"): Promise<readonly string[]> {
  const bench = await withPerson();
  const { dying, acts } = mortal(bench, 0);
  expect(await runSetup(dying, orderFor(bench, target))).toMatchObject({ ok: true });
  return acts.slice(0, acts.indexOf("GET /meta"));
}

test.each(["local", "deploy"] as const)(
  "%s: killed at any moment, the next run ends well with one App and shows no secret",
  async (target) => {
    const acts = await actsOf(target);
    expect(acts.length).toBeGreaterThan(5);
    for (const [index, act] of acts.entries()) {
      const bench = await withPerson();
      const order = orderFor(bench, target);
      await expect(runSetup(mortal(bench, index + 1).dying, order), act).rejects.toThrow(DEATH);
      expect(await runSetup(bench.world, order), act).toMatchObject({ ok: true });
      await expectWhole(bench, act);
    }
  },
  120_000,
);

async function expectWhole(bench: Bench, act: string): Promise<void> {
  const { simulator } = bench;
  const made = simulator.requests.filter(({ path }) => path.endsWith("/conversions")).length;
  // GitHub gives an App's key out once: who dies before it arrives asks in vain, and needs another App.
  const isLost = act.endsWith("/conversions");
  expect(made, `questions for a key after ${act}`).toBe(isLost ? 3 : 1);
  const ping = await sendPing({ send: bench.world.send }, RELAY, simulator.app.webhookSecret);
  expect(ping).toMatchObject({ status: 200 });
  expect(bench.file(".cache/merge-relay-upload")).toBe("");
  const shown = bench.printed() + bench.file(".cache/merge-relay-setup.json");
  for (const secret of bench.secrets()) expect(shown).not.toContain(secret);
}
