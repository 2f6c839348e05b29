import type { Answer } from "./conditions.ts";
import { either } from "./conditions.ts";
import type { Lookup } from "./evaluate.ts";
import type { Step } from "./workflow.ts";
import { fillText, OPEN } from "./world.ts";

/** Actions that push images: which input says whether, and which names them. */

interface PushAction {
  /** The input that switches the push; null where the action always pushes. */
  readonly input: string | null;
  readonly byDefault: boolean;
  readonly images: readonly string[];
  /** Where the image is named in parts, joined by slashes: the input of its tags. */
  readonly tags?: string;
  /** What an image is called there without a tag; unknown where that depends. */
  readonly defaultTag?: string;
}

const BUILD: PushAction = { input: "push", byDefault: false, images: ["tags"] };
const ACTIONS: Readonly<Record<string, PushAction>> = {
  "docker/build-push-action": BUILD,
  "depot/build-push-action": BUILD,
  "useblacksmith/build-push-action": BUILD,
  "docker/bake-action": { ...BUILD, images: ["set"] },
  "depot/bake-action": { ...BUILD, images: ["set"] },
  "redhat-actions/push-to-registry": {
    input: null,
    byDefault: true,
    images: ["registry", "image"],
    tags: "tags",
    defaultTag: "latest",
  },
  "elgohr/publish-docker-github-action": {
    input: "no_push",
    byDefault: true,
    images: ["registry", "name"],
    tags: "tags",
  },
  "mr-smithers-excellent/docker-build-push": {
    input: "pushimage",
    byDefault: true,
    images: ["registry", "image"],
    tags: "tags",
  },
  "whoan/docker-build-with-cache-action": {
    input: "push_image_and_stages",
    byDefault: true,
    images: ["registry", "image_name"],
    tags: "image_tag",
    defaultTag: "latest",
  },
  "macbre/push-to-ghcr": { input: null, byDefault: true, images: [] },
};

/** `owner/name` of an action, in lower case. */
export function actionName(step: Step): string {
  return (step.uses?.value ?? "").split("@")[0]?.toLowerCase() ?? "";
}

/** Whether an action's step is one that can push at all. */
export function isPushAction(step: Step): boolean {
  return Object.hasOwn(ACTIONS, actionName(step));
}

/** Whether the step pushes when it runs. */
export function actionPushes(step: Step, lookup: Lookup): Answer {
  const action = ACTIONS[actionName(step)];
  if (action === undefined) return false;
  const switched = readSwitch(step, action, lookup);
  return either(switched, outputsPush(step, lookup));
}

/** The image names that the step gives to its action, one a line or joined by commas. */
export function actionImages(step: Step, lookup: Lookup): string[] {
  const action = ACTIONS[actionName(step)];
  if (action?.tags !== undefined) return imagesInParts(step, action, lookup);
  const texts = (action?.images ?? []).flatMap((input) => step.with.get(input) ?? []);
  const named = texts.flatMap((text) => fillText(text, lookup).split(/[\n,]/));
  const outputs = outputsOf(step, lookup);
  const inOutputs = [...outputs.matchAll(/(?:^|[,"\s])name=([^,"\s]+)/g)].map(
    (match) => match[1] ?? "",
  );
  return [...named, ...inOutputs]
    .map((name) => name.trim().replace(/^\S*\.tags?=/, ""))
    .filter((name) => name !== "");
}

function imagesInParts(step: Step, action: PushAction, lookup: Lookup): string[] {
  const read = (input: string) => {
    const text = step.with.get(input);
    return text === undefined ? "" : fillText(text, lookup).trim();
  };
  const [registry = "", image = ""] = action.images.map(read);
  const isWhole = registry === "" || image.startsWith(`${registry}/`);
  const name = isWhole ? image : `${registry.replace(/\/+$/, "")}/${image}`;
  const tags = read(action.tags ?? "")
    .split(/[\s,]+/)
    .filter((tag) => tag !== "");
  if (tags.length === 0) tags.push(action.defaultTag ?? OPEN);
  // A tag may be a whole reference.
  return tags.map((tag) => (tag.includes("/") ? tag : `${name}:${tag}`));
}

function readSwitch(step: Step, { input, byDefault }: PushAction, lookup: Lookup): Answer {
  const text = input === null ? undefined : step.with.get(input);
  // The first version of Docker's action pushed unless told otherwise.
  const isFirst = /^docker\/build-push-action@v1\b/i.test(step.uses?.value ?? "");
  if (text === undefined) return byDefault || isFirst;
  const value = fillText(text, lookup).trim().toLowerCase();
  if (value.includes(OPEN)) return null;
  const isTrue = value === "true" || value === "yes" || value === "1";
  return input === "no_push" ? !isTrue : isTrue;
}

function outputsOf(step: Step, lookup: Lookup): string {
  const outputs = step.with.get("outputs");
  return outputs === undefined ? "" : fillText(outputs, lookup);
}

function outputsPush(step: Step, lookup: Lookup): Answer {
  const outputs = outputsOf(step, lookup);
  if (/type=registry|push=true/.test(outputs)) return true;
  return new RegExp(`push=${OPEN}`).test(outputs) ? null : false;
}
