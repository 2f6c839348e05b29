/**
 * What an editor shows for each key. Kept out of `src`: the Worker never needs it.
 */
export interface KeyDescription {
  readonly description: string;
  readonly examples: readonly unknown[];
}

export const ROOT_DESCRIPTIONS: Readonly<Record<string, KeyDescription>> = {
  version: { description: "The version of this format.", examples: [1] },
  routes: {
    description:
      "Which merges, tags and pushes run which workflow. May be empty or absent only beside accept; then nothing is routed.",
    examples: [[{ branches: ["main"], image: "ghcr.io/acme/app" }]],
  },
  accept: {
    description:
      "In a builder repository: whose routes may name it, as owner/repository or owner/*. Case does not count.",
    examples: [["acme/*"]],
  },
};

export const ROUTE_DESCRIPTIONS: Readonly<Record<string, KeyDescription>> = {
  name: {
    description: "What the route is called. The only route may leave it out and is called image.",
    examples: ["image", "app"],
  },
  on: {
    description:
      "What starts the route: a merged pull request (the default), a pushed tag, a pushed branch.",
    examples: [["merge"], ["merge", "tag"]],
  },
  branches: {
    description:
      "Branches that a commit must be on. * stays between slashes, ** crosses them, ? is one character. Default: the default branch.",
    examples: [["main", "release/*"]],
  },
  paths: {
    description:
      "A merge counts only if it changed a file that one of these patterns matches. Default: any. Tags and pushes are not filtered.",
    examples: [["app/**", "Dockerfile"]],
  },
  labels: {
    description:
      "Labels that a merged pull request must and must not have. Default: any. Tags and pushes are not filtered.",
    examples: [{ any: ["publish"], none: ["skip-image"] }],
  },
  tags: {
    description: "Which pushed tags count. Required with tag in on, and refused without it.",
    examples: [["v*"]],
  },
  workflow: {
    description: "The workflow to run: a file of .github/workflows. Default: publish-image.yml.",
    examples: ["publish-image.yml"],
  },
  builder: {
    description:
      "The repository that holds the workflow, if it is another one. Its own file must accept this repository.",
    examples: ["acme/builder"],
  },
  ref: {
    description:
      "The branch or tag whose workflow file is run. Default: the default branch of the repository that holds it.",
    examples: ["main"],
  },
  image: {
    description:
      "The image to push: registry and name in lower case, without tag and digest, since the workflow takes tags from the commit. Default: ghcr.io/<owner>/<repository>.",
    examples: ["ghcr.io/acme/app"],
  },
  platforms: {
    description: "Platforms to build, at most 8. Default: what the workflow says.",
    examples: [["linux/amd64", "linux/arm64"]],
  },
  context: {
    description: "The directory to build in, from the repository's root.",
    examples: ["app"],
  },
  file: {
    description: "The Dockerfile, from the repository's root.",
    examples: ["app/Dockerfile"],
  },
  inputs: {
    description:
      "Further inputs for the workflow, always the same. GitHub takes 25 in all, the relay's own among them.",
    examples: [{ channel: "stable" }],
  },
};

export const LABEL_DESCRIPTIONS: Readonly<Record<string, KeyDescription>> = {
  any: { description: "At least one of these must be there.", examples: [["publish"]] },
  none: { description: "None of these may be there.", examples: [["skip-image"]] },
};
