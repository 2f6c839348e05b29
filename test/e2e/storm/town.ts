/** The repositories of a storm: what each one publishes, and every merge with what must come of it. */
import type { SeededRandom } from "../../../src/simulator/random.ts";
import type { Simulator } from "../../../src/simulator/simulator.ts";
import { CONFIGURATION_PATH, WORKFLOW, WORKFLOW_PATH } from "../support/place.ts";

/** What a repository is like; `toggled` and `rewritten` are changed while their merges are on the way. */
const KINDS = ["plain", "two-routes", "labelled", "broken", "toggled", "rewritten"] as const;
type Kind = (typeof KINDS)[number];
/** How often each kind comes up in ten: most repositories are plain. */
const WEIGHTS: readonly Kind[] = [
  "plain",
  "plain",
  "plain",
  "plain",
  "two-routes",
  "two-routes",
  "labelled",
  "broken",
  "toggled",
  "rewritten",
];
const LABEL = "publish";

export interface House {
  readonly id: number;
  readonly owner: string;
  readonly kind: Kind;
  readonly installationId: number;
  /** The first commit of the branch, to which it can be thrown back. */
  readonly root: string;
}

export interface Merge {
  readonly house: House;
  readonly number: number;
  readonly sha: string;
  /** What the runs' input `image` must be, one run for each; "" where the route names none. */
  readonly images: readonly string[];
  /** Reasons that may stand in the place of those runs. */
  readonly excuses: readonly string[];
}

const CONFIGURATIONS: Readonly<Partial<Record<Kind, (owner: string) => string>>> = {
  "two-routes": (owner) =>
    `version: 1\nroutes:\n  - name: app\n    image: ghcr.io/${owner}/app\n  - name: docs\n    image: ghcr.io/${owner}/docs\n`,
  labelled: () => `version: 1\nroutes:\n  - name: image\n    labels: { any: [${LABEL}] }\n`,
  broken: () => "version: 1\nroutes:\n  - nmae: app\n",
};

/** Builds the houses, three to an owner; the first ones are of each kind. */
export function buildTown(simulator: Simulator, count: number, random: SeededRandom): House[] {
  const { world } = simulator;
  const houses: House[] = [];
  let installationId = 0;
  for (let index = 0; index < count; index++) {
    const owner = `org-${Math.floor(index / 3)}`;
    if (index % 3 === 0) installationId = world.addInstallation({ owner }).id;
    const kind = KINDS[index] ?? pickOne(WEIGHTS, random);
    const configuration = CONFIGURATIONS[kind]?.(owner);
    const files = {
      [WORKFLOW_PATH]: WORKFLOW,
      ...(configuration === undefined ? {} : { [CONFIGURATION_PATH]: configuration }),
    };
    const repository = world.addRepository({ owner, name: `app-${index}`, files });
    const root = repository.branches.get(repository.defaultBranch) ?? "";
    houses.push({ id: repository.id, owner, kind, installationId, root });
  }
  return houses;
}

/** Merges one more pull request there. */
export function mergeIn(simulator: Simulator, house: House, random: SeededRandom): Merge {
  const { world } = simulator;
  const isLabelled = house.kind === "labelled" && random.next() < 0.5;
  const labels = isLabelled ? [LABEL] : [];
  const { number } = world.openPullRequest({ repo: house.id, user: "stranger", labels });
  const method = pickOne(["merge", "squash", "rebase"] as const, random);
  const sha = world.mergePullRequest(house.id, number, { method });
  return { house, number, sha, ...expectation(house, isLabelled) };
}

function expectation(
  { kind, owner }: House,
  isLabelled: boolean,
): Pick<Merge, "images" | "excuses"> {
  switch (kind) {
    case "plain":
      return { images: [""], excuses: [] };
    case "two-routes":
      return { images: [`ghcr.io/${owner}/app`, `ghcr.io/${owner}/docs`], excuses: [] };
    case "labelled":
      return isLabelled ? { images: [""], excuses: [] } : { images: [], excuses: ["no-route"] };
    case "broken":
      return { images: [], excuses: ["config-invalid"] };
    case "toggled":
      return { images: [""], excuses: ["workflow-disabled"] };
    case "rewritten":
      return { images: [""], excuses: ["not-on-branch"] };
  }
}

/** One of them, by the seed. */
export function pickOne<T>(all: readonly T[], random: SeededRandom): T {
  const one = all[Math.floor(random.next() * all.length)];
  if (one === undefined) throw new Error("nothing to pick from");
  return one;
}
