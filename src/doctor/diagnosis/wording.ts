import type { Cause } from "./cause.ts";
import type { Evidence } from "./evidence.ts";
import type { Finding } from "./finding.ts";

/** Explanations and remedies: what happened in plain words, then what to do. */

export interface Wording {
  explanation: string;
  remedy: string;
}

interface Names {
  image: string;
  registry: string;
  repository: string;
  permission: string;
}

/** The names of this case, or words that stand for them. */
function namesOf(evidence: Evidence | null, finding: Finding): Names {
  const image = evidence?.image?.reference;
  const words = finding.quotes.map((quote) => quote.text).join(" ");
  // Only GitHub's registry speaks of installations and of these permissions.
  const isGitHub = /permission_denied|installation not allowed|ghcr\.io/.test(words);
  return {
    image: image === undefined ? "this image" : `${image.registry}/${image.path}`,
    registry: image?.registry ?? (isGitHub ? "ghcr.io" : "the registry"),
    repository: evidence?.repository ?? "this repository",
    permission: finding.permission ?? "packages",
  };
}

function permissionsSnippet(permission: string): string {
  const lines = ["permissions:", "  contents: read"];
  if (permission === "attestations") lines.push("  id-token: write");
  return [...lines, `  ${permission}: write`].join("\n");
}

/** The step that logs in to this registry; GitHub's own needs no secret to be made. */
function loginSnippet(registry: string): string {
  const known = /\./.test(registry);
  const gitHub = !known || registry === "ghcr.io";
  return [
    "- uses: docker/login-action@v4",
    "  with:",
    `    registry: ${known ? registry : "ghcr.io"}`,
    `    username: \${{ ${gitHub ? "github.actor" : "secrets.REGISTRY_USERNAME"} }}`,
    `    password: \${{ secrets.${gitHub ? "GITHUB_TOKEN" : "REGISTRY_TOKEN"} }}`,
  ].join("\n");
}

/** How a repository comes to be in each registry, and how the account gets to write to it. */
function openRepository(registry: string, image: string): string {
  const path = image.slice(registry.length + 1);
  if (/\.ecr\..*amazonaws/.test(registry)) {
    return `Create it (\`aws ecr create-repository --repository-name ${path}\`) and allow the role to push (the policy AmazonEC2ContainerRegistryPowerUser does); for a role of another AWS account, in the repository's own policy.`;
  }
  if (registry === "quay.io") {
    return `Create ${image} on Quay if it is missing, and give the robot account Write under Repository settings → User and robot permissions.`;
  }
  if (registry === "docker.io") {
    return `Create ${image} on Docker Hub if it is missing, and give the account of the login Read & Write there (for an organization: through a team).`;
  }
  return `Create the repository or project in ${registry} if it is missing, and give the account of the login the right to push to it (Harbor and GitLab: the role Developer; Artifactory and Nexus: deploy).`;
}

type Text = (names: Names) => Wording;

