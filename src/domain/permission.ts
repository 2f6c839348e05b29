/** Whether a person may command the relay in a repository, by GitHub's own word about them. */
import type { MaintainerRole } from "./caller.ts";
import type { Sender } from "./command.ts";

/** GitHub's answer about one login in one repository. */
export interface PermissionFacts {
  readonly userId: number;
  /** `User`, `Bot`, `Organization`. */
  readonly userType: string;
  /** The old four steps: admin, write, read, none. Custom roles show what they are built on. */
  readonly permission: string;
  /** The role by name; may be a custom one. */
  readonly role: string;
  /** GitHub says that the role reaches `maintain`, whatever its name. */
  readonly maintains: boolean;
}

export type PermissionVerdict = "granted" | "role-missing" | "cannot-write";

/** A login that belongs to somebody else by now, and whoever is no person, may nothing. */
export function judgePermission(
  facts: PermissionFacts,
  sender: Sender,
  needed: MaintainerRole,
): PermissionVerdict {
  if (facts.userId !== sender.id || facts.userType !== "User") return "cannot-write";
  const admin = facts.permission === "admin";
  const maintain = admin || facts.role === "maintain" || facts.maintains;
  const write = maintain || facts.permission === "write";
  if ({ admin, maintain, write }[needed]) return "granted";
  return write ? "role-missing" : "cannot-write";
}
