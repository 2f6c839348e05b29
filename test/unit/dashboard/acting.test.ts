import { expect, test } from "vitest";
import { exampleId, SHA } from "./support/fake-ports.ts";
import { formOf, openDashboard } from "./support/room.ts";

const REPOSITORY = "/repos/acme/app";
const RUNNING = exampleId("d");
const FAILED = exampleId("b");

async function signedIn() {
  const dashboard = openDashboard();
  const cookie = await dashboard.signIn();
  const formToken = await dashboard.formToken();
  return {
    ...dashboard,
    get: async (path: string) => {
      const response = await dashboard.send(path, { headers: { cookie } });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    post: (
      path: string,
      fields: Record<string, string> = {},
      headers: Record<string, string> = {},
    ) => {
      const form = formOf(dashboard.origin, cookie, { form_token: formToken, ...fields });
      Object.assign(form.headers, headers);
      return dashboard.send(path, form);
    },
  };
}

/** The hidden fields of the form on a page. */
function hiddenFields(html: string): Record<string, string> {
  const form = /<main[\s\S]*?<form[^>]*method="post"[\s\S]*?<\/form>/.exec(html)?.[0] ?? "";
  const inputs = form.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g);
  return Object.fromEntries(Array.from(inputs, ([, name, value]) => [name, value]));
}

test("reviews by a dry run that names the commit, and orders exactly that commit once", async () => {
  const { get, post, world } = await signedIn();
  const review = await get(`${REPOSITORY}/publish/review?kind=pull&pull_request=42&reason=again`);
  expect(review.status).toBe(200);
  expect(review.text).toContain(`<code>${SHA}</code>`);
  const fields = hiddenFields(review.text);
  const response = await post(`${REPOSITORY}/publish`, fields);
  expect(response.headers.get("location")).toBe(`${REPOSITORY}/dispatches/${exampleId("e")}`);
  expect(world.orders).toMatchObject([
    { dryRun: true, idempotency: null },
    {
      dryRun: false,
      subject: { kind: "pull", pullRequest: 42 },
      expectedSha: SHA,
      reason: "again",
      route: null,
      via: "dashboard",
      actor: { login: "mona" },
      idempotency: { key: fields["key"] },
    },
  ]);
  await post(`${REPOSITORY}/publish`, fields);
  const [, first, second] = world.orders;
  expect(second?.idempotency).toEqual(first?.idempotency);
});

test("gives every review a key of its own, and another digest to another wish", async () => {
  const { get, post, world } = await signedIn();
  const path = `${REPOSITORY}/publish/review?kind=pull&pull_request=42`;
  const [one, two] = [hiddenFields((await get(path)).text), hiddenFields((await get(path)).text)];
  expect(one["key"]).not.toBe(two["key"]);
  await post(`${REPOSITORY}/publish`, one);
  await post(`${REPOSITORY}/publish`, { ...one, pull_request: "43" });
  const digests = world.orders.slice(2).map(({ idempotency }) => idempotency?.digest);
  expect(new Set(digests).size).toBe(2);
});

test("publishes nothing that was not reviewed", async () => {
  const { post, world } = await signedIn();
  const fields = { kind: "pull", pull_request: "42" };
  for (const missing of [
    fields,
    { ...fields, expected_sha: SHA },
    { ...fields, key: "k".repeat(32) },
  ]) {
    expect((await post(`${REPOSITORY}/publish`, missing)).status).toBe(400);
  }
  expect(world.orders).toEqual([]);
});

test("offers no button when the rules say no", async () => {
  const { get, world } = await signedIn();
  world.verdict = "rejected";
  const { status, text } = await get(`${REPOSITORY}/publish/review?kind=tag&tag=v1`);
  expect(status).toBe(422);
  expect(text).toContain("not-on-branch");
  expect(hiddenFields(text)).toEqual({});
});

test.each([
  ["kind=pull&pull_request=x", "f-pull_request-error"],
  ["kind=pull&pull_request=0", "f-pull_request-error"],
  ["kind=commit&sha=abc&branch=main", "f-sha-error"],
  [`kind=commit&sha=${SHA}&branch=a..b`, "f-branch-error"],
  ["kind=tag&tag=", "f-tag-error"],
  [`kind=pull&pull_request=1&reason=${"x".repeat(501)}`, "f-reason-error"],
])("answers %s with the problem at its field", async (query, id) => {
  const { get, world } = await signedIn();
  const { status, text } = await get(`${REPOSITORY}/publish/review?${query}`);
  expect(status).toBe(400);
  expect(text).toContain(`id="${id}"`);
  expect(world.orders).toEqual([]);
});

