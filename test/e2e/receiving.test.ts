import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signDelivery, signDeliverySha1 } from "../../src/simulator/signing.ts";
import { VERSION } from "../../src/version.ts";
import type { Place } from "./support/place.ts";
import { type Rig, startRig } from "./support/relay.ts";

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});

afterAll(async () => {
  expect(rig.simulator.unknownRequests()).toEqual([]);
  await rig.close();
});

/** Lets something happen in the world without GitHub telling anybody; returns what it would tell. */
function silently<Value>(place: Place, happen: () => Value) {
  const { world, deliveries } = rig.simulator;
  const before = deliveries.events.length;
  world.setWebhook({ active: false });
  const value = happen();
  world.setWebhook({ active: true });
  const events = deliveries.events
    .slice(before)
    .filter(({ repositoryId }) => repositoryId === place.id);
  return { value, events, closed: events.findLast(({ action }) => action === "closed")! };
}

/** A signed delivery of any payload. */
function sign(event: string, payload: unknown, headers: Record<string, string> = {}) {
  const body = typeof payload === "string" ? payload : JSON.stringify(payload);
  const secret = rig.simulator.app.webhookSecret;
  return {
    body,
    headers: {
      "content-type": "application/json",
      "x-github-event": event,
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": signDelivery(secret, body),
      ...headers,
    },
  };
}

function url(): string {
  return `${rig.relay.url}/webhooks/github`;
}

function without(headers: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}

describe.concurrent("deliveries of one merge", () => {
  test("with one GUID, five at once: one is accepted, four are duplicates, one dispatch", async () => {
    const place = rig.place();
    const { closed } = silently(place, () => place.merge());
    const delivery = rig.simulator.world.buildDelivery(closed);
    const answers = await Promise.all(Array.from({ length: 5 }, () => rig.post(delivery)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    const outcomes = answers.map(({ body }) => body["outcome"]);
    expect(outcomes.filter((outcome) => outcome === "accepted")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "duplicate")).toHaveLength(4);
    await place.settled();
    expect(await rig.post(delivery)).toMatchObject({
      status: 202,
      body: { outcome: "duplicate", delivery: delivery.headers["x-github-delivery"] },
    });
    await rig.simulator.idle();
    expect(place.posts()).toHaveLength(1);
  });

  test("with different GUIDs, at once and long after, are one dispatch", async () => {
    const place = rig.place();
    const { closed } = silently(place, () => place.merge());
    const send = () => rig.post(rig.simulator.world.buildDelivery(closed));
    await Promise.all([send(), send(), send()]);
    await place.settled();
    expect((await send()).body["outcome"]).toBe("accepted");
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await place.rows()).toHaveLength(1);
    expect(place.posts()).toHaveLength(1);
  });

  test("in reverse order and each twice are one dispatch", async () => {
    const place = rig.place();
    const { events } = silently(place, () => place.merge());
    expect(events.map(({ name }) => name)).toEqual(["pull_request", "push", "pull_request"]);
    for (const event of events.toReversed()) {
      const delivery = rig.simulator.world.buildDelivery(event);
      expect((await rig.post(delivery)).status).toBe(202);
      expect((await rig.post(delivery)).status).toBe(202);
    }
    const [row] = await place.settled();
    expect(row).toMatchObject({ state: "succeeded" });
    expect(place.posts()).toHaveLength(1);
  });

  test("as a form are taken like JSON", async () => {
    const place = rig.place();
    const { closed } = silently(place, () =>
      place.merge({ title: "100% + ümlaut & more", body: "a=b&payload={}" }),
    );
    const delivery = rig.simulator.world.buildDelivery(closed, { contentType: "form" });
    expect((await rig.post(delivery)).body["outcome"]).toBe("accepted");
    const [row] = await place.settled();
    expect(row).toMatchObject({ state: "succeeded" });
  });

  test("that were changed, unsigned or signed otherwise are refused, and the true one still counts", async () => {
    const place = rig.place();
    const { closed } = silently(place, () => place.merge());
    const { world, app } = rig.simulator;
    const { headers, body } = world.buildDelivery(closed);
    const signed = headers["x-hub-signature-256"]!;
    const bare = without(without(headers, "x-hub-signature-256"), "x-hub-signature");
    const withSignature = (value: string) => ({ ...headers, "x-hub-signature-256": value });
    const bad = [
      { headers, body: body.replace('"closed"', '"Closed"') },
      { headers, body: `${body} ` },
      { headers: bare, body },
      { headers: { ...bare, "x-hub-signature": signDeliverySha1(app.webhookSecret, body) }, body },
      { headers: withSignature(signDelivery("another secret", body)), body },
      { headers: withSignature(signed.replace("sha256=", "")), body },
      { headers: withSignature(signed.toUpperCase()), body },
      { headers: withSignature(`${signed.slice(0, -1)}g`), body },
      { headers: withSignature(signed.slice(0, -2)), body },
      { headers: withSignature(`sha256=${"é".repeat(64)}`), body },
      { headers: withSignature(""), body },
    ];
    for (const delivery of bad) {
      const answer = await rig.post(delivery);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(answer.body).toMatchObject({ status: 401, code: "bad-signature" });
    }
    expect(place.requests()).toEqual([]);
    expect((await rig.post({ headers, body })).body["outcome"]).toBe("accepted");
    await place.settled();
    expect(place.posts()).toHaveLength(1);
  });
});

