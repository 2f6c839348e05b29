import type { Lookup } from "./evaluate.ts";
import type { Job, Step } from "./workflow.ts";
import { fillText, OPEN } from "./world.ts";

/** What docker/metadata-action makes of its inputs, as far as a pull request is concerned. */

/** The metadata step (docker/metadata-action, or a copy of it) whose tags a build step uses; null where it uses none. */
export function metadataOf(job: Job, step: Step): Step | null {
  const uses = [...step.with.values()].flatMap(({ snippets }) => snippets);
  const ids = uses.flatMap(({ source }) => /\bsteps\.([\w-]+)\.outputs\b/.exec(source)?.[1] ?? []);
  const isSource = (other: Step) =>
    other.id !== null && ids.includes(other.id) && other.with.has("images");
  return job.steps.find(isSource) ?? null;
}

/** The image names of a metadata step, without tags. */
export function metadataImages(metadata: Step, lookup: Lookup): string[] {
  return linesOf(metadata, "images", lookup).map(
    (line) => line.replace(/^name=/, "").split(",")[0] ?? "",
  );
}

export interface MadeTag {
  readonly tag: string;
  /** The line of the input that makes it. */
  readonly rule: string;
}

/** The fixed tags that a metadata step gives to a pull request's image. */
export function pullRequestTags(metadata: Step, lookup: Lookup): MadeTag[] {
  const latest = linesOf(metadata, "flavor", lookup).find((line) => /^latest=true$/.test(line));
  const raw = linesOf(metadata, "tags", lookup).flatMap((rule) => {
    const fields = new Map(rule.split(",").map((field) => splitField(field)));
    const isOff = fields.get("enable") === "false" || fields.get("enable") === "";
    const isRaw = fields.get("type") === "raw" || !fields.has("type");
    const value = fields.get("value") ?? (fields.has("type") ? undefined : rule.split(",")[0]);
    if (!isRaw || isOff || value === undefined) return [];
    return neverOnPullRequest(fields.get("enable")) ? [] : [{ tag: value, rule }];
  });
  return latest === undefined ? raw : [...raw, { tag: "latest", rule: "flavor: latest=true" }];
}

/** The action's own expressions: a pull request is never on the default branch, nor a tag. */
function neverOnPullRequest(enable: string | undefined): boolean {
  return enable !== undefined && (/\bis_default_branch\b/.test(enable) || enable.includes(OPEN));
}

function splitField(field: string): [string, string] {
  const at = field.indexOf("=");
  return at === -1 ? [field.trim(), ""] : [field.slice(0, at).trim(), field.slice(at + 1).trim()];
}

function linesOf(step: Step, input: string, lookup: Lookup): string[] {
  const text = step.with.get(input);
  if (text === undefined) return [];
  return fillText(text, lookup)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
