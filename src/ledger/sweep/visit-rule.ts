/** Which repositories of an installation are visited in a walk. Pure. */
import type { InstalledRepository } from "../../domain/app-github.ts";

const FEW_REPOSITORIES = 100;
const DAY_MS = 86_400_000;
/** GitHub's `pushed_at` may come late. */
const PUSH_OVERLAP_MS = 10 * 60_000;

export interface InstallationWalk {
  /** When this walk came to the installation. */
  readonly begunAt: number;
  /** When the last whole walk did; null before the first. */
  readonly walkedAt: number | null;
  /** Between two walks. */
  readonly intervalMs: number;
  readonly isSmall: boolean;
}

/**
 * True when it is this repository's turn: always where there are few, else when something was pushed since the last walk (a merge is a
 * push), and once a day. The day is cut into as many slots as it has walks, each repository has one, and
 * those whose slot began since the last walk are taken.
 */
export function isVisited(
  { repository, pushedAtMs, active }: InstalledRepository,
  { begunAt, walkedAt, intervalMs, isSmall: everything }: InstallationWalk,
): boolean {
  if (!active) return false;
  if (everything || walkedAt === null || begunAt - walkedAt >= DAY_MS) return true;
  if (isPushedSince(pushedAtMs, walkedAt)) return true;
  const slots = Math.max(1, Math.floor(DAY_MS / intervalMs));
  const from = Math.floor(walkedAt / intervalMs);
  const passed = Math.floor(begunAt / intervalMs) - from;
  const distance = (((repository.id - from - 1) % slots) + slots) % slots;
  return distance < passed;
}

/**
 * True where nobody has to count: then a lost merge is found within an interval, whatever GitHub says
 * of pushes. A hundred thousand quiet repositories are another matter.
 */
export function isSmall(
  counts: { readonly installations: number; readonly repositories: number },
  fewInstallations: number,
): boolean {
  return counts.installations <= fewInstallations && counts.repositories <= FEW_REPOSITORIES;
}

/** True when something was pushed at that time or after it. */
export function isPushedSince(pushedAtMs: number | null, sinceMs: number): boolean {
  return pushedAtMs !== null && pushedAtMs >= sinceMs - PUSH_OVERLAP_MS;
}
