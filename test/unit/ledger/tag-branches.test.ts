import { expect, test } from "vitest";
import { isFinal } from "../../../src/domain/dispatch-state.ts";
import { shaOf } from "../../worker/fake-github.ts";
import { Life } from "./life.ts";

const COMMIT = shaOf(7);

function routeOf(name: string, globs: string): string {
  return `  - name: ${name}\n    on: [tag]\n    branches: ${globs}\n    tags: ["v*"]\n`;
}

/** A repository with a tag and so many release branches, of which these hold its commit. */
function tagged(
  globs: string,
  about: { branches: number; holding?: readonly string[]; routes?: string },
): Life {
  const { branches, holding = [], routes } = about;
  const life = new Life();
  life.github.configure(`version: 1\nroutes:\n${routes ?? routeOf("app", globs)}`);
  const names = Array.from({ length: branches }, (_, nth) => `release/${nth + 1}`);
  for (const name of [...names, ...holding]) {
    life.github.branchCommits.set(name, new Set(holding.includes(name) ? [COMMIT] : []));
  }
  life.github.tags.set("v1", COMMIT);
  life.deliver({ kind: "tag", tag: "v1" }, "guid-1");
  return life;
}

/** Alarm after alarm, each in an object that has just come into memory; how many each compared. */
async function alarms(life: Life, most: number): Promise<number[]> {
  const counts: number[] = [];
  for (let count = 0; count < most; count++) {
    const before = life.github.compared.length;
    await life.pass(10_000);
    counts.push(life.github.compared.length - before);
    if (life.rows().every(({ state }) => isFinal(state) || state === "dispatched")) break;
  }
  return counts;
}

const built = (life: Life) => life.github.posts.map(({ request }) => request.inputs["branch"]);

test("finds a tag's branch among 400, a bounded part of them in each alarm and none of them twice", async () => {
  const life = tagged('["release/*"]', { branches: 399, holding: ["release/zebra"] });
  const counts = await alarms(life, 40);
  expect(built(life)).toEqual(["release/zebra"]);
  expect(Math.max(...counts)).toBeLessThanOrEqual(30);
  expect(life.github.compared).toHaveLength(new Set(life.github.compared).size);
  expect(life.github.compared).toHaveLength(400);
  expect(life.bugs).toEqual([]);
});

test("says of a tag that no allowed branch holds that no route takes it, when all were asked", async () => {
  const life = tagged('["release/*"]', { branches: 130, holding: ["other"] });
  await alarms(life, 20);
  const [row] = life.rows();
  expect(row).toMatchObject({ state: "skipped", reason: "no-route" });
  const step = row?.trace?.find(({ rule }) => rule === "tag-on-branch");
  expect(step?.saw).toContain("130 branches in all");
  expect(life.github.compared).not.toContain("other");
});

test("asks about no branch that the route does not allow, whatever it begins with", async () => {
  const life = tagged('["*-stable"]', { branches: 300, holding: ["main", "v2-stable"] });
  await alarms(life, 2);
  expect(built(life)).toEqual(["v2-stable"]);
  expect(life.github.compared).toEqual(["v2-stable"]);
});

test("asks about the default branch first, and about no other when it holds the commit", async () => {
  const life = tagged('["release/*", stable, main]', {
    branches: 300,
    holding: ["main", "stable", "release/1"],
  });
  await alarms(life, 2);
  expect(built(life)).toEqual(["main"]);
  expect(life.github.compared).toEqual(["main"]);
});

test("asks about a branch that ends at the commit before the others of its pattern", async () => {
  const life = tagged('["release/*"]', { branches: 300, holding: ["release/zebra"] });
  life.github.heads.set("release/zebra", COMMIT);
  await alarms(life, 2);
  expect(built(life)).toEqual(["release/zebra"]);
  expect(life.github.compared).toEqual(["release/zebra"]);
});

test("looks for a branch for each route, over any number of alarms", async () => {
  const life = tagged("", {
    branches: 120,
    holding: ["early/1", "release/zebra"],
    routes: routeOf("one", "[early/*]") + routeOf("two", "[release/*]"),
  });
  await alarms(life, 20);
  expect(new Set(built(life))).toEqual(new Set(["early/1", "release/zebra"]));
});

test("begins anew when the tag moves while its branch is looked for", async () => {
  const life = tagged('["release/*"]', { branches: 100 });
  await life.pass();
  life.github.tags.set("v1", shaOf(8));
  life.github.branchCommits.set("release/1", new Set([shaOf(8)]));
  await alarms(life, 3);
  expect(life.github.posts.map(({ request }) => request.inputs["sha"])).toEqual([shaOf(8)]);
});

test("gives a search up after a thousand branches, says that there are more, and does not begin it again by itself", async () => {
  const life = tagged('["release/*"]', { branches: 1_050, holding: ["release/zebra"] });
  await alarms(life, 80);
  const [row] = life.rows();
  expect(row).toMatchObject({ state: "exhausted", reason: "too-many-branches" });
  expect(row?.remedy).toContain("there are more");
  expect(row?.trace?.find(({ rule }) => rule === "tag-on-branch")?.change).toContain(
    "without a star",
  );
  expect(life.github.compared).toHaveLength(1_000);
  await life.passToScan();
  await life.passRounds(10);
  expect(life.rows()).toHaveLength(1);
  expect(built(life)).toEqual([]);
});

test("tells a maintainer who asks for such a tag that it cannot be said at once", async () => {
  const life = tagged('["release/*"]', { branches: 200, holding: ["release/zebra"] });
  const before = life.github.compared.length;
  await life.order({ kind: "tag", tag: "v1" });
  expect(life.github.compared.length - before).toBe(100);
  expect(life.rows()).toEqual([]);
});
