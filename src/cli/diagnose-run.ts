import type { Diagnosis } from "../doctor/diagnosis/cause.ts";
import { diagnose } from "../doctor/diagnosis/diagnose.ts";
import type { CommandIo } from "./command-io.ts";
import { CommandProblem } from "./command-problem.ts";
import { EXIT } from "./exit-code.ts";
import { fetchJobLog, fetchRun, type FetchedRun } from "./fetch-run.ts";
import { createGitHubApi, type GitHubApi } from "./github-api.ts";
import { findToken } from "./github-token.ts";
import { apiUrlOf, parseRunAddress, type RunAddress } from "./run-address.ts";

/** A diagnosis, and the job whose log it is from; null where the run has none. */
export interface RunDiagnosis {
  readonly diagnosis: Diagnosis;
  readonly job: string | null;
}

/** Where several jobs failed, that many logs are looked at for a cause that is known. */
const MAX_LOGS = 5;

/** Fetches a run by its address and says why its push failed. The token never gets into a message. */
export async function diagnoseRun(
  io: CommandIo,
  url: string,
  token: string | undefined,
): Promise<RunDiagnosis> {
  const address = parseRunAddress(url);
  if (address === null) {
    throw new CommandProblem(
      `“${url}” is not the address of a run, such as https://github.com/OWNER/REPO/actions/runs/123.`,
      EXIT.usage,
    );
  }
  const apiUrl = io.env["GITHUB_API_URL"] ?? apiUrlOf(address.host);
  const api = createGitHubApi(apiUrl, await findToken(io, address.host, token));
  return judge(api, address, await fetchRun(api, address));
}

async function judge(
  api: GitHubApi,
  address: RunAddress,
  fetched: FetchedRun,
): Promise<RunDiagnosis> {
  const { run, failedJobs, jobCount } = fetched;
  const [first] = failedJobs;
  if (first === undefined) return judgeWithoutJob(run, jobCount);
  const readJob = async (job: typeof first): Promise<RunDiagnosis> => {
    const log = await fetchJobLog(api, address, job);
    return { diagnosis: diagnose({ log, run }), job: job.name };
  };
  const firstDiagnosis = await readJob(first);
  if (firstDiagnosis.diagnosis.cause !== "unknown") return firstDiagnosis;
  // The first to fail may be a test; the push may have failed in another.
  for (const job of failedJobs.slice(1, MAX_LOGS)) {
    const other = await readJob(job);
    if (other.diagnosis.cause !== "unknown") return other;
  }
  return firstDiagnosis;
}

/** A run that could not start has no job and no log, and still a cause. */
function judgeWithoutJob(run: object, jobCount: number): RunDiagnosis {
  const { status, conclusion } = run as { status?: unknown; conclusion?: unknown };
  if (jobCount === 0 && conclusion !== null && conclusion !== "success") {
    return { diagnosis: diagnose({ log: "", run }), job: null };
  }
  const state =
    status === "completed"
      ? `It ended with “${String(conclusion)}”`
      : `It is still ${String(status).replace("_", " ")}`;
  throw new CommandProblem(`No job of this run has failed. ${state}.`);
}
