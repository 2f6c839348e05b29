/**
 * Damping of one caller's requests by Cloudflare's rate limit binding: per location and about a
 * minute, no quota to rely on.
 */

/** Cloudflare's binding; `null` where none is bound. */
export interface Limiter {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}

/** The window of the binding as `wrangler.toml` sets it. */
export const WINDOW_SECONDS = 60;

/** True when that key has had its share; a limiter that fails lets everybody through. */
export async function isOver(limiter: Limiter | null, key: string): Promise<boolean> {
  try {
    return limiter !== null && !(await limiter.limit({ key })).success;
  } catch {
    return false;
  }
}

/** Where a request comes from; of an IPv6 address the network, since one client has all of it. */
export function addressOf(request: Request): string {
  const address = request.headers.get("cf-connecting-ip") ?? "unknown";
  return address.includes(":") ? address.split(":").slice(0, 4).join(":") : address;
}
