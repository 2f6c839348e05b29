import { createPublicKey, type KeyObject } from "node:crypto";
import { signJwt, type Claims } from "./jwt.ts";
import { fullName, repositoryOf } from "./world/find.ts";
import { runOf } from "./world/runs.ts";
import type { WorldState } from "./world/state.ts";

const TOKEN_LIFE_SECONDS = 300;

/** Plays `token.actions.githubusercontent.com`. */
export interface OidcIssuer {
  /** A token with these claims; time claims and issuer are filled in unless given. */
  mintOidcToken(claims: Claims): string;
  /** The token that a run would get, for that audience; claims given replace its own. */
  mintRunToken(runId: number, audience: string, claims?: Claims): string;
  publicKeys(): object[];
}

function claimsOfRun(state: WorldState, runId: number): Claims {
  const run = runOf(state, runId);
  const repository = repositoryOf(state, run.repositoryId);
  const { owner } = repository;
  const name = fullName(repository);
  const ref = `refs/heads/${run.headBranch}`;
  const path = `${name}/${run.path}@${ref}`;
  return {
    sub: `repo:${owner.login}@${owner.id}/${repository.name}@${repository.id}:ref:${ref}`,
    ref,
    ref_type: "branch",
    ref_protected: String(repository.protectedBranches.has(run.headBranch)),
    sha: run.headSha,
    repository: name,
    repository_id: String(repository.id),
    repository_owner: owner.login,
    repository_owner_id: String(owner.id),
    repository_visibility: repository.private ? "private" : "public",
    run_id: String(run.id),
    run_number: String(run.runNumber),
    run_attempt: String(run.attempt),
    actor: run.actor.login,
    actor_id: String(run.actor.id),
    workflow: run.workflowName,
    workflow_ref: path,
    workflow_sha: run.headSha,
    job_workflow_ref: path,
    job_workflow_sha: run.headSha,
    event_name: run.event,
    head_ref: "",
    base_ref: "",
    runner_environment: "github-hosted",
  };
}

/** Makes the issuer over its own key. */
export function createOidcIssuer(state: WorldState, key: KeyObject, keyId: string): OidcIssuer {
  const mint = (claims: Claims): string => {
    const now = Math.floor(state.now() / 1000);
    const life = { iat: now, nbf: now - TOKEN_LIFE_SECONDS, exp: now + TOKEN_LIFE_SECONDS };
    const standard = { iss: state.url(), jti: state.random.uuid(), ...life };
    return signJwt(key, { ...standard, ...claims }, keyId);
  };
  return {
    mintOidcToken: mint,
    mintRunToken: (runId, audience, claims = {}) =>
      mint({ ...claimsOfRun(state, runId), aud: audience, ...claims }),
    publicKeys: () => [
      {
        ...createPublicKey(key).export({ format: "jwk" }),
        kid: keyId,
        alg: "RS256",
        use: "sig",
      },
    ],
  };
}
