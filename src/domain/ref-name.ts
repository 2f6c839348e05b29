/**
 * Branch and tag names that may travel: into a workflow's input, a URL, a log.
 * Git's own rules (`git check-ref-format`), and a little stricter.
 */

const MAX_REF_NAME_LENGTH = 255;

/** Characters that git refuses anywhere, and every control or ill-formed one. */
const FORBIDDEN_CHARACTER = /[\p{Cc}\p{Cs} ~^:?*[\\]/u;

/**
 * Says whether `name` is a short branch or tag name that git itself would take.
 * Beyond git's rules it refuses a leading `-` (a command would read an option),
 * `HEAD` (which names no branch) and names over 255 characters.
 */
export function isValidRefName(name: string): boolean {
  if (name === "" || name.length > MAX_REF_NAME_LENGTH) return false;
  if (name === "@" || name === "HEAD" || name.startsWith("-")) return false;
  if (FORBIDDEN_CHARACTER.test(name)) return false;
  if (name.includes("..") || name.includes("@{") || name.endsWith(".")) return false;
  return name.split("/").every(isValidComponent);
}

function isValidComponent(component: string): boolean {
  return component !== "" && !component.startsWith(".") && !component.endsWith(".lock");
}

/** Says whether a text is a full SHA-1 commit id in lower case. */
export function isCommitSha(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/**
 * Says whether a branch or tag name may go into a dispatch input. Narrower than git: only what the
 * trusted workflow takes, so that a name such as `$(id)` ends in a reason and not in a failed run.
 */
export function isDispatchableRef(name: string): boolean {
  return isValidRefName(name) && /^[A-Za-z0-9_][A-Za-z0-9._/+@#=-]{0,199}$/.test(name);
}
