import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { mayMatter } from "../../../src/domain/relevant-events.ts";
import { createAppGitHub } from "../../../src/github/app-client.ts";
import { isRelevantEvent } from "../../../src/http/payload.ts";

const NOW = 1_800_000_000_000;
const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();

interface Sent {
  readonly line: string;
  readonly token: string;
  readonly body: unknown;
}

/** GitHub as a function from request to answer; `sent` is what arrived. */
function connect(answer: (line: string) => Response | Promise<Response>) {
  const sent: Sent[] = [];
  const github = createAppGitHub(
    { appId: "4711", privateKey },
    {
      baseUrl: "https://api.test",
      timeoutMs: 50,
      now: () => NOW,
      fetch: async (input, init) => {
        const url = new URL(input instanceof Request ? input.url : input);
        const line = `${init?.method ?? "GET"} ${url.pathname}${url.search}`;
        const headers = new Headers(init?.headers);
        const body = typeof init?.body === "string" ? JSON.parse(init.body) : null;
        sent.push({ line, token: headers.get("authorization") ?? "", body });
        const hangs = new Promise<never>((_, reject) => {
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
        });
        return Promise.race([answer(line), hangs]);
      },
    },
  );
  return { github, sent };
}

const item = (parts: Record<string, unknown> = {}) => ({
  id: 12,
  guid: "0b989ba4-242f-11e5-81e1-c7b6966d2516",
  delivered_at: "2026-11-24T08:00:00Z",
  redelivery: false,
  duration: 0.1,
  status: "OK",
  status_code: 200,
  event: "pull_request",
  action: "closed",
  installation_id: 5,
  repository_id: 7,
  ...parts,
});

describe("the list of deliveries", () => {
  test("is read as the App, a cursor at a time, and only by the word that GitHub's docs name", async () => {
    const items = [item(), item({ status: "timed out", status_code: 0, action: null })];
    const link =
      '<https://evil.test/x?per_page=100&cursor=v1_99>; rel="next", <https://api.test/y?cursor=v1_1>; rel="prev"';
    const { github, sent } = connect(() => Response.json(items, { headers: { link } }));
    const answer = await github.hookDeliveries("v1_a b");
    expect(answer).toMatchObject({
      kind: "ok",
      value: {
        next: "v1_99",
        unreadable: 0,
        deliveries: [
          {
            id: "12",
            ok: true,
            deliveredAtMs: Date.parse("2026-11-24T08:00:00Z"),
            repositoryId: 7,
          },
          { ok: false, action: null },
        ],
      },
    });
    expect(sent.map(({ line }) => line)).toEqual([
      "GET /app/hook/deliveries?per_page=100&cursor=v1_a%20b",
    ]);
    expect(sent[0]!.token).toMatch(/^Bearer eyJ/);
  });

  test("keeps ids that JavaScript would round", async () => {
    const text = `[${JSON.stringify(item()).replace('"id":12', '"id": 90071992547409931')}]`;
    const { github, sent } = connect((line) =>
      line.startsWith("GET") ? new Response(text) : new Response("", { status: 202 }),
    );
    const answer = await github.hookDeliveries(null);
    const [delivery] = answer.kind === "ok" ? answer.value.deliveries : [];
    expect(delivery?.id).toBe("90071992547409931");
    expect(await github.redeliver(delivery!.id)).toEqual({ kind: "asked" });
    expect(sent[1]!.line).toBe("POST /app/hook/deliveries/90071992547409931/attempts");
  });

  test("does not lose the page to one item that cannot be read", async () => {
    const strange = [item({ guid: "../../x" }), item({ delivered_at: "soon" }), null, item()];
    const { github } = connect(() => Response.json(strange));
    const answer = await github.hookDeliveries(null);
    expect(answer).toMatchObject({ kind: "ok", value: { unreadable: 3, next: null } });
  });

  test.each([400, 404, 422])(
    "takes %i for a cursor that leads nowhere, if there was one",
    async (status) => {
      const { github } = connect(() => new Response("{}", { status }));
      expect(await github.hookDeliveries("v1_1")).toEqual({
        kind: "absent",
        cause: "cursor-refused",
      });
    },
  );

  test.each([
    ["not JSON", () => new Response("<html>")],
    ["no list", () => Response.json({ message: "hello" })],
    ["a server error", () => new Response("", { status: 502 })],
    ["silence", () => new Promise<Response>(() => undefined)],
  ])("is asked for later after %s", async (_, answer) => {
    const { github } = connect(answer);
    expect(await github.hookDeliveries("v1_1")).toMatchObject({ kind: "later", notBeforeMs: null });
  });

  test("hands on what a rate limit says", async () => {
    const headers = { "retry-after": "90" };
    const { github } = connect(() => new Response("{}", { status: 429, headers }));
    const limited = { kind: "later", notBeforeMs: NOW + 90_000 };
    expect(await github.hookDeliveries(null)).toMatchObject(limited);
    expect(await github.redeliver("1")).toMatchObject(limited);
    expect(await github.installations(1)).toMatchObject(limited);
  });
});

