/** What a step is for, judged by its heading only: its output is foreign text. */

export type StepKind =
  | "push"
  | "login"
  | "attest"
  | "artifact"
  | "checkout"
  | "tooling"
  | "test"
  | "script"
  | "setup"
  | "post"
  | "pasted";

const ACTION = /^(?:\.{0,2}\/)?([A-Za-z0-9_.-]{1,100}\/[A-Za-z0-9_./-]{1,200})(?:@|$)/;
const LOGIN_ACTIONS = /(?:login|configure-aws-credentials|google-github-actions\/auth)/;
const TOOLING_ACTIONS =
  /^(?:actions\/(?:setup-|cache|github-script|configure-pages|labeler)|docker\/(?:setup-|metadata-action|scout-action)|sigstore\/cosign-installer|github\/codeql)/;
const PUSH_WORDS =
  /docker|push|publish|build|image|container|kaniko|goreleaser|ghcr|registry|release|helm|bake|jib|deploy|oci/i;

const PUSH_COMMANDS =
  /\b(?:push|publish\w*|bootBuildImage|release|login|buildx|bake|kaniko|executor|jib\w*|ko|crane|skopeo|oras|regctl|imagetools|cosign|goreleaser|earthly|dagger|nixpacks|deploy|docker build|docker image|build-image)\b/i;
const TEST_COMMANDS =
  /\b(?:test|tests|pytest|jest|vitest|mocha|phpunit|rspec|ctest|tox|bats|lint|eslint|clippy|check|coverage|git (?:log|show|commit|diff))\b/i;

function actionKind(name: string): StepKind {
  if (name.startsWith("actions/checkout")) return "checkout";
  if (/^actions\/(?:upload|download)-artifact/.test(name)) return "artifact";
  if (name.startsWith("actions/attest")) return "attest";
  if (TOOLING_ACTIONS.test(name)) return "tooling";
  if (LOGIN_ACTIONS.test(name)) return "login";
  return PUSH_WORDS.test(name) ? "push" : "script";
}

/** Classifies the text behind `Run `: an action with its version, or shell commands. */
export function stepKind(command: string): StepKind {
  const action = ACTION.exec(command.split("\n")[0] ?? "");
  if (action !== null && !/\s/.test(command.split("\n")[0] ?? "")) {
    return actionKind((action[1] ?? "").toLowerCase());
  }
  const withoutGit = command.replaceAll(/\bgit push\b/g, "git");
  if (PUSH_COMMANDS.test(withoutGit)) return "push";
  return TEST_COMMANDS.test(withoutGit) ? "test" : "script";
}
