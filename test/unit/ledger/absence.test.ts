/** A 404 that passes: nothing is decided on the absence of a file that GitHub has not confirmed. */
import { describe, expect, test } from "vitest";
import { shaOf } from "../../worker/fake-github.ts";
import { Life } from "./life.ts";

const CONFIGURATION = "acme/app:.github/merge-relay.yml";
const WORKFLOW = "acme/app:.github/workflows/publish-image.yml";
const ROUTES = "version: 1\nroutes:\n  - name: docs\n    workflow: docs.yml\n";

function mergedLife(): Life {
  const life = new Life();
  life.merge(1);
  life.deliverMerge(1, "first");
  return life;
}

/** What was sent, as workflow files. */
const sent = (life: Life) => life.github.posts.map(({ request }) => request.workflow);

describe("the configuration", () => {
  test("that answers 404 for a moment is waited for, and its own route dispatched", async () => {
    const life = mergedLife();
    life.github.configure(ROUTES);
    life.github.passing.set(CONFIGURATION, 2);
    await life.pass();
    expect(life.rows()).toMatchObject([{ state: "waiting", route: null }]);
    await life.settle();
    expect(sent(life)).toEqual(["docs.yml"]);
  });

  test("that answers 404 together with its folders keeps the merge waiting", async () => {
    const life = mergedLife();
    life.github.showsFolders = false;
    await life.pass();
    expect(life.rows()).toMatchObject([{ state: "waiting" }]);
    life.github.showsFolders = true;
    await life.settle();
    expect(sent(life)).toEqual(["publish-image.yml"]);
  });

  test("that answers 404 twice, of a repository that lists nothing at all, is believed to be missing", async () => {
    const life = mergedLife();
    life.github.showsFolders = false;
    await life.pass();
    await life.pass(2_000);
    expect(sent(life)).toEqual(["publish-image.yml"]);
  });

  test("that is there, or is known not to be, costs no further look", async () => {
    const life = mergedLife();
    await life.pass();
    expect(life.github.soughtInFolders).toEqual([".github/merge-relay.yml"]);
    for (const number of [2, 3]) {
      life.merge(number);
      life.deliverMerge(number, `delivery-${number}`);
      await life.pass();
    }
    expect(life.github.soughtInFolders).toHaveLength(1);
    const configured = mergedLife();
    configured.github.configure(ROUTES);
    await configured.pass();
    expect(configured.github.soughtInFolders).toEqual([]);
  });

  test.each(["a merge that read it", "a push that touched it"])(
    "is looked for anew after %s",
    async (how) => {
      const life = mergedLife();
      await life.pass();
      life.github.configure(ROUTES);
      life.merge(2);
      if (how.startsWith("a merge")) {
        life.deliverMerge(2, "second");
        await life.pass();
      } else {
        const claim = { kind: "push", branch: "main", sha: shaOf(2) } as const;
        life.deliverPush(claim, "push", true);
        life.store.setPending("push", false);
      }
      life.github.passing.set(CONFIGURATION, 1);
      life.merge(3);
      life.deliverMerge(3, "third");
      await life.pass();
      expect(life.rows()[0]).toMatchObject({ pullRequest: 3, state: "waiting" });
      await life.settle();
      expect(sent(life).at(-1)).toBe("docs.yml");
    },
  );

  test("of many merges at once is looked for in its folder once", async () => {
    const life = new Life();
    for (const number of [1, 2, 3, 4, 5]) {
      life.merge(number);
      life.deliverMerge(number, `delivery-${number}`);
    }
    await life.pass();
    expect(life.github.posts).toHaveLength(5);
    expect(life.github.soughtInFolders).toHaveLength(1);
  });
});

describe("the workflow", () => {
  test.each([
    ["the default one", undefined, WORKFLOW],
    ["a route's", ROUTES, "acme/app:.github/workflows/docs.yml"],
  ])("(%s) that answers 404 for a moment is waited for", async (_, configuration, key) => {
    const life = mergedLife();
    if (configuration !== undefined) life.github.configure(configuration);
    life.github.passing.set(key, 2);
    await life.pass();
    expect(life.rows()).toMatchObject([{ state: "waiting" }]);
    await life.settle();
    expect(life.github.posts).toHaveLength(1);
  });

  test("that is not in its folder either is skipped, and known not to be there from then on", async () => {
    const life = mergedLife();
    life.github.workflowFacts = { kind: "absent" };
    await life.pass();
    expect(life.rows()).toMatchObject([{ state: "skipped", reason: "no-workflow" }]);
    const looks = life.github.soughtInFolders.length;
    life.merge(2);
    life.deliverMerge(2, "second");
    await life.pass();
    expect(life.rows()[0]).toMatchObject({ state: "skipped", reason: "no-workflow" });
    expect(life.github.soughtInFolders).toHaveLength(looks);
  });
});

function builtElsewhere(): Life {
  const life = mergedLife();
  life.github.configure("version: 1\nroutes:\n  - builder: acme/builder\n");
  return life;
}

describe("a builder", () => {
  const builder = { id: 7, ownerId: 17, owner: "acme", name: "builder", defaultBranch: "main" };

  test("whose file answers 404 for a moment is waited for", async () => {
    const life = builtElsewhere();
    const place = { ...builder, installationId: 99 };
    life.github.add(place);
    life.github.configure("version: 1\naccept: [acme/app]\n", place);
    life.github.passing.set("acme/builder:.github/merge-relay.yml", 1);
    await life.pass();
    expect(life.rows()).toMatchObject([{ state: "waiting" }]);
    await life.settle();
    expect(life.github.posts).toHaveLength(1);
  });

  test("that GitHub does not show is doubted twice", async () => {
    const life = builtElsewhere();
    await life.pass();
    expect(life.rows()).toMatchObject([{ state: "waiting" }]);
    await life.settle();
    expect(life.rows()).toMatchObject([{ state: "rejected", reason: "builder-not-accepting" }]);
  });
});
