/**
 * actions/checkout, as far as the difference matters: what an absent, short or full `ref` selects, shallow
 * and partial clones, and that nothing can be fetched any more once the credentials are gone.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../processes.ts";
import type { ActionCall } from "./actions.ts";
import type { JobState } from "./run-job.ts";
import type { SourceRepository } from "./run-workflow.ts";

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
    state.log.line("##[error]Not Found - https://docs.github.com/rest/repos/repos#get-a-repository");
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
  const { identity } = state.run;
  const isOwn = source.fullName === identity.repository;
  const given = inputs["ref"] ?? "";
  const ref = given === "" ? (isOwn ? identity.ref : `refs/heads/${source.defaultBranch}`) : given;
  const all = inputs["fetch-depth"] === "0";
  const depth = all ? [] : [`--depth=${inputs["fetch-depth"] ?? "1"}`];
  const everything = all ? ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"] : [];
  if (/^[0-9a-f]{40}$/i.test(ref)) {
    return { fetch: ["--no-tags", ...depth, "origin", ...everything, ref], checkOut: ["--detach", ref] };
  }
  if (!ref.startsWith("refs/") || ref.startsWith("refs/heads/")) {
    const branch = ref.replace(/^refs\/heads\//, "");
    // Without a ref the branch is held at the commit that started the run, even if it has moved since.
    const start = given === "" && isOwn ? identity.sha : `refs/heads/${branch}`;
    const rest = everything.filter((spec) => !spec.includes("heads") || given !== "");
    const own = all && given !== "" ? [] : [`+${start}:refs/remotes/origin/${branch}`];
    const specs = [...rest, ...own];
    return {
      fetch: ["--no-tags", ...depth, "origin", ...specs],
      checkOut: ["-B", branch, `refs/remotes/origin/${branch}`],
    };
  }
  return { fetch: ["--no-tags", ...depth, "origin", ...everything, ref], checkOut: ["--detach", "FETCH_HEAD"] };
}

function findRepository(state: JobState, name: string): SourceRepository | undefined {
  const known = [state.run.request.repository, ...(state.run.request.otherRepositories ?? [])];
  return known.find((one) => one.fullName.toLowerCase() === name.toLowerCase());
}
