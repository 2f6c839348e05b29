/**
 * A limit of time that ends with the work. `AbortSignal.timeout` runs on after the answer has come, and
 * a Durable Object with a pending timer stays in memory, and billed, until it rings.
 */

/** Does the work with a signal that aborts it after `ms` as a `TimeoutError`. */
export async function within<Value>(
  ms: number,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const abort = (): void => controller.abort(new DOMException("too late", "TimeoutError"));
  const timer = setTimeout(abort, ms);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
