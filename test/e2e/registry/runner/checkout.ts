/**
 * actions/checkout, as far as the difference matters: what an absent, short or full `ref` selects, shallow
 * and partial clones, and that nothing can be fetched any more once the credentials are gone.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../processes.ts";
import type { ActionCall } from "./actions.ts";
import type { JobState } from "./job-state.ts";
import type { SourceRepository } from "./run-request.ts";

/** GitHub hands out any object by its id, a fork's too: forks share their objects with the repository. */
const UPLOAD_PACK =
  "git -c uploadpack.allowAnySHA1InWant=true -c uploadpack.allowFilter=true -c safe.directory=* upload-pack";

interface Target {
  readonly fetch: readonly string[];
  readonly checkOut: readonly string[];
}

/** Leaves the repository in the workspace, or an error in the log and a code that is not 0. */
export async function checkOut(state: JobState, { inputs, env }: ActionCall): Promise<number> {
  const name = inputs["repository"] ?? state.run.identity.repository;
  const source = findRepository(state, name);
  if (source === undefined) {
    state.log.line(
      "##[error]Not Found - https://docs.github.com/rest/repos/repos#get-a-repository",
    );
    return 1;
  }
  const folder = join(state.workspace, inputs["path"] ?? ".");
  await mkdir(folder, { recursive: true });
  const git = async (...args: string[]): Promise<number> => {
    state.log.line(`[command]/usr/bin/git ${args.join(" ")}`);
    const onChunk = (chunk: string): void => state.log.chunk(chunk);
    return (await runCommand("git", args, { cwd: folder, env, onChunk })).code;
  };
  const target = chooseTarget(state, source, inputs);
  const filter = inputs["filter"];
  const steps: string[][] = [
    ["init", "--quiet", "."],
    ["remote", "add", "origin", `file://${source.gitDir}`],
    ["config", "remote.origin.uploadpack", UPLOAD_PACK],
    ...(filter === undefined ? [] : [["config", "remote.origin.promisor", "true"]]),
    ["fetch", "--quiet", ...(filter === undefined ? [] : [`--filter=${filter}`]), ...target.fetch],
    ...(inputs["sparse-checkout"] === undefined
      ? []
      : [["sparse-checkout", "set", ...inputs["sparse-checkout"].split(/\s+/)]]),
    ["checkout", "--quiet", "--force", ...target.checkOut],
    ...(inputs["persist-credentials"] === "false"
      ? [["remote", "set-url", "origin", "file:///credentials/are/gone"]]
      : []),
  ];
  for (const step of steps) {
    const code = await git(...step);
    if (code !== 0) return code;
  }
  return 0;
}

function chooseTarget(
  state: JobState,
  source: SourceRepository,
  inputs: Readonly<Record<string, string>>,
): Target {
  const given = inputs["ref"] ?? "";
  const isOwn = source.fullName === state.run.identity.repository;
  const all = inputs["fetch-depth"] === "0";
  const options = [
    "--no-tags",
    ...(all ? [] : [`--depth=${inputs["fetch-depth"] ?? "1"}`]),
    "origin",
  ];
  const history = all ? ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"] : [];
  if (given === "" && isOwn) return pinnedTarget(state, [...options, ...history.slice(1)]);
  const ref = given === "" ? source.defaultBranch : given;
  if (/^[0-9a-f]{40}$/i.test(ref)) {
    return { fetch: [...options, ...history, ref], checkOut: ["--detach", ref] };
  }
  const branch = ref.replace(/^refs\/heads\//, "");
  if (branch.startsWith("refs/")) {
    return { fetch: [...options, ...history, ref], checkOut: ["--detach", "FETCH_HEAD"] };
  }
  const own = all ? [] : [`+refs/heads/${branch}:refs/remotes/origin/${branch}`];
  const tip = `refs/remotes/origin/${branch}`;
  return { fetch: [...options, ...history, ...own], checkOut: ["-B", branch, tip] };
}

/** Without a ref the branch is held at the commit that started the run, even if it has moved since. */
function pinnedTarget(state: JobState, options: readonly string[]): Target {
  const { ref, sha } = state.run.identity;
  const tip = ref.replace(/^refs\/heads\//, "refs/remotes/origin/");
  const branch = tip.replace("refs/remotes/origin/", "");
  return { fetch: [...options, `+${sha}:${tip}`], checkOut: ["-B", branch, tip] };
}

function findRepository(state: JobState, name: string): SourceRepository | undefined {
  const known = [state.run.request.repository, ...(state.run.request.otherRepositories ?? [])];
  return known.find((one) => one.fullName.toLowerCase() === name.toLowerCase());
}
