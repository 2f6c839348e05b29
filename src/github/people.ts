/** What a person may do in a repository, asked in the relay's own name. */
import * as v from "valibot";
import { type Answer, mapAnswer } from "../domain/outcome.ts";
import type { PermissionFacts } from "../domain/permission.ts";
import type { RepositoryRef } from "../domain/ports.ts";
import type { Session } from "./session.ts";

const permissionSchema = v.object({
  permission: v.string(),
  role_name: v.optional(v.string(), ""),
  user: v.nullable(
    v.object({
      id: v.number(),
      type: v.optional(v.string(), "User"),
      permissions: v.optional(v.object({ maintain: v.optional(v.boolean(), false) }), {}),
    }),
  ),
});

/** Effective permission, teams and organization included. */
export async function permissionOf(
  session: Session,
  repository: RepositoryRef,
  login: string,
): Promise<Answer<PermissionFacts>> {
  const path = `/collaborators/${encodeURIComponent(login)}/permission`;
  const answer = await session.ask(repository, "people", path, permissionSchema);
  return mapAnswer(answer, ({ permission, role_name: role, user }) => ({
    userId: user?.id ?? 0,
    userType: user?.type ?? "",
    permission,
    role,
    maintains: user?.permissions.maintain === true,
  }));
}
