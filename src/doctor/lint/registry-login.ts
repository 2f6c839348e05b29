import { actionName } from "./action-pushes.ts";
import { environmentsOf } from "./conditions.ts";
import type { Job, Step, Text, Workflow } from "./workflow.ts";
import { fillText, lookupIn, type World } from "./world.ts";

/** With what a job logs in to a registry. */
export type Credential = "github-token" | "own-secret" | "none";

const TOKEN = /\b(secrets\.GITHUB_TOKEN|github\.token)\b/i;

/** The credential for ghcr.io; the last login decides, as it does for the engine. */
export function ghcrCredential(workflow: Workflow, job: Job, world: World): Credential {
  const logins = job.steps.flatMap((step) => loginOf(workflow, { job, step }, world) ?? []);
  return logins.at(-1) ?? "none";
}

function loginOf(
  workflow: Workflow,
  { job, step }: { job: Job; step: Step },
  world: World,
): Credential | null {
  const environments = environmentsOf(workflow, job, step);
  const registry = step.with.get("registry");
  const password = step.with.get("password");
  if (registry !== undefined && password !== undefined) {
    const isGhcr = /^(https:\/\/)?ghcr\.io\b/i.test(
      fillText(registry, lookupIn(world, ...environments)).trim(),
    );
    return isGhcr ? credentialOf(password, environments) : null;
  }
  if (actionName(step) === "macbre/push-to-ghcr") return "github-token";
  return step.run === null ? null : scriptLogin(step.run, environments);
}

function credentialOf(text: Text, environments: readonly ReadonlyMap<string, Text>[]): Credential {
  if (TOKEN.test(text.value)) return "github-token";
  const variable = /\benv\.(\w+)/i.exec(text.value)?.[1]?.toLowerCase();
  const behind = variable === undefined ? undefined : findVariable(variable, environments);
  return behind !== undefined && TOKEN.test(behind.value) ? "github-token" : "own-secret";
}

/** `echo … | docker login ghcr.io …`: the line, or a variable that it uses, names the token. */
function scriptLogin(
  run: Text,
  environments: readonly ReadonlyMap<string, Text>[],
): Credential | null {
  const lines = run.value.replaceAll(/\\\n/g, " ").split("\n");
  const line = lines.find((each) => /\b(login|auth)\b.*\bghcr\.io\b/i.test(each));
  if (line === undefined) return null;
  const variables = [...line.matchAll(/\$\{?(\w+)\}?/g)].map((match) => match[1] ?? "");
  const texts = variables.flatMap((name) => findVariable(name.toLowerCase(), environments) ?? []);
  const isToken = [line, ...texts.map(({ value }) => value)].some((each) => TOKEN.test(each));
  return isToken ? "github-token" : "own-secret";
}

function findVariable(
  name: string,
  environments: readonly ReadonlyMap<string, Text>[],
): Text | undefined {
  return environments.find((each) => each.has(name))?.get(name);
}
