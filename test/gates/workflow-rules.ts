/** Our own rules for the shipped workflow files: what no linter of the market holds. */
import { parse } from "yaml";

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: unknown;
  readonly "timeout-minutes"?: unknown;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on?: unknown;
  readonly permissions?: unknown;
  readonly jobs?: Readonly<Record<string, Job>>;
}

/** The most that each job of each file may ask for. A job that is not named may have nothing. */
const MOST: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "publish-image/validate": { contents: "read", packages: "read" },
  "publish-image/build": { contents: "read", packages: "write" },
  "publish-image/publish": {
    packages: "write",
    "id-token": "write",
    attestations: "write",
    "artifact-metadata": "write",
  },
  "publish-image/promote": { contents: "read", packages: "write" },
  "pull-request-image/build": { contents: "read" },
};

/** Every breach in a file, one sentence each; `name` is the file's name without `.yml`. */
export function findBreaches(name: string, text: string): string[] {
  const workflow = parse(text) as Workflow;
  const jobs = Object.entries(workflow.jobs ?? {});
  return [
    ...triggerBreaches(workflow),
    ...pinBreaches(text),
    ...queueBreaches(name, text),
    ...jobs.flatMap(([id, job]) => jobBreaches(`${name}/${id}`, job)),
    ...jobs.flatMap(([id, job]) =>
      (job.steps ?? []).flatMap((step) => stepBreaches(`${name}/${id}`, step)),
    ),
  ];
}

function triggerBreaches(workflow: Workflow): string[] {
  const on = JSON.stringify(workflow.on ?? {});
  const bad = /"(pull_request_target|workflow_run)"/.exec(on)?.[1];
  return [
    ...(bad === undefined
      ? []
      : [`starts on ${bad}, which runs strangers' events with our rights`]),
    ...(JSON.stringify(workflow.permissions) === "{}"
      ? []
      : ["does not begin with permissions: {}"]),
  ];
}

/** A tag can be moved, a full commit id cannot; the version beside it is for the reader. */
function pinBreaches(text: string): string[] {
  const lines = text.split("\n").filter((line) => /^\s*(- )?uses:/.test(line));
  return lines
    .filter((line) => !/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))
    .map((line) => `does not pin by commit id with its version: ${line.trim()}`);
}

function jobBreaches(job: string, { permissions, ...rest }: Job): string[] {
  const most = MOST[job] ?? {};
  const asked = Object.entries((permissions ?? {}) as Record<string, string>);
  const breaches = asked
    .filter(([scope, level]) => most[scope] !== level)
    .map(([scope, level]) => `${job} asks for ${scope}: ${level}`);
  if (typeof permissions !== "object") breaches.push(`${job} does not name its permissions`);
  if (rest["timeout-minutes"] === undefined) breaches.push(`${job} has no timeout`);
  return breaches;
}

function stepBreaches(job: string, step: Step): string[] {
  const place = `${job}: ${step.name ?? step.uses ?? "a step"}`;
  const script = step.run?.includes("${{") === true ? ["has an expression in its script"] : [];
  return [...script, ...actionBreaches(job, step)].map((says) => `${place} ${says}`);
}

function actionBreaches(job: string, { uses = "", with: inputs = {} }: Step): string[] {
  const action = uses.split("@")[0] ?? "";
  const leavesToken = action === "actions/checkout" && inputs["persist-credentials"] !== false;
  const breaches = leavesToken ? ["leaves the token in the work tree"] : [];
  return MOST[job]?.["packages"] === "write"
    ? [...breaches, ...cacheBreaches(action, inputs)]
    : breaches;
}

/** What a pull request may have written must not end in an image. */
function cacheBreaches(action: string, inputs: Readonly<Record<string, unknown>>): string[] {
  const reads =
    "cache-from" in inputs || "cache-to" in inputs || action.startsWith("actions/cache");
  const builder = action === "docker/setup-buildx-action" && inputs["cache-binary"] !== false;
  return [
    ...(reads ? ["reads a cache although it may write packages"] : []),
    ...(builder ? ["takes its builder from a cache"] : []),
  ];
}

/** The default queue drops a waiting run when another arrives, and with it somebody's image. */
function queueBreaches(name: string, text: string): string[] {
  if (name !== "publish-image") return [];
  const groups = text.match(/^ *concurrency:\n(?: +.*\n)+?(?=\S| *\w+:\n|\n)/gm) ?? [];
  const bad = groups.filter(
    (group) => !/cancel-in-progress: false/.test(group) || !/queue: max/.test(group),
  );
  return bad.map(() => "has a concurrency group that can drop a run");
}
