import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FaultAction } from "../../src/simulator/faults.ts";
import { signDelivery } from "../../src/simulator/signing.ts";
import { type Answered, type Rig, startRig } from "./support/relay.ts";

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ GITHUB_TIMEOUT_MS: "2000" });
});

afterAll(async () => {
  await rig.close();
});

const TABLES = ["meta", "deliveries", "dispatches", "history", "forwards"];
const DISPATCH = "/actions/workflows/publish-image.yml/dispatches";

/** GitHub's answer to a request that echoes the token it was sent with, as a careless proxy does. */
function echo(status: number, secret: string): FaultAction {
  return { kind: "status", status, body: { message: `Bad credentials: Bearer ${secret}` } };
}

test("after a run full of errors, neither logs nor answers nor ledgers hold anything secret", async () => {
  const { simulator } = rig;
  const { app, world } = simulator;
  const answers: Answered[] = [];
  const places = [];
  const faults: [string, FaultAction][] = [
    [DISPATCH, { kind: "status", status: 502, when: "after" }],
    [DISPATCH, { kind: "reset" }],
    [DISPATCH, { kind: "not-json" }],
    [DISPATCH, { kind: "status", status: 401 }],
    [DISPATCH, { kind: "status", status: 422 }],
    ["/pulls/1", { kind: "status", status: 500 }],
    ["/contents/.*", { kind: "truncate" }],
    ["/compare/.*", { kind: "status", status: 401 }],
  ];
  for (const [path, action] of faults) {
    const place = rig.place();
    place.fault(path, action);
    place.merge({ title: `title of ${place.name}`, body: "a body with a pass-phrase" });
    places.push(place);
  }
  const denied = rig.place();
  simulator.faults.add({ match: { path: denied.mints }, action: { kind: "clock-skew" } });
  denied.merge();
  places.push(denied);

  const closed = world.buildDelivery(world.lastEvent("pull_request", "closed"));
  const signature = closed.headers["x-hub-signature-256"]!;
  for (const change of [
    { body: `${closed.body} ` },
    { headers: { ...closed.headers, "x-hub-signature-256": signDelivery("other", closed.body) } },
    { headers: { ...closed.headers, "content-type": "text/plain" } },
    { headers: { ...closed.headers, "x-github-delivery": "" } },
    {},
  ]) {
    answers.push(await rig.post({ ...closed, ...change }));
  }
  await Promise.all(places.map((place) => place.settled(1, 80_000)));
  await simulator.idle();

  const tables = await Promise.all(
    places.flatMap(({ id }) =>
      TABLES.map((table) => rig.relay.query(id, `SELECT * FROM ${table}`)),
    ),
  );
  const recorded = simulator.deliveries.recorded.filter(({ url }) => url.startsWith(rig.relay.url));
  const said = {
    logs: rig.relay.logs().join("\n"),
    ledgers: JSON.stringify(tables),
    answers: JSON.stringify(answers.map(({ headers, body }) => [[...headers], body])),
    responses: JSON.stringify(recorded.map(({ response }) => response)),
  };
  // The search itself must be looking at something.
  expect(said.logs).toContain("dispatch.state");
  expect(said.ledgers).toContain("exhausted");
  expect(said.responses).toContain("accepted");

  const keyLines = [app.privateKeyPkcs1, app.privateKeyPkcs8].flatMap((pem) =>
    pem.split("\n").filter((line) => line.length > 40),
  );
  const signatures = recorded.flatMap(({ request }) => [
    request.headers["x-hub-signature-256"]!.slice(7),
    request.headers["x-hub-signature"]!.slice(5),
  ]);
  const secrets = [
    app.webhookSecret,
    createHash("sha256").update(app.webhookSecret).digest("hex"),
    app.clientSecret,
    signature.slice(7),
    ...keyLines,
    ...signatures,
    "PRIVATE KEY",
    "ghs_",
    "eyJ",
    "sha256=",
    "Bearer",
    "pass-phrase",
  ];
  for (const [where, text] of Object.entries(said)) {
    const leaked = secrets.filter((secret) => text.includes(secret));
    expect([where, leaked]).toEqual([where, []]);
  }
});

test("a token that GitHub's own error message repeats does not reach the remedy", async () => {
  const place = rig.place();
  const token = `ghs_${"Zx9".repeat(12)}`;
  place.fault(DISPATCH, echo(403, token));
  place.merge();
  const [row] = await place.settled();
  expect(row).toMatchObject({ state: "rejected", reason: "permission-missing" });
  const told = JSON.stringify([await place.rows(), rig.relay.logs()]);
  expect(told).not.toContain(token);
});
