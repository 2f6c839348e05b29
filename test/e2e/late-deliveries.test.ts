/** Deliveries that come four days late, when GitHub would not deliver them again any more. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Place } from "./support/place.ts";
import { type Rig, startRig } from "./support/relay.ts";
import { waitFor } from "./support/wait-for.ts";

const FOUR_DAYS_MS = 4 * 86_400_000;

/** GitHub lived four days ago, and lives now. */
function clock() {
  let behindMs = FOUR_DAYS_MS;
  return { now: () => Date.now() - behindMs, catchUp: () => void (behindMs = 0) };
}

/** A merge of four days ago of which GitHub's deliveries never arrived; its events, to be sent late. */
function mergeUnheard(rig: Rig, place: Place) {
  const { world, deliveries } = rig.simulator;
  world.setWebhook({ active: false });
  const { number, sha } = place.merge();
  world.setWebhook({ active: true });
  const events = deliveries.events.filter(({ repositoryId }) => repositoryId === place.id);
  const find = (name: string, action: string | null) =>
    events.findLast((event) => event.name === name && event.action === action)!;
  const send = async (event: (typeof events)[number]): Promise<unknown> =>
    // By a GUID that nobody has seen.
    (await rig.post(world.buildDelivery(event))).body["outcome"];
  return {
    number,
    sha,
    sendMerge: () => send(find("pull_request", "closed")),
    sendPush: () => send(find("push", null)),
  };
}

const LOOKS = 8;

describe("four days late, where the scan", () => {
  let rig: Rig;
  const time = clock();
  const places: Place[] = [];
  const merges: ReturnType<typeof mergeUnheard>[] = [];

  beforeAll(async () => {
    rig = await startRig({ SCAN_INTERVAL_MS: "500" }, { now: time.now });
    places.push(...Array.from({ length: 2 }, () => rig.place()));
    for (const place of places) merges.push(mergeUnheard(rig, place));
    time.catchUp();
  });
  afterAll(() => rig.close());

  test("has taken the merge up, its deliveries dispatch nothing twice, however often they come", async () => {
    const [place, merge] = [places[0]!, merges[0]!];
    await rig.relay.cron();
    expect(await place.settled()).toMatchObject([
      { state: "succeeded", pull_request: merge.number, sha: merge.sha },
    ]);
    for (let look = 0; look < LOOKS; look++) {
      await Promise.all([merge.sendMerge(), merge.sendPush()]);
    }
    // Taken in means that they have had their chance.
    await waitFor("the inbox to be empty", async () => {
      const sql = "SELECT count(*) AS count FROM deliveries WHERE pending = 1";
      return (await rig.relay.query(place.id, sql))[0]?.["count"] === 0;
    });
    await place.settled();
    expect(place.dispatches()).toHaveLength(1);
    expect(await place.rows()).toHaveLength(1);
  });

  test("looks while the late delivery comes, there is one dispatch", async () => {
    const [place, merge] = [places[1]!, merges[1]!];
    await Promise.all([rig.relay.cron(), merge.sendMerge(), merge.sendPush(), merge.sendMerge()]);
    await place.settled();
    await rig.relay.cron();
    await waitFor("another scan", async () => {
      const sql = "SELECT value FROM meta WHERE key = 'scan_watermark'";
      return (await rig.relay.query(place.id, sql)).length > 0;
    });
    await place.settled();
    expect(place.dispatches()).toHaveLength(1);
  });
});

describe("four days late, with no scan,", () => {
  let rig: Rig;
  const time = clock();

  beforeAll(async () => {
    rig = await startRig({ SCAN_INTERVAL_MS: "3600000" }, { now: time.now });
  });
  afterAll(() => rig.close());

  test("the delivery is taken, and dispatched once", async () => {
    const place = rig.place();
    const merge = mergeUnheard(rig, place);
    time.catchUp();
    expect(await merge.sendMerge()).toBe("accepted");
    expect(await place.settled()).toMatchObject([{ state: "succeeded", sha: merge.sha }]);
    await Promise.all([merge.sendPush(), merge.sendMerge()]);
    await place.settled();
    expect(place.dispatches()).toHaveLength(1);
  });
});
