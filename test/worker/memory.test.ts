/** What a ledger's object keeps in memory, and that it is never believed beyond its time. */
import {
  abortAllDurableObjects,
  evictDurableObject,
  reset,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, expect, test, vi } from "vitest";
import type { Delivery } from "../../src/domain/delivery.ts";
import type { LedgerObject } from "../../src/ledger/repository-ledger.ts";
import { Store } from "../../src/ledger/store.ts";
import { deliver, freshId, mergePayload } from "./deliveries.ts";

afterAll(async () => {
  await abortAllDurableObjects();
  await reset();
});

function objectOf(id: number) {
  return env.REPOSITORY_LEDGER.getByName(String(id));
}

function mergeDelivery(id: number, each: number): Delivery {
  return {
    guid: `rush-${each}`,
    event: "pull_request",
    repository: { id, owner: "acme", name: "app" },
    installationId: 1,
    wake: { kind: "claim", claim: { kind: "merge", pullRequest: 100 + each, hint: null } },
  };
}

async function accept(id: number, guid: string): Promise<unknown> {
  const answer = await deliver(mergePayload({ repositoryId: id }), { "x-github-delivery": guid });
  return answer.json();
}

/** Waits until an alarm has taken in every delivery of this ledger. */
function takenIn(id: number, count: number): Promise<void> {
  return vi.waitFor(
    async () => {
      const rows = await runInDurableObject(objectOf(id), (_, { storage }) =>
        storage.sql.exec("SELECT pending FROM deliveries").toArray(),
      );
      expect(rows).toEqual(Array.from({ length: count }, () => ({ pending: 0 })));
    },
    { timeout: 15_000 },
  );
}

test("an object that begins anew brings an alarm of an hour later to now", async () => {
  const id = freshId();
  await accept(id, "first");
  await takenIn(id, 1);
  await runInDurableObject(objectOf(id), (_, { storage }) =>
    storage.setAlarm(Date.now() + 3_600_000),
  );
  await evictDurableObject(objectOf(id));
  await accept(id, "second");
  await takenIn(id, 2);
});

test("deliveries before, while and after the alarm rings are all taken in", async () => {
  const id = freshId();
  for (let wave = 0; wave < 4; wave += 1) {
    const guids = Array.from({ length: 8 }, (_, index) => `wave-${wave}-${index}`);
    await Promise.all(guids.map((guid) => accept(id, guid)));
  }
  await takenIn(id, 32);
  // The round is over, and what it has left is due in minutes.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await accept(id, "last");
  await takenIn(id, 33);
});

test("an alarm in a rush of deliveries rings again a moment later, and leaves nothing behind", async () => {
  const id = freshId();
  await accept(id, "before");
  await takenIn(id, 1);
  await runInDurableObject(objectOf(id), async (object, { storage }) => {
    const ledger = object as unknown as Pick<LedgerObject, "accept" | "alarm">;
    for (let each = 0; each < 60; each += 1) {
      expect(await ledger.accept(mergeDelivery(id, each))).toEqual({ outcome: "accepted" });
    }
    await ledger.alarm();
    const [left] = storage.sql.exec("SELECT sum(pending) AS count FROM deliveries");
    expect(left).toEqual({ count: 60 });
    expect(await storage.getAlarm()).toBeGreaterThan(Date.now());
  });
  await takenIn(id, 61);
});

test("a round that failed leaves nothing known: the next delivery sets the alarm itself", async () => {
  const id = freshId();
  await accept(id, "first");
  await takenIn(id, 1);
  await runInDurableObject(objectOf(id), async (object, { storage }) => {
    storage.sql.exec("ALTER TABLE deliveries RENAME TO broken");
    await expect((object as unknown as { alarm(): Promise<void> }).alarm()).rejects.toThrow();
    storage.sql.exec("ALTER TABLE broken RENAME TO deliveries");
    await storage.deleteAlarm();
  });
  await accept(id, "second");
  await takenIn(id, 2);
});

test("what is remembered of meta is what a fresh reader finds, also after a throw", async () => {
  await runInDurableObject(objectOf(freshId()), (_, { storage }) => {
    const store = new Store(storage.sql);
    expect(store.meta("a")).toBeNull();
    expect(() => {
      store.setMeta("a", "1");
      throw new Error("after the write");
    }).toThrow();
    expect([store.meta("a"), new Store(storage.sql).meta("a")]).toEqual(["1", "1"]);
    expect(() => store.setMeta("a", null as unknown as string)).toThrow();
    expect([store.meta("a"), new Store(storage.sql).meta("a")]).toEqual(["1", "1"]);
    store.dropMeta("a");
    expect([store.meta("a"), new Store(storage.sql).meta("a")]).toEqual([null, null]);
    for (let key = 0; key < 250; key += 1) store.setMeta(`key-${key}`, String(key));
    for (let key = 0; key < 250; key += 1) expect(store.meta(`key-${key}`)).toBe(String(key));
  });
});
