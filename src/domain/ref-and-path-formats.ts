/** Formats of refs, file paths and the globs over both. */
import { advice, always, type Advice, type TextFormat } from "./text-format.ts";
import { isValidRefName } from "./ref-name.ts";

const LONG_STARS = /\*{3}/;
const NEGATED = "starts with !, but patterns cannot be negated; list what is wanted";

/** A branch or tag name for a dispatch: GitHub takes no commit there. */
export const refFormat: TextFormat = {
  maxLength: 255,
  pattern: /^(?!-)(?!refs\/)[^\s~^:?*[\\]+$/,
  isValid: (text) => isValidRefName(text) && !/^[0-9a-f]{40}$/.test(text),
  advise: (text) =>
    /^[0-9a-f]{40}$/i.test(text)
      ? advice(refFormat, "is a commit; a workflow is dispatched on a branch or tag", null)
      : adviseShortName(refFormat, text, "is not a branch or tag name that git takes"),
};

/** Globs over branch or tag names. */
export const refPatternFormat: TextFormat = {
  maxLength: 255,
  pattern: /^(?![!-])(?!refs\/)[^\s~^:[\\]+$/,
  isValid: (text) => !LONG_STARS.test(text) && isValidRefName(text.replace(/\*+|\?/g, "x")),
  advise: adviseRefPattern,
};

function adviseRefPattern(text: string): Advice {
  if (text.startsWith("!")) return advice(refPatternFormat, NEGATED, null);
  if (LONG_STARS.test(text)) {
    const candidate = text.replace(/\*{3,}/g, "**");
    return advice(refPatternFormat, "has more than two stars in a row", candidate);
  }
  return adviseShortName(refPatternFormat, text, "cannot match any name that git takes");
}

function adviseShortName(format: TextFormat, text: string, otherwise: string): Advice {
  const short = text.trim().replace(/^refs\/(?:heads|tags)\//, "");
  const message = text.startsWith("refs/") ? "must be the short name, without refs/…/" : otherwise;
  return advice(format, message, short);
}

/** Globs over the paths of changed files. Brackets and braces would match nothing, silently. */
export const pathPatternFormat: TextFormat = {
  maxLength: 255,
  pattern: /^(?![!/])[^\\[\]{}\r\n\t]+$/,
  isValid: (text) => !LONG_STARS.test(text) && text.split("/").every(isPlainSegment),
  advise: advisePathPattern,
};

function isPlainSegment(segment: string): boolean {
  return segment !== "" && segment !== "." && segment !== "..";
}

function advisePathPattern(text: string): Advice {
  const tidy = tidyPath(text);
  if (text.startsWith("!")) return advice(pathPatternFormat, NEGATED, null);
  if (/[[\]{}]/.test(text)) {
    const message =
      "has brackets or braces, which mean nothing here; write one pattern for each, or ? for one such character";
    return advice(pathPatternFormat, message, null);
  }
  if (LONG_STARS.test(text)) {
    const candidate = text.replace(/\*{3,}/g, "**");
    return advice(pathPatternFormat, "has more than two stars in a row", candidate);
  }
  if (text.endsWith("/")) {
    return advice(pathPatternFormat, "ends with a slash and would match no file", `${tidy}/**`);
  }
  return advice(pathPatternFormat, "is not a path from the repository's root", tidy);
}

/** A directory to build in; `.` is the repository's root. */
export const contextFormat: TextFormat = {
  maxLength: 255,
  pattern: /^(?:\.|(?![+-])(?!(?:.*\/)?\.{1,2}(?:\/|$))[A-Za-z0-9._+-]+(?:\/[A-Za-z0-9._+-]+)*)$/,
  isValid: always,
  advise: (text) => adviseBuildPath(contextFormat, text),
};

/** A file to build from. */
export const fileFormat: TextFormat = {
  maxLength: 255,
  pattern: /^(?![+-])(?!(?:.*\/)?\.{1,2}(?:\/|$))[A-Za-z0-9._+-]+(?:\/[A-Za-z0-9._+-]+)*$/,
  isValid: always,
  advise: (text) => adviseBuildPath(fileFormat, text),
};

function adviseBuildPath(format: TextFormat, text: string): Advice {
  if (text.split(/[/\\]/).includes("..")) {
    return advice(format, "leaves the directory it starts in; .. is not allowed", null);
  }
  const message =
    "must be a path from the repository's root, of letters, digits and . _ - + between slashes";
  return advice(format, message, tidyPath(text) || ".");
}

function tidyPath(text: string): string {
  const segments = text.trim().replaceAll("\\", "/").split("/");
  return segments.filter((segment) => segment !== "" && segment !== ".").join("/");
}
