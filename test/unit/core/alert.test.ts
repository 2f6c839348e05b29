import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { alertingLog, createAlert } from "../../../src/alert.ts";
import type { LogFields } from "../../../src/domain/log.ts";
import { Secret } from "../../../src/secret.ts";

function recordingLog() {
  const lines: [string, string, LogFields][] = [];
  const write = (level: string) => (event: string, fields: LogFields) =>
    void lines.push([level, event, fields]);
  return { lines, log: { info: write("info"), warn: write("warn"), error: write("error") } };
}

/** An address that keeps what is posted to it. */
async function startReceiver(status = 200) {
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => bodies.push(body));
    response.writeHead(status).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { bodies, url: `http://127.0.0.1:${port}/hook?key=secret`, close: () => server.close() };
}

describe("an alert", () => {
  test("is a line at level error, and a sentence at the operator's address", async () => {
    const receiver = await startReceiver();
    const { lines, log } = recordingLog();
    const alert = createAlert({ url: new Secret(receiver.url), log, fetch, now: () => 0 });
    alert("dispatch.exhausted", "gave up", { dispatch_id: "mr-1" });
    await expect
      .poll(() => receiver.bodies)
      .toEqual([
        { text: "merge-relay: gave up", event: "dispatch.exhausted", dispatch_id: "mr-1" },
      ]);
    expect(lines).toEqual([["error", "dispatch.exhausted", { dispatch_id: "mr-1" }]]);
    receiver.close();
  });

  test("of one kind is sent at most every ten minutes, and logged each time", async () => {
    const receiver = await startReceiver();
    const { lines, log } = recordingLog();
    let now = 0;
    const alert = createAlert({ url: new Secret(receiver.url), log, fetch, now: () => now });
    for (const at of [0, 1, 599_999, 600_000]) {
      now = at;
      alert("sweep.behind", "behind", { at });
    }
    await expect.poll(() => receiver.bodies.length).toBe(2);
    expect(lines).toHaveLength(4);
    receiver.close();
  });

  test("that nobody takes is a warning without the address", async () => {
    const { lines, log } = recordingLog();
    const url = new Secret("http://127.0.0.1:1/hook?key=secret");
    createAlert({ url, log, fetch, now: () => 0 })("sweep.behind", "behind", {});
    await expect.poll(() => lines.length).toBe(2);
    expect(lines[1]).toEqual(["warn", "alert.undelivered", { alert: "sweep.behind" }]);
    expect(JSON.stringify(lines)).not.toContain("secret");
  });

  test("comes of the errors that are named, and of no others", () => {
    const { lines, log } = recordingLog();
    const told: string[] = [];
    const alerting = alertingLog(log, (event) => void told.push(event), { "sweep.behind": "x" });
    alerting.error("sweep.behind", {});
    alerting.error("sweep.bug", {});
    alerting.info("sweep.finished", {});
    expect(told).toEqual(["sweep.behind"]);
    expect(lines.map(([, event]) => event)).toEqual(["sweep.bug", "sweep.finished"]);
  });
});
