import { describe, expect, test } from "vitest";
import { build, expectOnly, lint, linesOf, LOGIN, workflow } from "./lint-one.ts";

const matrix = (text: string) => `strategy: { matrix: ${text} }`;

const PUSH = "push-from-pull-request";
const TAG = "pull-request-release-tag";
const RIGHT = "missing-packages-write";

describe("a push from a pull request is found", () => {
  test.each([
    ["by Docker's action", build("true")],
    ["by its first version, which pushes by itself", "- uses: docker/build-push-action@v1\n"],
    [
      "by an output of BuildKit's",
      "- uses: docker/build-push-action@v7\n  with:\n    outputs: type=image,name=ghcr.io/acme/app,push-by-digest=true,push=true\n",
    ],
    ["by bake", "- uses: docker/bake-action@v7\n  with: { push: true }\n"],
    ["in a script", "- run: docker push ghcr.io/acme/app:$GITHUB_SHA\n"],
    [
      "in a script of many lines",
      "- run: |\n    set -e\n    # a remark\n    docker buildx build \\\n      --push \\\n      -t ghcr.io/acme/app:$GITHUB_SHA .\n",
    ],
    ["by podman with sudo", "- run: sudo podman push ghcr.io/acme/app:$GITHUB_SHA\n"],
    ["by skopeo", "- run: skopeo copy oci:image docker://ghcr.io/acme/app:$GITHUB_SHA\n"],
    [
      "by a condition that does not exclude it",
      `- if: always()\n  ${build("true").trim().slice(2)}`,
    ],
    [
      "by a condition about somebody else",
      `- if: github.actor != 'dependabot[bot]'\n  ${build("true").trim().slice(2)}`,
    ],
    [
      "by a condition about the base branch",
      `- if: github.base_ref == 'main'\n  ${build("true").trim().slice(2)}`,
    ],
    [
      "by braces in a block, whose line end makes a text that always holds",
      `- if: |\n    \${{ github.event_name != 'pull_request' }}\n  ${build("true").trim().slice(2)}`,
    ],
    [
      "in the repository of that name",
      `- if: github.repository == 'acme/app'\n  ${build("true").trim().slice(2)}`,
    ],
  ])("%s", (_, steps) => {
    expectOnly(lint(workflow({ steps })), PUSH);
  });

  test.each([
    "github.event.pull_request.merged == true",
    "github.event.action == 'closed' && github.event.pull_request.merged",
  ])(
    "in a job that runs when a pull request is merged, since its token still only reads: %s",
    (condition) => {
      const found = lint(
        workflow({
          on: "{ pull_request: { types: [opened, closed] } }",
          job: `if: ${condition}`,
          steps: build("true"),
        }),
      );
      expectOnly(found, PUSH);
      expect(found[0]?.message).toContain("merged");
    },
  );

  test("at the line of the command", () => {
    const steps = "- run: |\n    echo hello\n    docker push ghcr.io/acme/app:$GITHUB_SHA\n";
    expect(linesOf(lint(workflow({ steps })))).toEqual([`${PUSH}:9`]);
  });
});

describe("a matrix", () => {
  const steps = build("${{ matrix.push }}", "ghcr.io/acme/app:${{ matrix.tag }}");

  test("is read for what it switches and names, and told of once in a place", () => {
    const job = matrix("{ push: [true], tag: [pr-1, pr-2] }");
    expectOnly(lint(workflow({ job, steps })), PUSH);
    const release = matrix("{ push: [false, true], tag: [latest] }");
    expect(lint(workflow({ job: release, steps })).map(({ rule }) => rule)).toEqual([PUSH, TAG]);
    const included = matrix("{ include: [{ push: false, tag: a }, { push: true, tag: b }] }");
    expectOnly(lint(workflow({ job: included, steps })), PUSH);
  });

  test.each([
    "{ push: [false], tag: [pr-1] }",
    "{ include: [{ push: false, tag: latest }] }",
    "{ push: [false, true], tag: [pr-1], exclude: [{ push: true }] }",
    '"${{ fromJSON(needs.plan.outputs.matrix) }}"',
    '{ push: "${{ fromJSON(inputs.push) }}" }',
  ])("gives no alarm where nothing is pushed, or nothing is known: %s", (text) => {
    expectOnly(lint(workflow({ job: matrix(text), steps })), null);
  });

  test("keeps its truths apart from texts", () => {
    const guarded = `- if: \${{ !matrix.dry }}\n  ${build("true").trim().slice(2)}`;
    expectOnly(lint(workflow({ job: matrix("{ dry: [true] }"), steps: guarded })), null);
    expectOnly(lint(workflow({ job: matrix("{ dry: [false] }"), steps: guarded })), PUSH);
  });
});

