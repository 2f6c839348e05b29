import { expect, test } from "vitest";
import { startAcme } from "./support/acme.ts";
import { installationClient } from "./support/client.ts";

type Client = Awaited<ReturnType<typeof installationClient>>;

async function startWithClient() {
  const acme = await startAcme();
  return { ...acme, client: await installationClient(acme.simulator, acme.installation.id) };
}

async function compared(client: Client, sha: string): Promise<string> {
  return String((await client(`GET /repos/acme/app/compare/main...${sha}`)).body.status);
}

test("merges, squashes, rebases and queues, and main then contains the merge commit", async () => {
  const { world, client } = await startWithClient();
  for (const method of ["merge", "squash", "rebase", "queue"] as const) {
    const parts = { repo: "acme/app", user: "bob", changedFiles: [`${method}/a`, `${method}/b`] };
    const { number, head } = world.openPullRequest({ ...parts, commits: 2 });
    const sha = world.mergePullRequest("acme/app", number, { method, mergedBy: "mia" });
    const { body } = await client(`GET /repos/acme/app/pulls/${number}`);
    const mergedBy = method === "queue" ? "github-merge-queue[bot]" : "mia";
    expect(body).toMatchObject({
      merged: true,
      state: "closed",
      merge_commit_sha: sha,
      merged_by: { login: mergedBy },
      base: { ref: "main" },
      head: { sha: head.sha, repo: { full_name: "bob/app", fork: true } },
    });
    expect(await compared(client, sha)).toBe("identical");
    world.commit("acme/app", "main", { files: { [`after-${method}`]: "" } });
    expect(await compared(client, sha)).toBe("behind");
    const keepsHead = method === "merge" || method === "queue";
    expect(await compared(client, head.sha)).toBe(keepsHead ? "behind" : "diverged");
  }
  expect(world.state.repositories.get(500_001)?.branches.get("main")).toBeDefined();
});

test("knows a fork's commit by its SHA and says that main does not contain it", async () => {
  const { world, client } = await startWithClient();
  const pull = world.openPullRequest({ repo: "acme/app", user: "bob" });
  expect(await compared(client, pull.head.sha)).toBe("ahead");
  world.commit("acme/app", "main", { files: { other: "x" } });
  expect(await compared(client, pull.head.sha)).toBe("diverged");
  expect((await client(`GET /repos/acme/app/commits/${pull.head.sha}`)).status).toBe(200);
  const unknown = await client(`GET /repos/acme/app/compare/main...${"0".repeat(40)}`);
  expect(unknown.status).toBe(404);
  const side = await client(`GET /repos/acme/app/compare/main...bob:${pull.head.ref}`);
  expect(side.body.ahead_by).toBe(1);
});

test("does not share commits between networks", async () => {
  const { world, client } = await startWithClient();
  const other = world.addRepository({ owner: "acme", name: "other" });
  const sha = other.branches.get("main") ?? "";
  expect((await client(`GET /repos/acme/app/commits/${sha}`)).status).toBe(422);
  expect((await client(`GET /repos/acme/app/compare/main...${sha}`)).status).toBe(404);
});

test("shows a test merge before the merge, and hides the field in the newer API version", async () => {
  const { world, client } = await startWithClient();
  const pull = world.openPullRequest({ repo: "acme/app", user: "bob" });
  const open = await client("GET /repos/acme/app/pulls/1");
  expect(open.body).toMatchObject({ merged: false, merged_by: null, state: "open" });
  expect(open.body.merge_commit_sha).toMatch(/^[0-9a-f]{40}$/);
  expect(open.body.merge_commit_sha).not.toBe(pull.head.sha);
  const newer = await client("GET /repos/acme/app/pulls/1", { version: "2026-03-10" });
  expect(newer.body).not.toHaveProperty("merge_commit_sha");
  expect(newer.headers.get("x-github-api-version-selected")).toBe("2026-03-10");
  expect((await client("GET /repos/acme/app/pulls/1/merge")).status).toBe(404);
  world.mergePullRequest("acme/app", 1);
  expect((await client("GET /repos/acme/app/pulls/1/merge")).status).toBe(204);
});

