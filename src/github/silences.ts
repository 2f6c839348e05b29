/**
 * Until when GitHub wants to be left alone, by installation: a limit is the installation's, and a
 * hundred ledgers that each find out for themselves lengthen it. Shared by what runs in one isolate,
 * lost with it, which costs one more refusal.
 */

const MAX_ENTRIES = 2_000;

/** What is kept apart. Reports have a silence of their own: a limit on making content keeps no dispatch back. */
export type Silenced = "all" | "reports";

export class Silences {
  readonly #until = new Map<string, number>();

  /** Milliseconds since the epoch; 0 where nobody asked for silence. */
  until(installationId: number, about: Silenced): number {
    return this.#until.get(keyOf(installationId, about)) ?? 0;
  }

  /** Keeps the later of two times; the oldest entries go when there is no more room. */
  keep(installationId: number, about: Silenced, untilMs: number): void {
    const key = keyOf(installationId, about);
    const later = Math.max(this.until(installationId, about), untilMs);
    this.#until.delete(key);
    this.#until.set(key, later);
    const [oldest] = this.#until.keys();
    if (this.#until.size > MAX_ENTRIES && oldest !== undefined) this.#until.delete(oldest);
  }
}

const shared = new Map<string, Silences>();

/** The silences of one GitHub that everything in this isolate shares. */
export function silencesOf(baseUrl: string): Silences {
  const known = shared.get(baseUrl) ?? new Silences();
  shared.set(baseUrl, known);
  return known;
}

function keyOf(installationId: number, about: Silenced): string {
  return `${installationId} ${about}`;
}
