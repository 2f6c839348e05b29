import { inOrder } from "./order.ts";

/**
 * The files of a commit, as changes on top of an earlier tree: thousands of commits share what they
 * have in common, and two neighbours are compared by what lies between them.
 */
export interface Tree {
  readonly parent: Tree | null;
  readonly depth: number;
  /** Path to content; null for a file that is gone. */
  readonly changes: ReadonlyMap<string, string | null>;
  /** Everything at once, on every so-manieth layer, to keep look-ups short. */
  readonly whole: ReadonlyMap<string, string> | null;
}

const LAYERS_BETWEEN_WHOLES = 64;

/** No files. */
export const EMPTY_TREE: Tree = { parent: null, depth: 0, changes: new Map(), whole: new Map() };

/** One file's content, or undefined. */
export function fileAt(tree: Tree, path: string): string | undefined {
  let layer: Tree | null = tree;
  while (layer !== null) {
    if (layer.whole !== null) {
      return layer.whole.get(path);
    }
    const change = layer.changes.get(path);
    if (change !== undefined) {
      return change ?? undefined;
    }
    layer = layer.parent;
  }
  return undefined;
}

/** Every file with its content. */
export function allFiles(tree: Tree): ReadonlyMap<string, string> {
  if (tree.whole !== null) {
    return tree.whole;
  }
  const files = new Map(tree.parent === null ? [] : allFiles(tree.parent));
  for (const [path, content] of tree.changes) {
    if (content === null) {
      files.delete(path);
    } else {
      files.set(path, content);
    }
  }
  return files;
}

/** A tree with changes applied; null removes a file. */
export function changeTree(parent: Tree, changes: Readonly<Record<string, string | null>>): Tree {
  const depth = parent.depth + 1;
  const layer = { parent, depth, changes: new Map(Object.entries(changes)), whole: null };
  return depth % LAYERS_BETWEEN_WHOLES === 0 ? { ...layer, whole: allFiles(layer) } : layer;
}

/** The paths that layers between two trees touch, walking to where they come from one tree. */
function touchedPaths(before: Tree, after: Tree): Set<string> {
  const paths = new Set<string>();
  let [one, other]: [Tree | null, Tree | null] = [before, after];
  while (one !== other && one !== null && other !== null) {
    const deeper: Tree = one.depth > other.depth ? one : other;
    for (const path of deeper.changes.keys()) {
      paths.add(path);
    }
    if (deeper === one) {
      one = one.parent;
    } else {
      other = other.parent;
    }
  }
  return paths;
}

export interface FileChange {
  readonly path: string;
  readonly status: "added" | "removed" | "modified";
  readonly before: string | null;
  readonly after: string | null;
}

function statusOf(before: string | null, after: string | null): FileChange["status"] {
  if (before === null) {
    return "added";
  }
  return after === null ? "removed" : "modified";
}

/** The files that differ between two trees, in path order. */
export function diffTrees(before: Tree, after: Tree): FileChange[] {
  return [...touchedPaths(before, after)].toSorted(inOrder).flatMap((path) => {
    const old = fileAt(before, path) ?? null;
    const fresh = fileAt(after, path) ?? null;
    return old === fresh ? [] : [{ path, status: statusOf(old, fresh), before: old, after: fresh }];
  });
}