describe.concurrent("a claim that GitHub does not confirm", () => {
  test("closed without a merge is ignored", async () => {
    const place = rig.place();
    const number = place.open();
    const { closed } = silently(place, () =>
      rig.simulator.world.closePullRequest(place.id, number),
    );
    const answer = await rig.post(rig.simulator.world.buildDelivery(closed));
    expect(answer).toMatchObject({
      status: 202,
      body: { outcome: "ignored", reason: "not-merged" },
    });
    expect(place.requests()).toEqual([]);
  });

  test("a well-signed payload that says merged about an open pull request is rejected, without a dispatch", async () => {
    const place = rig.place();
    const { events } = silently(place, () => place.open());
    const [opened] = events;
    const pull = opened!.payload["pull_request"] as { head: { sha: string } };
    const merge_commit_sha = pull.head.sha;
    const forged = {
      ...opened!.payload,
      action: "closed",
      pull_request: { ...pull, state: "closed", merged: true, merge_commit_sha },
    };
    expect((await rig.post(sign("pull_request", forged))).body["outcome"]).toBe("accepted");
    const [row] = await place.settled();
    expect(row).toMatchObject({ state: "rejected", reason: "merge-not-confirmed" });
    expect(row!.remedy).toContain("#1");
    expect(place.posts()).toEqual([]);
  });

  test("a pull request that does not exist is rejected, without a dispatch", async () => {
    const place = rig.place();
    const { closed } = silently(place, () => place.merge());
    const pull = closed.payload["pull_request"] as object;
    const forged = { ...closed.payload, pull_request: { ...pull, number: 4_711 } };
    await rig.post(sign("pull_request", forged));
    const [row] = await place.settled();
    expect(row).toMatchObject({ state: "rejected", reason: "merge-not-confirmed" });
    expect(place.posts()).toEqual([]);
  });

  test("a payload that names another commit is dispatched at the commit that GitHub names", async () => {
    const place = rig.place();
    const { value, closed } = silently(place, () => place.merge());
    const pull = closed.payload["pull_request"] as { head: { sha: string } };
    const forged = {
      ...closed.payload,
      pull_request: { ...pull, merge_commit_sha: pull.head.sha, base: { ref: "evil" } },
    };
    await rig.post(sign("pull_request", forged));
    await place.settled();
    expect(place.dispatches().map(({ inputs }) => inputs["sha"])).toEqual([value.sha]);
  });

  test("a merge commit that the branch lost by a force push is rejected", async () => {
    const place = rig.place();
    const { world } = rig.simulator;
    const { closed } = silently(place, () => {
      const old = place.repository.branches.get("main")!;
      place.merge();
      world.forcePush(place.id, "main", old);
    });
    await rig.post(world.buildDelivery(closed));
    const [row] = await place.settled();
    expect(row).toMatchObject({ state: "rejected", reason: "not-on-branch" });
    expect(place.posts()).toEqual([]);
  });

  test("a merge that GitHub's API shows a moment after its event is dispatched all the same", async () => {
    const place = rig.place();
    const remove = place.fault("/compare/.*", { kind: "status", status: 404 }, { times: 1 });
    place.merge();
    const [row] = await place.settled();
    remove();
    expect(row).toMatchObject({ state: "succeeded" });
    expect(place.posts()).toHaveLength(1);
  });
});