const TEXTS: Record<Exclude<Cause, "unknown">, Text> = {
  "token-read-only-fork": ({ image }) => ({
    explanation: `The run belongs to a pull request from a fork. GitHub caps the token of such runs to reading, whatever \`permissions:\` says, so it could not write ${image}.`,
    remedy:
      "Build pull requests without pushing, and push after the merge from a trusted workflow:\n\nwith:\n  push: ${{ github.event_name != 'pull_request' }}\n\nDo not switch to `pull_request_target` to get around this: it would run foreign code with a writing token.",
  }),
  "token-read-only-dependabot": ({ image }) => ({
    explanation: `Dependabot started the run. GitHub gives its runs a reading token by default, and this one shows no \`packages: write\`, so it could not write ${image}.`,
    remedy:
      "Skip the push for Dependabot, and push after the merge:\n\nif: github.actor != 'dependabot[bot]'\n\nIf a Dependabot run must push, name the right in the job: `permissions: { contents: read, packages: write }`.",
  }),
  "secrets-withheld": ({ registry }) => ({
    explanation: `The run had no credential for ${registry}: the user name or password was empty, or the login was left out. Runs of forks and of Dependabot get no secrets of the repository, and one that does not exist there is empty too.`,
    remedy:
      "If a fork or Dependabot started the run, skip login and push there:\n\nif: github.event_name != 'pull_request' && github.actor != 'dependabot[bot]'\n\nOtherwise create the secret under Settings → Secrets and variables → Actions with exactly the name that the workflow uses; a called workflow also needs `secrets: inherit`, and an environment's secret needs `environment:` on the job.",
  }),
  "cache-export-denied": () => ({
    explanation:
      "The build's cache could not be written: the write was refused. The image itself may have been pushed before the job failed.",
    remedy:
      "Check whether the tag exists, then let the cache fail without failing the job:\n\ncache-to: type=gha,mode=max,ignore-error=true\n\nor write the cache only where it is allowed:\n\ncache-to: ${{ github.event_name == 'push' && 'type=gha,mode=max' || '' }}",
  }),
  "missing-packages-write": ({ permission, image }) => ({
    explanation: `The job's token lacks \`${permission}: write\`, which this step needs${permission === "packages" ? ` to push ${image}` : ""}. Naming any permission sets all others to none; without names the repository's or organization's default applies, often read-only.`,
    remedy: `Grant it on the job that runs the step:\n\n${permissionsSnippet(permission)}`,
  }),
  "caller-permissions": () => ({
    explanation:
      "GitHub refused to start the workflow: a reusable workflow asks for more permissions than the job that calls it has. No job ran, so there is no log.",
    remedy:
      "Give the calling job at least what the called workflow asks for:\n\njobs:\n  image:\n    permissions:\n      contents: read\n      packages: write\n    uses: owner/repo/.github/workflows/publish.yml@<sha>",
  }),
  "package-access": ({ image, repository, registry }) => ({
    explanation:
      registry === "ghcr.io"
        ? `The token may write packages, but the package behind ${image} does not give ${repository} access. That happens when it was first pushed by hand or by another repository.`
        : `${image} does not exist for the account that logged in, or does not let it write.`,
    remedy:
      registry === "ghcr.io" || registry === "the registry"
        ? `On the package's page: Package settings → Manage Actions access → Add repository → ${repository}, role Write. For new packages set the label \`org.opencontainers.image.source=https://github.com/${repository === "this repository" ? "OWNER/REPO" : repository}\` before the first push.`
        : openRepository(registry, image),
  }),
  "package-creation-denied": ({ image, registry }) => ({
    explanation: `${image} does not exist yet, and this token may not create it: the organization restricts the creation of packages, or the kind of token cannot create one.`,
    remedy:
      registry !== "ghcr.io" && registry !== "the registry"
        ? `Create it in ${registry} before the push, or give the credential the right to create it (Google: the role Artifact Registry Create-on-Push Writer).`
        : "An owner of the organization allows it under Settings → Packages → Package creation, or pushes the first version once and then links the package to the repository (Package settings → Manage Actions access → Write).",
  }),
  "wrong-namespace": ({ image, repository, registry }) => ({
    explanation: `${image} is not in a place that this login can write to: it belongs to another owner or another registry than the credential of ${repository}.`,
    remedy: `Put the registry and the owner of the credential into the name of the image; a name without a registry goes to Docker Hub:\n\ntags: ghcr.io/\${{ github.repository }}:latest${registry === "docker.io" ? "   # or docker.io/ACCOUNT/NAME:latest" : ""}\n\nand log in to that same registry. To write into another owner's namespace, use a credential that this owner issued.`,
  }),
  "invalid-image-name": () => ({
    explanation:
      "The image's name or tag is not a valid reference. Names must be lower case, and neither the name nor the tag may be empty.",
    remedy:
      'Compute the name once, in lower case:\n\n- run: echo "IMAGE=ghcr.io/${GITHUB_REPOSITORY,,}" >> "$GITHUB_ENV"\n\nor let docker/metadata-action produce the tags. If a part is empty, look for a variable or output that was not set.',
  }),
  "credential-invalid": ({ registry }) => ({
    explanation: `The login to ${registry} was refused: the user name, password or token is wrong, expired or revoked.`,
    remedy:
      registry === "ghcr.io" || registry === "the registry"
        ? `Issue a new token and store it as the secret that the workflow uses; check the user name too. For ghcr.io the job's own \`GITHUB_TOKEN\` never expires between runs:\n\n${loginSnippet(registry)}`
        : `Issue a new token for ${registry} and store it as the secret that the workflow uses; check the user name too. Docker Hub wants an access token instead of a password; the tokens of cloud registries last for some hours only, so log in right before the push.`,
  }),
  "credential-scope": ({ registry }) => ({
    explanation: `The credential for ${registry} is valid, but too narrow for a push: a scope or right is missing, or its authorization for single sign-on.`,
    remedy:
      "Issue a token that may write. ghcr.io: the `GITHUB_TOKEN` with `packages: write`, or a classic token with `write:packages`, authorized for SSO. Docker Hub: Read & Write. ECR: a role with the push actions on this repository. Google: the role Artifact Registry Writer. Azure: AcrPush. GitLab: `write_registry`.",
  }),
  "not-logged-in": ({ registry }) => ({
    explanation: `The push went to ${registry} without any credential: no login for this registry reached the tool that pushes.`,
    remedy: `Log in to exactly this registry before the push, in the same job and for the same tool (helm, podman and cosign keep logins of their own, and so does \`sudo\`):\n\n${loginSnippet(registry)}`,
  }),
  "rate-limited": ({ registry }) => ({
    explanation: `${registry} turned the push away because of too many requests. GitHub also says so with 403; it is not a question of permission.`,
    remedy:
      "Run the job again after a few minutes. If it happens often, push fewer images at once: `strategy: { max-parallel: 2 }`.",
  }),
  "registry-unavailable": ({ registry }) => ({
    explanation: `${registry} or a service of GitHub did not answer properly: a server error, a lost upload or a broken connection. Nothing in the workflow caused it.`,
    remedy: "Run the failed job again. If it keeps failing, look at the registry's status page.",
  }),
  "immutable-tag": ({ image }) => ({
    explanation: `The tag exists already, and the registry does not let tags of ${image} move.`,
    remedy:
      "Push under a tag that is new each time, for example `sha-${{ github.sha }}`, or skip the push if the tag exists. Exempt floating tags such as `latest` in the registry's immutability rules.",
  }),
  "disk-full": () => ({
    explanation: "The disk is full, most often the runner's: the image or its build did not fit.",
    remedy:
      "Free space before the build or use a larger runner:\n\n- run: sudo rm -rf /usr/local/lib/android /opt/ghc /usr/share/dotnet && docker system prune -af\n\nBuild and push in one step instead of loading the image into Docker first.",
  }),
  billing: () => ({
    explanation: "GitHub did not start the job: a payment failed or the spending limit is reached.",
    remedy:
      "The owner of the account checks Settings → Billing & plans, then the run is started again.",
  }),
  "policy-blocked": () => ({
    explanation:
      "A policy stopped the run before the push: an Actions policy, a protection of the environment or of workflow execution, or checkout's guard against code from forks.",
    remedy:
      "Allow this actor, event, action or branch in the policy that the quoted line names. For the guard of checkout: build the pull request under `pull_request` without secrets instead of `pull_request_target`.",
  }),
};

/** The words for one finding; `unknown` says what is missing. */
export function wordFinding(evidence: Evidence | null, finding: Finding): Wording {
  if (finding.cause === "unknown") {
    return {
      explanation: finding.note ?? "The text shows no failed push of an image.",
      remedy:
        "Give the run's URL (`npx merge-relay diagnose https://github.com/OWNER/REPO/actions/runs/RUN`), or the whole log of the failed job (`gh run view RUN --log-failed > job.log`) together with the run object (`gh api repos/OWNER/REPO/actions/runs/RUN > run.json`): `npx merge-relay diagnose --log job.log --run run.json`.",
    };
  }
  const text = TEXTS[finding.cause](namesOf(evidence, finding));
  const note = finding.note === undefined ? "" : ` ${finding.note}`;
  return { explanation: text.explanation + note, remedy: text.remedy };
}
