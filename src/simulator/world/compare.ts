import type { Commit, WorldState } from "./state.ts";

export interface Comparison {
  readonly status: "identical" | "ahead" | "behind" | "diverged";
  /** Commits on the head's side only, oldest first. */
  readonly ahead: readonly string[];
  readonly behindBy: number;
  readonly mergeBase: string | null;
}

const FROM_BASE = 1;
const FROM_HEAD = 2;
const FROM_BOTH = 3;

/** Commits still to look at, newest first: a parent is always older than its child. */
interface Frontier {
  add(commit: Commit, side: number): void;
  /** The newest, with the sides that it was reached from; null when only shared history is left. */
  next(): { commit: Commit; side: number } | null;
  /** The newest commit that both sides contain, once the walk has ended. */
  newestShared(): string | null;
}

function isUndecided(side: number): boolean {
  return side !== FROM_BOTH;
}

function createFrontier(): Frontier {
  const queue: Commit[] = [];
  const sides = new Map<string, number>();
  let undecided = 0;
  let shared: string | null = null;
  return {
    add(commit, side) {
      const known = sides.get(commit.sha);
      const merged = (known ?? 0) | side;
      sides.set(commit.sha, merged);
      if (known === undefined) {
        const place = queue.findIndex(({ serial }) => serial < commit.serial);
        queue.splice(place === -1 ? queue.length : place, 0, commit);
        undecided += Number(isUndecided(merged));
      } else if (isUndecided(known) && !isUndecided(merged)) {
        undecided -= 1;
      }
    },
    next() {
      const commit = undecided === 0 ? undefined : queue.shift();
      if (commit === undefined) {
        return null;
      }
      const side = sides.get(commit.sha) ?? 0;
      shared ??= side === FROM_BOTH ? commit.sha : null;
      undecided -= Number(isUndecided(side));
      return { commit, side };
    },
    newestShared: () => shared ?? queue[0]?.sha ?? null,
  };
}

function statusOf(ahead: number, behind: number): Comparison["status"] {
  if (ahead === 0 && behind === 0) {
    return "identical";
  }
  if (behind === 0) {
    return "ahead";
  }
  return ahead === 0 ? "behind" : "diverged";
}

/** The commit of a SHA that the world itself wrote down. */
export function commitAt(state: WorldState, sha: string): Commit {
  const commit = state.commits.get(sha);
  if (commit === undefined) {
    throw new Error(`the simulated GitHub has no commit ${sha}`);
  }
  return commit;
}

/** Whether one commit's history holds another. */
export function contains(state: WorldState, tip: string, sha: string): boolean {
  const { status } = compareCommits(state, tip, sha);
  return status === "behind" || status === "identical";
}

/** Compares two commits as `base...head`, computed from the graph. */
export function compareCommits(state: WorldState, base: string, head: string): Comparison {
  const frontier = createFrontier();
  frontier.add(commitAt(state, base), FROM_BASE);
  frontier.add(commitAt(state, head), FROM_HEAD);
  const ahead: string[] = [];
  let behindBy = 0;
  for (let step = frontier.next(); step !== null; step = frontier.next()) {
    const { commit, side } = step;
    if (side === FROM_HEAD) {
      ahead.push(commit.sha);
    }
    behindBy += Number(side === FROM_BASE);
    for (const parent of commit.parents) {
      frontier.add(commitAt(state, parent), side);
    }
  }
  return {
    status: statusOf(ahead.length, behindBy),
    ahead: ahead.toReversed(),
    behindBy,
    mergeBase: frontier.newestShared(),
  };
}
