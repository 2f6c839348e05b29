import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../../../src/simulator/random.ts";
import { compareCommits } from "../../../src/simulator/world/compare.ts";
import { makeCommit } from "../../../src/simulator/world/git.ts";
import {
  allFiles,
  changeTree,
  diffTrees,
  EMPTY_TREE,
  fileAt,
} from "../../../src/simulator/world/tree.ts";
import type { Tree } from "../../../src/simulator/world/tree.ts";
import { account } from "../../../src/simulator/world/accounts.ts";
import { generateAppKey } from "../../../src/simulator/keys.ts";
import { createWorldState } from "../../../src/simulator/world/world.ts";
import { startAcme } from "./support/acme.ts";
import { installationClient } from "./support/client.ts";

const keys = await generateAppKey();

/** A random graph: each entry lists the parents of the next commit by their place. */
function grow(graph: number[][]): { state: ReturnType<typeof createWorldState>; shas: string[] } {
  const parts = { random: createRandom(1), now: () => 0, url: () => "http://x", keys };
  const state = createWorldState(parts);
  const author = account(state, "author");
  const shas: string[] = [];
  for (const places of graph) {
    const parents = [...new Set(places.map((place) => shas[place % Math.max(shas.length, 1)]))];
    const known = parents.filter((sha) => sha !== undefined);
    shas.push(makeCommit(state, 1, { parents: known, files: EMPTY_TREE, message: "", author }).sha);
  }
  return { state, shas };
}

/** Everything reachable, found the slow way. */
function history(state: ReturnType<typeof createWorldState>, sha: string): Set<string> {
  const seen = new Set([sha]);
  for (const one of seen) {
    for (const parent of state.commits.get(one)?.parents ?? []) {
      seen.add(parent);
    }
  }
  return seen;
}

const OPPOSITE = { ahead: "behind", behind: "ahead", identical: "identical", diverged: "diverged" };

test("compares any two commits of any history the same from both sides", () => {
  const graphs = fc.array(fc.array(fc.nat(20), { maxLength: 2 }), { minLength: 2, maxLength: 14 });
  fc.assert(
    fc.property(graphs, fc.nat(), fc.nat(), (graph, one, other) => {
      const { state, shas } = grow(graph);
      const base = shas[one % shas.length]!;
      const head = shas[other % shas.length]!;
      const there = compareCommits(state, base, head);
      const back = compareCommits(state, head, base);
      expect(back.status).toBe(OPPOSITE[there.status]);
      expect(back.behindBy).toBe(there.ahead.length);
      const [old, fresh] = [history(state, base), history(state, head)];
      expect(new Set(there.ahead)).toEqual(new Set([...fresh].filter((sha) => !old.has(sha))));
      expect(there.behindBy).toBe([...old].filter((sha) => !fresh.has(sha)).length);
      const shared = new Set([...old].filter((sha) => fresh.has(sha)));
      expect(there.mergeBase === null ? shared.size === 0 : shared.has(there.mergeBase)).toBe(true);
      expect(there.status === "identical").toBe(base === head);
      if (there.status === "behind") {
        expect(there.mergeBase).toBe(head);
      }
    }),
  );
});

test("keeps the files of any line of commits, and finds what differs between any two", () => {
  const path = fc.constantFrom("a", "b", "c/d");
  const content = fc.option(fc.constantFrom("1", "2"), { nil: null });
  const steps = fc.array(fc.tuple(path, content, fc.nat()), { maxLength: 150 });
  fc.assert(
    fc.property(steps, fc.nat(), fc.nat(), (changes, one, other) => {
      const trees: Tree[] = [EMPTY_TREE];
      const plain: Map<string, string>[] = [new Map()];
      for (const [at, text, from] of changes) {
        // Mostly on top of the last, sometimes a branch off an earlier one.
        const place = from % 5 === 0 ? from % trees.length : trees.length - 1;
        trees.push(changeTree(trees[place]!, { [at]: text }));
        const next = new Map(plain[place]);
        if (text === null) {
          next.delete(at);
        } else {
          next.set(at, text);
        }
        plain.push(next);
      }
      const [i, j] = [one % trees.length, other % trees.length];
      expect(new Map(allFiles(trees[i]!))).toEqual(plain[i]);
      const paths = ["a", "b", "c/d"];
      const differing = paths.filter((at) => plain[i]!.get(at) !== plain[j]!.get(at));
      expect(diffTrees(trees[i]!, trees[j]!).map((change) => change.path)).toEqual(differing);
      expect(paths.map((at) => fileAt(trees[j]!, at))).toEqual(
        paths.map((at) => plain[j]!.get(at)),
      );
    }),
  );
});

