/** The real object over its real storage; GitHub is what `fetch` says. */
import { abortAllDurableObjects, reset, runDurableObjectAlarm } from "cloudflare:test";
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
const said: string[] = [];

beforeEach(() => {
  name = crypto.randomUUID();
  pages = [[]];
  beforeInstallations = Promise.resolve();
  asked = [];
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

async function answer(url: URL): Promise<Response> {
  if (url.pathname.endsWith("/attempts")) return new Response("", { status: 202 });
  if (url.pathname === "/app/installations") {
    await beforeInstallations;
    return Response.json([]);
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
    "CREATE TABLE ledgers (repository_id INTEGER PRIMARY KEY, next_due_at INTEGER)",
  );
  const insert = env.INDEX.prepare("INSERT INTO ledgers VALUES (?, ?)");
  await env.INDEX.batch([insert.bind(71, due), insert.bind(72, Date.now()), insert.bind(73, null)]);
  await sweeper().wake();
  await vi.waitFor(() => expect(said.join()).toContain("sweep.kicked"));
  const kicks = said.filter((line) => line.includes("sweep.kicked"));
  expect(kicks.map((line) => JSON.parse(line))).toMatchObject([{ repository_id: 71 }]);
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
