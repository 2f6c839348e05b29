import {
  checkRunActionEvent,
  checkRunRerequestedEvent,
  checkSuiteRerequestedEvent,
  issueCommentEvent,
} from "../payloads/comment.ts";
import { account } from "./accounts.ts";
import { repositoryOf, type RepositoryReference } from "./find.ts";
import type { Account, CheckRun, Comment, Emit, Repository, WorldState } from "./state.ts";

/** Adds a comment and tells of it. */
export function addComment(
  state: WorldState,
  emit: Emit,
  parts: { repository: Repository; issue: number; user: Account; body: string; byApp: boolean },
): Comment {
  const now = state.now();
  const comment: Comment = {
    id: state.nextId("comment"),
    repositoryId: parts.repository.id,
    issue: parts.issue,
    user: parts.user,
    byApp: parts.byApp,
    body: parts.body,
    createdAt: now,
    updatedAt: now,
    reactions: [],
  };
  state.comments.set(comment.id, comment);
  emit(issueCommentEvent(state, comment));
  return comment;
}

function checkRun(state: WorldState, id: number): CheckRun {
  const check = state.checkRuns.get(id);
  if (check === undefined) {
    throw new Error(`the simulated GitHub has no check run ${id}`);
  }
  return check;
}

/** Verbs for what people write and press. */
export function commentVerbs(state: WorldState, emit: Emit) {
  return {
    /** A person comments on a pull request. */
    comment(reference: RepositoryReference, issue: number, login: string, body: string): Comment {
      const repository = repositoryOf(state, reference);
      const user = account(state, login);
      return addComment(state, emit, { repository, issue, user, body, byApp: false });
    },
    /** A person presses a button of a check run. */
    pressCheckAction(checkRunId: number, identifier: string, login: string): void {
      const check = checkRun(state, checkRunId);
      emit(checkRunActionEvent(state, check, { identifier, sender: account(state, login) }));
    },
    /** A person presses GitHub's own "Re-run" of a check run: its suite is queued, itself it stays. */
    rerunCheck(checkRunId: number, login: string): void {
      emit(checkRunRerequestedEvent(state, checkRun(state, checkRunId), account(state, login)));
    },
    /** A person presses "Re-run all checks" where that check run is: one event for the whole suite. */
    rerunSuite(checkRunId: number, login: string): void {
      emit(checkSuiteRerequestedEvent(state, checkRun(state, checkRunId), account(state, login)));
    },
  };
}
