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
}

const BUILD: PushAction = { input: "push", byDefault: false, images: ["tags"] };
const ACTIONS: Readonly<Record<string, PushAction>> = {
  "docker/build-push-action": BUILD,
  "depot/build-push-action": BUILD,
  "useblacksmith/build-push-action": BUILD,
  "docker/bake-action": { ...BUILD, images: ["set"] },
  "depot/bake-action": { ...BUILD, images: ["set"] },
  "redhat-actions/push-to-registry": { input: null, byDefault: true, images: ["registry"] },
  "elgohr/publish-docker-github-action": {
    input: "no_push",
    byDefault: true,
    images: ["name", "registry"],
  },
  "mr-smithers-excellent/docker-build-push": {
    input: "pushimage",
    byDefault: true,
    images: ["image", "registry"],
  },
  "whoan/docker-build-with-cache-action": {
    input: "push_image_and_stages",
    byDefault: true,
    images: ["image_name", "registry"],
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
  const inputs = ACTIONS[actionName(step)]?.images ?? [];
  const texts = inputs.flatMap((input) => step.with.get(input) ?? []);
  const named = texts.flatMap((text) => fillText(text, lookup).split(/[\n,]/));
  const outputs = outputsOf(step, lookup);
  const inOutputs = [...outputs.matchAll(/(?:^|[,"\s])name=([^,"\s]+)/g)].map(
    (match) => match[1] ?? "",
  );
  return [...named, ...inOutputs]
    .map((name) => name.trim().replace(/^\S*\.tags?=/, ""))
    .filter((name) => name !== "");
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
