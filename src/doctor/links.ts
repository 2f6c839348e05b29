/** Where remedies are carried out or explained. */
import type { AppFacts, GitHubFacts } from "./facts.ts";

const DOCS = "https://docs.github.com/en";

export const LINKS = {
  keys: `${DOCS}/apps/creating-github-apps/authenticating-with-a-github-app/managing-private-keys-for-github-apps`,
  jwt: `${DOCS}/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app`,
  signature: `${DOCS}/webhooks/using-webhooks/validating-webhook-deliveries`,
  failedDeliveries: `${DOCS}/webhooks/using-webhooks/handling-failed-webhook-deliveries`,
  permissions: `${DOCS}/apps/maintaining-github-apps/modifying-a-github-app-registration`,
  suspended: `${DOCS}/apps/using-github-apps/reviewing-and-modifying-installed-github-apps`,
  dispatch: `${DOCS}/actions/how-tos/manage-workflow-runs/manually-run-a-workflow`,
  workflowSyntax: `${DOCS}/actions/reference/workflows-and-actions/workflow-syntax`,
  enable: `${DOCS}/actions/how-tos/manage-workflow-runs/disable-and-enable-workflows`,
  policies: `${DOCS}/actions/concepts/about-actions-policies`,
  packages: `${DOCS}/packages/learn-github-packages/configuring-a-packages-access-control-and-visibility`,
  cloudflareVariables: "https://developers.cloudflare.com/workers/configuration/secrets/",
} as const;

/** A page of the App's settings, for its owner. */
export function appPage(github: GitHubFacts, app: AppFacts, page: "" | "/permissions"): string {
  const owner = app.owner;
  const base =
    owner?.type === "Organization"
      ? `${github.web}/organizations/${owner.login}/settings/apps`
      : `${github.web}/settings/apps`;
  return `${base}/${app.slug}${page}`;
}
