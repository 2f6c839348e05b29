import type { Rule } from "../finding.ts";
import { defaultPermissions } from "./default-permissions.ts";
import { missingPackagesWrite } from "./missing-packages-write.ts";
import { pullRequestReleaseTag } from "./pull-request-release-tag.ts";
import { pushFromPullRequest } from "./push-from-pull-request.ts";
import { scriptInjection } from "./script-injection.ts";
import { untrustedCheckout } from "./untrusted-checkout.ts";

/** Every rule, in the order of the help. */
export const RULES: readonly Rule[] = [
  pushFromPullRequest,
  untrustedCheckout,
  scriptInjection,
  pullRequestReleaseTag,
  missingPackagesWrite,
  defaultPermissions,
];
