/** The repositories of a storm: what each one publishes, and every merge with what must come of it. */
import type { SeededRandom } from "../../../src/simulator/random.ts";
import type { Simulator } from "../../../src/simulator/simulator.ts";
import { CONFIGURATION_PATH, WORKFLOW, WORKFLOW_PATH } from "../support/place.ts";

/** What a repository is like; `toggled` and `rewritten` are changed while their merges are on the way. */
const KINDS = [
  "plain",
  "two-routes",
  "labelled",
  "broken",
  "toggled",
  "rewritten",
  "tagged",
  "pushed",
  "built-elsewhere",
] as const;
type Kind = (typeof KINDS)[number];
/** How often each kind comes up: most repositories are plain. */
const WEIGHTS: readonly Kind[] = [...KINDS, "plain", "plain", "plain", "two-routes", "pushed"];
const LABEL = "publish";
/** Who may order in every house. */
export const MAINTAINER = "mia";

export interface House {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly kind: Kind;
  readonly installationId: number;
  /** The first commit of the branch, to which it can be thrown back. */
  readonly root: string;
}

/** A branch's or a tag's push, which no scan can find: it must come to a run only if GitHub delivered it. */
export interface Push {
  readonly house: House;
  /** As in the event. */
  readonly ref: string;
  /** What the event says that the ref points at, and the commit that is to be built. */
  readonly after: string;
  readonly sha: string;
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
  tagged: () => 'version: 1\nroutes:\n  - name: image\n    on: [merge, tag]\n    tags: ["v*"]\n',
  pushed: () => "version: 1\nroutes:\n  - name: image\n    on: [merge, push]\n",
  "built-elsewhere": (owner) =>
    `version: 1\nroutes:\n  - name: app\n    builder: ${BUILDERS}/builder\n    image: ghcr.io/${owner}/elsewhere\n`,
};
const BUILDERS = "builders";

/** Where the runs of `built-elsewhere` are. */
function buildBuilder({ world }: Simulator, owners: readonly string[]): void {
  world.addInstallation({ owner: BUILDERS });
  const accept = owners.map((owner) => `  - ${owner}/*\n`).join("");
  const files = {
    [WORKFLOW_PATH]: WORKFLOW,
    [CONFIGURATION_PATH]: `version: 1\naccept:\n${accept}`,
  };
  world.addRepository({ owner: BUILDERS, name: "builder", files });
}

/** Builds the houses, three to an owner; the first ones are of each kind. */
export function buildTown(simulator: Simulator, count: number, random: SeededRandom): House[] {
  const { world } = simulator;
  const houses: House[] = [];
  const owners = Array.from({ length: Math.ceil(count / 3) }, (_, index) => `org-${index}`);
  buildBuilder(simulator, owners);
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
    world.setPermission(MAINTAINER, `${owner}/app-${index}`, "maintain");
    houses.push({ id: repository.id, owner, name: `app-${index}`, kind, installationId, root });
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
    case "tagged":
    case "pushed":
      return { images: [""], excuses: [] };
    case "two-routes":
      return { images: [`ghcr.io/${owner}/app`, `ghcr.io/${owner}/docs`], excuses: [] };
    case "built-elsewhere":
      return { images: [`ghcr.io/${owner}/elsewhere`], excuses: [] };
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

/** Pushes a tag, or a commit that no pull request brought; null where no route asks for either. */
export function pushTo(simulator: Simulator, house: House, merges: readonly Merge[]): Push | null {
  const { world } = simulator;
  if (house.kind === "pushed") {
    const files = { "direct.txt": `${world.state.nextId("direct")}\n` };
    const sha = world.commit(house.id, "main", { files });
    return { house, ref: "refs/heads/main", after: sha, sha };
  }
  const merged = merges.findLast((merge) => merge.house === house);
  if (house.kind !== "tagged" || merged === undefined) return null;
  const tag = `v${world.state.nextId("tag")}`;
  const message = world.state.random.next() < 0.5 ? { message: tag } : {};
  const after = world.addTag(house.id, tag, { at: merged.sha, ...message });
  return { house, ref: `refs/tags/${tag}`, after, sha: merged.sha };
}

/** One of them, by the seed. */
export function pickOne<T>(all: readonly T[], random: SeededRandom): T {
  const one = all[Math.floor(random.next() * all.length)];
  if (one === undefined) throw new Error("nothing to pick from");
  return one;
}
