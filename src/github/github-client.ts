/** The port `GitHub` over HTTP: one instance per ledger, with its own tokens. */
import type { GitHub } from "../domain/ports.ts";
import { ancestry, branches, file, isListed, tagCommit } from "./contents.ts";
import { createCheck, findCheck, updateCheck } from "./checks.ts";
import { createCommentDesk } from "./comments.ts";
import { permissionOf } from "./people.ts";
import { changedFiles, mergedPullOf, mergedPulls, pullRequest } from "./pulls.ts";
import { failure } from "./failure.ts";
import { installedAt, locate } from "./repositories.ts";
import { run, runsSince, workflow } from "./runs.ts";
import { Session, type SessionOptions } from "./session.ts";
import { type AppCredentials, Tokens } from "./tokens.ts";

/** Connects to one GitHub as one App. Nothing is sent until the first question. */
export function createGitHub(credentials: AppCredentials, options: SessionOptions): GitHub {
  const session = new Session(new Tokens(credentials, options), options);
  const { appId } = credentials;
  return {
    permissionOf: (repository, login) => permissionOf(session, repository, login),
    createCheck: (repository, subject, content) =>
      createCheck(session, repository, subject, content),
    updateCheck: (repository, checkId, content) =>
      updateCheck(session, repository, checkId, content),
    findCheck: (repository, subject) => findCheck(session, repository, subject, appId),
    ...createCommentDesk(session, appId),
    locate: (hint) => locate(session, hint),
    installedAt: (installationId) => installedAt(session, installationId),
    mergedPulls: (repository, page) => mergedPulls(session, repository, page),
    pullRequest: (repository, number) => pullRequest(session, repository, number),
    ancestry: (repository, branch, sha) => ancestry(session, repository, branch, sha),
    file: (repository, path) => file(session, repository, path),
    isListed: (repository, path) => isListed(session, repository, path),
    changedFiles: (repository, number, page) => changedFiles(session, repository, number, page),
    workflow: (repository, name) => workflow(session, repository, name),
    tagCommit: (repository, tag) => tagCommit(session, repository, tag),
    branches: (repository, prefix) => branches(session, repository, prefix),
    mergedPullOf: (repository, sha) => mergedPullOf(session, repository, sha),
    prepareDispatch: (repository) => session.prepareDispatch(repository),
    dispatch: (repository, { workflow: name, ref, inputs }) =>
      session.dispatch(repository, name, { ref, inputs }),
    failure: (repository, runId) => failure(session, repository, runId),
    cancelRun: (repository, runId) => session.post(repository, `/actions/runs/${runId}/cancel`),
    rerunFailedJobs: (repository, runId) =>
      session.post(repository, `/actions/runs/${runId}/rerun-failed-jobs`),
    run: (repository, runId) => run(session, repository, runId),
    runsSince: (repository, name, sinceMs) => runsSince(session, repository, name, sinceMs),
  };
}
