/**
 * Which branch holds the commit of a tag. GitHub says so for one branch at a time, so only those that
 * a route allows are asked about, and none any more once every route has its branch: the default one
 * first, then those that a route names, then those whose head is the commit, then the others by name.
 * A search that one alarm cannot end goes on in the next from the last branch that was asked about.
 */
import type { Route } from "../domain/configuration.ts";
import type { Question } from "../domain/decide.ts";
import { type Ancestry, type Facts, isOnBranch, type RepositoryFacts } from "../domain/facts.ts";
import { matchesAny } from "../domain/glob.ts";
import { type Answer, type Later, ok } from "../domain/outcome.ts";
import type { BranchHead, GitHub } from "../domain/ports.ts";
import { branchGlobs, isStartedBy } from "../domain/route-match.ts";

/** A fifth of what an installation may ask in an hour; what is left then is named in the reason. */
export const MOST_BRANCHES = 1_000;
export const TOO_MANY_BRANCHES = "too-many-branches";

/** How far a search has come. */
export interface BranchPlace {
  /** Of the commit that is searched for; of another one the search begins anew. */
  readonly sha: string;
  /** The last branch that was asked about, in the order of the search; empty before the first. */
  readonly after: string;
  readonly asked: number;
  /** Branches that hold the commit; they are asked about again, since the last round decides. */
  readonly found: readonly string[];
}

export interface BranchSearch {
  /** Branches to ask about before the search is left to another round. */
  readonly most: number;
  /** The answer where that did not do. */
  readonly unfinished: Later;
  readonly place: BranchPlace | null;
  readonly keep: (place: BranchPlace) => void;
}

/** A person waits: one round, and no other. */
export const SEARCH_ONCE: BranchSearch = {
  most: 100,
  unfinished: { kind: "later", notBeforeMs: null, cause: TOO_MANY_BRANCHES },
  place: null,
  keep: () => undefined,
};

type Tried = { readonly branch: string; readonly ancestry: Ancestry };
type Step = { readonly branch: string; readonly key: string };

/** The facts with the branches that were asked about; everything but a tag passes as it is. */
export async function withBranches(
  github: GitHub,
  facts: Facts,
  about: { readonly question: Question; readonly search: BranchSearch },
): Promise<Answer<Facts>> {
  const { subject, configuration, repository } = facts;
  if (subject.kind !== "tag" || subject.sha === null || configuration.kind !== "valid")
    return ok(facts);
  const { tag, sha } = subject;
  const { routes } = configuration.configuration;
  const allowed = routes
    .filter((route) => isAbout(route, tag, about.question))
    .map((route) => branchGlobs(route, repository.defaultBranch));
  const walk = new BranchWalk({ github, repository, sha }, allowed, about.search);
  const end = await walk.run();
  if (end.kind !== "ok") return end;
  const { tried, asked } = walk;
  const search = { asked, isCut: end.value === "cut" };
  return ok({ ...facts, subject: { ...subject, branches: tried, search } });
}

/** True when not every branch was asked about: of a route without one nobody knows. */
export function isSearchCut({ subject }: Facts): boolean {
  return subject.kind === "tag" && subject.search?.isCut === true;
}

function isAbout(route: Route, tag: string, question: Question): boolean {
  const isMeant = question.route === null || question.route === route.name;
  return isMeant && isStartedBy(route, "tag", question) && matchesAny(route.tags, tag);
}

type End = Answer<"through" | "cut">;

class BranchWalk {
  readonly tried: Tried[] = [];
  asked: number;
  #askedNow = 0;
  #after: string;
  readonly #found: Set<string>;
  readonly #where: { github: GitHub; repository: RepositoryFacts; sha: string };
  /** The globs of each route that still lacks a branch. */
  #lacking: readonly (readonly string[])[];
  readonly #search: BranchSearch;

  constructor(
    where: { github: GitHub; repository: RepositoryFacts; sha: string },
    allowed: readonly (readonly string[])[],
    search: BranchSearch,
  ) {
    this.#where = where;
    this.#lacking = allowed;
    this.#search = search;
    const { place } = search;
    const isSame = place?.sha === where.sha;
    this.asked = place?.asked ?? 0;
    this.#after = isSame ? place.after : "";
    this.#found = new Set(isSame ? place.found : []);
  }