test.each([
  [{ kind: "moved", sha: "f".repeat(40) }, 409, "The commit has moved"],
  [{ kind: "key-reused" }, 409, "sent before"],
  [{ kind: "absent" }, 404, "GitHub does not have this"],
  [{ kind: "later", cause: "timeout" }, 503, "GitHub does not answer"],
] as const)("tells the answer %j", async (answer, status, words) => {
  const { post, world } = await signedIn();
  world.answer = answer;
  const fields = { kind: "pull", pull_request: "42", expected_sha: SHA, key: "k".repeat(32) };
  const response = await post(`${REPOSITORY}/publish`, fields);
  expect(response.status).toBe(status);
  expect(await response.text()).toContain(words);
});

test("replays, cancels, pauses and resumes, each after a question", async () => {
  const { get, post, world } = await signedIn();
  const replay = `${REPOSITORY}/dispatches/${FAILED}/replay`;
  const question = await get(replay);
  expect(question.text).toContain(SHA);
  await post(replay, hiddenFields(question.text));
  for (const path of [`dispatches/${RUNNING}/cancel`, "pause", "resume"]) {
    expect((await get(`${REPOSITORY}/${path}`)).status).toBe(200);
    const response = await post(`${REPOSITORY}/${path}`, { reason: "why" });
    expect(response.status).toBe(303);
  }
  expect(world.calls).toEqual([`replay ${FAILED}`, `cancel ${RUNNING}`, "pause why", "resume"]);
});

test("publishes many again only after a review that names each commit, and only those", async () => {
  const { get, post, world } = await signedIn();
  const many = `${REPOSITORY}/replay`;
  expect((await get(many)).text).toContain("Review…");
  const review = await get(`${many}/review?asked=yes&states=failed&reason=outage`);
  expect(review.text).toContain(`<code>${SHA}</code>`);
  expect(world.calls).toEqual([]);
  const fields = hiddenFields(review.text);
  expect(fields).toMatchObject({ id: FAILED, states: "failed", reason: "outage" });
  // One that has failed since stands in no review, so it is not touched.
  world.dispatches = world.dispatches.map((one) => ({ ...one, state: "failed" }));
  const response = await post(many, fields);
  expect(response.headers.get("location")).toBe(`${REPOSITORY}/dispatches/${FAILED}`);
  expect(world.calls).toEqual([`replay-many ${FAILED}`]);
});

test("publishes nothing of many without a review, and says when nothing is left", async () => {
  const { get, post, world } = await signedIn();
  const many = `${REPOSITORY}/replay`;
  const fields = { asked: "yes", states: "failed", key: "k".repeat(32) };
  expect((await post(many, fields)).status).toBe(400);
  expect((await post(many, { ...fields, id: FAILED, key: "" })).status).toBe(400);
  expect(world.calls).toEqual([]);
  expect((await post(many, { ...fields, id: exampleId("z") })).status).toBe(409);
  const nothing = await get(`${many}/review?asked=yes&states=skipped`);
  expect(nothing.text).toContain("nothing to publish again");
  expect(hiddenFields(nothing.text)).toEqual({});
});

test.each([
  ["asked=yes", "f-states-error"],
  ["asked=yes&states=running", "f-states-error"],
  ["pull_request=x", "f-pull_request-error"],
  ["since=yesterday", "f-since-error"],
  [`reason=${"x".repeat(501)}`, "f-reason-error"],
])("answers the filter %s with the problem at its field", async (query, id) => {
  const { get, world } = await signedIn();
  const { status, text } = await get(`${REPOSITORY}/replay/review?${query}`);
  expect(status).toBe(400);
  expect(text).toContain(`id="${id}"`);
  expect(world.calls).toEqual([]);
});

test("says when a dispatch cannot be cancelled just now", async () => {
  const { post, world } = await signedIn();
  world.mayCancel = false;
  const response = await post(`${REPOSITORY}/dispatches/${RUNNING}/cancel`);
  expect(response.status).toBe(409);
  expect(await response.text()).toContain("The dispatch is running");
});

test("changes nothing without a form of this very session", async () => {
  const { post, formToken, sealer, world } = await signedIn();
  const pause = `${REPOSITORY}/pause`;
  const attempts = [
    await post(pause, { form_token: "" }),
    await post(pause, { form_token: await formToken("another session") }),
    await post(pause, { form_token: await sealer.seal("session", "n1") }),
    await post(pause, {}, { origin: "https://evil.example" }),
    await post(pause, {}, { "sec-fetch-site": "cross-site" }),
    await post(pause, {}, { "content-type": "text/plain" }),
    await post(pause, {}, { "content-length": "20000" }),
    await post(pause, {}, { cookie: "" }),
  ];
  expect(attempts.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403, 403, 401]);
  expect(world.calls).toEqual([]);
});

test("acts only by POST", async () => {
  const { get, world } = await signedIn();
  for (const path of [
    "pause",
    "resume",
    `dispatches/${FAILED}/replay`,
    `dispatches/${RUNNING}/cancel`,
  ]) {
    await get(`${REPOSITORY}/${path}`);
  }
  expect(world.calls).toEqual([]);
});
