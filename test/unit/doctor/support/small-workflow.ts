/** A small workflow that is well; tests take one thing out of it. */
export const SMALL = `name: Publish
run-name: Publish \${{ inputs.sha }} [\${{ inputs.dispatch_id }}]
on:
  workflow_dispatch:
    inputs:
      dispatch_id: { type: string }
      sha: { type: string, required: true }
      branch: { type: string }
      pr: { type: string }
      tag: { type: string }
      image: { type: string }
      platforms: { type: string }
      context: { type: string }
      file: { type: string }
jobs:
  test:
    permissions: { contents: read }
    runs-on: ubuntu-latest
    steps: [{ run: "echo test" }]
  publish:
    permissions: { contents: read, packages: write }
    runs-on: ubuntu-latest
    steps: [{ run: "docker push ghcr.io/acme/app" }]
`;
