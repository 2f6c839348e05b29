/** The policy as a table: facts in, verdict out. */
import { describe, expect, test } from "vitest";
import { parseConfiguration } from "../../../src/domain/configuration.ts";
import {
  AUTOMATIC,
  type Decision,
  decide,
  type Policy,
  type Question,
} from "../../../src/domain/decide.ts";
import { type Facts, type PullRequestFacts, workflowKey } from "../../../src/domain/facts.ts";

const REPOSITORY = {
  id: 7,
  ownerId: 70,
  owner: "Acme",
  name: "app",
  defaultBranch: "main",
  installationId: 1,
};
const SHA = "a".repeat(40);
const ENFORCE: Policy = { allowedOwners: [], observe: false };
const PULL: PullRequestFacts = {
  number: 5,
  merged: true,
  mergedAt: "2026-11-01T00:00:00Z",
  mergedBy: "maintainer",
  mergeCommitSha: SHA,
  baseRepositoryId: 7,
  baseBranch: "main",
  labels: [],
};

function facts(
  change: { pull?: Partial<PullRequestFacts>; yaml?: string } & Partial<Facts>,
): Facts {
  const { pull, yaml, ...rest } = change;
  return {
    repository: REPOSITORY,
    subject: { kind: "merge", pullRequest: 5, pull: { ...PULL, ...pull }, ancestry: "behind" },
    configuration: yaml === undefined ? { kind: "absent" } : parseConfiguration(yaml),
    changedFiles: null,
    workflows: new Map([
      [workflowKey(REPOSITORY, "publish-image.yml"), { kind: "present", state: "active" }],
    ]),
    builders: new Map(),
    ...rest,
  };
}

const BY_HAND: Question = { ...AUTOMATIC, byHand: true };
const EXPLAINED: Question = { ...AUTOMATIC, hypothetical: true };

/** `dispatch`, or the reason against it. */
function outcome(decision: Decision): string {
  const [plan] = decision.plans;
  const refusal = decision.refusal ?? plan?.refusal ?? null;
  return refusal === null ? "dispatch" : refusal.reason;
}

const tagged = (branches: { branch: string; ancestry: "behind" | "diverged" }[], sha = SHA) =>
  ({ kind: "tag", tag: "v1.2.3", sha, branches }) as const;
const TAG_ROUTE = "version: 1\nroutes:\n  - on: [tag]\n    tags: ['v*']\n";

describe("a pull request that is not merged", () => {
  test.each([
    ["to a person", BY_HAND, "not-merged"],
    ["to whoever wants it explained", EXPLAINED, "not-merged"],
    ["to an event that claims its merge", AUTOMATIC, "merge-not-confirmed"],
  ])("is called that %s", (_, question, reason) => {
    expect(outcome(decide(facts({ pull: { merged: false } }), ENFORCE, question))).toBe(reason);
  });

  test("of another repository is not confirmed, whoever asks", () => {
    const pull = { merged: false, baseRepositoryId: 8 };
    expect(outcome(decide(facts({ pull }), ENFORCE, BY_HAND))).toBe("merge-not-confirmed");
  });
});

