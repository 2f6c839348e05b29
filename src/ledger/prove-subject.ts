/** The part of the proof that is about the commit itself: is it merged, and on which branch. */
import type { Ancestry, ProvenSubject } from "../domain/facts.ts";
import { type Answer, mapAnswer, ok } from "../domain/outcome.ts";
import type { GitHub, RepositoryRef } from "../domain/ports.ts";
import type { Claim } from "../domain/subject.ts";

/** Re-reads what a claim is about. A thing that GitHub does not know is a fact, not a failure. */
export async function proveSubject(
  github: GitHub,
  repository: RepositoryRef,
  claim: Claim,
): Promise<Answer<ProvenSubject>> {
  switch (claim.kind) {
    case "merge":
      return proveMerge(github, repository, claim);
    case "push":
      return provePush(github, repository, claim);
    case "tag": {
      const answer = await github.tagCommit(repository, claim.tag);
      const subject = { kind: "tag", tag: claim.tag, branches: [] } as const;
      if (answer.kind === "absent") return ok({ ...subject, sha: null });
      return mapAnswer(answer, (sha) => ({ ...subject, sha }));
    }
  }
}

async function proveMerge(
  github: GitHub,
  repository: RepositoryRef,
  claim: Extract<Claim, { kind: "merge" }>,
): Promise<Answer<ProvenSubject>> {
  const { pullRequest, hint } = claim;
  const [answer, early] = await Promise.all([
    github.pullRequest(repository, pullRequest),
    hint ? github.ancestry(repository, hint.baseBranch, hint.sha) : null,
  ]);
  if (answer.kind === "absent") {
    return ok({ kind: "merge", pullRequest, pull: "absent", ancestry: "absent" });
  }
  if (answer.kind !== "ok") return answer;
  const pull = answer.value;
  const sha = pull.mergeCommitSha;
  if (!pull.merged || sha === null)
    return ok({ kind: "merge", pullRequest, pull, ancestry: "absent" });
  // The hint counts only where GitHub itself says the same branch and the same commit.
  const usable = early !== null && hint?.baseBranch === pull.baseBranch && hint.sha === sha;
  const ancestry = usable ? early : await github.ancestry(repository, pull.baseBranch, sha);
  return mapAnswer<Ancestry, ProvenSubject>(ancestry, (value) => ({
    kind: "merge",
    pullRequest,
    pull,
    ancestry: value,
  }));
}

async function provePush(
  github: GitHub,
  repository: RepositoryRef,
  claim: Extract<Claim, { kind: "push" }>,
): Promise<Answer<ProvenSubject>> {
  const { branch, sha } = claim;
  const [ancestry, number] = await Promise.all([
    github.ancestry(repository, branch, sha),
    github.mergedPullOf(repository, sha),
  ]);
  if (ancestry.kind !== "ok") return ancestry;
  if (number.kind !== "ok" && number.kind !== "absent") return number;
  const subject = { kind: "push", branch, sha, ancestry: ancestry.value } as const;
  if (number.kind === "absent" || number.value === null) return ok({ ...subject, pull: null });
  const pull = await github.pullRequest(repository, number.value);
  if (pull.kind === "absent") return ok({ ...subject, pull: null });
  return mapAnswer(pull, (value) => ({ ...subject, pull: value }));
}
