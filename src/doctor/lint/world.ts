import { evaluate, type Lookup } from "./evaluate.ts";
import { known, truthOf, TRUTHY, UNKNOWN, type Value } from "./value.ts";
import type { Text, TextMap, Trigger } from "./workflow.ts";

/**
 * A situation in which a workflow may run. A condition that is false in the stranger's world keeps
 * strangers out, whatever words it uses.
 */
export interface World {
  readonly event: string;
  /** Whose pull request it is; null where the event is no pull request's. */
  readonly from: "fork" | "same-repository" | null;
  readonly isMerged: boolean;
  /** What became of the pull request; null where the event is no pull request's. */
  readonly action: string | null;
  /** What a caller gave; null where the workflow was not called. */
  readonly inputs: ReadonlyMap<string, Value> | "open" | null;
}

const PULL_REQUEST_EVENTS = new Set(["pull_request", "pull_request_target"]);

/** Events that strangers can cause and that run with the repository's rights and secrets. */
export const PRIVILEGED_EVENTS = new Set(["pull_request_target", "workflow_run", "issue_comment"]);

const CALLED_WITH_INPUTS = new Set(["workflow_call", "workflow_dispatch"]);

const DEFAULT_TYPES = ["opened", "synchronize", "reopened"];
/** Conditions name few; each makes two worlds. */
const MAX_TYPES = 8;

/** The worlds of one trigger. */
export function worldsOf({ event, types }: Trigger): World[] {
  const inputs = CALLED_WITH_INPUTS.has(event) ? ("open" as const) : null;
  if (!PULL_REQUEST_EVENTS.has(event)) {
    const from = PRIVILEGED_EVENTS.has(event) ? ("fork" as const) : null;
    return [{ event, from, isMerged: false, action: null, inputs }];
  }
  const given = types === null || types.length === 0 ? DEFAULT_TYPES : types;
  // A merge is told by it.
  const actions = [...new Set(given)].toSorted(
    (a, b) => Number(b === "closed") - Number(a === "closed"),
  );
  return actions.slice(0, MAX_TYPES).flatMap((action) =>
    (action === "closed" ? [true, false] : [false]).flatMap((isMerged) => [
      { event, from: "fork" as const, isMerged, action, inputs },
      { event, from: "same-repository" as const, isMerged, action, inputs },
    ]),
  );
}

/** Whether a stranger's pull request runs here with a token that only reads. */
export function isForkPullRequest(world: World): boolean {
  return world.event === "pull_request" && world.from === "fork";
}

const STRANGER: Value = { kind: "named", name: "stranger", isStrangers: true };
const OWNER: Value = { kind: "named", name: "owner", isStrangers: false };
/** Any branch may be a pull request's base, so one that is asked for by its name may be it. */
const BASE: Value = { kind: "named", name: "base", isStrangers: false };
const REPOSITORY: Value = { kind: "named", name: "repository", isStrangers: false };

/** Values that are the same in every world with a stranger in it. */
const STRANGERS: Readonly<Record<string, Value>> = {
  "github.actor": STRANGER,
  "github.triggering_actor": STRANGER,
  "github.event.sender.login": STRANGER,
  "github.event.pull_request.user.login": STRANGER,
  "github.event.pull_request.author_association": known("NONE"),
  "github.event.comment.user.login": STRANGER,
  "github.event.comment.author_association": known("NONE"),
  "github.event.issue.pull_request": TRUTHY,
  "github.event.workflow_run.event": known("pull_request"),
  "github.event.workflow_run.conclusion": known("success"),
  "github.event.workflow_run.head_repository.full_name": STRANGER,
  "github.event.workflow_run.head_repository.owner.login": STRANGER,
  "github.event.workflow_run.head_repository.fork": known(true),
  "github.event.workflow_run.actor.login": STRANGER,
};

const FORK_HEAD: Readonly<Record<string, Value>> = {
  "github.event.pull_request.head.repo.full_name": STRANGER,
  "github.event.pull_request.head.repo.owner.login": STRANGER,
  "github.event.pull_request.head.repo.fork": known(true),
  "github.event.pull_request.head.user.login": STRANGER,
};

const OWN_HEAD: Readonly<Record<string, Value>> = {
  "github.event.pull_request.head.repo.full_name": REPOSITORY,
  "github.event.pull_request.head.repo.owner.login": OWNER,
  "github.event.pull_request.head.repo.fork": known(false),
};

const ALWAYS: Readonly<Record<string, Value>> = {
  "github.repository": REPOSITORY,
  "github.repository_owner": OWNER,
  "github.event.repository.full_name": REPOSITORY,
  "github.event.pull_request.base.repo.full_name": REPOSITORY,
  "github.event.repository.owner.login": OWNER,
  "github.event.repository.fork": known(false),
};

