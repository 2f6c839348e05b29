import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseConfiguration } from "../domain/configuration.ts";

/** Whether the build will find a Dockerfile, and what to do if not. */

const NAME = /^(?:Dockerfile|Containerfile)(?:\..+)?$|\.(?:Dockerfile|Containerfile)$/i;
const PASSED_OVER: ReadonlySet<string> = new Set(["node_modules", "vendor", "dist", "target"]);
const MAX_DEPTH = 4;
/** No reader wants more, and it bounds the walk. */
const MAX_SHOWN = 5;

/** The Dockerfiles of a directory, by their paths with `/`, those of the root first. */
export async function findDockerfiles(directory: string): Promise<string[]> {
  const found = await walk(directory, MAX_DEPTH);
  return found.map((path) => relative(directory, path).replaceAll("\\", "/"));
}

/** What to say about it; null where each route has its Dockerfile, as far as that can be seen. */
export function noteDockerfile(configuration: string, found: readonly string[]): string | null {
  const parsed = parseConfiguration(configuration);
  const routes = parsed.kind === "valid" ? parsed.configuration.routes : [];
  const isNamed = routes.some(({ context, file, builder }) =>
    [context, file, builder].some(Boolean),
  );
  if (isNamed || found.includes("Dockerfile")) return null;
  if (found.length === 0) {
    return "There is no Dockerfile here. Add one at the root: the build needs it.";
  }
  const shown = found.slice(0, MAX_SHOWN).join(", ");
  const more = found.length > MAX_SHOWN ? ` and ${found.length - MAX_SHOWN} more` : "";
  return `There is no Dockerfile at the root, where the build looks for it. There is ${shown}${more}: name it by \`context:\` and \`file:\` in .github/merge-relay.yml, one route for each image, and in pull-request-image.yml too.`;
}

async function walk(directory: string, depth: number): Promise<string[]> {
  const entries = await readEntries(directory);
  const files = entries.filter((entry) => entry.isFile() && NAME.test(entry.name));
  const below = entries.filter(
    ({ name }) => depth > 1 && !name.startsWith(".") && !PASSED_OVER.has(name),
  );
  const nested = await Promise.all(
    below
      .filter((entry) => entry.isDirectory())
      .map((entry) => walk(join(directory, entry.name), depth - 1)),
  );
  return [...files.map(({ name }) => join(directory, name)).toSorted(), ...nested.flat()];
}

async function readEntries(directory: string): Promise<Dirent[]> {
  try {
    return (await readdir(directory, { withFileTypes: true })).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    );
  } catch {
    return [];
  }
}
