/** GitHub's answers about a caller: what they mean, whatever was asked. */
import * as v from "valibot";
import type { MaintainerRole } from "../domain/caller.ts";
import type { Reply } from "./http.ts";

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const permission = v.optional(v.boolean(), false);

export const userSchema = v.object({ id, login: v.string() });

export const rolesSchema = v.object({
  push: permission,
  maintain: permission,
  admin: permission,
});

export const standingRepositorySchema = v.object({
  id,
  name: v.string(),
  owner: v.object({ login: v.string() }),
  private: v.optional(v.boolean(), true),
  permissions: v.optional(rolesSchema, {}),
});
export type StandingRepository = v.InferOutput<typeof standingRepositorySchema>;

/**
 * `unauthorized`: GitHub does not take the token. `refused`: it takes it and says no, hidden things
 * included. `later`: rate limits, faults, and answers that nobody can read.
 */
export type Heard<T> =
  | { readonly kind: "ok"; readonly value: T; readonly headers: Headers }
  | { readonly kind: "unauthorized" }
  | { readonly kind: "refused"; readonly status: number }
  | { readonly kind: "later" };

/** Reads one answer by a schema. */
export function hear<T>(reply: Reply, schema: v.GenericSchema<unknown, T>): Heard<T> {
  if (reply.kind === "broken" || isLimit(reply) || reply.status >= 500) return { kind: "later" };
  if (reply.status === 401) return { kind: "unauthorized" };
  if (reply.status !== 200) return { kind: "refused", status: reply.status };
  const parsed = v.safeParse(schema, parse(reply.text));
  return parsed.success
    ? { kind: "ok", value: parsed.output, headers: reply.headers }
    : { kind: "later" };
}

/** Whether GitHub's answer is a rate limit: it comes as 403 as well as 429. */
function isLimit({ status, headers }: Extract<Reply, { kind: "reply" }>): boolean {
  if (status === 429) return true;
  const spent = headers.get("x-ratelimit-remaining") === "0";
  return status === 403 && (spent || headers.has("retry-after"));
}

/** Whether the roles that GitHub states include the one that is needed. */
export function reaches(held: v.InferOutput<typeof rolesSchema>, role: MaintainerRole): boolean {
  const admin = held.admin;
  const maintain = admin || held.maintain;
  return { admin, maintain, write: maintain || held.push }[role];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A repository's address, every part encoded. */
export function repositoryPath(repository: { owner: string; name: string }): string {
  return `/repos/${encodeURIComponent(repository.owner)}/${encodeURIComponent(repository.name)}`;
}
