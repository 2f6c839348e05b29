import { finding, findLine, type Finding, type Rule } from "../finding.ts";

/** Runs and jobs that GitHub refused before anything could be pushed. */

const POLICY =
  /Refusing to check out fork pull request code|(?:Event|Actor) '[^']{1,100}' is not allowed to trigger Actions workflows|all actions must be (?:from a repository|pinned to a full)|The actions? .{1,400} (?:is|are) not allowed (?:to be used )?in |Actions in this workflow must be: /;
const ENVIRONMENT =
  /is not allowed to deploy to .{1,200} due to environment protection rules|didn't satisfy other protection rules|has an IP allow list enabled/;

/** Actions policies, execution protections, environment rules and checkout's fork guard. */
export const policyRule: Rule = (evidence) => {
  const line = findLine(evidence.output.lines, POLICY);
  if (line !== null) return finding("policy-blocked", "certain", [line]);
  const environment = findLine(evidence.output.lines, ENVIRONMENT);
  return environment === null ? null : finding("policy-blocked", "likely", [environment]);
};

const BILLING =
  /recent account payments have failed|spending limit needs to be increased|account is locked due to a billing issue|account is suspended due to a billing|Actions budget is preventing/i;

/** Jobs that never started because of the account's payments. */
export const billingRule: Rule = (evidence) => {
  const line = findLine(evidence.output.lines, BILLING);
  return line === null ? null : finding("billing", "certain", [line]);
};

// A report may have wrapped the sentence anywhere.
const NESTED =
  /[Tt]he nested job '[^']{1,200}' is(?: requesting|$)|requesting '[^']{1,300}', but is only allowed/;

/** A reusable workflow that asks for more than its caller has. */
export const callerRule: Rule = (evidence): Finding | null => {
  const line = findLine(evidence.output.lines, NESTED);
  return line === null ? null : finding("caller-permissions", "certain", [line]);
};
