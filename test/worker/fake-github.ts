/** A GitHub of plain data behind the ledger's port: says what it was told to say, and counts. */
import type {
  Ancestry,
  ChangedFiles,
  PullRequestFacts,
  RepositoryFacts,
  WorkflowFacts,
} from "../../src/domain/facts.ts";
import { type Answer, type DispatchAnswer, type Later, ok } from "../../src/domain/outcome.ts";
import type {
  BranchHead,
  DispatchRequest,
  FailedRun,
  GitHub,
  FilesPage,
  MergedPulls,
  RepositoryHint,
  RepositoryRef,
} from "../../src/domain/ports.ts";
import type { PermissionFacts } from "../../src/domain/permission.ts";
import type {
  CheckContent,
  CheckSubject,
  Reaction,
  WriteAnswer,
} from "../../src/domain/reporting.ts";
import type { RunFacts } from "../../src/domain/run.ts";

/** What the next dispatch comes to: an answer, a lost answer with or without a run, or silence. */
export type Fate =
  | DispatchAnswer
  | "accept"
  | "accept-without-id"
  | "lose-after"
  | "lose-before"
  /** The answer is lost, and the run begins ten seconds later. */
  | "late";

export const LATER: Later = { kind: "later", notBeforeMs: null, cause: "status-502" };

export class FakeGitHub implements GitHub {
  readonly repositories = new Map<string, RepositoryFacts>();
  readonly pulls = new Map<number, PullRequestFacts>();
  /** Commits of each branch; whatever is not there is `diverged`. */
  readonly branchCommits = new Map<string, Set<string>>();
  /** Where a branch ends, for the tests that ask. */
  readonly heads = new Map<string, string>();
  /** Every branch that was compared with a commit. */
  readonly compared: string[] = [];
  /** By `owner/name:path`. */
  readonly files = new Map<string, string>();
  readonly tags = new Map<string, string>();
  workflowFacts: WorkflowFacts = { kind: "present", state: "active" };
  /** By `owner/name:path`: so many questions for a file (or its workflow) are answered with a 404 that passes. */
  readonly passing = new Map<string, number>();
  /** False: GitHub's folders answer 404, too. */
  showsFolders = true;
  /** Files that were looked for in their folders. */
  readonly soughtInFolders: string[] = [];
  changed: ChangedFiles = { paths: [], complete: true };
  runs: RunFacts[] = [];
  /** False: the workflow has no `run-name`, so that no title tells whose run it is. */
  showsIds = true;
  /** Whose each run is, whatever its title shows. */
  readonly ownerOf = new Map<number, string>();
  /** False: a list of runs does not show what is there (yet). */
  listsRuns = true;
  /** Every POST that arrived, whatever was answered. */
  readonly posts: { repository: string; request: DispatchRequest }[] = [];
  /** What the next dispatches come to, in order; afterwards all are accepted. */
  readonly fates: Fate[] = [];
  /** Set: every question is answered with this. */
  outage: Exclude<Answer<never>, { kind: "ok" }> | null = null;
  /** How often the failed jobs of a run were asked to run again. */
  readonly reruns: number[] = [];
  readonly cancelled: number[] = [];
  /** By login; whoever is not there is unknown. */
  readonly people = new Map<string, PermissionFacts>();
  readonly reactions: { commentId: number; reaction: Reaction }[] = [];
  readonly checks: { id: number; subject: CheckSubject; content: CheckContent }[] = [];
  comments: { id: number; pullRequest: number; body: string }[] = [];
  /** Every call of a report by name, whatever came of it. */
  readonly told: string[] = [];
  /** What the next writes of reports come to; `lost`: done, and the answer lost. Afterwards all is done. */
  readonly reportFates: (Exclude<WriteAnswer<never>, { kind: "ok" }> | "lost" | "done")[] = [];
  /** Called as a report's write has arrived and before it is answered. */
  beforeReportAnswer: () => Promise<void> = () => Promise.resolve();
  installedAtMs = 0;
  pageSize = 100;
  /** When a pull request was last updated, where that was after its merge. */
  readonly touched = new Map<number, number>();
  /** Pages of merged pull requests that were asked for. */
  readonly listed: number[] = [];
  /** Called as a POST arrives and before it is answered; a promise that never ends is a crash. */
  beforeAnswer: () => Promise<void> = () => Promise.resolve();
  beforeQuestion: () => Promise<void> = () => Promise.resolve();
  #nextRun = 5000;
  #nextComment = 7000;
  readonly #late: { request: DispatchRequest; at: number }[] = [];
  /** The time by which late runs begin. */
  now: () => number = () => 0;

