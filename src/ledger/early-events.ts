/**
 * Dispatches of whose runs GitHub told before it answered the call that started them. In memory, and
 * so for nothing: whoever loses it looks for the run anyway, only later. Each id goes again with the
 * answer.
 */
export const toldEarly = new Set<string>();
