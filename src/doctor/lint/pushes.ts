import { actionImages, actionPushes, isPushAction } from "./action-pushes.ts";
import { type Answer, both, environmentsOf, stepRuns } from "./conditions.ts";
import { metadataImages, metadataOf } from "./metadata-tags.ts";
import { findPushCommands, type PushCommand } from "./shell-pushes.ts";
import type { Job, Place, Step, Workflow } from "./workflow.ts";
import { fillText, lookupIn, OPEN, type World } from "./world.ts";

/** A step that pushes images, in some world or other. */
export interface Push {
  readonly workflow: Workflow;
  readonly job: Job;
  readonly step: Step;
  readonly place: Place;
  /** Whether the script that does it asks something before, which is not followed. */
  readonly isAsked: boolean;
  /** Whether it happens there. */
  happensIn(world: World): Answer;
  /** References that the step itself names, as far as they are known, `OPEN` for the rest. */
  imagesIn(world: World): string[];
  /** The step that makes the tags, if it is docker/metadata-action; its images have no tags yet. */
  readonly metadata: Step | null;
}

/** Every push of a workflow's own jobs, by an action or in a script. */
export function findPushes(workflow: Workflow): Push[] {
  return workflow.jobs.flatMap((job) =>
    job.steps.flatMap((step) => [
      ...(isPushAction(step) ? [actionPush(workflow, job, step)] : []),
      ...findPushCommands(step.run?.value ?? "").map((command) =>
        scriptPush(workflow, { job, step }, command),
      ),
    ]),
  );
}

/** The registries that a push goes to, such as `ghcr.io`; `OPEN` where that cannot be known. */
export function registriesOf(push: Push, world: World): Set<string> {
  const { workflow, job, step, metadata } = push;
  const lookup = lookupIn(world, ...environmentsOf(workflow, job, metadata ?? step));
  const named = push.imagesIn(world);
  if (metadata === null) return new Set(named.map(registryOf));
  // What is open among the step's own names are the metadata step's.
  const images = [...named.filter((name) => name !== OPEN), ...metadataImages(metadata, lookup)];
  return new Set(images.map(registryOf));
}

/** Whether a push stays on the runner: a registry beside the job, to try things out. */
export function isLocalPush(push: Push, world: World): boolean {
  const registries = [...registriesOf(push, world)];
  return registries.length > 0 && registries.every((name) => /^(127\.|[^.\uFFFD]+$)/.test(name));
}

function registryOf(image: string): string {
  const [first = "", ...rest] = image.toLowerCase().split("/");
  const [name = "", tag] = rest.length > 0 ? [first] : first.split(":");
  if (name.includes(OPEN)) return OPEN;
  // A name alone is an image of Docker's, and with a point and no tag a registry.
  return /[.:]|^localhost$/.test(name) && tag === undefined ? name : "docker.io";
}

function actionPush(workflow: Workflow, job: Job, step: Step): Push {
  const lookup = (world: World) => lookupIn(world, ...environmentsOf(workflow, job, step));
  return {
    metadata: metadataOf(job, step),
    workflow,
    job,
    step,
    place: step.uses?.place ?? step.place,
    isAsked: false,
    happensIn: (world) => {
      const runs = stepRuns(workflow, job, step, world);
      return both(runs, actionPushes(step, lookup(world)));
    },
    imagesIn: (world) => actionImages(step, lookup(world)),
  };
}

function scriptPush(workflow: Workflow, at: { job: Job; step: Step }, command: PushCommand): Push {
  const { job, step } = at;
  const run = step.run ?? { value: "", place: step.place, snippets: [] };
  return {
    metadata: null,
    workflow,
    job,
    step,
    place: run.value.includes("\n")
      ? { line: run.place.line + 1 + command.line, column: 1 }
      : run.place,
    isAsked: command.isConditional,
    happensIn: (world) => {
      const runs = stepRuns(workflow, job, step, world);
      return both(runs, command.isConditional ? null : true);
    },
    imagesIn: (world) => {
      const lookup = lookupIn(world, ...environmentsOf(workflow, job, step));
      return findPushCommands(fillVariables(fillText(run, lookup), workflow, { job, step, world }))
        .filter(({ line }) => line === command.line)
        .flatMap(({ images }) => images);
    },
  };
}

/** `$NAME` and `${NAME}` of the workflow's `env`; what the shell sets by itself stays as it is. */
function fillVariables(
  script: string,
  workflow: Workflow,
  { job, step, world }: { job: Job; step: Step; world: World },
): string {
  const environments = environmentsOf(workflow, job, step);
  const lookup = lookupIn(world, ...environments);
  return script.replaceAll(/\$\{?([A-Za-z_]\w*)\}?/g, (whole, name: string) => {
    const text = environments.find((each) => each.has(name.toLowerCase()))?.get(name.toLowerCase());
    return text === undefined ? whole : fillText(text, lookup);
  });
}
