import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { AlarmFull, NEXT_ALARM } from "../../../src/domain/alarm-full.ts";
import { createGitHub } from "../../../src/github/github-client.ts";

const REPOSITORY = { id: 1, owner: "acme", name: "app", installationId: 99 };
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const KEY = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** A client whose requests leave up to that number. */
function clientOf(mayLeave: number) {
  let left = mayLeave;
  const send = (): Promise<Response> => {
    if (left <= 0) return Promise.reject(new AlarmFull());
    left -= 1;
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    return Promise.resolve(Response.json({ token: "t", expires_at, permissions: {} }));
  };
  const options = { baseUrl: "https://github.test", timeoutMs: 1_000, fetch: send as typeof fetch };
  return createGitHub({ appId: "4711", privateKey: KEY }, { ...options, now: () => Date.now() });
}

const REQUEST = { workflow: "publish-image.yml", ref: "main", inputs: {} };

test.each([0, 1])(
  "a question and a dispatch that a full alarm keeps back are asked later, after %i requests",
  async (mayLeave) => {
    expect(await clientOf(mayLeave).pullRequest(REPOSITORY, 1)).toEqual(NEXT_ALARM);
    // Surely not sent: nothing is to be reconciled.
    expect(await clientOf(mayLeave).dispatch(REPOSITORY, REQUEST)).toEqual(NEXT_ALARM);
  },
);

test("a question of the App itself that a full alarm keeps back is asked later", async () => {
  expect(await clientOf(0).installedAt(99)).toEqual(NEXT_ALARM);
});
