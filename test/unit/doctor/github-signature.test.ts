/** GitHub signs with its secret, and the doctor sees what the relay makes of that. */
import { expect, test } from "vitest";
import { githubSignatureCheck } from "../../../src/doctor/checks/github-signature.ts";
import { answer, openClinic, RELAY } from "./support/clinic.ts";

/** A clinic whose GitHub has sent one ping; a redelivery ends as it is told to. */
async function withPing() {
  const clinic = await openClinic();
  const { simulator, world, answers, examine } = clinic;
  const { recorded } = simulator.deliveries;
  recorded.length = 0;
  world.setWebhook({ url: `${simulator.url}/meta` });
  world.ping();
  await simulator.idle();
  world.setWebhook({ url: `${RELAY}/webhooks/github` });
  const ping = recorded[0]!;
  const redelivering = (status: string, statusCode: number) => {
    for (const { id } of recorded)
      answers.set(`POST ${simulator.url}/app/hook/deliveries/${id}/attempts`, answer(202));
    const again = { ...ping, id: recorded.at(-1)!.id + 1, redelivery: true, status, statusCode };
    // It appears in GitHub's list a moment after it was asked for.
    const sleep = () => Promise.resolve(void recorded.push(again));
    return examine(githubSignatureCheck, { ports: { sleep } as never });
  };
  return { ...clinic, redelivering, ping };
}

test("takes GitHub's word for a secret, and names one that differs on its side", async () => {
  const { redelivering } = await withPing();
  expect(await redelivering("Unauthorized", 401)).toMatchObject({
    status: "failed",
    remedy: expect.stringContaining("rotate webhook-secret"),
  });
  expect(await redelivering("OK", 200)).toMatchObject({ status: "ok" });
});

test.each([
  ["Forbidden", 403, "gets 403"],
  ["timed out", 0, "no answer (timed out)"],
])("names what keeps GitHub away from a relay that answers: %s", async (status, code, words) => {
  const { redelivering } = await withPing();
  expect(await redelivering(status, code)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining(words),
    remedy: expect.stringContaining("POST /webhooks/github"),
  });
});

test("says nothing of a secret where deliveries go elsewhere, or the relay is down", async () => {
  const { redelivering, world, answers, sent } = await withPing();
  world.setWebhook({ url: `${RELAY}/elsewhere` });
  expect(await redelivering("Not Found", 404)).toMatchObject({
    status: "skipped",
    finding: expect.stringContaining("hook-address"),
  });
  world.setWebhook({ url: `${RELAY}/webhooks/github` });
  answers.set(`GET ${RELAY}/healthz`, answer(500));
  expect(await redelivering("Internal Server Error", 500)).toMatchObject({
    status: "skipped",
    finding: expect.stringContaining("relay"),
  });
  expect(sent.filter(({ method }) => method === "POST")).toEqual([]);
});

test("asks again for what changes nothing at a relay, and for nothing else", async () => {
  const { examine, redelivering, ping, simulator, sent } = await withPing();
  const { recorded } = simulator.deliveries;
  Object.assign(ping, { event: { ...ping.event, name: "pull_request" } });
  expect(await examine(githubSignatureCheck)).toMatchObject({ status: "skipped" });
  expect(sent.filter(({ method }) => method === "POST")).toEqual([]);
  Object.assign(ping, { event: { ...ping.event, name: "installation" } });
  expect(await redelivering("OK", 202)).toMatchObject({ status: "ok" });
  recorded.length = 0;
  expect(await examine(githubSignatureCheck)).toMatchObject({ status: "skipped" });
});

test("does not wait for ever for a delivery that does not come", async () => {
  const { examine, answers, ping, simulator } = await withPing();
  const attempts = `POST ${simulator.url}/app/hook/deliveries/${ping.id}/attempts`;
  answers.set(attempts, answer(202));
  let waits = 0;
  const sleep = () => Promise.resolve(void waits++);
  expect(await examine(githubSignatureCheck, { ports: { sleep } as never })).toMatchObject({
    status: "unknown",
  });
  expect(waits).toBe(20);
  answers.set(attempts, answer(422, { message: "too old" }));
  expect(await examine(githubSignatureCheck)).toMatchObject({
    status: "unknown",
    finding: expect.stringContaining("too old"),
  });
});
