/**
 * Whether a token could start a workflow by itself. The relay asks this before it acts on somebody's
 * word: otherwise a read-only token that leaked, or one that was made for another App, would become
 * a push by way of the relay's own rights.
 */
import * as v from "valibot";
import { hear, repositoryPath, type StandingRepository } from "./caller-answers.ts";
import { exchange, type HttpOptions } from "./http.ts";

export type Reach = "carries" | "too-narrow" | "later";

export interface Bearer {
  readonly token: string;
  /** Of a classic or OAuth token. */
  readonly scopes: readonly string[] | null;
  /** The relay's own: an App ID or a client ID. */
  readonly appId: string;
}

/** Two dots: git has no such ref and never will. */
const IMPOSSIBLE_REF = "merge-relay..probe";

const installationsSchema = v.object({
  installations: v.array(
    v.object({ app_id: v.number(), client_id: v.optional(v.nullable(v.string()), null) }),
  ),
});
const workflowsSchema = v.object({ workflows: v.array(v.object({ id: v.number() })) });

/** Judges by the kind of the token, which GitHub states in its prefix and headers. */
export async function judgeReach(
  options: HttpOptions,
  bearer: Bearer,
  repository: StandingRepository,
): Promise<Reach> {
  const { token, scopes } = bearer;
  if (token.startsWith("ghu_")) return isOwnAppsToken(options, bearer);
  if (token.startsWith("github_pat_")) return passesProbe(options, token, repository);
  const wanted = repository.private ? ["repo"] : ["repo", "public_repo"];
  return wanted.some((scope) => scopes?.includes(scope) === true) ? "carries" : "too-narrow";
}

/** A user token lists the installations of the App that it was made for, and of no other. */
async function isOwnAppsToken(options: HttpOptions, { token, appId }: Bearer): Promise<Reach> {
  const path = "/user/installations?per_page=100";
  const heard = hear(await exchange(options, { method: "GET", path, token }), installationsSchema);
  if (heard.kind === "later") return "later";
  const isOurs =
    heard.kind === "ok" &&
    heard.value.installations.some(
      ({ app_id, client_id }) => String(app_id) === appId || client_id === appId,
    );
  return isOurs ? "carries" : "too-narrow";
}

/**
 * A fine-grained token says nowhere what it may do. So it dispatches a workflow that exists on a ref
 * that cannot: GitHub looks at the permission first (403, 404) and at the ref after it (422).
 */
async function passesProbe(
  options: HttpOptions,
  token: string,
  repository: StandingRepository,
): Promise<Reach> {
  const base = repositoryPath({ owner: repository.owner.login, name: repository.name });
  const list = `${base}/actions/workflows?per_page=1`;
  const listed = await exchange(options, { method: "GET", path: list, token });
  const heard = hear(listed, workflowsSchema);
  if (heard.kind === "later") return "later";
  const workflow = heard.kind === "ok" ? heard.value.workflows[0] : undefined;
  if (workflow === undefined) return "too-narrow";
  const reply = await exchange(options, {
    method: "POST",
    path: `${base}/actions/workflows/${workflow.id}/dispatches`,
    token,
    body: { ref: IMPOSSIBLE_REF },
  });
  const answer = hear(reply, v.unknown());
  if (answer.kind === "later") return "later";
  return answer.kind === "refused" && answer.status === 422 ? "carries" : "too-narrow";
}
