/** The real object over its real storage; GitHub is what `fetch` says. */
import {
  abortAllDurableObjects,
  reset,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { deliver, freshId, mergePayload } from "./deliveries.ts";

interface Attempt {
  readonly id: number;
  readonly guid: string;
  readonly status: string;
  readonly repository_id: number;
}

/** Pages of the list of deliveries; a page that is null never answers. */
let pages: (Attempt[] | null)[] = [];
let beforeInstallations: Promise<void> = Promise.resolve();
let asked: string[] = [];
let installed = 0;
/** GitHub is behind a redirect, and refuses each token once. */
let isMoved = false;
let looks = 0;
const said: string[] = [];

beforeEach(() => {
  name = crypto.randomUUID();
  pages = [[]];
  beforeInstallations = Promise.resolve();
  asked = [];
  [installed, isMoved, looks] = [0, false, 0];
  said.length = 0;
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    asked.push(`${init?.method ?? "GET"} ${url.pathname}${url.search}`);
    return answer(url);
  });
  for (const level of ["info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => void said.push(line));
  }
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await abortAllDurableObjects();
  await reset();
});

function redirected(url: URL): Response | null {
  if (!isMoved || url.searchParams.has("moved")) return null;
  if (/attempts|tokens/.test(url.pathname)) return null;
  url.searchParams.set("moved", "yes");
  return new Response("", { status: 307, headers: { location: url.href } });
}

function installationsPage(): Response {
  const created_at = new Date(Date.now() - 86_400_000).toISOString();
  const account = { id: 500, login: "acme" };
  return Response.json(
    Array.from({ length: installed }, (_, nth) => ({ id: nth + 1, account, created_at })),
  );
}

function repositoriesPage(): Response {
  looks += 1;
  if (isMoved && looks % 2 === 1) return new Response("", { status: 401 });
  const owner = { id: 500, login: "acme" };
  // Not to be visited: a ledger would ask GitHub by itself.
  const repositories = [{ id: freshId(), name: "app", owner, archived: true }];
  return Response.json({ total_count: 1, repositories });
}

async function answer(url: URL): Promise<Response> {
  const moved = redirected(url);
  if (moved !== null) return moved;
  if (url.pathname.endsWith("/access_tokens")) {
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    return Response.json({ token: `ghs_${crypto.randomUUID()}`, expires_at, permissions: {} });
  }
  if (url.pathname === "/installation/repositories") return repositoriesPage();
  if (url.pathname.endsWith("/attempts")) return new Response("", { status: 202 });
  if (url.pathname === "/app/installations") {
    await beforeInstallations;
    return installationsPage();
  }
  if (url.pathname !== "/app/hook/deliveries") return new Response("", { status: 503 });
  const at = Number(url.searchParams.get("cursor") ?? 0);
  const page = pages[at];
  if (!page) return new Promise(() => undefined);
  const link = `<https://elsewhere.test/x?cursor=${at + 1}>; rel="next"`;
  const headers: HeadersInit = at + 1 < pages.length ? { link } : {};
  const time = { delivered_at: new Date().toISOString(), redelivery: false };
  const items = page.map((one) => ({ ...one, ...time, event: "pull_request", action: "closed" }));
  return Response.json(items, { headers });
}

const attempt = (id: number, parts: Partial<Attempt> = {}): Attempt => ({
  id,
  guid: `guid-${id}`,
  status: "OK",
  repository_id: freshId(),
  ...parts,
});
/** One of its own for each test. */
let name = "";
const sweeper = () => env.SWEEPER.getByName(name);
const listed = () => asked.filter((call) => call.startsWith("GET /app/hook/deliveries"));
const posted = () => asked.filter((call) => call.startsWith("POST /app/hook"));
const finished = () => vi.waitFor(() => expect(said.join()).toContain("sweep.finished"), 5_000);

