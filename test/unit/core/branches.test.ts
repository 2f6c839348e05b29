import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { createGitHub } from "../../../src/github/github-client.ts";

const REPOSITORY = { id: 1, owner: "acme", name: "app", installationId: 99 };
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const KEY = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** A GitHub that has so many branches and gives a page of them, or all whatever is asked for. */
function clientOf(count: number, pageSize: number | "all") {
  const pages: string[] = [];
  const refs = Array.from({ length: count }, (_, nth) => ({
    ref: `refs/heads/release/${nth}`,
    object: { type: "commit", sha: String(nth).padStart(40, "0") },
  }));
  const send = (input: string): Promise<Response> => {
    const url = new URL(input);
    if (url.pathname.endsWith("/access_tokens")) {
      const expires_at = new Date(Date.now() + 3_600_000).toISOString();
      return Promise.resolve(Response.json({ token: "ghs_secret", expires_at, permissions: {} }));
    }
    pages.push(`${url.pathname} ${url.searchParams.get("page") ?? ""}`);
    const page = Number(url.searchParams.get("page"));
    const shown = pageSize === "all" ? refs : refs.slice((page - 1) * pageSize, page * pageSize);
    return Promise.resolve(Response.json(shown));
  };
  const options = {
    baseUrl: "https://github.test",
    timeoutMs: 1_000,
    fetch: send as typeof fetch,
    now: () => Date.now(),
  };
  return { github: createGitHub({ appId: "4711", privateKey: KEY }, options), pages };
}

test.each([
  [250, "all", 1],
  [100, "all", 2],
  [100, 100, 2],
  [250, 100, 3],
  [0, "all", 1],
] as const)(
  "lists %i branches of a GitHub that gives %s at once, each with its commit, in %i requests",
  async (count, pageSize, requests) => {
    const { github, pages } = clientOf(count, pageSize);
    const answer = await github.branches(REPOSITORY, "release/");
    const listed = answer.kind === "ok" ? answer.value : [];
    expect(listed).toHaveLength(count);
    if (count > 0) expect(listed[7]).toEqual({ name: "release/7", sha: "7".padStart(40, "0") });
    expect(pages).toHaveLength(requests);
    expect(pages[0]).toBe("/repos/acme/app/git/matching-refs/heads/release/ 1");
  },
);

test("says nothing of a list that has more pages than it reads", async () => {
  const { github, pages } = clientOf(3_001, 100);
  expect(await github.branches(REPOSITORY, "release/")).toMatchObject({
    kind: "later",
    cause: "too-many-branches",
  });
  expect(pages).toHaveLength(30);
});
