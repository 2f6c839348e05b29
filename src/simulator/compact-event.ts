import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { WorldEvent } from "./world/state.ts";

const FASTEST = 1;

/**
 * The same event with its payload packed until somebody reads it: payloads are 20 KB each, mostly
 * addresses, and a long test keeps tens of thousands.
 */
export function compactEvent(event: WorldEvent): WorldEvent {
  const { payload, ...rest } = event;
  const packed = deflateRawSync(JSON.stringify(payload), { level: FASTEST });
  return {
    ...rest,
    get payload() {
      return JSON.parse(inflateRawSync(packed).toString("utf8")) as Record<string, unknown>;
    },
  };
}
