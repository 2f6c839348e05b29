/** Pull requests: the re-read that proves a merge, and the files that it changed. */
import type { PullRequestFacts } from "../domain/facts.ts";
import { type Answer, mapAnswer } from "../domain/outcome.ts";
import type { FilesPage, MergedPulls, RepositoryRef } from "../domain/ports.ts";
import { isCommitSha } from "../domain/ref-name.ts";
import { closedPullsSchema, filesSchema, pullSchema, pullsSchema } from "./schemas.ts";
import type { Session } from "./session.ts";

const PER_PAGE = 100;

/** The pull request as GitHub has it now. A merge commit that is no 40-hex SHA counts as none. */
export async function pullRequest(
  session: Session,
  repository: RepositoryRef,
  number: number,
): Promise<Answer<PullRequestFacts>> {
  const answer = await session.get(repository, `/pulls/${number}`, pullSchema);
  return mapAnswer(answer, (pull) => ({
    number: pull.number,
    merged: pull.merged,
    mergedAt: pull.merged_at,
    mergedBy: pull.merged_by?.login ?? null,
    mergeCommitSha:
      pull.merge_commit_sha !== null && isCommitSha(pull.merge_commit_sha)
        ? pull.merge_commit_sha
        : null,
    baseRepositoryId: pull.base.repo.id,
    baseBranch: pull.base.ref,
    labels: pull.labels.map(({ name }) => name),
  }));
}

/** A page, from 1, of the changed files, old names of renamed ones too; one that is not full is the last. */
export async function changedFiles(
  session: Session,
  repository: RepositoryRef,
  number: number,
  page: number,
): Promise<Answer<FilesPage>> {
  const path = `/pulls/${number}/files?per_page=${PER_PAGE}&page=${page}`;
  const answer = await session.get(repository, path, filesSchema);
  return mapAnswer(answer, (files) => ({
    paths: files.flatMap(({ filename, previous_filename: before }) =>
      before === undefined ? [filename] : [filename, before],
    ),
    more: files.length >= PER_PAGE,
  }));
}

/**
 * A page of closed pull requests, the last updated first, of which the merged ones are handed on. A
 * page that is not full is the last.
 */
export async function mergedPulls(
  session: Session,
  repository: RepositoryRef,
  page: number,
): Promise<Answer<MergedPulls>> {
  const path = `/pulls?state=closed&sort=updated&direction=desc&per_page=${PER_PAGE}&page=${page}`;
  const answer = await session.get(repository, path, closedPullsSchema);
  return mapAnswer(answer, (found) => ({
    pulls: found.flatMap(({ number, merged_at, base }) => {
      const mergedAtMs = Date.parse(merged_at ?? "");
      return Number.isNaN(mergedAtMs)
        ? []
        : [{ number, mergedAtMs, baseRepositoryId: base.repo.id }];
    }),
    updatedAtMs: Math.min(...found.map(({ updated_at }) => Date.parse(updated_at))),
    more: found.length >= PER_PAGE,
  }));
}

/** The number of the merged pull request whose merge made exactly this commit, or null. */
export async function mergedPullOf(
  session: Session,
  repository: RepositoryRef,
  sha: string,
): Promise<Answer<number | null>> {
  const answer = await session.get(repository, `/commits/${sha}/pulls?per_page=100`, pullsSchema);
  return mapAnswer(
    answer,
    (pulls) =>
      pulls.find((pull) => pull.merged_at !== null && pull.merge_commit_sha === sha)?.number ??
      null,
  );
}
