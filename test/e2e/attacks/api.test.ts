/** What an attacker does to the API of the built Worker. */
import { createHmac, generateKeyPairSync, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signJwt } from "../../../src/simulator/jwt.ts";
import type { Place } from "../support/place.ts";
import { type Rig, startRig } from "../support/relay.ts";
import { openSettings } from "./browser.ts";

let rig: Rig;
let token: string;

beforeAll(async () => {
  rig = await startRig(openSettings);
  token = rig.simulator.world.classicToken("mia", ["repo"]);
});
afterAll(() => rig.close());

/** A repository of mia's with a finished dispatch. */
async function scene(parts: Parameters<Rig["place"]>[0] = {}) {
  const place = rig.place(parts);
  rig.simulator.world.setPermission("mia", place.id, "maintain");
  place.merge();
  const [row] = await place.settled();
  return { place, id: row?.id ?? "", runId: row?.run_id ?? 0, at: `/repos/${place.fullName}` };
}

async function ask(path: string, init: RequestInit & { token?: string | null } = {}) {
  const bearer = init.token === undefined ? token : init.token;
  const response = await fetch(`${rig.relay.url}/api/v1${path}`, {
    redirect: "manual",
    ...init,
    headers: {
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...(init.body === undefined ? {} : { "content-type": "application/json" }),
      ...(init.headers as Record<string, string>),
    },
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const codeOf = (text: string): unknown => (JSON.parse(text) as { code: unknown }).code;
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Tokens of a run that nobody must believe, by what is wrong with them. */
function forgeries(runId: number): Record<string, string> {
  const { world, url } = rig.simulator;
  const audience = rig.relay.url;
  const now = Math.floor(Date.now() / 1_000);
  const good = world.mintRunToken(runId, audience);
  const [header = "", claims = "", signature = ""] = good.split(".");
  const own = JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown>;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const publicKey = JSON.stringify(world.publicKeys()[0]);
  const hs = `${encode({ alg: "HS256", typ: "JWT", kid: "simulated-key" })}.${claims}`;
  return {
    "of alg none": `${encode({ alg: "none", typ: "JWT" })}.${claims}.`,
    "of alg none with a signature": `${encode({ alg: "none", kid: "simulated-key" })}.${claims}.${signature}`,
    "signed with the public key as a secret": `${hs}.${createHmac("sha256", publicKey).update(hs).digest("base64url")}`,
    "signed by another key under GitHub's key id": signJwt(privateKey, own, "simulated-key"),
    "with a key of its own in the header": `${encode({ alg: "RS256", kid: "simulated-key", jwk: {}, jku: `${url}/x` })}.${claims}.${signature}`,
    "with other claims under a true signature": `${header}.${encode({ ...own, run_id: "1" })}.${signature}`,
    "without a signature": `${header}.${claims}.`,
    "that is over": world.mintRunToken(runId, audience, { exp: now - 60, iat: now - 400 }),
    "that is not yet good": world.mintRunToken(runId, audience, { nbf: now + 600 }),
    "without an end": world.mintRunToken(runId, audience, { exp: undefined as never }),
    "of another issuer": world.mintRunToken(runId, audience, { iss: "https://evil.example" }),
    "of an issuer whose name begins alike": world.mintRunToken(runId, audience, {
      iss: `${url}.evil.example`,
    }),
    "for another audience": world.mintRunToken(runId, "https://other.example"),
    "for another relay's path": world.mintRunToken(runId, `${audience}/`),
    "for nobody": world.mintRunToken(runId, audience, { aud: undefined as never }),
  };
}

const receipt = (id: string) =>
  JSON.stringify({
    dispatch_id: id,
    image: "ghcr.io/evil/app",
    digest: `sha256:${"e".repeat(64)}`,
    tags: ["latest"],
    platforms: [],
  });

const receiptOf = async ({ place }: { place: Place }) =>
  (await rig.relay.query(place.id, "SELECT receipt FROM dispatches"))[0]?.["receipt"];

describe("a run's token", () => {
  test("that is forged, over or meant for others opens neither the API nor the receipts", async () => {
    const one = await scene();
    for (const [what, forged] of Object.entries(forgeries(one.runId))) {
      const read = await ask(`${one.at}/dispatches`, { token: forged });
      const sent = await ask("/receipts", { method: "POST", token: forged, body: receipt(one.id) });
      expect([what, read.status, sent.status]).toEqual([what, 401, 401]);
    }
    expect(await receiptOf(one)).toBeNull();
    const good = rig.simulator.world.mintRunToken(one.runId, rig.relay.url);
    const sent = await ask("/receipts", { method: "POST", token: good, body: receipt(one.id) });
    expect(sent.status).toBe(200);
  });

  test("used once more says nothing about another dispatch, here or elsewhere", async () => {
    const [one, other] = [await scene(), await scene()];
    one.place.merge();
    const second = (await one.place.settled(2)).find(({ id }) => id !== one.id);
    const captured = rig.simulator.world.mintRunToken(one.runId, rig.relay.url);
    for (const id of [second?.id ?? "", other.id, "mr-1-00000000000000000000000000", "x"]) {
      const sent = await ask("/receipts", { method: "POST", token: captured, body: receipt(id) });
      expect([id, sent.status]).toEqual([id, 403]);
    }
    expect(await receiptOf(other)).toBeNull();
    expect((await ask(`${other.at}/dispatches`, { token: captured })).status).toBe(404);
  });

  test("of a pull request's run is nobody, and one off the default branch may not act", async () => {
    const { place, runId, at } = await scene();
    const mint = (claims: Record<string, string>) =>
      rig.simulator.world.mintRunToken(runId, rig.relay.url, {
        actor_id: String(rig.simulator.world.addUser("mia").id),
        actor: "mia",
        ...claims,
      });
    for (const event of ["pull_request", "pull_request_target", "pull_request_review"]) {
      const answer = await ask(`${at}/dispatches`, { token: mint({ event_name: event }) });
      expect([event, answer.status]).toEqual([event, 401]);
    }
    const elsewhere = mint({ ref: "refs/heads/evil", event_name: "push" });
    const pressed = await ask(`${at}/pause`, { method: "POST", token: elsewhere });
    expect(pressed.status).toBe(403);
    expect(place.dispatches()).toHaveLength(1);
  });
});

describe("a person's token", () => {
  test("of another App is too narrow for every act, though its person may", async () => {
    const { place, id, at } = await scene();
    const other = rig.simulator.world.appUserToken("mia", false);
    for (const path of ["dispatches", `dispatches/${id}/replay`, "pause", "resume"]) {
      const body = path === "dispatches" ? '{"pull_request":1}' : "{}";
      const answer = await ask(`${at}/${path}`, { method: "POST", token: other, body });
      expect([path, answer.status, codeOf(answer.text)]).toEqual([path, 403, "token-too-narrow"]);
    }
    expect(place.dispatches()).toHaveLength(1);
  });

  test("acts no more the moment that its person lost the role, nor once it is revoked", async () => {
    const { place, id, at } = await scene();
    const { world } = rig.simulator;
    const own = world.classicToken("mia", ["repo"]);
    expect((await ask(`${at}/dispatches/${id}`, { token: own })).status).toBe(200);
    world.setPermission("mia", place.id, "write");
    const post = { method: "POST", token: own, body: "{}" };
    expect((await ask(`${at}/dispatches/${id}/replay`, post)).status).toBe(403);
    world.setPermission("mia", place.id, "maintain");
    world.revokeToken(own);
    expect((await ask(`${at}/dispatches/${id}/replay`, post)).status).toBe(401);
    expect(place.dispatches()).toHaveLength(1);
  });
});

test("a dispatch's id opens nothing through another repository's path", async () => {
  const [own, secret] = [await scene(), await scene()];
  const hidden = rig.simulator.world.state.repositories.get(secret.place.id);
  if (hidden) hidden.private = true;
  rig.simulator.world.setPermission("mia", secret.place.id, "read");
  hidden?.roles.delete("mia");
  const nowhere = await ask("/repos/no/such/dispatches");
  for (const at of [own.at, secret.at]) {
    expect((await ask(`${at}/dispatches/${secret.id}`)).status).toBe(404);
    for (const act of ["replay", "cancel"]) {
      const answer = await ask(`${at}/dispatches/${secret.id}/${act}`, {
        method: "POST",
        body: "{}",
      });
      expect([at, act, answer.status, answer.text]).toEqual([at, act, 404, nowhere.text]);
    }
  }
  expect(secret.place.dispatches()).toHaveLength(1);
});

const BODIES: readonly (readonly [string, string, number])[] = [
  ["a list", "[]", 400],
  ["a list of orders", '[{"pull_request":1}]', 400],
  ["a text", '"x"', 400],
  ["null", "null", 400],
  ["a prototype", '{"pull_request":1,"__proto__":{"dry_run":false}}', 400],
  ["a constructor", '{"pull_request":1,"constructor":{"prototype":{}}}', 400],
  ["a number as text", '{"pull_request":"1"}', 400],
  ["a number beyond numbers", '{"pull_request":1e400}', 400],
  ["a negative number", '{"pull_request":-1}', 400],
  ["two subjects", '{"pull_request":1,"tag":"v1"}', 400],
  ["NUL in a tag", '{"tag":"v1\\u0000"}', 400],
  ["a path as a tag", '{"tag":"../../heads/main"}', 400],
  ["a line in a branch", `{"sha":"${"a".repeat(40)}","branch":"main\\nx"}`, 400],
  ["a long reason", JSON.stringify({ pull_request: 1, reason: "x".repeat(5_000) }), 400],
  ["half a surrogate", '{"tag":"v\\ud800"}', 400],
  ["half an object", '{"pull_request":', 400],
  ["deep nesting", "[".repeat(8_000), 400],
  ["too much", `{"reason":"${"x".repeat(20_000)}"}`, 413],
];

test("odd bodies, types and parameters are refused by name, never with a 500, and order nothing", async () => {
  const { place, at } = await scene();
  const evil = "<img src=x onerror=alert(1)>";
  for (const [what, body, status] of BODIES) {
    const answer = await ask(`${at}/dispatches`, { method: "POST", body });
    expect([what, answer.status]).toEqual([what, status]);
  }
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""]) {
    const headers = { "content-type": type };
    const body = '{"pull_request":1}';
    const answer = await ask(`${at}/dispatches`, { method: "POST", body, headers });
    expect([type, answer.status]).toEqual([type, 415]);
  }
  for (const query of [
    "state=failed&state=succeeded",
    "limit=1&limit=50",
    "state[]=x",
    "__proto__=x",
  ]) {
    expect([query, (await ask(`${at}/dispatches?${query}`)).status]).toEqual([query, 400]);
  }
  const bad = JSON.stringify({ dispatch_id: evil, image: evil, digest: evil, tags: evil });
  const run = rig.simulator.world.mintRunToken(
    rig.simulator.world.runsOf(place.id)[0]?.id ?? 0,
    rig.relay.url,
  );
  const refused = await ask("/receipts", { method: "POST", token: run, body: bad });
  expect([refused.status, refused.text.includes("onerror")]).toEqual([400, false]);
  expect(place.dispatches()).toHaveLength(1);
});

test("every answer forbids caches and guessing, whoever asks for whatever by whichever method", async () => {
  const { id, at } = await scene();
  const paths = [
    "/stats",
    "/dispatches",
    "/%00",
    `/${randomUUID()}`,
    ...["", "/dispatches", `/dispatches/${id}`, "/pulls/1/explain", "/status"].map((p) => at + p),
    "/repos/%3Cscript%3E/x/dispatches",
  ];
  for (const path of paths) {
    for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]) {
      for (const bearer of [token, null, "x y", `eyJ${"a".repeat(9_000)}.x.y`]) {
        const { status, headers, text } = await ask(path, { method, token: bearer });
        const about = `${method} ${path} ${bearer?.slice(0, 5)}`;
        expect([about, status < 500]).toEqual([about, true]);
        expect([about, headers.get("cache-control")]).toEqual([about, "no-store"]);
        expect(headers.get("x-content-type-options")).toBe("nosniff");
        expect(headers.get("access-control-allow-origin")).toBeNull();
        expect(text).not.toContain("<script>");
        expect([about, method !== "HEAD" || text === ""]).toEqual([about, true]);
      }
    }
  }
});
