/** Every check, in the order in which a fault should be mended. */
import { actionsPolicyCheck } from "./checks/actions-policy.ts";
import { appEventsCheck } from "./checks/app-events.ts";
import { appKeyCheck } from "./checks/app-key.ts";
import { appPermissionsCheck } from "./checks/app-permissions.ts";
import { clockCheck } from "./checks/clock.ts";
import { configurationCheck } from "./checks/configuration.ts";
import { cronCheck } from "./checks/cron.ts";
import { buildersCheck } from "./checks/builders.ts";
import { anonymousApiCheck } from "./checks/deep/anonymous-api.ts";
import { forgedDeliveryCheck } from "./checks/deep/forged-delivery.ts";
import { readTokenDispatchCheck } from "./checks/deep/read-token-dispatch.ts";
import { unsignedDeliveryCheck } from "./checks/deep/unsigned-delivery.ts";
import { deliveriesCheck } from "./checks/deliveries.ts";
import { dockerfileCheck } from "./checks/dockerfile.ts";
import { githubSignatureCheck } from "./checks/github-signature.ts";
import { hookAddressCheck } from "./checks/hook-address.ts";
import { installationCheck } from "./checks/installation.ts";
import { imageNamespaceCheck } from "./checks/image-namespace.ts";
import { indexCheck } from "./checks/index-database.ts";
import { operatorLimitsCheck } from "./checks/operator-limits.ts";
import { packageWriteCheck } from "./checks/package-write.ts";
import { registryCheck } from "./checks/registry.ts";
import { relayAppCheck } from "./checks/relay-app.ts";
import { relayCheck } from "./checks/relay.ts";
import { settingsCheck } from "./checks/settings.ts";
import { versionCheck } from "./checks/version.ts";
import { webhookSecretCheck } from "./checks/webhook-secret.ts";
import { workflowConcurrencyCheck } from "./checks/workflow-concurrency.ts";
import { workflowEnabledCheck } from "./checks/workflow-enabled.ts";
import { workflowFileCheck } from "./checks/workflow-file.ts";
import { workflowInputsCheck } from "./checks/workflow-inputs.ts";
import { workflowPermissionsCheck } from "./checks/workflow-permissions.ts";
import { workflowRunNameCheck } from "./checks/workflow-run-name.ts";
import { workflowSyntaxCheck } from "./checks/workflow-syntax.ts";
import type { Check } from "./patient.ts";

export const CHECKS: readonly Check[] = [
  settingsCheck,
  clockCheck,
  appKeyCheck,
  relayCheck,
  hookAddressCheck,
  webhookSecretCheck,
  relayAppCheck,
  githubSignatureCheck,
  appPermissionsCheck,
  appEventsCheck,
  installationCheck,
  operatorLimitsCheck,
  configurationCheck,
  buildersCheck,
  workflowFileCheck,
  workflowSyntaxCheck,
  workflowInputsCheck,
  workflowRunNameCheck,
  workflowPermissionsCheck,
  workflowConcurrencyCheck,
  dockerfileCheck,
  workflowEnabledCheck,
  actionsPolicyCheck,
  imageNamespaceCheck,
  registryCheck,
  packageWriteCheck,
  deliveriesCheck,
  cronCheck,
  indexCheck,
  versionCheck,
];

/** What must fail fails: asked for by `--deep`. */
export const DEEP_CHECKS: readonly Check[] = [
  unsignedDeliveryCheck,
  forgedDeliveryCheck,
  anonymousApiCheck,
  readTokenDispatchCheck,
];
