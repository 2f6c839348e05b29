/** Negative probes: what must fail fails, and a relay that lets it through is named. */
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { CHECKS, DEEP_CHECKS } from "../../../src/doctor/all-checks.ts";
import { anonymousApiCheck } from "../../../src/doctor/checks/deep/anonymous-api.ts";
import { forgedDeliveryCheck } from "../../../src/doctor/checks/deep/forged-delivery.ts";
import { readTokenDispatchCheck } from "../../../src/doctor/checks/deep/read-token-dispatch.ts";
import { unsignedDeliveryCheck } from "../../../src/doctor/checks/deep/unsigned-delivery.ts";
import { createPatient, type Patient } from "../../../src/doctor/patient.ts";
import { runChecks } from "../../../src/doctor/run-checks.ts";
import { answer, openClinic, RELAY } from "./support/clinic.ts";

const SIGNATURE = "x-hub-signature-256";
const PROBES = [
  unsignedDeliveryCheck,
  forgedDeliveryCheck,
  anonymousApiCheck,
  readTokenDispatchCheck,
];

test("a relay as released refuses every probe", async () => {
  const { examine, simulator } = await openClinic();
  for (const probe of PROBES)
    expect(await examine(probe), probe.name).toMatchObject({ status: "ok" });
  expect(simulator.dispatches).toEqual([]);
});

test("names a relay that takes what is unsigned, forged or anonymous", async () => {
  const { examine, answers } = await openClinic();
  answers.set(RELAY, answer(200));
  for (const probe of [unsignedDeliveryCheck, forgedDeliveryCheck, anonymousApiCheck]) {
    expect(await examine(probe), probe.name).toMatchObject({
      status: "failed",
      finding: expect.stringContaining("Not refused"),
      remedy: expect.stringMatching(/deploy/),
    });
  }
});

test("sends one without any signature, and one with that of a secret which nobody has", async () => {
  const { examine, sent, environment } = await openClinic();
  await examine(unsignedDeliveryCheck);
  await examine(forgedDeliveryCheck);
  await examine(forgedDeliveryCheck);
  const deliveries = sent.filter(({ url }) => url === `${RELAY}/webhooks/github`);
  const [unsigned, forged, again] = deliveries.map(({ headers }) => headers?.[SIGNATURE]);
  expect(unsigned).toBeUndefined();
  expect(forged).toMatch(/^sha256=[0-9a-f]{64}$/);
  expect(again).not.toBe(forged);
  const own = createHmac("sha256", environment["GITHUB_WEBHOOK_SECRET"] ?? "");
  expect(forged).not.toBe(`sha256=${own.update(deliveries[1]?.body ?? "").digest("hex")}`);
});

test.each([
  [unsignedDeliveryCheck, "deep-unsigned", "a delivery without a signature", "Anybody could"],
  [forgedDeliveryCheck, "deep-forged", "a delivery signed with a random secret", "anybody could"],
])("says what %o sent, and what it would mean", async (check, name, what, reason) => {
  const { examine, answers } = await openClinic();
  expect(check.name).toBe(name);
  expect((await examine(check)).finding).toBe(`Refused, as it must be: ${what} (401).`);
  answers.set(RELAY, answer(403));
  expect(await examine(check)).toMatchObject({
    status: "failed",
    finding: `Not refused: ${what} got 403, and must get 401.`,
    reason: expect.stringContaining(reason),
    remedy: expect.stringContaining("npm run deploy"),
  });
  answers.set(RELAY, answer(499));
  expect(await examine(check)).toMatchObject({ status: "failed" });
  answers.set(RELAY, answer(500));
  expect(await examine(check)).toMatchObject({
    status: "unknown",
    finding: `The answer to ${what} is 500.`,
    reason: expect.stringContaining("refuses nothing in particular"),
    remedy: expect.stringContaining("“relay”"),
  });
  answers.set(RELAY, { kind: "unreachable", cause: "no such host" });
  expect(await examine(check)).toMatchObject({
    status: "unknown",
    finding: "No answer (no such host).",
    reason: `Sent: ${what}.`,
  });
});

test("does not take a broken relay for one that refuses", async () => {
  const { examine, answers } = await openClinic();
  answers.set(RELAY, answer(500));
  expect(await examine(forgedDeliveryCheck)).toMatchObject({ status: "unknown" });
});

test("names a GitHub that lets a reading token dispatch", async () => {
  const { examine, answers, simulator } = await openClinic();
  const path = "/repos/acme/app/actions/workflows/publish-image.yml/dispatches";
  answers.set(`POST ${simulator.url}${path}`, answer(422, { message: "No ref found" }));
  expect(await examine(readTokenDispatchCheck)).toMatchObject({ status: "failed" });
});

test("runs every check in order, tells of each, and prints no secret", async () => {
  const { environment, send, simulator } = await openClinic();
  const patient = createPatient({
    environment,
    source: "in .dev.vars",
    relayUrl: RELAY,
    repository: { owner: "acme", name: "app" },
    registry: { user: "u", token: "may-write" },
    version: "1.0.0",
    ports: {
      send,
      now: () => Date.now(),
      sleep: () => Promise.resolve(),
      appToken: () => Promise.resolve(null),
      latestVersion: () => Promise.resolve(null),
    },
  });
  const told: string[] = [];
  const results = await runChecks([...CHECKS, ...DEEP_CHECKS], patient, {
    started: ({ name }) => void told.push(`> ${name}`),
    ended: ({ check }) => void told.push(check),
  });
  expect(told.slice(0, 2)).toEqual(["> settings", "settings"]);
  expect(results.map(({ check }) => check)).toEqual(
    [...CHECKS, ...DEEP_CHECKS].map(({ name }) => name),
  );
  for (const { status, reason, remedy, check } of results) {
    if (status === "failed")
      expect({ check, reason, remedy }).toMatchObject({
        reason: expect.any(String),
        remedy: expect.any(String),
      });
  }
  const printed = JSON.stringify(results);
  for (const secret of [
    simulator.app.webhookSecret,
    simulator.app.clientSecret,
    "may-write",
    "PRIVATE KEY-----\\nM",
  ]) {
    expect(printed).not.toContain(secret);
  }
});

test("a check that throws is told as its own fault and ends no other", async () => {
  const broken = {
    name: "broken",
    title: "Broken",
    run: () => Promise.reject(new TypeError("secret text")),
  };
  const [result] = await runChecks([broken], {} as Patient, {
    started: () => undefined,
    ended: () => undefined,
  });
  expect(result).toMatchObject({ check: "broken", status: "unknown" });
  expect(JSON.stringify(result)).not.toContain("secret text");
});
