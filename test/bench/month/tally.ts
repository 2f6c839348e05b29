/** What a month costs: what GitHub is asked, by whom and when, and what Cloudflare bills. */

import { isOfficeHour, OFFICE_HOURS } from "./calendar.ts";

/** Why GitHub is asked. `token`: in the App's own name, not counted against an installation. */
export type Purpose = "merge" | "follow" | "scan" | "report" | "walk" | "token";

export interface Peak {
  /** Requests that count, in its busiest hour. */
  readonly perHour: number;
  /** Points (a read 1, a write 5) in its busiest minute. */
  readonly pointsPerMinute: number;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export class Tally {
  readonly asked: Record<Purpose, number> = {
    merge: 0,
    follow: 0,
    scan: 0,
    report: 0,
    walk: 0,
    token: 0,
  };
  /** Answers that cost no quota. */
  unchanged = 0;
  rowsChanged = 0;
  readonly objects = { accepts: 0, alarms: 0, visits: 0, alarmsSet: 0 };
  sweeperAlarms = 0;
  readonly #hours = new Map<number, Map<number, number>>();
  readonly #minutes = new Map<number, Map<number, number>>();

  /** One request for an installation. */
  ask(about: { installationId: number; at: number; purpose: Purpose; points: number }): void {
    const { installationId, at, purpose, points } = about;
    this.asked[purpose] += 1;
    if (purpose === "token") return;
    if (points === 0) this.unchanged += 1;
    else add(this.#hours, installationId, Math.floor(at / HOUR_MS), 1);
    // A 304 spares the hourly limit; of the other one nobody says so.
    add(this.#minutes, installationId, Math.floor(at / MINUTE_MS), Math.max(1, points));
  }

  /** The mean over the month's office hours. */
  busyMeanOf(installationId: number): { perBusyHour: number; pointsPerBusyMinute: number } {
    const requests = sumOf(this.#hours.get(installationId), HOUR_MS);
    const points = sumOf(this.#minutes.get(installationId), MINUTE_MS);
    return {
      perBusyHour: requests / OFFICE_HOURS,
      pointsPerBusyMinute: points / (OFFICE_HOURS * 60),
    };
  }

  peakOf(installationId: number): Peak {
    return {
      perHour: Math.max(0, ...(this.#hours.get(installationId)?.values() ?? [])),
      pointsPerMinute: Math.max(0, ...(this.#minutes.get(installationId)?.values() ?? [])),
    };
  }
}

function sumOf(slots: ReadonlyMap<number, number> | undefined, slotMs: number): number {
  return [...(slots ?? [])]
    .filter(([slot]) => isOfficeHour(slot * slotMs))
    .reduce((sum, [, count]) => sum + count, 0);
}

function add(
  all: Map<number, Map<number, number>>,
  installationId: number,
  slot: number,
  amount: number,
): void {
  const own = all.get(installationId) ?? new Map<number, number>();
  all.set(installationId, own);
  own.set(slot, (own.get(slot) ?? 0) + amount);
}
