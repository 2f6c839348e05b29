/** Whether a relay comments: as its App may, as it was asked for, and as its operator says. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runSetup } from "../../../src/cli/setup/run-setup.ts";
import { type Bench, openBench } from "./support/bench.ts";

function deployed(bench: Bench, more: object = {}) {
  const base = { json: false, waitSeconds: 2, deploy: true };
  return runSetup(bench.world, { ...base, ...bench.github, ...more });
}

async function withPerson(): Promise<Bench> {
  const bench = await openBench();
  bench.simulator.world.signIn("acme");
  return bench;
}

/** The App of the bench, given by its key as a file. */
function byKey(bench: Bench): object {
  const file = join(bench.directory, "key.pem");
  writeFileSync(file, bench.simulator.app.privateKeyPkcs1);
  return { appId: String(bench.simulator.app.id), privateKey: file };
}

const verdict = ({ checks }: Awaited<ReturnType<typeof deployed>>) =>
  checks.find(({ check }) => check === "app-permissions")?.status;

test("a deployed relay whose App may not comment is told so, and no right is missed", async () => {
  const bench = await withPerson();
  expect(verdict(await deployed(bench))).toBe("ok");
  expect(bench.cloudflare["REPORT_COMMENTS"]).toBe("off");
  expect((await bench.relaySettings())["REPORT_COMMENTS"]).toBe("off");
});

test("one that is made for comments is told to comment", async () => {
  const bench = await withPerson();
  expect(verdict(await deployed(bench, { comments: true }))).toBe("ok");
  expect(bench.cloudflare["REPORT_COMMENTS"]).toBe("on");
});

test("so is one that takes an App which exists, by what that App may do", async () => {
  const bench = await openBench();
  bench.simulator.world.addInstallation({ owner: "acme" });
  await deployed(bench, byKey(bench));
  expect(bench.cloudflare["REPORT_COMMENTS"]).toBeUndefined();
  bench.simulator.app.permissions = { ...bench.simulator.app.permissions, issues: "read" };
  await deployed(bench, byKey(bench));
  expect(bench.cloudflare["REPORT_COMMENTS"]).toBe("off");
});

test("a variable of the operator's wrangler.toml is set there, in place of what it said", async () => {
  const bench = await withPerson();
  writeFileSync(
    join(bench.directory, "wrangler.toml"),
    '[vars]\n# Comments below pull requests.\nREPORT_COMMENTS = "on"\n',
  );
  expect(verdict(await deployed(bench))).toBe("ok");
  expect(bench.file("wrangler.toml")).toContain('requests.\nREPORT_COMMENTS = "off"');
  expect(Object.keys(bench.cloudflare)).not.toContain("REPORT_COMMENTS");
  expect(bench.account.variables["REPORT_COMMENTS"]).toBe("off");
});

test("a variable on Cloudflare's pages is in the way, and is named", async () => {
  const bench = await withPerson();
  bench.account.variables["REPORT_COMMENTS"] = "on";
  await expect(deployed(bench)).rejects.toThrow(/REPORT_COMMENTS.*delete REPORT_COMMENTS/s);
});

test("an upload that was interrupted is made up for with the answer of that run", async () => {
  const bench = await withPerson();
  bench.plan.wranglerFails = true;
  await expect(
    deployed(bench, { comments: true, url: "https://relay.example.workers.dev" }),
  ).rejects.toThrow(/wrangler could not set/);
  bench.plan.wranglerFails = false;
  await deployed(bench);
  expect(bench.cloudflare["REPORT_COMMENTS"]).toBe("on");
});

test("asking for comments later says what the App needs first, and changes nothing", async () => {
  const bench = await withPerson();
  await deployed(bench);
  const uploads = bench.calls.filter(({ args }) => args[0] === "secret").length;
  await deployed(bench, { comments: true });
  expect(bench.printed()).toContain("--comments changes nothing yet");
  expect(bench.printed()).toContain(`--app-id ${bench.simulator.app.id}`);
  expect(bench.calls.filter(({ args }) => args[0] === "secret")).toHaveLength(uploads);
  expect(bench.cloudflare["REPORT_COMMENTS"]).toBe("off");
  rmSync(join(bench.directory, ".cache"), { recursive: true });
});

test("what an operator said in .dev.vars stays, where the App may comment", async () => {
  const bench = await openBench();
  bench.simulator.world.addInstallation({ owner: "acme" });
  writeFileSync(join(bench.directory, ".dev.vars"), 'REPORT_COMMENTS="off"\n');
  const order = { local: true, deploy: false, url: "https://relay.example.workers.dev" };
  await deployed(bench, { ...order, ...byKey(bench) });
  expect(bench.vars()["REPORT_COMMENTS"]).toBe("off");
});
