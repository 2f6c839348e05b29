import { findUnbuildable } from "../domain/buildable-platforms.ts";
import { parseConfiguration } from "../domain/configuration.ts";

/** The configuration that `init` writes: one route, and in comments what a route can say more. */

export interface StartingAnswers {
  /** Null: as the repository is called. */
  readonly image: string | null;
  readonly platforms: readonly string[];
  /** Null: the default branch. */
  readonly branches: readonly string[] | null;
}

export const DEFAULT_PLATFORMS: readonly string[] = ["linux/amd64", "linux/arm64"];

/** The file's text. It parses if each answer is sound; `findProblem` says so before. */
export function renderConfiguration({ image, platforms, branches }: StartingAnswers): string {
  return `# What merge-relay builds, and when. It is read from the default branch; an unknown key or a
# mistake stops every build of this repository, and the relay names the line.
version: 1
routes:
  - name: image
    # merge: a merged pull request. Also: tag (a release; needs tags), push (to a branch).
    on: [merge]

    # The branches that pull requests are merged into. Default: the default branch alone.
    ${branches === null ? 'branches: [main, "release/*"]'.replace(/^/, "# ") : `branches: ${toList(branches)}`}

    # Without a tag: tags follow from the commit, the pull request and the branch.
    # Default: ghcr.io/<owner>/<repository>, lower case.
    ${image === null ? "# image: ghcr.io/acme/app" : `image: ${JSON.stringify(image)}`}

    platforms: ${toList(platforms)}

    # Releases too: v1.2.3 is published as 1.2.3.
    # on: [merge, tag]
    # tags: ["v*"]

    # Only merges that touch these files, or bear these labels.
    # paths: ["app/**", Dockerfile]
    # labels: { any: [publish], none: [skip-image] }

    # A build context below the root, and a Dockerfile elsewhere.
    # context: app
    # file: app/Dockerfile
`;
}

/**
 * What is wrong with an answer, in the words of the configuration's own parser; of platforms also what
 * the workflow that comes with it would refuse.
 */
export function findProblem(answers: Partial<StartingAnswers>): string | undefined {
  const unbuildable = findUnbuildable(answers.platforms ?? []);
  if (unbuildable !== null) return withHint(unbuildable.message, unbuildable.suggestion);
  const complete = { image: null, branches: null, platforms: DEFAULT_PLATFORMS, ...answers };
  const parsed = parseConfiguration(renderConfiguration(complete));
  if (parsed.kind === "valid") return undefined;
  const [first] = parsed.problems;
  return withHint(first?.message ?? "is not possible", first?.suggestion ?? null);
}

function withHint(message: string, hint: string | null): string {
  return `${message}${hint === null ? "" : ` (perhaps ${hint})`}`;
}

/** A list as people type it: split by commas or blanks. */
export function splitList(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== "");
}

function toList(items: readonly string[]): string {
  return `[${items.map((item) => JSON.stringify(item)).join(", ")}]`;
}
