/** A wait with an end: one ledger or index that hangs must not hold up the sweep. */
export type Bounded<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly cause: string };

/** Ends after `ms` at the latest; an error is a value. The work itself is not stopped. */
export async function bounded<T>(work: () => Promise<T> | T, ms: number): Promise<Bounded<T>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<Bounded<T>>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "failed", cause: "timeout" }), ms);
  });
  try {
    return await Promise.race([attempt(work), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

async function attempt<T>(work: () => Promise<T> | T): Promise<Bounded<T>> {
  try {
    return { kind: "done", value: await work() };
  } catch (error) {
    return { kind: "failed", cause: error instanceof Error ? error.name : "unknown" };
  }
}

/** Does the same with each, a few at a time. */
export async function inGroups<T>(
  items: readonly T[],
  size: number,
  work: (item: T) => Promise<void>,
  beforeGroup: () => void,
): Promise<void> {
  for (let start = 0; start < items.length; start += size) {
    beforeGroup();
    await Promise.all(items.slice(start, start + size).map(work));
  }
}
