import { normalizeRegistry } from "./image-reference.ts";
import type { LogLine } from "./read-log.ts";
import { inputOf, type Step } from "./steps.ts";

/** A login that the log shows; only what the runner or the login tool itself prints counts. */
export interface Login {
  /** Null if the log does not say where the login went. */
  registry: string | null;
  username: string | null;
  succeeded: boolean;
  line: LogLine;
}

const LOGIN_COMMAND =
  /\b(?:docker|podman|buildah|skopeo|nerdctl|oras|helm registry|crane auth|regctl registry|cosign) login\b([^|;&]{0,400})/;
const LOGGING_INTO = /^Logging into (?:registry )?(\S{3,200}?|Docker Hub)(?:\.\.\.)?$/;
const SUCCESS = /^(?:Login Succeeded!?|logged in via .{1,300}|Logged in to \S{1,200})$/i;
// Amazon's action logs in to one registry after another and says no more of it.
const SILENT = /^Logging into registry /;
const FLAG_WITH_VALUE = /^(?:-u|-p|--username|--password)$/;

function hostOfCommand(args: string): string | null {
  let skip = false;
  for (const word of args.trim().split(/\s+/)) {
    const bare = word.replaceAll(/["']/g, "");
    if (skip) skip = false;
    else if (FLAG_WITH_VALUE.test(bare)) skip = true;
    else if (!bare.startsWith("-") && /^(?:https?:\/\/)?[\w-]+(?:\.[\w-]+)+/.test(bare)) {
      return normalizeRegistry(bare);
    }
  }
  // Without a host the tools go to Docker Hub, unless a variable hides the host.
  return args.includes("$") && /(?:^|\s)"?\$\{?\w+\}?"?\s*$/.test(args) ? null : "docker.io";
}

function fromAction(step: Step): Login | null {
  const line = step.header[0];
  if (line === undefined || !/login-action|podman-login/.test(line.text)) return null;
  const succeeded = step.output.some((candidate) => SUCCESS.test(candidate.text.trim()));
  const registry = normalizeRegistry(inputOf(step, "registry") ?? "docker.io");
  return { registry, username: inputOf(step, "username"), succeeded, line };
}

function attemptIn(line: LogLine): Login | null {
  const command = LOGIN_COMMAND.exec(line.text)?.[1];
  const into = LOGGING_INTO.exec(line.text.trim())?.[1] ?? null;
  if (command === undefined && into === null) return null;
  const registry = into === null ? hostOfCommand(command ?? "") : normalizeRegistry(into);
  return { registry, username: null, succeeded: false, line };
}

function fromText(step: Step): Login[] {
  const logins: Login[] = [];
  let pending: Login | null = null;
  for (const line of [...step.header, ...step.output]) {
    const attempt = attemptIn(line);
    if (attempt !== null && SILENT.test(line.text)) {
      logins.push({ ...attempt, succeeded: step.failedAt === null });
    } else if (attempt !== null) pending = attempt;
    else if (SUCCESS.test(line.text.trim())) {
      logins.push({ ...(pending ?? { registry: null, username: null, line }), succeeded: true });
      pending = null;
    }
  }
  return pending === null ? logins : [...logins, pending];
}

/** Every login that the steps show, in order. */
export function findLogins(steps: Step[]): Login[] {
  return steps
    .filter((step) => step.kind !== "test" && step.kind !== "post" && step.kind !== "checkout")
    .flatMap((step) => {
      const action = fromAction(step);
      return action === null ? fromText(step) : [action];
    });
}

const HELPERS =
  /gcloud auth configure-docker|docker-credential-|credHelpers|amazon-ecr-login|ecr get-login|az acr login|azure\/docker-login|DOCKER_AUTH_CONFIG|google-github-actions\/auth/;
const HELPER_LINES = 50_000;

/** True if a credential may have come another way than by a login that the log names. */
export function usesCredentialHelper(lines: LogLine[]): boolean {
  const named = lines.some((line) => SILENT.test(line.text));
  return lines
    .slice(0, HELPER_LINES)
    .some(({ text }) => HELPERS.test(text) && !(named && text.includes("amazon-ecr-login")));
}