test("closes without a merge", async () => {
  const { world, client } = await startWithClient();
  world.openPullRequest({ repo: "acme/app", user: "bob", labels: ["publish", "docs"] });
  world.closePullRequest("acme/app", 1);
  const { body } = await client("GET /repos/acme/app/pulls/1");
  expect(body).toMatchObject({ merged: false, state: "closed", merged_at: null });
  expect(body.labels.map(({ name }: { name: string }) => name)).toEqual(["publish", "docs"]);
  expect((await client("GET /repos/acme/app/pulls/2")).status).toBe(404);
});

test("shows no head repository once the fork is gone, and keeps its commits", async () => {
  const { world, client } = await startWithClient();
  world.openPullRequest({ repo: "acme/app", user: "bob", headRepo: null });
  const second = world.openPullRequest({ repo: "acme/app", user: "eve" });
  world.deleteFork("eve/app");
  for (const number of [1, 2]) {
    world.mergePullRequest("acme/app", number);
  }
  const list = await client("GET /repos/acme/app/pulls?state=closed");
  expect(list.body.map(({ head }: { head: { repo: null } }) => head.repo)).toEqual([null, null]);
  expect((await client(`GET /repos/acme/app/commits/${second.head.sha}`)).status).toBe(200);
});

const numbers = (body: { number: number }[]) => body.map(({ number }) => number);

test("lists closed pull requests by their last change, a page at a time", async () => {
  let time = Date.parse("2026-11-24T10:00:00Z");
  const { simulator, world, installation } = await startAcme({ now: () => (time += 1000) });
  const client = await installationClient(simulator, installation.id);
  for (let index = 0; index < 5; index++) {
    world.openPullRequest({ repo: "acme/app", user: "bob" });
  }
  for (const number of [4, 1, 3]) {
    world.mergePullRequest("acme/app", number);
  }
  const query = "state=closed&sort=updated&direction=desc&per_page=2";
  const first = await client(`GET /repos/acme/app/pulls?${query}`);
  expect(numbers(first.body)).toEqual([3, 1]);
  const [, next] = /<([^>]+)>; rel="next"/.exec(first.headers.get("link") ?? "") ?? [];
  const second = await client(`GET ${next?.slice(simulator.url.length)}`);
  expect(numbers(second.body)).toEqual([4]);
  expect(second.headers.get("link")).not.toContain('rel="next"');
});

test("lists a pull request's files in pages, and stops at three thousand", async () => {
  const { world, client } = await startWithClient();
  const names = Array.from({ length: 3_050 }, (_, index) => `f/${String(index).padStart(4, "0")}`);
  world.openPullRequest({ repo: "acme/app", user: "bob", changedFiles: names });
  const pull = await client("GET /repos/acme/app/pulls/1");
  expect(pull.body.changed_files).toBe(3_050);
  const page = await client("GET /repos/acme/app/pulls/1/files?per_page=100&page=30");
  expect(page.body).toHaveLength(100);
  expect(page.body.at(-1)).toMatchObject({ filename: "f/2999", status: "added" });
  const beyond = await client("GET /repos/acme/app/pulls/1/files?per_page=100&page=31");
  expect(beyond.body).toEqual([]);
});

test("finds the pull request that introduced a commit", async () => {
  const { world, client } = await startWithClient();
  const pull = world.openPullRequest({ repo: "acme/app", user: "bob" });
  const sha = world.mergePullRequest("acme/app", 1, { method: "squash" });
  for (const commit of [sha, pull.head.sha]) {
    const { body } = await client(`GET /repos/acme/app/commits/${commit}/pulls`);
    expect(body.map(({ number }: { number: number }) => number)).toEqual([1]);
  }
});
