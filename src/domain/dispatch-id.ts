/**
 * The name of one dispatch: `mr-<repository id, base 36>-<26 characters>`. It goes into the run's
 * title, so that a run whose answer was lost is found again; letters, digits and hyphens only, as
 * contract 1 allows.
 */

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * Makes an id: 10 characters of time, which sort as the dispatches were made, and 16 of chance.
 *
 * @param randomBytes 16 bytes from a cryptographic source
 */
export function makeDispatchId(
  repositoryId: number,
  nowMs: number,
  randomBytes: Uint8Array,
): string {
  let time = "";
  for (let rest = nowMs, digit = 0; digit < 10; digit++, rest = Math.floor(rest / 32)) {
    time = ALPHABET.charAt(rest % 32) + time;
  }
  const chance = Array.from(randomBytes, (byte) => ALPHABET.charAt(byte % 32)).join("");
  return `mr-${repositoryId.toString(36)}-${time}${chance}`;
}

/** The repository whose ledger holds a dispatch, or null when the id is none of ours. */
export function repositoryIdOf(dispatchId: string): number | null {
  const [, id] = /^mr-([0-9a-z]{1,11})-[0-9a-z]{26}$/.exec(dispatchId) ?? [];
  const repositoryId = id === undefined ? Number.NaN : Number.parseInt(id, 36);
  return Number.isSafeInteger(repositoryId) && repositoryId > 0 ? repositoryId : null;
}