describe.concurrent("the endpoint answers", () => {
  test("ping with 200, and events of no use with 202 ignored", async () => {
    expect(await rig.post(sign("ping", { zen: "x" }))).toMatchObject({
      status: 200,
      body: { outcome: "ignored", reason: "ping" },
    });
    for (const event of ["star", "deployment", "installation"]) {
      expect(await rig.post(sign(event, { action: "created" }))).toMatchObject({
        status: 202,
        body: { outcome: "ignored" },
      });
    }
  });

  test("another method with 405 and Allow", async () => {
    for (const method of ["GET", "PUT", "DELETE"]) {
      const response = await fetch(url(), { method });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
      await response.body?.cancel();
    }
  });

  test("in the documented order: size, signature, content type, headers, JSON", async () => {
    const good = sign("pull_request", "{}");
    const huge = { headers: good.headers, body: "x".repeat(25 * 1024 * 1024 + 1) };
    expect((await rig.post(huge)).status).toBe(413);
    const chunked = await fetch(url(), {
      method: "POST",
      headers: good.headers,
      body: new Blob([huge.body]).stream(),
      duplex: "half",
    } as RequestInit);
    expect(chunked.status).toBe(413);
    expect(await chunked.json()).toMatchObject({ code: "too-large" });
    const text = { ...good.headers, "content-type": "text/plain" };
    expect((await rig.post({ headers: text, body: "changed" })).status).toBe(401);
    expect((await rig.post({ headers: text, body: good.body })).status).toBe(415);
    for (const name of ["x-github-event", "x-github-delivery"]) {
      const headers = without(good.headers, name);
      expect(await rig.post({ headers, body: good.body })).toMatchObject({
        status: 400,
        body: { code: "missing-header" },
      });
    }
    for (const body of ["", "{", "payload={}", "\u0000"]) {
      const answer = await rig.post(sign("pull_request", body));
      expect([400, 401]).toContain(answer.status);
    }
    for (const payload of [null, [], 1, {}, { action: "closed", pull_request: null }]) {
      expect((await rig.post(sign("pull_request", payload))).status).toBe(400);
    }
  });

  test("a body of exactly 25 MiB is read to its end", async () => {
    const body = `{"action":"created","x":"${"y".repeat(25 * 1024 * 1024 - 27)}"}`;
    expect(body).toHaveLength(25 * 1024 * 1024);
    expect(await rig.post(sign("star", body))).toMatchObject({
      status: 202,
      body: { outcome: "ignored" },
    });
  });

  test("healthz with 200 and nothing secret, other paths with 404", async () => {
    const health = await fetch(`${rig.relay.url}/healthz`);
    expect(await health.json()).toEqual({
      status: "ok",
      mode: "enforce",
      version: VERSION,
      index: "ready",
      sweep: { last: null, behind: false, failing: 0 },
    });
    const other = await fetch(`${rig.relay.url}/nothing`);
    expect(other.status).toBe(404);
    await other.body?.cancel();
  });
});