  async run(): Promise<End> {
    const { defaultBranch } = this.#where.repository;
    const globs = this.#lacking.flat();
    const named = globs.filter((glob) => !isPattern(glob));
    const known = [...this.#found].map((branch) => ({ branch, key: "" }));
    const first = [...known, ...stepsOf(0, [defaultBranch]), ...stepsOf(1, named)];
    const end = await this.#askEach(first);
    const prefixes = this.#lacking.flat().filter(isPattern).map(prefixOf);
    if (end.kind !== "ok" || end.value === "cut" || prefixes.length === 0) return end;
    const listed = await this.#list(prefixes);
    if (listed.kind !== "ok") return this.#stop(listed);
    const heads = listed.value.filter(({ sha }) => sha === this.#where.sha);
    return this.#askEach([
      ...heads.map(({ name }) => ({ branch: name, key: "" })),
      ...stepsOf(
        2,
        listed.value.map(({ name }) => name),
      ),
    ]);
  }

  async #list(prefixes: readonly string[]): Promise<Answer<readonly BranchHead[]>> {
    const { github, repository } = this.#where;
    const found = new Map<string, BranchHead>();
    const wanted = new Set(prefixes);
    for (const prefix of wanted) {
      const isCovered = [...wanted].some((other) => other !== prefix && prefix.startsWith(other));
      if (isCovered) continue;
      const listed = await github.branches(repository, prefix);
      if (listed.kind !== "ok" && listed.kind !== "absent") return listed;
      if (listed.kind === "ok") for (const head of listed.value) found.set(head.name, head);
    }
    return ok([...found.values()]);
  }

  /** In order, those that a route lacks; a step without a key is asked about in every round. */
  async #askEach(steps: readonly Step[]): Promise<End> {
    for (const { branch, key } of steps) {
      if (this.#lacking.length === 0) break;
      const isDone = key !== "" && key <= this.#after;
      if (isDone || this.#isTried(branch) || !this.#isLacked(branch)) continue;
      if (this.asked >= MOST_BRANCHES) return ok("cut");
      if (this.#askedNow >= this.#search.most) return this.#stop(this.#search.unfinished);
      const { github, repository, sha } = this.#where;
      const answer = await github.ancestry(repository, branch, sha);
      if (answer.kind !== "ok") return this.#stop(answer);
      this.#note({ branch, ancestry: answer.value }, key);
    }
    return ok("through");
  }

  #note(tried: Tried, key: string): void {
    const { branch, ancestry } = tried;
    this.tried.push(tried);
    this.#askedNow += 1;
    this.asked += 1;
    if (key !== "") this.#after = key;
    if (!isOnBranch(ancestry)) {
      this.#found.delete(branch);
      return;
    }
    this.#found.add(branch);
    this.#lacking = this.#lacking.filter((globs) => !matchesAny(globs, branch));
  }

  #isTried(branch: string): boolean {
    return this.tried.some((each) => each.branch === branch);
  }

  #isLacked(branch: string): boolean {
    return this.#lacking.some((globs) => matchesAny(globs, branch));
  }

  /** What was found out is kept, whatever it was that ended the round. */
  #stop<A>(answer: A): A {
    const { sha } = this.#where;
    const place = { sha, after: this.#after, asked: this.asked, found: [...this.#found] };
    if (this.#askedNow > 0) this.#search.keep(place);
    return answer;
  }
}

/** Branches in the order of their names, with what that order goes by. */
function stepsOf(group: 0 | 1 | 2, names: readonly string[]): Step[] {
  const steps = [...new Set(names)].map((branch) => ({ branch, key: `${group} ${branch}` }));
  return steps.toSorted((one, other) => (one.key < other.key ? -1 : 1));
}

function isPattern(glob: string): boolean {
  return /[*?]/.test(glob);
}

function prefixOf(glob: string): string {
  return glob.replace(/[*?].*$/, "");
}