  readonly repository: RepositoryFacts;

  constructor(repository: RepositoryFacts) {
    this.repository = repository;
    this.add(repository);
    this.branchCommits.set(repository.defaultBranch, new Set());
  }

  add(repository: RepositoryFacts): void {
    this.repositories.set(`${repository.owner}/${repository.name}`, repository);
  }

  /** Merges a pull request into a branch. */
  merge(number: number, change: Partial<PullRequestFacts> = {}): PullRequestFacts {
    const pull: PullRequestFacts = {
      number,
      merged: true,
      mergedAt: "2026-11-24T00:00:00Z",
      mergedBy: "maintainer",
      mergeCommitSha: shaOf(number),
      baseRepositoryId: this.repository.id,
      baseBranch: "main",
      labels: [],
      ...change,
    };
    this.pulls.set(number, pull);
    const commits = this.branchCommits.get(pull.baseBranch) ?? new Set();
    this.branchCommits.set(pull.baseBranch, commits.add(pull.mergeCommitSha ?? ""));
    return pull;
  }

  configure(text: string, repository = this.repository): void {
    this.files.set(`${repository.owner}/${repository.name}:.github/merge-relay.yml`, text);
  }

  /** Sets what a run has come to. */
  setRun(runId: number, change: Partial<RunFacts>): void {
    this.runs = this.runs.map((run) => (run.id === runId ? { ...run, ...change } : run));
  }

  locate(hint: RepositoryHint): Promise<Answer<RepositoryFacts>> {
    const found = [...this.repositories.values()].find(({ id, owner, name }) =>
      hint.id === null ? owner === hint.owner && name === hint.name : id === hint.id,
    );
    return this.#say(found, "no-such-repository");
  }

  installedAt(): Promise<Answer<number>> {
    return this.#say(this.installedAtMs, "");
  }

  mergedPulls(_: RepositoryRef, page: number): Promise<Answer<MergedPulls>> {
    const updated = ({ number, mergedAt }: PullRequestFacts): number =>
      this.touched.get(number) ?? Date.parse(mergedAt ?? "");
    const listed = [...this.pulls.values()]
      .filter(({ merged }) => merged)
      .toSorted((a, b) => updated(b) - updated(a))
      .slice((page - 1) * this.pageSize, page * this.pageSize);
    this.listed.push(page);
    const pulls = listed.map(({ number, mergedAt, baseRepositoryId }) => ({
      number,
      mergedAtMs: Date.parse(mergedAt ?? ""),
      baseRepositoryId,
    }));
    const updatedAtMs = Math.min(...listed.map(updated));
    return this.#say({ pulls, updatedAtMs, more: pulls.length === this.pageSize }, "");
  }

  pullRequest(_: RepositoryRef, number: number): Promise<Answer<PullRequestFacts>> {
    return this.#say(this.pulls.get(number), "status-404");
  }

  ancestry(_: RepositoryRef, branch: string, sha: string): Promise<Answer<Ancestry>> {
    this.compared.push(branch);
    const commits = this.branchCommits.get(branch);
    if (commits === undefined) return this.#say<Ancestry>("absent", "");
    return this.#say<Ancestry>(commits.has(sha) ? "behind" : "diverged", "");
  }