test.each([400, 404, 422])(
  "a redelivery that GitHub answers with %i is impossible",
  async (status) => {
    const { github } = connect(() => new Response("{}", { status }));
    expect(await github.redeliver("1")).toEqual({ kind: "impossible", cause: `status-${status}` });
  },
);

const QUOTA = {
  "x-ratelimit-limit": "5000",
  "x-ratelimit-remaining": "1234",
  "x-ratelimit-reset": "1800000000",
};

test("repositories are listed with a token that may read names and nothing else", async () => {
  const repository = {
    id: 70,
    name: "app",
    owner: { id: 3, login: "acme" },
    pushed_at: "2026-11-24T08:00:00Z",
    archived: true,
  };
  const { github, sent } = connect((line) =>
    line.startsWith("POST")
      ? Response.json(
          { token: "ghs_x", expires_at: "2099-01-01T00:00:00Z", permissions: { metadata: "read" } },
          { status: 201 },
        )
      : Response.json({ total_count: 150, repositories: [repository] }, { headers: QUOTA }),
  );
  expect(await github.repositoriesOf(5, 2)).toEqual({
    kind: "ok",
    value: {
      total: 150,
      hasNext: false,
      quota: { limit: 5_000, remaining: 1_234, resetAtMs: 1_800_000_000_000 },
      repositories: [
        {
          repository: { id: 70, owner: "acme", name: "app", installationId: 5 },
          pushedAtMs: Date.parse("2026-11-24T08:00:00Z"),
          active: false,
        },
      ],
    },
  });
  expect(sent.map(({ line }) => line)).toEqual([
    "POST /app/installations/5/access_tokens",
    "GET /installation/repositories?per_page=100&page=2",
  ]);
  expect(sent[0]!.body).toEqual({ permissions: { metadata: "read" } });
});

test("an enterprise's installation has no repositories and spoils no page", async () => {
  const one = { id: 5, created_at: "2026-11-24T08:00:00Z", suspended_at: null };
  const { github } = connect(() =>
    Response.json([
      { ...one, account: { id: 9, slug: "big", name: "Big" } },
      { ...one, id: 6, account: { id: 3, login: "acme" } },
    ]),
  );
  expect(await github.installations(1)).toMatchObject({
    kind: "ok",
    value: { installations: [{ id: 6, ownerId: 3, owner: "acme", suspended: false }] },
  });
});

const READ = [
  "pull_request",
  "push",
  "workflow_run",
  "issue_comment",
  "check_run",
  "check_suite",
  "repository",
];

test.each(READ)("what the webhook reads, the sweep asks for again: %s", (event) => {
  const actions = ["closed", "requested", "created", "rerequested", "renamed", null];
  if (event === "check_run") expect(mayMatter(event, "requested_action")).toBe(true);
  if (event.startsWith("check_")) expect(mayMatter(event, "rerequested")).toBe(true);
  const asked = actions.some((action) => mayMatter(event, action));
  if (isRelevantEvent(event)) expect(asked).toBe(true);
  expect(mayMatter(event, "no-such-action")).toBe(event === "push");
});

test("a minting that is answered without a token is tried again, and nothing is sent with it", async () => {
  const answers = [
    () => new Response("<html>maintenance</html>", { headers: { "content-type": "text/html" } }),
    () => Response.json({}),
    () =>
      Response.json(
        {
          token: "the-token",
          expires_at: "2037-01-01T00:00:00Z",
          permissions: { metadata: "read" },
          repository_selection: "all",
        },
        { status: 201 },
      ),
  ];
  const { github, sent } = connect((line) =>
    line.endsWith("/access_tokens")
      ? answers.shift()!()
      : Response.json({ total_count: 0, repositories: [] }),
  );
  for (const kind of ["later", "later", "ok"]) {
    expect(await github.repositoriesOf(5, 1)).toMatchObject({ kind });
  }
  const asked = sent.filter(({ line }) => line.startsWith("GET"));
  expect(asked.map(({ token }) => token)).toEqual(["Bearer the-token"]);
});
