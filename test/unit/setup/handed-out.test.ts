/** GitHub hands an App's key out once: from that moment on nothing that happens here loses it. */
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runSetup } from "../../../src/cli/setup/run-setup.ts";
import type { World } from "../../../src/cli/setup/world.ts";
import { type Bench, openBench, RELAY } from "./support/bench.ts";

const HELD = ".cache/merge-relay-new-app";

function orderFor(bench: Bench, more: object = {}) {
  return { json: false, waitSeconds: 2, local: true, url: RELAY, ...bench.github, ...more };
}

async function withPerson(): Promise<Bench> {
  const bench = await openBench();
  bench.simulator.world.signIn("acme");
  return bench;
}

function conversions({ simulator }: Bench): number {
  return simulator.requests.filter(({ path }) => path.endsWith("/conversions")).length;
}

/** Dies when GitHub's answer is in its hands. */
function dyingAtTheApp({ world }: Bench): World {
  const done = (text: string): void => {
    if (text.startsWith("GitHub made the App")) throw new Error("killed");
    world.say.done(text);
  };
  return { ...world, say: { ...world.say, done } };
}

/** Dies while GitHub is asked: before it hears of it, or after it has answered. */
function dyingAtTheQuestion({ world }: Bench, hears: boolean): World {
  const send: World["send"] = async (question) => {
    if (!question.url.endsWith("/conversions")) return world.send(question);
    if (hears) await world.send(question);
    throw new Error("killed");
  };
  return { ...world, send };
}

test.each([
  ["local", {}],
  ["deployed", { local: false, deploy: true, url: undefined }],
])("%s: killed with the new App's key in its hands, the next run has it", async (_, more) => {
  const bench = await withPerson();
  const order = orderFor(bench, more);
  await expect(runSetup(dyingAtTheApp(bench), order)).rejects.toThrow("killed");
  expect(statSync(join(bench.directory, HELD)).mode & 0o777).toBe(0o600);
  expect(await runSetup(bench.world, order)).toMatchObject({ ok: true, installed: true });
  expect(conversions(bench)).toBe(1);
  expect(bench.file(HELD)).toBe("");
  for (const secret of bench.secrets()) expect(bench.printed()).not.toContain(secret);
});

test("an interrupted new App is gone on with, and not the one that was there before", async () => {
  const bench = await withPerson();
  await runSetup(bench.world, orderFor(bench));
  const before = bench.vars()["GITHUB_APP_PRIVATE_KEY"];
  const again = orderFor(bench, { newApp: true });
  await expect(runSetup(dyingAtTheApp(bench), again)).rejects.toThrow("killed");
  expect(bench.vars()["GITHUB_APP_PRIVATE_KEY"]).toBe(before);
  await runSetup(bench.world, orderFor(bench));
  expect(conversions(bench)).toBe(2);
  expect(bench.printed()).toContain("in a run that was interrupted");
});

test("killed before GitHub heard the code, the next run asks with the same one", async () => {
  const bench = await withPerson();
  await expect(runSetup(dyingAtTheQuestion(bench, false), orderFor(bench))).rejects.toThrow();
  expect(await runSetup(bench.world, orderFor(bench, { waitSeconds: 0 }))).toMatchObject({
    app: { id: String(bench.simulator.app.id) },
  });
  expect(conversions(bench)).toBe(1);
});

test("killed while GitHub's answer was on its way, says how to keep the App", async () => {
  const bench = await withPerson();
  await expect(runSetup(dyingAtTheQuestion(bench, true), orderFor(bench))).rejects.toThrow();
  expect(await runSetup(bench.world, orderFor(bench))).toMatchObject({ ok: true });
  expect(bench.printed()).toMatch(/generate a key.*--app-id ID --private-key FILE/);
});

test("settings that cannot be written lose nothing of what GitHub handed out", async () => {
  const bench = await withPerson();
  const vars = join(bench.directory, ".dev.vars");
  const world: World = {
    ...bench.world,
    send: (question) => {
      if (question.url.endsWith("/conversions")) mkdirSync(vars);
      return bench.world.send(question);
    },
  };
  await expect(runSetup(world, orderFor(bench))).rejects.toThrow(/Cannot read .*\.dev\.vars/);
  rmSync(vars, { recursive: true });
  expect(await runSetup(bench.world, orderFor(bench))).toMatchObject({ ok: true });
  expect(conversions(bench)).toBe(1);
});

const isRoot = process.getuid?.() === 0;
const mayMount = isRoot && process.platform === "linux";

test.skipIf(isRoot)("a directory that takes no new file still takes the key", async () => {
  const bench = await withPerson();
  const workshop = join(bench.directory, ".cache");
  const world = afterTheAnswer(bench, () => chmodSync(workshop, 0o500));
  await expect(runSetup(world, orderFor(bench))).rejects.toThrow("Cannot write");
  chmodSync(workshop, 0o700);
  expect(await runSetup(bench.world, orderFor(bench))).toMatchObject({ ok: true });
  expect(conversions(bench)).toBe(1);
});

test.skipIf(!mayMount)("a disk that fills up at that moment still takes the key", async () => {
  const bench = await withPerson();
  const workshop = join(bench.directory, ".cache");
  mkdirSync(workshop);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", workshop]);
  onTestFinished(() => void execFileSync("umount", [workshop]));
  const filler = join(workshop, "filler");
  const order = orderFor(bench, { local: false, deploy: true, url: undefined });
  await expect(
    runSetup(
      afterTheAnswer(bench, () => fill(filler)),
      order,
    ),
  ).rejects.toThrow(/Cannot write .*merge-relay-upload.*ENOSPC/);
  rmSync(filler);
  expect(await runSetup(bench.world, order)).toMatchObject({ ok: true });
  expect(conversions(bench)).toBe(1);
});

/** Something happens to the disk when GitHub has answered, and before anybody has looked at it. */
function afterTheAnswer({ world }: Bench, happen: () => void): World {
  const send: World["send"] = async (question) => {
    const answer = await world.send(question);
    if (question.url.endsWith("/conversions")) happen();
    return answer;
  };
  return { ...world, send };
}

function fill(file: string): void {
  try {
    for (;;) appendFileSync(file, " ".repeat(1024));
  } catch {
    // Full.
  }
}

test.skipIf(!isRoot)("takes no App from a file of another user's", async () => {
  const bench = await withPerson();
  await expect(runSetup(dyingAtTheApp(bench), orderFor(bench))).rejects.toThrow("killed");
  chownSync(join(bench.directory, HELD), 65534, 65534);
  await expect(runSetup(bench.world, orderFor(bench))).rejects.toThrow(/another user/);
});

test.each([["a link"], ["a workshop that is a link"]])("takes no App from %s", async (what) => {
  const bench = await withPerson();
  const planted = join(bench.directory, "planted");
  mkdirSync(planted);
  const held = { apiUrl: bench.simulator.url, code: "0123456789abcdef", answer: null };
  writeFileSync(join(planted, "merge-relay-new-app"), JSON.stringify(held));
  if (what === "a link") {
    mkdirSync(join(bench.directory, ".cache"));
    symlinkSync(join(planted, "merge-relay-new-app"), join(bench.directory, HELD));
  } else {
    symlinkSync(planted, join(bench.directory, ".cache"));
  }
  await expect(runSetup(bench.world, orderFor(bench))).rejects.toThrow(/not trusted.*key/);
  expect(conversions(bench)).toBe(0);
});