describe("no alarm for a push", () => {
  test.each([
    ["that is switched off", build("false")],
    ["that is switched by the event", build("${{ github.event_name != 'pull_request' }}")],
    ["that is only for the branch", build("${{ github.ref == 'refs/heads/main' }}")],
    ["that is only for tags", build("${{ startsWith(github.ref, 'refs/tags/v') }}")],
    [
      "that is only for some events",
      build('${{ contains(fromJSON(\'["push", "schedule"]\'), github.event_name) }}'),
    ],
    [
      "that keeps forks out",
      build("${{ github.event.pull_request.head.repo.full_name == github.repository }}"),
    ],
    [
      "that keeps forks out by their mark",
      build("${{ !github.event.pull_request.head.repo.fork }}"),
    ],
    ["that the owner alone may do", build("${{ github.actor == github.repository_owner }}")],
    ["that a secret switches on", build("${{ secrets.PUSH_TOKEN != '' }}")],
    ["that a secret's presence switches on", build("${{ secrets.TOKEN && 'true' || 'false' }}")],
    ["that another step decides", build("${{ steps.check.outputs.push }}")],
    ["that is only talked of", "- run: echo docker push ghcr.io/acme/app\n"],
    ["that is commented out", "- run: |\n    # docker push ghcr.io/acme/app\n    true\n"],
    [
      "to a registry beside the job, named by the metadata action",
      `- id: meta\n  uses: docker/metadata-action@v6\n  with: { images: "localhost:5000/app" }\n${build("true", "${{ steps.meta.outputs.tags }}")}`,
    ],
    ["to a registry beside the job", build("true", "localhost:5000/app:test")],
    [
      "that the script asks about",
      '- run: |\n    if [ "$GITHUB_EVENT_NAME" != pull_request ]; then\n      docker push ghcr.io/acme/app:$GITHUB_SHA\n    fi\n',
    ],
    [
      "in a step with a condition",
      `- if: github.event_name == 'push'\n  ${build("true").trim().slice(2)}`,
    ],
    [
      "in a step with a condition in a block without a line end",
      `- if: >-\n    \${{ github.event_name != 'pull_request' &&\n    true }}\n  ${build("true").trim().slice(2)}`,
    ],
    [
      "in a step with a condition in a block without braces",
      `- if: |\n    github.event_name != 'pull_request'\n  ${build("true").trim().slice(2)}`,
    ],
    [
      "in a step for what has no base branch",
      `- if: github.base_ref == ''\n  ${build("true").trim().slice(2)}`,
    ],
    [
      "in a step with a condition in braces",
      `- if: \${{ github.event_name != 'pull_request' && !cancelled() }}\n  ${build("true").trim().slice(2)}`,
    ],
  ])("%s", (_, steps) => {
    expectOnly(lint(workflow({ steps })), null);
  });

  test("whose switch is a variable of the workflow", () => {
    const env = "PUSH: ${{ github.event_name != 'pull_request' }}";
    expectOnly(lint(workflow({ env, steps: build("${{ env.PUSH }}") })), null);
    const other = "PUSH: ${{ github.event_name == 'pull_request' }}";
    expectOnly(lint(workflow({ env: other, steps: build("${{ env.PUSH }}") })), PUSH);
  });

  test("whose job has the condition, or needs a job that has", () => {
    const guarded = workflow({ job: "if: github.event_name == 'push'", steps: build("true") });
    expectOnly(lint(guarded), null);
    const chained = workflow({ job: "needs: gate", steps: build("true") });
    const gate = `  gate:
    runs-on: ubuntu-latest
    if: github.ref == 'refs/heads/main'
    steps: [{ run: "true" }]
`;
    expectOnly(lint(chained + gate), null);
    const forced = workflow({ job: "needs: gate\nif: always()", steps: build("true") });
    expectOnly(lint(forced + gate), PUSH);
  });

  test("without pull requests", () => {
    expectOnly(lint(workflow({ on: "push", steps: build("true") })), null);
  });
});

