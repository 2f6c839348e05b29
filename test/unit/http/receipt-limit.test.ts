import { expect, test } from "vitest";
import type { VerifyRunToken } from "../../../src/http/actions-oidc.ts";
import { receiveReceipt } from "../../../src/http/receipts.ts";

const CLAIMS = {
  run_id: 5,
  repository_id: 1,
  event_name: "workflow_dispatch",
  workflow_ref: "acme/app/.github/workflows/publish-image.yml@refs/heads/main",
} as Extract<Awaited<ReturnType<VerifyRunToken>>, object>;
const RECEIPT = {
  dispatch_id: `mr-1-${"0".repeat(26)}`,
  image: "ghcr.io/acme/app",
  digest: `sha256:${"d".repeat(64)}`,
  tags: [],
  platforms: [],
};

/** A desk whose limiter lets so many through per key, and what was counted and looked at. */
function desk(most: number) {
  const counts = new Map<string, number>();
  let verified = 0;
  const limit = ({ key }: { key: string }) => {
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return Promise.resolve({ success: count <= most });
  };
  const context = {
    limiter: { limit },
    verify: (token: string) => {
      verified += 1;
      return Promise.resolve(token === "good" ? CLAIMS : null);
    },
    ledger: () => ({ takeReceipt: () => Promise.resolve(true) }),
  };
  const send = (token: string, address: string) =>
    receiveReceipt(
      new Request("https://relay.test/api/v1/receipts", {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "cf-connecting-ip": address },
        body: JSON.stringify(RECEIPT),
      }),
      context,
    );
  return { send, counts, verified: () => verified };
}

test("counts made-up tokens by the address, before one is looked at", async () => {
  const { send, verified } = desk(2);
  const statuses = [];
  for (let time = 0; time < 4; time++)
    statuses.push((await send(`no-${time}`, "192.0.2.1")).status);
  expect(statuses).toEqual([401, 401, 429, 429]);
  expect(verified()).toBe(2);
  expect((await send("good", "192.0.2.2")).status).toBe(200);
});

test("counts a run wherever it sends from, and says when to come again", async () => {
  const { send } = desk(2);
  const statuses = [];
  for (let time = 0; time < 2; time++)
    statuses.push((await send("good", `192.0.2.${time}`)).status);
  const over = await send("good", "192.0.2.9");
  expect(statuses).toEqual([200, 200]);
  expect([over.status, over.headers.get("retry-after")]).toEqual([429, "60"]);
  expect(await over.json()).toMatchObject({ code: "too-many-requests" });
});

test("keeps no token among what it counts", async () => {
  const { send, counts } = desk(9);
  await send("good", "192.0.2.1");
  expect([...counts.keys()]).toEqual(["address:192.0.2.1", "run:5"]);
});
