/**
 * Files that are not there. A 404 alone proves nothing: GitHub gives it for a moment while an
 * installation is being changed, and whoever believed it would take the default route, or none. So a
 * file counts as missing only when the folder above is listed without it. What was confirmed once is
 * kept, and a repository without a configuration costs no second look.
 */
import type { WorkflowFacts } from "../domain/facts.ts";
import { type Answer, ok } from "../domain/outcome.ts";
import type { GitHub, RepositoryRef } from "../domain/ports.ts";
import type { Store } from "./store.ts";

const KEY = "absent_files";
/** More than the routes of any configuration name. */
const MAX_KEPT = 50;

/** Which files of a repository were confirmed to be missing. */
export interface Absences {
  has(path: string): boolean;
  add(path: string): void;
  drop(path: string): void;
  /**
   * Whether a 404 is believed that no folder confirms or contradicts: GitHub lists not even the root.
   * False at first, since that passes; true for whoever cannot wait, and from the second look on, or
   * a repository that lists nothing would keep its merges waiting for ever.
   */
  readonly believesUnlisted: boolean;
}

/** For a repository whose ledger is another: every absence is confirmed anew. */
export function withoutMemory({ believesUnlisted }: Absences): Absences {
  return {
    has: () => false,
    add: () => undefined,
    drop: () => undefined,
    believesUnlisted,
  };
}

/** What this ledger knows of its own repository; read once, so it serves one proof. */
export function absencesIn(store: Store, believesUnlisted: boolean): Absences {
  const read = (): string[] => (store.meta(KEY) ?? "").split("\n").filter((path) => path !== "");
  let seen: readonly string[] | null = null;
  const has = (path: string): boolean => (seen ??= read()).includes(path);
  // Another proof may have written meanwhile.
  const write = (change: (others: string[]) => string[], path: string): void => {
    seen = change(read().filter((each) => each !== path)).slice(-MAX_KEPT);
    store.setMeta(KEY, seen.join("\n"));
  };
  return {
    has,
    add: (path) => write((others) => [...others, path], path),
    drop: (path) => {
      if (has(path)) write((others) => others, path);
    },
    believesUnlisted,
  };
}

/** Whatever is known to be missing may be there now. */
export function forgetAbsences(store: Store): void {
  store.dropMeta(KEY);
}

/** Confirms absences for one repository; what several ask for at once is asked of GitHub once. */
class Confirmer {
  readonly #github: GitHub;
  readonly #asking = new Map<string, Promise<Answer<boolean>>>();

  constructor(github: GitHub) {
    this.#github = github;
  }

  /** The answer about a file, with `later` in place of a 404 that GitHub's folders do not confirm. */
  async file<T>(
    answer: Answer<T>,
    about: { repository: RepositoryRef; path: string; known: Absences },
  ): Promise<Answer<T>> {
    const { repository, path, known } = about;
    if (answer.kind === "ok") known.drop(path);
    if (answer.kind !== "absent" || known.has(path)) return answer;
    const listed = await this.#isListed(repository, path);
    if (listed.kind === "later" || listed.kind === "refused") return listed;
    const isUnlisted = listed.kind === "absent";
    if (isUnlisted ? !known.believesUnlisted : listed.value) {
      return { kind: "later", notBeforeMs: null, cause: "file-not-shown" };
    }
    known.add(path);
    return answer;
  }

  /** The same for a workflow. */
  async workflow(
    answer: Answer<WorkflowFacts>,
    about: { repository: RepositoryRef; file: string; known: Absences },
  ): Promise<Answer<WorkflowFacts>> {
    const { repository, file, known } = about;
    const isMissing = answer.kind === "ok" && answer.value.kind === "absent";
    const asked = isMissing ? ({ kind: "absent", cause: "status-404" } as const) : answer;
    const path = `.github/workflows/${file}`;
    const confirmed = await this.file(asked, { repository, path, known });
    return confirmed.kind === "absent" ? ok({ kind: "absent" }) : confirmed;
  }

  async #isListed(repository: RepositoryRef, path: string): Promise<Answer<boolean>> {
    const key = `${repository.id}:${repository.owner}/${repository.name}:${path}`;
    const asking = this.#asking.get(key) ?? this.#github.isListed(repository, path);
    this.#asking.set(key, asking);
    try {
      return await asking;
    } finally {
      this.#asking.delete(key);
    }
  }
}

const confirmers = new WeakMap<GitHub, Confirmer>();

/** Lets one connection, which stands before another, share that one's confirmations under way. */
export function shareConfirmer(front: GitHub, behind: GitHub): void {
  confirmers.set(front, confirmerOf(behind));
}

/** The one of this connection, which is a ledger's own. */
export function confirmerOf(github: GitHub): Confirmer {
  const known = confirmers.get(github) ?? new Confirmer(github);
  confirmers.set(github, known);
  return known;
}
