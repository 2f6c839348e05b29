import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { CONFIGURATION_PATH } from "../domain/configuration.ts";

/** A file that `init` wants to have in a repository. */
export interface StartingFile {
  readonly path: string;
  readonly text: string;
  /** What it is for, in a line. */
  readonly explains: string;
}

const PUBLISH_PATH = ".github/workflows/publish-image.yml";
const PULL_REQUEST_PATH = ".github/workflows/pull-request-image.yml";

/** Where they go. */
export const STARTING_PATHS: readonly string[] = [
  CONFIGURATION_PATH,
  PUBLISH_PATH,
  PULL_REQUEST_PATH,
];

const SOURCES = new URL("../workflows/", import.meta.url);

/** The three files, in the order in which a reader should meet them. */
export async function startingFiles(
  configuration: string,
  platforms: readonly string[],
): Promise<StartingFile[]> {
  const [publish, pullRequest] = await Promise.all(
    ["publish-image.yml", "pull-request-image.yml"].map((name) =>
      readFile(fileURLToPath(new URL(name, SOURCES)), "utf8"),
    ),
  );
  return [
    {
      path: CONFIGURATION_PATH,
      text: configuration,
      explains: "says which merges become an image, and what it is called",
    },
    {
      path: PUBLISH_PATH,
      text: publish ?? "",
      explains: "builds and pushes one merged commit with full rights; merge-relay dispatches it",
    },
    {
      path: PULL_REQUEST_PATH,
      text: keepPlatforms(pullRequest ?? "", platforms),
      explains: "builds each pull request's image with no rights at all, and pushes nothing",
    },
  ];
}

/** Leaves out of the matrix what is not to be built; a matrix that would be empty stays whole. */
export function keepPlatforms(text: string, platforms: readonly string[]): string {
  if (!platformsOf(text).some((platform) => platforms.includes(platform))) return text;
  return text.replaceAll(ENTRY, (block, platform: string) =>
    platforms.includes(platform) ? block : "",
  );
}

/** What to say where pull requests are not built for all that is published; null for nothing. */
export function notePlatforms(
  files: readonly StartingFile[],
  platforms: readonly string[],
): string | null {
  const text = files.find(({ path }) => path === PULL_REQUEST_PATH)?.text ?? "";
  const built = platformsOf(text);
  const missing = platforms.filter((platform) => !built.includes(platform));
  if (missing.length === 0) return null;
  return `Pull requests are built for ${built.join(" and ")}: pull-request-image.yml has no runner for ${missing.join(", ")}, so that shows after the merge alone.`;
}

/** A combination of the matrix of pull-request-image.yml. */
const ENTRY = /^ +- platform: (\S+)\n(?: +(?:runner|cache): .*\n)+/gm;

function platformsOf(text: string): string[] {
  return [...text.matchAll(ENTRY)].map((match) => match[1] ?? "");
}
