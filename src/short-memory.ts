/**
 * What GitHub said a moment ago, so that a page of requests does not ask it for each. Holds values
 * only, never a promise or a token: a key is a hash, an entry ends by itself, and the oldest go when
 * there is no more room.
 */

/** The longest that a permission which was taken away still counts. */
const REMEMBERED_MS = 60_000;
const MAX_ENTRIES = 2_000;

export class ShortMemory<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly until: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get(key: string): Value | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    if (entry.until > this.#now()) return entry.value;
    this.#entries.delete(key);
    return null;
  }

  /** `askedAtMs`: when the question left, since the answer was true then at the latest. */
  keep(key: string, value: Value, askedAtMs: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, until: askedAtMs + REMEMBERED_MS });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MAX_ENTRIES && oldest !== undefined) this.#entries.delete(oldest);
  }
}

/** SHA-256 in hex: what stands for a token wherever one must be recognized and not kept. */
export async function fingerprint(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