  file(repository: RepositoryRef, path: string): Promise<Answer<string>> {
    const text = this.files.get(`${repository.owner}/${repository.name}:${path}`);
    return this.#say(this.#isHidden(repository, path) ? undefined : text, "status-404");
  }

  isListed(repository: RepositoryRef, path: string): Promise<Answer<boolean>> {
    this.soughtInFolders.push(path);
    const isThere = path.startsWith(".github/workflows/")
      ? this.workflowFacts.kind === "present"
      : this.files.has(`${repository.owner}/${repository.name}:${path}`);
    return this.#say(this.showsFolders ? isThere : undefined, "status-404");
  }

  #isHidden(repository: RepositoryRef, path: string): boolean {
    const key = `${repository.owner}/${repository.name}:${path}`;
    const left = this.passing.get(key) ?? 0;
    if (left > 0) this.passing.set(key, left - 1);
    return left > 0;
  }

  changedFiles(_: RepositoryRef, __: number, page: number): Promise<Answer<FilesPage>> {
    const { paths, complete } = this.changed;
    const shown = paths.slice((page - 1) * 100, page * 100);
    return this.#say({ paths: shown, more: !complete || paths.length > page * 100 }, "");
  }

  workflow(repository: RepositoryRef, file: string): Promise<Answer<WorkflowFacts>> {
    const hidden = this.#isHidden(repository, `.github/workflows/${file}`);
    return this.#say<WorkflowFacts>(hidden ? { kind: "absent" } : this.workflowFacts, "");
  }

  tagCommit(_: RepositoryRef, tag: string): Promise<Answer<string>> {
    return this.#say(this.tags.get(tag), "status-404");
  }

  branches(_: RepositoryRef, prefix: string): Promise<Answer<readonly BranchHead[]>> {
    const names = [...this.branchCommits.keys()].filter((name) => name.startsWith(prefix));
    return this.#say(
      names.map((name) => ({ name, sha: this.heads.get(name) ?? "" })),
      "",
    );
  }

  mergedPullOf(_: RepositoryRef, sha: string): Promise<Answer<number | null>> {
    const pull = [...this.pulls.values()].find(({ mergeCommitSha }) => mergeCommitSha === sha);
    return this.#say<number | null>(pull?.number ?? null, "");
  }

  prepareDispatch(): Promise<void> {
    return Promise.resolve();
  }

  async dispatch(repository: RepositoryRef, request: DispatchRequest): Promise<DispatchAnswer> {
    this.posts.push({ repository: `${repository.owner}/${repository.name}`, request });
    const fate = this.fates.shift() ?? "accept";
    if (fate === "late") this.#late.push({ request, at: this.now() + 10_000 });
    const starts = typeof fate === "string" && fate !== "lose-before" && fate !== "late";
    const started = starts ? this.#start(request) : null;
    await this.beforeAnswer();
    if (typeof fate !== "string") return fate;
    if (started === null || fate === "lose-after") return { kind: "unknown", cause: "timeout" };
    const known = fate === "accept";
    return {
      kind: "accepted",
      runId: known ? started.id : null,
      runUrl: known ? started.url : null,
    };
  }

  failure(): Promise<Answer<FailedRun>> {
    return Promise.resolve(ok({ log: "", run: {} }));
  }

  cancelRun(_repository: RepositoryRef, runId: number): Promise<Answer<null>> {
    this.cancelled.push(runId);
    return this.#say<null>(null, "");
  }

  rerunFailedJobs(_repository: RepositoryRef, runId: number): Promise<Answer<null>> {
    this.reruns.push(runId);
    return Promise.resolve(ok(null));
  }

  run(_: RepositoryRef, runId: number): Promise<Answer<RunFacts>> {
    return this.#say(
      this.runs.find(({ id }) => id === runId),
      "status-404",
    );
  }

  runsSince(): Promise<Answer<readonly RunFacts[]>> {
    this.startLate();
    return this.#say<readonly RunFacts[]>(this.listsRuns ? this.runs : [], "");
  }

  permissionOf(_: RepositoryRef, login: string): Promise<Answer<PermissionFacts>> {
    return this.#say(this.people.get(login), "status-404");
  }

  react(_: RepositoryRef, commentId: number, reaction: Reaction): Promise<WriteAnswer<null>> {
    return this.#report("react", () => {
      this.reactions.push({ commentId, reaction });
      return null;
    });
  }

  createCheck(
    _: RepositoryRef,
    subject: CheckSubject,
    content: CheckContent,
  ): Promise<WriteAnswer<number>> {
    return this.#report("createCheck", () => {
      const id = 9_000 + this.checks.length;
      this.checks.push({ id, subject, content });
      return id;
    });
  }

  updateCheck(_: RepositoryRef, id: number, content: CheckContent): Promise<WriteAnswer<number>> {
    return this.#report("updateCheck", () => {
      const check = this.checks.find((each) => each.id === id);
      if (check === undefined) return undefined;
      check.content = content;
      return id;
    });
  }

  findCheck(_: RepositoryRef, subject: CheckSubject): Promise<Answer<number | null>> {
    this.told.push("findCheck");
    const own = this.checks.find((each) => each.subject.dispatchId === subject.dispatchId);
    return this.#say<number | null>(own?.id ?? null, "");
  }

  createComment(_: RepositoryRef, pullRequest: number, body: string): Promise<WriteAnswer<number>> {
    return this.#report("createComment", () => {
      this.#nextComment += 1;
      this.comments.push({ id: this.#nextComment, pullRequest, body });
      return this.#nextComment;
    });
  }

  updateComment(_: RepositoryRef, id: number, body: string): Promise<WriteAnswer<number>> {
    return this.#report("updateComment", () => {
      const comment = this.comments.find((each) => each.id === id);
      if (comment === undefined) return undefined;
      comment.body = body;
      return id;
    });
  }

  findComment(_: RepositoryRef, pullRequest: number): Promise<Answer<number | null>> {
    this.told.push("findComment");
    const own = this.comments.find((each) => each.pullRequest === pullRequest);
    return this.#say<number | null>(own?.id ?? null, "");
  }

  async #report<T>(name: string, act: () => T | undefined): Promise<WriteAnswer<T>> {
    this.told.push(name);
    const fate = this.reportFates.shift() ?? "done";
    if (typeof fate !== "string") return fate;
    const value = act();
    await this.beforeReportAnswer();
    if (fate === "lost") return { kind: "unknown", cause: "timeout" };
    return value === undefined ? { kind: "absent", cause: "status-404" } : ok(value);
  }

  /** Begins the late runs whose time has come. */
  startLate(): void {
    const due = this.#late.filter(({ at }) => at <= this.now());
    for (const { request } of due) this.#start(request);
    this.#late.splice(0, this.#late.length, ...this.#late.filter((each) => !due.includes(each)));
  }

  #start(request: DispatchRequest): RunFacts {
    this.#nextRun += 1;
    const dispatchId = request.inputs["dispatch_id"] ?? "";
    this.ownerOf.set(this.#nextRun, dispatchId);
    const run: RunFacts = {
      id: this.#nextRun,
      url: `https://github.test/runs/${this.#nextRun}`,
      event: "workflow_dispatch",
      displayTitle: this.showsIds ? `Publish ${dispatchId}` : "Publish",
      byPerson: false,
      status: "queued",
      conclusion: null,
      attempt: 1,
    };
    this.runs.push(run);
    return run;
  }

  async #say<T>(value: T | undefined, cause: string): Promise<Answer<T>> {
    await this.beforeQuestion();
    if (this.outage !== null) return this.outage;
    return value === undefined ? { kind: "absent", cause } : ok(value);
  }
}

/** The merge commit of a pull request in these tests. */
export function shaOf(number: number): string {
  return number.toString(16).padStart(40, "a");
}

/** A repository in these tests. */
export function repositoryOf(id: number, name = "app"): RepositoryFacts {
  return { id, ownerId: 17, owner: "acme", name, defaultBranch: "main", installationId: 99 };
}
