/** Commits, branches, tags and files of a repository. */
import type { Ancestry } from "../domain/facts.ts";
import { type Answer, mapAnswer } from "../domain/outcome.ts";
import type { BranchHead, RepositoryRef } from "../domain/ports.ts";
import { isCommitSha } from "../domain/ref-name.ts";
import { compareSchema, contentSchema, folderSchema, refSchema, refsSchema } from "./schemas.ts";
import type { Session } from "./session.ts";

const ANCESTRIES: readonly string[] = ["identical", "behind", "ahead", "diverged"];

/**
 * How `sha` lies to `branch`. GitHub compares across the whole fork network, so that a commit is
 * found proves nothing; only `behind` and `identical` mean that the branch holds it.
 */
export async function ancestry(
  session: Session,
  repository: RepositoryRef,
  branch: string,
  sha: string,
): Promise<Answer<Ancestry>> {
  const path = `/compare/${encodeURIComponent(branch)}...${sha}?per_page=1`;
  const answer = await session.get(repository, path, compareSchema);
  if (answer.kind === "absent") return { kind: "ok", value: "absent" };
  return mapAnswer(answer, ({ status }) =>
    ANCESTRIES.includes(status) ? (status as Ancestry) : "absent",
  );
}

/** The text of a file on the default branch; UTF-8, read as JSON with base64. */
export async function file(
  session: Session,
  repository: RepositoryRef,
  path: string,
): Promise<Answer<string>> {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  const answer = await session.getKept(repository, `/contents/${encoded}`, contentSchema);
  return mapAnswer(answer, ({ content, encoding }) =>
    encoding === "base64" ? decodeBase64(content) : content,
  );
}

/**
 * Whether the folders above show a file of the default branch: the nearest folder that GitHub lists
 * decides. `absent` when it lists none, not even the root: then nothing is known of the file.
 * Accepted: GitHub lists a thousand entries of a folder, and a file beyond them counts as missing.
 */
export async function isListed(
  session: Session,
  repository: RepositoryRef,
  path: string,
): Promise<Answer<boolean>> {
  const names = path.split("/");
  let answer: Answer<boolean> = { kind: "absent", cause: "no-folder-listed" };
  for (let depth = names.length - 1; depth >= 0 && answer.kind === "absent"; depth--) {
    const folder = names.slice(0, depth).map((name) => `/${encodeURIComponent(name)}`);
    const wanted = names.slice(0, depth + 1).join("/");
    const listed = await session.get(repository, `/contents${folder.join("")}`, folderSchema);
    answer = mapAnswer(listed, (entries) => entries.some((entry) => entry.path === wanted));
  }
  return answer;
}

/** The commit of a tag, peeled: an annotated tag is an object of its own. */
export async function tagCommit(
  session: Session,
  repository: RepositoryRef,
  tag: string,
): Promise<Answer<string>> {
  const encoded = tag.split("/").map(encodeURIComponent).join("/");
  const ref = await session.get(repository, `/git/ref/tags/${encoded}`, refSchema);
  if (ref.kind !== "ok") return ref;
  let { type, sha } = ref.value.object;
  for (let depth = 0; type === "tag" && depth < 3 && isCommitSha(sha); depth++) {
    const object = await session.get(repository, `/git/tags/${sha}`, refSchema);
    if (object.kind !== "ok") return object;
    ({ type, sha } = object.value.object);
  }
  if (type === "commit" && isCommitSha(sha)) return { kind: "ok", value: sha };
  return { kind: "absent", cause: "tag-is-no-commit" };
}

const REFS_PER_PAGE = 100;
const MOST_REF_PAGES = 30;

/**
 * Every branch whose name begins with `prefix`. GitHub gives all of them at once, whatever `per_page`
 * says (google/go-github#1567, github/docs#3863), and so takes another page for the same one; whoever
 * does page is followed for thirty pages, beyond which nothing can be said of the list.
 */
export async function branches(
  session: Session,
  repository: RepositoryRef,
  prefix: string,
): Promise<Answer<readonly BranchHead[]>> {
  const encoded = prefix.split("/").map(encodeURIComponent).join("/");
  const found = new Map<string, BranchHead>();
  for (let page = 1; page <= MOST_REF_PAGES; page++) {
    const path = `/git/matching-refs/heads/${encoded}?per_page=${REFS_PER_PAGE}&page=${page}`;
    const answer = await session.get(repository, path, refsSchema);
    if (answer.kind !== "ok") return answer;
    const before = found.size;
    for (const { ref, object } of answer.value) {
      const name = ref.replace(/^refs\/heads\//, "");
      found.set(name, { name, sha: object.sha });
    }
    const isLast = answer.value.length !== REFS_PER_PAGE || found.size === before;
    if (isLast) return { kind: "ok", value: [...found.values()] };
  }
  return { kind: "later", notBeforeMs: null, cause: "too-many-branches" };
}

/** Content that is no base64 reads as empty: the configuration's own rules then refuse it. */
function decodeBase64(content: string): string {
  try {
    const binary = atob(content.replaceAll(/\s/g, ""));
    return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
  } catch {
    return "";
  }
}
