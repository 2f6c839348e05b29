import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { inOrder } from "../../../src/simulator/world/order.ts";
import { startAcme } from "./support/acme.ts";
import { appToken, createClient, installationClient } from "./support/client.ts";
import { problemsOfPayload } from "./support/schemas.ts";

interface Received {
  headers: Record<string, string>;
  body: Buffer;
}

/** A webhook endpoint that keeps what it is sent; `answer` gives the status. */
async function startEndpoint(answer: (received: Received) => number = () => 202) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = {
        headers: request.headers as Record<string, string>,
        body: Buffer.concat(chunks),
      };
      received.push(one);
      response.writeHead(answer(one)).end("thanks");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

async function startWired(answer?: (received: Received) => number) {
  const acme = await startAcme();
  const endpoint = await startEndpoint(answer);
  acme.world.setWebhook({ url: endpoint.url });
  const asApp = createClient(acme.simulator, appToken(acme.simulator));
  return { ...acme, ...endpoint, asApp };
}

const events = (received: Received[]) =>
  received.map(({ headers, body }) => {
    const { action } = JSON.parse(body.toString()) as { action?: string };
    const name = headers["x-github-event"];
    return action === undefined ? String(name) : `${name} ${action}`;
  });

test("sends a merge with GitHub's headers, signed over the bytes", async () => {
  const { simulator, world, received } = await startWired();
  world.openPullRequest({ repo: "acme/app", user: "bob" });
  world.mergePullRequest("acme/app", 1);
  await simulator.idle();
  expect(events(received).toSorted(inOrder)).toEqual([
    "pull_request closed",
    "pull_request opened",
    "push",
  ]);
  for (const { headers, body } of received) {
    const digest = createHmac("sha256", simulator.app.webhookSecret).update(body).digest("hex");
    expect(headers).toMatchObject({
      "x-hub-signature-256": `sha256=${digest}`,
      "x-github-hook-installation-target-type": "integration",
      "x-github-hook-installation-target-id": String(simulator.app.id),
      "content-type": "application/json",
    });
    expect(headers["user-agent"]).toMatch(/^GitHub-Hookshot\//);
    expect(headers["x-github-delivery"]).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test("sends a form where the webhook is set so", async () => {
  const { simulator, world, received } = await startWired();
  world.setWebhook({ contentType: "form" });
  world.ping();
  await simulator.idle();
  const [first] = received;
  expect(first?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
  const { webhookSecret } = simulator.app;
  const digest = createHmac("sha256", webhookSecret)
    .update(first?.body ?? "")
    .digest("hex");
  expect(first?.headers["x-hub-signature-256"]).toBe(`sha256=${digest}`);
  const payload = new URLSearchParams(first?.body.toString()).get("payload") ?? "";
  expect(JSON.parse(payload)).toMatchObject({ hook: { app_id: simulator.app.id } });
});

// Compiling the schemas takes seconds on a busy machine.
test("sends nothing but payloads that fit the official schemas", async () => {
  const { simulator, world, installation } = await startWired();
  const client = await installationClient(simulator, installation.id);
  world.ping();
  world.openPullRequest({ repo: "acme/app", user: "bob", labels: ["publish"] });
  for (const method of ["merge", "squash", "rebase", "queue"] as const) {
    const { number } = world.openPullRequest({ repo: "acme/app", user: "bob" });
    world.mergePullRequest("acme/app", number, { method });
  }
  const sha = world.commit("acme/app", "main", { files: { a: "1", "README.md": null } });
  world.addTag("acme/app", "v1");
  world.addTag("acme/app", "v2", { message: "two" });
  world.deleteTag("acme/app", "v1");
  world.createBranch("acme/app", "side");
  world.forcePush("acme/app", "main", "side");
  world.deleteBranch("acme/app", "side");
  const inputs = { dispatch_id: "d", sha };
  const address = "POST /repos/acme/app/actions/workflows/publish-image.yml/dispatches";
  await client(address, { body: { ref: "main", inputs } });
  world.forkBuild("acme/app", 1);
  world.comment("acme/app", 1, "mia", "/publish");
  const check = { name: "c", head_sha: sha, conclusion: "success" };
  const { body } = await client("POST /repos/acme/app/check-runs", { body: check });
  world.pressCheckAction(body.id, "again", "mia");
  world.rerunCheck(body.id, "mia");
  world.rerunSuite(body.id, "mia");
  await simulator.idle();
  world.renameRepository("acme/app", "renamed");
  world.addRepository({ owner: "acme", name: "second" });
  world.changeInstallationRepositories(installation.id, { remove: ["acme/second"] });
  world.changeInstallationRepositories(installation.id, { add: ["acme/second"] });
  world.setInstallationPermissions(installation.id, { ...installation.permissions });
  world.setSuspended(installation.id, true);
  world.setSuspended(installation.id, false);
  world.addInstallation({ owner: "other" });
  world.transferRepository("acme/second", "other");
  world.addInstallation({ owner: { login: "zoe", type: "User" } });
  world.removeInstallation(installation.id);
  await simulator.idle();
  const kinds = new Set<string>();
  for (const { event } of simulator.deliveries.recorded) {
    kinds.add(`${event.name} ${event.action ?? ""}`.trim());
    const shown = JSON.parse(JSON.stringify(event.payload)) as Record<string, unknown>;
    expect([event.name, event.action, problemsOfPayload(event.name, shown)]).toEqual([
      event.name,
      event.action,
      [],
    ]);
  }
  expect([...kinds].toSorted()).toEqual([
    "check_run requested_action",
    "check_run rerequested",
    "check_suite rerequested",
    "installation created",
    "installation deleted",
    "installation new_permissions_accepted",
    "installation suspend",
    "installation unsuspend",
    "installation_repositories added",
    "installation_repositories removed",
    "issue_comment created",
    "ping",
    "pull_request closed",
    "pull_request opened",
    "push",
    "repository renamed",
    "repository transferred",
    "workflow_run completed",
    "workflow_run in_progress",
    "workflow_run requested",
  ]);
}, 20_000);

test("never tries again by itself, and redelivers on demand by the same GUID", async () => {
  let status = 500;
  const { simulator, world, received, asApp } = await startWired(() => status);
  world.ping();
  await simulator.idle();
  expect(received).toHaveLength(1);
  const list = await asApp("GET /app/hook/deliveries");
  expect(list.body).toMatchObject([
    { event: "ping", redelivery: false, status_code: 500, status: "Internal Server Error" },
  ]);
  status = 202;
  const again = await asApp(`POST /app/hook/deliveries/${list.body[0].id}/attempts`);
  expect(again.status).toBe(202);
  await simulator.idle();
  const after = await asApp("GET /app/hook/deliveries");
  expect(after.body).toMatchObject([
    { guid: list.body[0].guid, redelivery: true, status: "OK", status_code: 202 },
    { guid: list.body[0].guid, redelivery: false },
  ]);
  expect(after.body[0].id).not.toBe(list.body[0].id);
  const one = await asApp(`GET /app/hook/deliveries/${list.body[0].id}`);
  expect(one.body.request.headers["x-github-event"]).toBe("ping");
  expect(one.body.response.payload).toBe("thanks");
  expect((await asApp("GET /app/hook/deliveries/1")).status).toBe(404);
});

test("lists deliveries newest first, by a cursor, for three days", async () => {
  let time = Date.parse("2026-11-20T10:00:00Z");
  const { simulator, world } = await startAcme({ now: () => time });
  const { url } = await startEndpoint();
  world.setWebhook({ url });
  for (let index = 0; index < 5; index++) {
    world.ping();
    await simulator.idle();
  }
  const asApp = createClient(simulator, appToken(simulator));
  const seen: number[] = [];
  let next: string | undefined = "/app/hook/deliveries?per_page=2";
  while (next !== undefined) {
    const page = await asApp(`GET ${next}`);
    seen.push(...page.body.map(({ id }: { id: number }) => id));
    next = /<([^>]+)>; rel="next"/
      .exec(page.headers.get("link") ?? "")?.[1]
      ?.slice(simulator.url.length);
  }
  expect(seen).toEqual([...seen].toSorted((one, other) => other - one));
  expect(seen).toHaveLength(5);
  time += 4 * 24 * 3_600_000;
  const late = createClient(simulator, appToken(simulator));
  expect((await late("GET /app/hook/deliveries")).body).toEqual([]);
  const expired = await late(`POST /app/hook/deliveries/${seen[0]}/attempts`);
  expect(expired.status).toBe(422);
});

test("does not count an endpoint that cannot be reached, or is late, as a 4xx or 5xx", async () => {
  const { simulator, world, asApp } = await startWired();
  world.setWebhook({ url: "http://127.0.0.1:1/closed" });
  world.ping();
  await simulator.idle();
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const { port } = silent.address() as AddressInfo;
  world.setWebhook({ url: `http://127.0.0.1:${port}/`, timeoutMs: 50 });
  world.ping();
  await simulator.idle();
  const list = await asApp("GET /app/hook/deliveries");
  expect(list.body.map(({ status }: { status: string }) => status)).toEqual([
    "timed out",
    "failed to connect to host",
  ]);
  expect((await asApp("GET /app/hook/deliveries?status=failure")).body).toEqual([]);
});

test("tells only installations that may know", async () => {
  const { simulator, world, received, installation } = await startWired();
  world.addRepository({ owner: "stranger", name: "own" });
  world.openPullRequest({ repo: "stranger/own", user: "bob" });
  world.setSuspended(installation.id, true);
  world.openPullRequest({ repo: "acme/app", user: "bob" });
  await simulator.idle();
  expect(events(received)).toEqual(["installation suspend"]);
});

test("changes the webhook's secret by the API, and signs with the new one", async () => {
  const { simulator, world, received, asApp, url } = await startWired();
  const change = { url, content_type: "json", secret: "a new secret" };
  expect((await asApp("PATCH /app/hook/config", { body: change })).body.content_type).toBe("json");
  expect((await asApp("GET /app/hook/config")).body.secret).toBe("********");
  world.ping();
  await simulator.idle();
  const [first] = received;
  const digest = createHmac("sha256", "a new secret")
    .update(first?.body ?? "")
    .digest("hex");
  expect(first?.headers["x-hub-signature-256"]).toBe(`sha256=${digest}`);
});

test("builds a delivery without sending it", async () => {
  const { world, simulator } = await startAcme();
  world.openPullRequest({ repo: "acme/app", user: "bob" });
  world.mergePullRequest("acme/app", 1);
  const event = world.lastEvent("pull_request", "closed");
  const built = world.buildDelivery(event, { guid: "g-1", contentType: "form" });
  expect(built.headers).toMatchObject({
    "x-github-delivery": "g-1",
    "x-github-event": "pull_request",
  });
  expect(built.body).toMatch(/^payload=/);
  expect(simulator.deliveries.recorded).toEqual([]);
});

test("fails, loses, doubles, delays and reorders deliveries on demand", async () => {
  const { simulator, world, received, asApp } = await startWired();
  const { faults } = simulator;
  const numbers = () =>
    received.map(({ body }) => (JSON.parse(body.toString()) as { number: number }).number);
  const kinds = [
    { kind: "fail" },
    { kind: "lose" },
    { kind: "duplicate", copies: 3 },
    { kind: "delay", ms: 60 },
    { kind: "reorder" },
  ] as const;
  for (const [index, action] of kinds.entries()) {
    faults.addDelivery({ match: { event: "pull_request", nth: index + 1 }, action });
  }
  for (let index = 0; index < 6; index++) {
    world.openPullRequest({ repo: "acme/app", user: "bob" });
  }
  await simulator.idle();
  expect(numbers().toSorted((one, other) => one - other)).toEqual([3, 3, 3, 4, 5, 6]);
  expect(numbers().indexOf(6)).toBeLessThan(numbers().indexOf(5));
  expect(numbers().at(-1)).toBe(4);
  const guids = new Set(received.map(({ headers }) => headers["x-github-delivery"]));
  expect(guids.size).toBe(4);
  const list = await asApp("GET /app/hook/deliveries");
  expect(list.body.filter(({ status }: { status: string }) => status !== "OK")).toHaveLength(1);
  expect(list.body).toHaveLength(7);
});

test("fails the redelivery of one repository alone, and loses an answer without losing the delivery", async () => {
  const { simulator, world, received, asApp } = await startWired();
  const repository = world.addRepository({ owner: "acme", name: "other", files: { a: "b" } });
  const match = { event: "pull_request", repositoryId: repository.id };
  simulator.faults.addDelivery({ match, action: { kind: "lose-answer" } });
  simulator.faults.addDelivery({ match: { ...match, redelivery: true }, action: { kind: "fail" } });
  world.openPullRequest({ repo: repository.id, user: "bob" });
  await simulator.idle();
  expect(received).toHaveLength(1);
  const first = await asApp("GET /app/hook/deliveries");
  expect(first.body).toMatchObject([{ status: "timed out", status_code: 0, redelivery: false }]);
  await asApp(`POST /app/hook/deliveries/${first.body[0].id}/attempts`);
  await simulator.idle();
  expect(received).toHaveLength(1);
  const list = await asApp("GET /app/hook/deliveries");
  expect(list.body[0]).toMatchObject({
    redelivery: true,
    status_code: 0,
    guid: first.body[0].guid,
  });
});