describe("a release's tag on a pull request's image is found", () => {
  const own = "${{ github.event.pull_request.head.repo.full_name == github.repository }}";
  const made = (tags: string, flavor = "latest=auto") => `
- id: meta
  uses: docker/metadata-action@v6
  with:
    images: ghcr.io/acme/app
    flavor: ${flavor}
    tags: |
      type=ref,event=pr
      ${tags}
${build(own, "${{ steps.meta.outputs.tags }}")}`;

  test.each([
    ["latest by name", build(own, "ghcr.io/acme/app:latest")],
    [
      "latest of an image in the shell's variable",
      `- if: github.event.pull_request.head.repo.full_name == github.repository\n  run: docker push "$IMAGE:latest"\n`,
    ],
    ["latest because no tag is given", build(own, "ghcr.io/acme/app")],
    ["a version", build(own, "ghcr.io/acme/app:v1.2.3")],
    ["one among several", build(own, "ghcr.io/acme/app:pr-1,ghcr.io/acme/app:main")],
    ["a raw tag of the metadata action", made("type=raw,value=latest")],
    ["the metadata action's flavor", made("type=sha", "latest=true")],
    [
      "a branch's name, which its author chooses",
      build(own, "ghcr.io/acme/app:${{ github.head_ref }}"),
    ],
  ])("%s", (_, steps) => {
    expectOnly(lint(workflow({ steps })), TAG);
  });

  test.each([
    ["a number's tag", build(own, "ghcr.io/acme/app:pr-${{ github.event.number }}")],
    ["a branch's name behind a prefix", build(own, "ghcr.io/acme/app:pr-${{ github.head_ref }}")],
    [
      "a raw tag for the default branch",
      made("type=raw,value=latest,enable={{is_default_branch}}"),
    ],
    [
      "a raw tag that the event switches",
      made("type=raw,value=latest,enable=${{ github.event_name != 'pull_request' }}"),
    ],
    ["a raw tag that is no release's", made("type=raw,value=ci-${{ github.run_id }}")],
    ["versions of git tags", made("type=semver,pattern={{version}}")],
    [
      "latest, where nothing is pushed from pull requests",
      build("${{ github.event_name != 'pull_request' }}", "ghcr.io/acme/app:latest"),
    ],
  ])("but no alarm for %s", (_, steps) => {
    expectOnly(lint(workflow({ steps })), null);
  });
});

describe("missing packages: write is found", () => {
  test.each([
    ["beside another permission", "{ contents: read }", LOGIN + build("true")],
    ["where it only reads", "{ contents: read, packages: read }", LOGIN + build("true")],
    ["where everything only reads", "read-all", LOGIN + build("true")],
    [
      "in a script",
      "{ contents: read }",
      '- run: |\n    echo "${{ secrets.GITHUB_TOKEN }}" | docker login ghcr.io -u x --password-stdin\n    docker push ghcr.io/acme/app:$GITHUB_SHA\n',
    ],
    [
      "beside a login to another registry",
      "{ contents: read }",
      LOGIN +
        LOGIN.replace("ghcr.io", "quay.io").replace("GITHUB_TOKEN", "QUAY_TOKEN") +
        build("true"),
    ],
    [
      "with the names in variables",
      "{}",
      LOGIN.replace("ghcr.io", "${{ env.REGISTRY }}") +
        build("true", "${{ env.REGISTRY }}/acme/app:1"),
    ],
  ])("%s", (_, permissions, steps) => {
    const env = "REGISTRY: ghcr.io";
    expectOnly(lint(workflow({ on: "push", permissions, env, steps })), RIGHT);
  });

  test.each([
    ["where it is given", "{ packages: write }", LOGIN + build("true")],
    ["where everything is given", "write-all", LOGIN + build("true")],
    ["where nothing is pushed", "{ contents: read }", LOGIN + build("false")],
    [
      "where another credential is used",
      "{ contents: read }",
      LOGIN.replace("GITHUB_TOKEN", "GHCR_PAT") + build("true"),
    ],
    [
      "for another registry",
      "{ contents: read }",
      LOGIN.replace("ghcr.io", "quay.io") + build("true", "quay.io/acme/app:1"),
    ],
  ])("but no alarm %s", (_, permissions, steps) => {
    expectOnly(lint(workflow({ on: "push", permissions, steps })), null);
  });

  test("at the job, whose block replaces the workflow's", () => {
    const steps = LOGIN + build("true");
    expectOnly(
      lint(workflow({ on: "push", job: "permissions: { contents: read }", steps })),
      RIGHT,
    );
  });
});
