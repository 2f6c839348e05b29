/** Formats of repositories and of what lives in them: workflows, labels. */
import { advice, always, type Advice, type TextFormat } from "./text-format.ts";

const OWNER = "[A-Za-z0-9][A-Za-z0-9_-]{0,38}";

export const repositoryFormat: TextFormat = {
  maxLength: 140,
  pattern: new RegExp(`^${OWNER}/(?!\\.{1,2}$)(?!.*\\.git$)[A-Za-z0-9._-]{1,100}$`),
  isValid: always,
  advise: (text) =>
    advice(repositoryFormat, "is not a repository, such as acme/builder", bareRepository(text)),
};

/**
 * The owner is spelt out, the repository may hold single stars. A star as owner
 * would accept whoever registers a name on GitHub.
 */
export const acceptFormat: TextFormat = {
  maxLength: 140,
  pattern: new RegExp(`^${OWNER}/(?!\\.{1,2}$)(?:[A-Za-z0-9._-]|\\*(?!\\*)){1,100}$`),
  isValid: always,
  advise: adviseAccept,
};

function adviseAccept(text: string): Advice {
  if (/^[^/]*[*?]/.test(text)) {
    return advice(acceptFormat, "must spell out the owner: anybody can become a new one", null);
  }
  const bare = bareRepository(text).replace(/\*{2,}/g, "*");
  const candidate = bare.includes("/") ? bare : `${bare}/*`;
  return advice(acceptFormat, "is not owner/repository or owner/*", candidate);
}

function bareRepository(text: string): string {
  return text
    .trim()
    .replace(/^(?:https?:\/\/[^/]+\/|git@[^:]+:)/, "")
    .replace(/\/$/, "")
    .replace(/\.git$/, "");
}

/** A file of `.github/workflows`, without the directory. */
export const workflowFormat: TextFormat = {
  maxLength: 100,
  pattern: /^[A-Za-z0-9_][A-Za-z0-9._-]*\.ya?ml$/,
  isValid: always,
  advise: (text) => {
    const name = text.trim().split(/[/\\]/).pop() ?? "";
    const candidate = /\.ya?ml$/.test(name) ? name : `${name}.yml`;
    const message =
      "must be the plain name of a file in .github/workflows, ending in .yml or .yaml";
    return advice(workflowFormat, message, candidate);
  },
};

/** A label in full; labels are compared, not matched. */
export const labelFormat: TextFormat = {
  maxLength: 50,
  pattern: /^\S(?:[^\r\n]*\S)?$/,
  isValid: (text) => !/[\p{Cc}]/u.test(text),
  advise: (text) => advice(labelFormat, "is not a label: it is blank at an end", text.trim()),
};
