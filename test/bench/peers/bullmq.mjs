/** hono on Node that verifies and queues; a BullMQ worker in the same process dispatches. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { serve } from "@hono/node-server";
import { createAppAuth } from "@octokit/auth-app";
import { request } from "@octokit/request";
import { Queue, Worker } from "bullmq";
import { Hono } from "hono";
import { Redis } from "ioredis";
import { dispatchOf, reportPort, settings, WEBHOOK_PATH } from "./report-port.mjs";

const connect = () => new Redis(Number(process.env.REDIS_PORT), { maxRetriesPerRequest: null });
const queue = new Queue("merges", { connection: connect() });
const auth = createAppAuth({
  appId: settings.appId,
  privateKey: settings.privateKey,
  request: request.defaults({ baseUrl: settings.apiUrl }),
});

const app = new Hono();
app.post(WEBHOOK_PATH, async (context) => {
  const body = Buffer.from(await context.req.arrayBuffer());
  const expected = `sha256=${createHmac("sha256", settings.secret).update(body).digest("hex")}`;
  const given = context.req.header("x-hub-signature-256") ?? "";
  const same =
    given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
  if (!same) return context.json({ error: "signature" }, 401);
  const payload = JSON.parse(body);
  const merged = payload.action === "closed" && payload.pull_request?.merged === true;
  if (!merged) return context.json({ outcome: "ignored" }, 202);
  await queue.add(
    "dispatch",
    { installation: payload.installation.id, dispatch: dispatchOf(payload) },
    {
      jobId: context.req.header("x-github-delivery"),
      attempts: 12,
      backoff: { type: "exponential", delay: 2000 },
    },
  );
  return context.json({ outcome: "accepted" }, 202);
});

const worker = new Worker(
  "merges",
  async ({ data }) => {
    const { token } = await auth({ type: "installation", installationId: data.installation });
    const { owner, repo, workflow_id, ...body } = data.dispatch;
    const path = `/repos/${owner}/${repo}/actions/workflows/${workflow_id}/dispatches`;
    const response = await fetch(`${settings.apiUrl}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`status ${response.status}`);
  },
  { connection: connect(), concurrency: 8 },
);

worker.on("error", () => {});
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => reportPort(port));
