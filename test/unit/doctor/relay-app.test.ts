/** A relay that runs with another App or another key than the one that was proved here, named at once. */
import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { relayAppCheck } from "../../../src/doctor/checks/relay-app.ts";
import { openClinic, RELAY } from "./support/clinic.ts";

function makeKey(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs1", format: "pem" }).toString();
}

test("finds the relay's App and key to be the ones that are here, in whatever form", async () => {
  const { examine, relaySettings, app } = await openClinic();
  expect(await examine(relayAppCheck)).toMatchObject({ status: "ok" });
  relaySettings["GITHUB_APP_PRIVATE_KEY"] = app.privateKeyPkcs8.replaceAll("\n", "\\n");
  relaySettings["GITHUB_APP_ID"] = app.clientId;
  expect(await examine(relayAppCheck)).toMatchObject({ status: "ok" });
});

test("names a relay that is set to another App, with both ids", async () => {
  const { examine, relaySettings, app } = await openClinic();
  relaySettings["GITHUB_APP_ID"] = "424242";
  const verdict = await examine(relayAppCheck);
  expect(verdict).toMatchObject({ status: "failed" });
  expect(verdict.finding).toContain("another App: 424242");
  expect(verdict.remedy).toContain(`setup --app-id ${app.id}`);
});

test("names a relay that holds another key by both fingerprints, and shows no key", async () => {
  const { examine, relaySettings } = await openClinic();
  const other = makeKey();
  relaySettings["GITHUB_APP_PRIVATE_KEY"] = other;
  const verdict = await examine(relayAppCheck);
  expect(verdict).toMatchObject({ status: "warning" });
  expect(verdict.finding.match(/SHA256:[\w+/]{43}=/g)).toHaveLength(2);
  expect(verdict.remedy).toContain("rotate private-key --key FILE");
  expect(JSON.stringify(verdict)).not.toContain(other.split("\n")[3]);
  // Made for the examination, and therefore another one.
  const examined = await examine(relayAppCheck, { keyFile: "key.pem" });
  expect(examined).toMatchObject({ status: "unknown" });
});

test("asks only with the webhook secret, and says nothing of a relay that does not tell", async () => {
  const { examine, environment, answers, sent } = await openClinic();
  const without = { ...environment, GITHUB_WEBHOOK_SECRET: "" };
  expect(await examine(relayAppCheck, { environment: without })).toMatchObject({
    status: "skipped",
  });
  expect(sent.filter(({ url }) => url.startsWith(RELAY))).toEqual([]);
  const wrong = { ...environment, GITHUB_WEBHOOK_SECRET: "another-secret" };
  expect(await examine(relayAppCheck, { environment: wrong })).toMatchObject({ status: "skipped" });
  const text = '{"outcome":"ignored","reason":"ping"}';
  answers.set(`POST ${RELAY}/webhooks/github`, { kind: "answer", status: 200, headers: {}, text });
  expect(await examine(relayAppCheck)).toMatchObject({ status: "skipped" });
});