/** What is known of `github.*`, `inputs.*`, `secrets.*` and `env.*` in a world. */
export function lookupIn(world: World, ...environments: readonly TextMap[]): Lookup {
  const lookup = (path: readonly string[], depth: number): Value => {
    const [context, name = ""] = path;
    switch (context) {
      case "github":
        return lookupGitHub(world, path.join("."));
      case "inputs":
        return lookupInput(world, name);
      case "secrets":
        return lookupSecret(world, name);
      case "matrix":
        return lookupMatrix(name, environments);
      case "env":
        return depth > MAX_ENV_DEPTH
          ? UNKNOWN
          : lookupEnv(name, environments, (inner) => lookup(inner, depth + 1));
      default:
        return UNKNOWN;
    }
  };
  return (path) => lookup(path, 0);
}

const MAX_ENV_DEPTH = 4;

function lookupGitHub(world: World, name: string): Value {
  const fixed =
    ALWAYS[name] ??
    lookupPerson(world, name) ??
    (world.from === null ? undefined : lookupPullRequest(world, name));
  if (fixed !== undefined) return fixed;
  if (name === "github.event_name") {
    return world.event === "workflow_call" ? UNKNOWN : known(world.event);
  }
  return UNKNOWN;
}

function lookupPerson({ from, event }: World, name: string): Value | undefined {
  if (from === "fork")
    return STRANGERS[name] ?? (PULL_REQUEST_EVENTS.has(event) ? FORK_HEAD[name] : undefined);
  return from === "same-repository" ? OWN_HEAD[name] : undefined;
}

function lookupPullRequest({ event, isMerged, action }: World, name: string): Value | undefined {
  if (!PULL_REQUEST_EVENTS.has(event)) return undefined;
  if (name === "github.event.pull_request.merged") return known(isMerged);
  if (name === "github.event.action") return known(action);
  if (name === "github.event.pull_request.draft") return known(false);
  if (name === "github.base_ref" || name === "github.event.pull_request.base.ref") return BASE;
  if (
    /^github\.event\.pull_request(\.number|\.head\.sha)?$|^github\.(head_ref|event\.number)$/.test(
      name,
    )
  ) {
    return TRUTHY;
  }
  // A merged pull request runs on its base branch, whose name is open.
  if (event !== "pull_request" || isMerged) return undefined;
  return {
    "github.ref": known("refs/pull/1/merge"),
    "github.ref_name": known("1/merge"),
    "github.ref_type": known("branch"),
  }[name];
}

function lookupInput({ inputs }: World, name: string): Value {
  if (inputs === "open") return UNKNOWN;
  if (inputs === null) return known(null);
  return inputs.get(name) ?? UNKNOWN;
}

/** A fork's pull request gets no secret but the token. */
function lookupSecret(world: World, name: string): Value {
  if (name === "github_token") return TRUTHY;
  return isForkPullRequest(world) ? known("") : UNKNOWN;
}

function lookupEnv(name: string, environments: readonly TextMap[], lookup: Lookup): Value {
  const text = environments.find((environment) => environment.has(name))?.get(name);
  return text === undefined ? UNKNOWN : valueOfText(text, lookup);
}

/** A combination lies among the environments, under names that no variable has. */
function lookupMatrix(name: string, environments: readonly TextMap[]): Value {
  const key = `matrix.${name}`;
  const text = environments.find((environment) => environment.has(key))?.get(key);
  if (text === undefined) return UNKNOWN;
  const [truth] = text.snippets;
  return truth === undefined ? known(text.value) : known(truth.source === "true");
}

/** A text's value, its expressions worked out; variables are texts, whatever they are made of. */
export function valueOfText(text: Text, lookup: Lookup): Value {
  const filled = fillText(text, lookup);
  if (!filled.includes(OPEN)) return known(filled);
  const [only] = text.snippets;
  if (text.snippets.length !== 1 || only === undefined || filled !== OPEN) return UNKNOWN;
  const value = evaluate(only.source, lookup);
  return value.kind === "named" ? value : { kind: "unknown", truth: truthOf(value) };
}

/** Stands in a filled text for what is not to be known. */
export const OPEN = "\uFFFD";

/** The text with the values of its expressions, `OPEN` for each that cannot be known. */
export function fillText(text: Text, lookup: Lookup): string {
  let filled = "";
  let at = 0;
  for (const { source, start, end } of text.snippets) {
    const value = evaluate(source, lookup);
    filled +=
      text.value.slice(at, start) + (value.kind === "known" ? String(value.value ?? "") : OPEN);
    at = end;
  }
  return filled + text.value.slice(at);
}
