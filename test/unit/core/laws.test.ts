import { inspect } from "node:util";
import { generateKeyPairSync } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSettings } from "../../../src/config.ts";
import { DEFAULT_ROUTE } from "../../../src/domain/configuration.ts";
import { makeDispatchId } from "../../../src/domain/dispatch-id.ts";
import { isFinal, STATES, type Step, transition } from "../../../src/domain/dispatch-state.ts";
import { inputsFor } from "../../../src/domain/inputs.ts";
import { backoffMs, MAX_BACKOFF_MS, nextAttemptAt } from "../../../src/domain/retry.ts";
import { findRun, idsIn, type RunFacts } from "../../../src/domain/run.ts";
import { readPrivateKey } from "../../../src/github/private-key.ts";
import { Secret } from "../../../src/secret.ts";

const STEPS: readonly Step[] = [
  "prove",
  "dispatch",
  "accept",
  "lose",
  "wait",
  "exhaust",
  "skip",
  "reject",
  "start",
  "succeed",
  "fail",
  "cancel",
  "hold",
  "release",
];

describe("the life of a dispatch", () => {
  test("no order of steps leaves a final state, and each state can still come to an end", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...STEPS), { maxLength: 60 }), (steps) => {
        let state: (typeof STATES)[number] = "queued";
        for (const step of steps) {
          const next = transition(state, step);
          if (isFinal(state)) expect(next).toBeNull();
          state = next ?? state;
        }
      }),
    );
    const moves = (state: (typeof STATES)[number]) => STEPS.map((step) => transition(state, step));
    for (const state of STATES) expect(moves(state).some(Boolean)).toBe(!isFinal(state));
  });

  test("nothing is sent twice without a proof in between", () => {
    expect(transition("dispatching", "dispatch")).toBeNull();
    expect(transition("dispatched", "dispatch")).toBeNull();
    expect(transition("running", "dispatch")).toBeNull();
  });
});

describe("waits", () => {
  test("lie between half and all of min(base × 2ⁿ, 5 minutes)", () => {
    const base = fc.integer({ min: 1, max: 300_000 });
    const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(base, fc.nat(2_000), draw, (baseMs, attempt, drawn) => {
        const ceiling = Math.min(baseMs * 2 ** attempt, MAX_BACKOFF_MS);
        const wait = backoffMs(baseMs, attempt, drawn);
        expect(wait).toBeGreaterThanOrEqual(Math.floor(ceiling / 2));
        expect(wait).toBeLessThanOrEqual(Math.ceil(ceiling));
      }),
    );
  });

  test("are never shorter than GitHub asked for", () => {
    const wait = { baseMs: 1_000, attempt: 0, draw: 0 };
    expect(nextAttemptAt(0, { ...wait, notBeforeMs: 9_000 })).toBe(9_000);
    expect(nextAttemptAt(0, { ...wait, notBeforeMs: 1 })).toBe(500);
  });
});

const run = (displayTitle: string): RunFacts => ({
  id: 1,
  url: "",
  event: "workflow_dispatch",
  displayTitle,
  byPerson: false,
  status: "queued",
  conclusion: null,
  attempt: 1,
});

describe("a run", () => {
  const id = makeDispatchId(7, 1_800_000_000_000, new Uint8Array(16));

  test.each([`Publish ${id}`, id, `(${id})`, `${id}: app`])("is found by %s", (title) => {
    expect(findRun([run("x"), run(title)], id)?.displayTitle).toBe(title);
  });

  test.each([`${id}0`, `x${id}`, `${id}-2`, `-${id}`, id.slice(0, -1), id.toUpperCase()])(
    "is not found by %s",
    (title) => expect(findRun([run(title)], id)).toBeNull(),
  );

  test("ids sort as they were made, and read back out of any title", () => {
    const time = fc.integer({ min: 0, max: 2 ** 48 });
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(time, time, bytes, (first, second, random) => {
        const [one, two] = [first, second].map((at) => makeDispatchId(7, at, random));
        if (first < second) expect(one! < two!).toBe(true);
        expect(idsIn(`Publish ${one} now`)).toEqual([one]);
      }),
    );
  });
});