describe("a merge", () => {
  test.each<[string, Parameters<typeof facts>[0], string]>([
    ["is dispatched when GitHub confirms it and its branch holds the commit", {}, "dispatch"],
    [
      "that GitHub does not confirm is rejected",
      { pull: { merged: false } },
      "merge-not-confirmed",
    ],
    [
      "into another repository is rejected",
      { pull: { baseRepositoryId: 8 } },
      "merge-not-confirmed",
    ],
    [
      "without a merge commit is rejected",
      { pull: { mergeCommitSha: null } },
      "merge-not-confirmed",
    ],
    ["into a branch that no route names is skipped", { pull: { baseBranch: "next" } }, "no-route"],
    ["without the default workflow is skipped", { workflows: new Map() }, "no-workflow"],
    [
      "under a configuration that cannot be read is rejected",
      { yaml: "version: 2" },
      "config-invalid",
    ],
    [
      "into a branch with a name that no dispatch carries is rejected",
      { pull: { baseBranch: "$(id)" }, yaml: "version: 1\nroutes:\n  - branches: ['**']\n" },
      "inputs-refused",
    ],
    [
      "that touches none of the paths is skipped",
      {
        yaml: "version: 1\nroutes:\n  - paths: ['app/**']\n",
        changedFiles: { paths: ["docs/a.md"], complete: true },
      },
      "no-route",
    ],
    [
      "with more files than GitHub lists counts as touching the paths",
      {
        yaml: "version: 1\nroutes:\n  - paths: ['app/**']\n",
        changedFiles: { paths: ["docs/a.md"], complete: false },
      },
      "dispatch",
    ],
    [
      "with a label that keeps it out is skipped",
      {
        yaml: "version: 1\nroutes:\n  - labels: { none: [skip-image] }\n",
        pull: { labels: ["skip-image"] },
      },
      "no-route",
    ],
    [
      "whose workflow is switched off is rejected",
      {
        workflows: new Map([
          [
            workflowKey(REPOSITORY, "publish-image.yml"),
            { kind: "present", state: "disabled_manually" },
          ],
        ]),
      },
      "workflow-disabled",
    ],
  ])("%s", (_name, change, expected) => {
    expect(outcome(decide(facts(change), ENFORCE))).toBe(expected);
  });

  test.each([["diverged"], ["ahead"], ["absent"]] as const)(
    "whose commit is %s of its branch is rejected",
    (ancestry) => {
      const subject = { kind: "merge", pullRequest: 5, pull: PULL, ancestry } as const;
      expect(outcome(decide(facts({ subject }), ENFORCE))).toBe("not-on-branch");
    },
  );
});

describe("the operator's limits", () => {
  test.each([
    [["acme"], "dispatch"],
    [["70"], "dispatch"],
    [["other", "71"], "owner-not-allowed"],
  ])("with ALLOWED_OWNERS %j the verdict is %s", (allowedOwners, expected) => {
    expect(outcome(decide(facts({}), { ...ENFORCE, allowedOwners }))).toBe(expected);
  });

  test.each([
    [["acme"], "owner-not-allowed"],
    [["acme", "builders"], "dispatch"],
    [["70", "80"], "dispatch"],
    [[], "dispatch"],
  ])("with ALLOWED_OWNERS %j another owner's builder gets %s", (allowedOwners, expected) => {
    const builder = { ...REPOSITORY, id: 8, ownerId: 80, owner: "Builders", name: "images" };
    const elsewhere = facts({
      yaml: "version: 1\nroutes:\n  - builder: builders/images\n",
      builders: new Map([
        [
          "builders/images",
          {
            kind: "present",
            repository: builder,
            configuration: parseConfiguration("version: 1\naccept: ['acme/*']\n"),
          },
        ],
      ]),
      workflows: new Map([
        [workflowKey(builder, "publish-image.yml"), { kind: "present", state: "active" }],
      ]),
    });
    const decision = decide(elsewhere, { ...ENFORCE, allowedOwners });
    expect(outcome(decision)).toBe(expected);
    const denied = decision.trace.filter(({ passed }) => !passed);
    expect(denied.map(({ saw }) => saw)).toEqual(
      expected === "dispatch" ? [] : ["builder's owner Builders (id 80)"],
    );
  });

  test("observe mode plans and dispatches nothing", () => {
    const decision = decide(facts({}), { ...ENFORCE, observe: true });
    expect(outcome(decision)).toBe("observe-mode");
    expect(decision.plans[0]?.commit.sha).toBe(SHA);
  });
});

describe("a tag", () => {
  test("takes the first branch that holds its commit, as GitHub was asked: the default one first", () => {
    const subject = tagged([
      { branch: "main", ancestry: "behind" },
      { branch: "release/1", ancestry: "behind" },
    ]);
    const decision = decide(facts({ subject, yaml: TAG_ROUTE }), ENFORCE);
    expect(decision.plans[0]?.commit).toEqual({
      sha: SHA,
      branch: "main",
      pullRequest: null,
      tag: "v1.2.3",
    });
  });

  test("on no allowed branch is not taken", () => {
    const subject = tagged([{ branch: "main", ancestry: "diverged" }]);
    expect(outcome(decide(facts({ subject, yaml: TAG_ROUTE }), ENFORCE))).toBe("no-route");
  });
});

test("every decision leaves a trace whose failed steps say what would have to change", () => {
  const decision = decide(facts({ pull: { baseBranch: "next" } }), ENFORCE);
  const failed = decision.trace.filter(({ passed }) => !passed);
  expect(failed.map(({ rule }) => rule)).toEqual(["branch"]);
  expect(failed[0]?.change).toContain("next");
});