test("goes on in the middle of the list when its process ended there", async () => {
  const failed = { status: "timed out" };
  pages = [[attempt(9, failed), attempt(8)], null, [attempt(3, failed)]];
  await sweeper().wake();
  await vi.waitFor(() => expect(listed()).toHaveLength(2));
  await abortAllDurableObjects();
  pages[1] = [attempt(6), attempt(5, { status: "Service Unavailable" })];
  await runDurableObjectAlarm(sweeper());
  await finished();
  expect(listed().map((call) => /cursor=(\d)/.exec(call)?.[1] ?? "top")).toEqual([
    "top",
    "1",
    "1",
    "2",
  ]);
  const ids = posted().map((call) => /deliveries\/(\d+)\//.exec(call)?.[1]);
  expect(new Set(ids)).toEqual(new Set(["3", "5", "9"]));
  expect(await sweeper().state()).toMatchObject({ behind: false, failing: 3 });
});

test("does not ask GitHub for what a ledger has", async () => {
  const repositoryId = freshId();
  await deliver(mergePayload({ repositoryId }), { "x-github-delivery": "guid-known" });
  const failed = { status: "timed out", repository_id: repositoryId };
  pages = [[attempt(2, { ...failed, guid: "guid-known" }), attempt(1, failed)]];
  await sweeper().wake();
  await finished();
  expect(posted()).toEqual(["POST /app/hook/deliveries/1/attempts"]);
});

test("does in the next round what a cron wanted during the last one", async () => {
  const releases: (() => void)[] = [];
  beforeInstallations = new Promise((resolve) => releases.push(resolve));
  await sweeper().wake();
  // The round's last part: the walk over deliveries has had its turn.
  await vi.waitFor(() => expect(asked.join()).toContain("/app/installations"));
  await sweeper().wake();
  releases.forEach((release) => release());
  await vi.waitFor(() => expect(listed()).toHaveLength(2));
});

test("kicks the ledgers that the index calls overdue", async () => {
  const due = Date.now() - 180_000;
  await env.INDEX.exec(
    "CREATE TABLE IF NOT EXISTS ledgers (repository_id INTEGER PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, installation_id INTEGER, paused INTEGER NOT NULL, open INTEGER NOT NULL, next_due_at INTEGER, at INTEGER NOT NULL)",
  );
  const insert = env.INDEX.prepare(
    "INSERT INTO ledgers (repository_id, owner, name, paused, open, next_due_at, at) VALUES (?, 'acme', 'app', 0, 0, ?, 0)",
  );
  await env.INDEX.batch([insert.bind(71, due), insert.bind(72, Date.now()), insert.bind(73, null)]);
  await sweeper().wake();
  await vi.waitFor(() => expect(said.join()).toContain("sweep.kicked"));
  const kicks = said.filter((line) => line.includes("sweep.kicked"));
  const kicked = kicks.map((line) => (JSON.parse(line) as { repository_id: number }).repository_id);
  expect(kicked).toContain(71);
  expect(kicked).not.toContain(72);
  expect(kicked).not.toContain(73);
});

/** How many requests each of its alarms makes from now on. */
async function countAlarms(): Promise<number[]> {
  const counts: number[] = [];
  await runInDurableObject(sweeper(), (instance) => {
    const alarm = instance.alarm.bind(instance);
    instance.alarm = async () => {
      const before = asked.length;
      await alarm();
      counts.push(asked.length - before);
    };
  });
  return counts;
}

test("makes at most 50 requests in one alarm, and the rest in the next ones", async () => {
  isMoved = true;
  installed = 9;
  const failed = { status: "timed out" };
  pages = Array.from({ length: 20 }, (_, page) => [attempt(20 - page, page > 5 ? failed : {})]);
  const counts = await countAlarms();
  await sweeper().wake();
  await finished();
  await vi.waitFor(() => expect(looks).toBe(2 * installed), 5_000);
  expect(new Set(listed()).size).toBe(2 * pages.length);
  expect(posted()).toHaveLength(14);
  expect(counts.length).toBeGreaterThan(1);
  expect(Math.max(...counts)).toBeLessThanOrEqual(50);
  // That it was close says that the test tests something.
  expect(Math.max(...counts)).toBeGreaterThan(40);
});

test("is part of what /healthz says", async () => {
  name = "sweeper";
  await sweeper().wake();
  await finished();
  const health = await exports.default.fetch("https://relay.test/healthz");
  expect(await health.json()).toMatchObject({
    status: "ok",
    sweep: { last: expect.stringMatching(/^20.*Z$/), behind: false, failing: 0 },
  });
});