describe("inputs", () => {
  const source = {
    id: 1,
    ownerId: 2,
    owner: "acme",
    name: "app",
    defaultBranch: "main",
    installationId: 3,
  };
  const target = {
    dispatchId: "mr-1",
    sha: "a".repeat(40),
    branch: "main",
    pullRequest: 7,
    tag: null,
  };

  test("are the four of the contract where the route sets nothing", () => {
    expect(inputsFor(target, DEFAULT_ROUTE, source)).toEqual({
      dispatch_id: "mr-1",
      sha: target.sha,
      branch: "main",
      pr: "7",
    });
  });

  test("hold the route's own and the source, and no static one can take the contract's place", () => {
    const route = {
      ...DEFAULT_ROUTE,
      platforms: ["linux/amd64", "linux/arm64"],
      builder: { owner: "acme", name: "builder" },
      inputs: { channel: "stable", sha: "forged" },
    };
    const tagged = { ...target, pullRequest: null, tag: "v1" };
    expect(inputsFor(tagged, route, source)).toEqual({
      channel: "stable",
      dispatch_id: "mr-1",
      sha: target.sha,
      branch: "main",
      pr: "",
      tag: "v1",
      platforms: "linux/amd64,linux/arm64",
      repository: "acme/app",
    });
  });
});

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PKCS1 = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
const PKCS8 = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

describe("private keys", () => {
  test.each([
    ["PKCS#1", PKCS1],
    ["PKCS#8", PKCS8],
    ["escaped newlines", PKCS1.replaceAll("\n", "\\n")],
    ["Windows newlines", PKCS1.replaceAll("\n", "\r\n")],
    ["blanks around it", `\n  ${PKCS8}  \n`],
  ])("%s become PKCS#8", (_, pem) => {
    expect(readPrivateKey(pem)).toEqual({ kind: "usable", pkcs8: PKCS8 });
  });

  test("anything else is unusable", () => {
    const { privateKey: curve, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const ec = curve.export({ type: "pkcs8", format: "pem" }).toString();
    const open = publicKey.export({ type: "spki", format: "pem" }).toString();
    for (const text of ["", "x", ec, open, PKCS1.slice(0, 200)]) {
      expect(readPrivateKey(text)).toMatchObject({ kind: "unusable" });
    }
  });
});

describe("settings", () => {
  const good = {
    GITHUB_APP_ID: "1",
    GITHUB_APP_PRIVATE_KEY: PKCS1,
    GITHUB_WEBHOOK_SECRET: "s3cr3t",
  };

  test("are taken with the usual values, and the secrets print as redacted", () => {
    const read = readSettings(good);
    expect(read).toMatchObject({
      kind: "settings",
      settings: { apiUrl: "https://api.github.com" },
    });
    for (const text of [inspect(read, { depth: 9, showHidden: true }), JSON.stringify(read)]) {
      expect(text).not.toMatch(/s3cr3t|PRIVATE KEY/);
    }
    expect(String(new Secret("s3cr3t"))).toBe("[redacted]");
  });

  test("every problem is told at once, by name and never by value", () => {
    const wrong = {
      GITHUB_APP_ID: "va/lue",
      GITHUB_APP_PRIVATE_KEY: "value",
      GITHUB_API_URL: "value",
      RELAY_MODE: "value",
      RETRY_BASE_MS: "value",
      ALLOWED_OWNERS: "va lue",
    };
    const read = readSettings(wrong);
    const problems = read.kind === "misconfigured" ? read.problems : [];
    const told = new Set(problems.map(({ setting }) => setting));
    expect(told).toEqual(new Set([...Object.keys(wrong), "GITHUB_WEBHOOK_SECRET"]));
    expect(JSON.stringify(problems)).not.toMatch(/va.?lue/);
  });

  test.each<[string, string]>([
    ["ALLOWED_OWNERS", " , "],
    ["GITHUB_API_URL", "https://:word@github.test"],
    ["GITHUB_API_URL", "https://user@github.test"],
    ["GITHUB_API_URL", "ftp://github.test"],
    ["GITHUB_TIMEOUT_MS", "30000"],
    ["RETRY_MAX_ATTEMPTS", "0"],
    ["RETRY_MAX_ATTEMPTS", "-1"],
    ["RETRY_BASE_MS", "1e3"],
  ])("%s=%j is refused", (setting, value) => {
    const read = readSettings({ ...good, [setting]: value });
    expect(read.kind === "misconfigured" && read.problems.map((told) => told.setting)).toEqual([
      setting,
    ]);
  });
});
