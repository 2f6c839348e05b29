import { finding, findPushLine, type Rule } from "../finding.ts";
import { permissionLevel } from "../permissions-block.ts";
import { isDependabotRun, isForkRun, quoteOrigin, quotePermission } from "../token-cap.ts";

/** A login that was attempted with nothing: the secret did not reach the job. */

const EMPTY =
  /Username and password required|(?:^|[:\]] ?)(?:Username|Password) required\b|Must provide --username with --password-stdin|(?:username|password) (?:is|can ?not be) empty|\blogin --?u(?:sername)? {1,3}--?p(?:assword)?\b|username and password must be set|Input required and not supplied: (?:username|password|token|registry-password)|flag needs an argument: '?-?-?(?:p|u|password|username)\b|\b(?:parameter|input) '?\w{0,40}(?:password|username|token)'? (?:is|was) (?:missing|empty|required|not set)|Error: (?:username|password) (?:is|must be) (?:required|provided)|must specify exactly one of "workload_identity_provider" or "credentials_json"/i;
// Inputs of any action, which may have been left out of the workflow as well.
const EMPTY_INPUT =
  /Input required and not supplied: [\w-]{0,40}(?:user|passw|token|secret|credential|registry|login-server)|Must supply Docker registry credentials|Secret \S{1,100} is required, but not provided|Not all (?:values are present|parameters are provided)|\bappId option is required|missing GITHUB_TOKEN|\b\w{0,40}(?:USER|USERNAME|PASSWORD|PASSWD|TOKEN|PAT|SECRET): (?:unbound variable|parameter (?:null or )?not set)/i;
// Also said of a login command that was given no account at all.
const INTERACTIVE =
  /Cannot perform an interactive login from a non.?TTY device|getting username and password|Unable to find a (?:username|password)/i;
const NO_CLOUD_CREDENTIALS = /Credentials could not be loaded, please check your action inputs/;
const NO_IDENTITY =
  /Unable to get ACTIONS_ID_TOKEN_REQUEST_URL|did not inject \$?ACTIONS_ID_TOKEN_REQUEST|ACTIONS_ID_TOKEN_REQUEST_(?:URL|TOKEN).{0,60}(?:not set|missing|undefined|empty)|Missing required permissions? id-token|OIDC token.{0,80}id-token: ?write|Did you mean to set the `id-token` permission|permissions to id-token|oauth2\.sigstore\.dev\/auth\/device|error obtaining token: expired_token/i;

const FORK_REMAINS =
  "A fork's run cannot get an identity token at all; give `--run run.json` to tell.";

export const emptySecretRule: Rule = (evidence) => {
  const line = findPushLine(evidence, EMPTY);
  if (line !== null)
    return finding("secrets-withheld", "certain", [line], { quotes: quoteOrigin(evidence) });
  const interactive = findPushLine(evidence, INTERACTIVE) ?? findPushLine(evidence, EMPTY_INPUT);
  if (interactive !== null) {
    return finding("secrets-withheld", "likely", [interactive], { quotes: quoteOrigin(evidence) });
  }
  const cloud = findPushLine(evidence, NO_CLOUD_CREDENTIALS);
  if (cloud === null) return null;
  if (isForkRun(evidence) === true || isDependabotRun(evidence) === true) {
    return finding("secrets-withheld", "likely", [cloud], { quotes: quoteOrigin(evidence) });
  }
  const idToken = permissionLevel(evidence.token, "IdToken");
  const assumesRole = evidence.step.header.some((header) =>
    header.text.includes("role-to-assume:"),
  );
  if (assumesRole && idToken !== null && idToken !== "write") {
    const quotes = quotePermission(evidence, "IdToken");
    return finding("missing-packages-write", "likely", [cloud], { quotes, permission: "id-token" });
  }
  return finding("unknown", "unknown", [cloud], {
    note: `The cloud login found no credentials (line ${cloud.number}); the log does not show whether a secret was empty or \`id-token: write\` was missing.`,
  });
};

/** OIDC without `id-token: write`, which a fork's run cannot get at all. */
export const identityRule: Rule = (evidence) => {
  const line = findPushLine(evidence, NO_IDENTITY);
  if (line === null) return null;
  const quotes = [...quotePermission(evidence, "IdToken"), ...quoteOrigin(evidence)];
  if (isForkRun(evidence) === true)
    return finding("token-read-only-fork", "likely", [line], { quotes });
  if (isDependabotRun(evidence) === true && permissionLevel(evidence.token, "IdToken") !== null) {
    return finding("token-read-only-dependabot", "likely", [line], { quotes });
  }
  const known =
    permissionLevel(evidence.token, "IdToken") !== null || isForkRun(evidence) === false;
  const more = { quotes, permission: "id-token" };
  if (known) return finding("missing-packages-write", "likely", [line], more);
  if (evidence.event === "pull_request") {
    return finding("unknown", "unknown", [line], {
      note: `The step asked for an identity token and got none (line ${line.number}): either the job lacks \`id-token: write\`, or the pull request comes from a fork; \`--run run.json\` would tell.`,
    });
  }
  return finding("missing-packages-write", "likely", [line], { ...more, note: FORK_REMAINS });
};