test("reads files as JSON, as raw text and not again when unchanged", async () => {
  const { simulator, world, installation } = await startAcme();
  const client = await installationClient(simulator, installation.id);
  const address = "GET /repos/acme/app/contents/app/main.ts?ref=main";
  const file = await client(address);
  expect(Buffer.from(file.body.content, "base64").toString()).toBe("export {};\n");
  const raw = await client(address, { headers: { accept: "application/vnd.github.raw+json" } });
  expect(raw.body).toBe("export {};\n");
  const etag = file.headers.get("etag") ?? "";
  const again = await client(address, { headers: { "if-none-match": etag } });
  expect(again.status).toBe(304);
  const used = (answer: typeof again): string | null => answer.headers.get("x-ratelimit-used");
  expect(used(again)).toBe(used(raw));
  const otherToken = await installationClient(simulator, installation.id);
  expect((await otherToken(address, { headers: { "if-none-match": etag } })).status).toBe(200);
  world.commit("acme/app", "main", { files: { "app/main.ts": "export const x = 1;\n" } });
  expect((await client(address, { headers: { "if-none-match": etag } })).status).toBe(200);
  const folder = await client("GET /repos/acme/app/contents/app");
  expect(folder.body).toMatchObject([{ name: "main.ts", type: "file" }]);
  expect((await client("GET /repos/acme/app/contents/none.yml")).status).toBe(404);
  expect((await client("GET /repos/acme/app/contents/app/main.ts?ref=none")).status).toBe(404);
});

test("follows branches with slashes, protected ones, and force pushes", async () => {
  const { simulator, world, installation } = await startAcme();
  const client = await installationClient(simulator, installation.id);
  const first = world.createBranch("acme/app", "release/1.0");
  world.protectBranch("acme/app", "release/1.0");
  const sha = world.commit("acme/app", "release/1.0", { files: { a: "1" } });
  const compared = await client(`GET /repos/acme/app/compare/release%2F1.0...${sha}`);
  expect(compared.body.status).toBe("identical");
  const branch = await client("GET /repos/acme/app/branches/release/1.0");
  expect(branch.body).toMatchObject({ name: "release/1.0", protected: true, commit: { sha } });
  world.forcePush("acme/app", "release/1.0", first);
  const after = await client(`GET /repos/acme/app/compare/release%2F1.0...${sha}`);
  expect(after.body.status).toBe("ahead");
  const list = await client("GET /repos/acme/app/branches");
  expect(list.body).toHaveLength(2);
  expect((await client("GET /repos/acme/app/branches/none")).status).toBe(404);
});

test("tells light tags from annotated ones", async () => {
  const { simulator, world, installation } = await startAcme();
  const client = await installationClient(simulator, installation.id);
  const commit = world.addTag("acme/app", "v1.0.0");
  const object = world.addTag("acme/app", "v1.1.0", { message: "Release 1.1.0" });
  const light = await client("GET /repos/acme/app/git/ref/tags/v1.0.0");
  expect(light.body.object).toMatchObject({ type: "commit", sha: commit });
  const annotated = await client("GET /repos/acme/app/git/ref/tags/v1.1.0");
  expect(annotated.body.object).toMatchObject({ type: "tag", sha: object });
  const peeled = await client(`GET /repos/acme/app/git/tags/${object}`);
  expect(peeled.body.object).toMatchObject({ type: "commit", sha: commit });
  expect((await client(`GET /repos/acme/app/git/tags/${commit}`)).status).toBe(404);
  const matching = await client("GET /repos/acme/app/git/matching-refs/tags/v1.");
  expect(matching.body.map(({ ref }: { ref: string }) => ref)).toEqual([
    "refs/tags/v1.0.0",
    "refs/tags/v1.1.0",
  ]);
  const resolved = await client("GET /repos/acme/app/commits/v1.1.0");
  expect(resolved.body.sha).toBe(commit);
  expect((await client("GET /repos/acme/app/tags")).body).toHaveLength(2);
  expect((await client("GET /repos/acme/app/git/ref/heads/none")).status).toBe(404);
});
