import { signDelivery, signDeliverySha1 } from "./signing.ts";
import type { DeliveryFaultAction, Faults } from "./faults.ts";
import type { WorldEvent, WorldState } from "./world/state.ts";

const ANSWER_LIMIT_MILLISECONDS = 10_000;
const HOOK_ID = 4_711;

export type DeliveryContentType = "json" | "form";

export interface WebhookConfig {
  url: string | null;
  contentType: DeliveryContentType;
  active: boolean;
  timeoutMs: number;
}

export interface RecordedDelivery {
  readonly id: number;
  readonly guid: string;
  readonly event: WorldEvent;
  readonly redelivery: boolean;
  readonly deliveredAt: number;
  readonly durationSeconds: number;
  readonly status: string;
  readonly statusCode: number;
  readonly url: string;
  readonly request: { headers: Record<string, string>; payload: Record<string, unknown> };
  readonly response: { headers: Record<string, string>; payload: string | null };
}

export interface BuiltDelivery {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Signs an event as GitHub sends it. */
export function buildDelivery(
  state: WorldState,
  event: WorldEvent,
  options: { guid: string; contentType: DeliveryContentType; secret?: string },
): BuiltDelivery {
  const payload = JSON.stringify(event.payload);
  const form = options.contentType === "form";
  const body = form ? `payload=${encodeURIComponent(payload).replaceAll("%20", "+")}` : payload;
  const secret = options.secret ?? state.app.webhookSecret;
  return {
    body,
    headers: {
      accept: "*/*",
      "content-type": form ? "application/x-www-form-urlencoded" : "application/json",
      "user-agent": "GitHub-Hookshot/51a1b2c",
      "x-github-delivery": options.guid,
      "x-github-event": event.name,
      "x-github-hook-id": String(HOOK_ID),
      "x-github-hook-installation-target-id": String(state.app.id),
      "x-github-hook-installation-target-type": "integration",
      "x-hub-signature": signDeliverySha1(secret, body),
      "x-hub-signature-256": signDelivery(secret, body),
    },
  };
}

type Outcome = Pick<RecordedDelivery, "status" | "statusCode" | "response">;

const NO_ANSWER = { headers: {}, payload: null };

async function post(url: string, built: BuiltDelivery, timeoutMs: number): Promise<Outcome> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: built.headers,
      body: built.body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const payload = await response.text();
    return {
      status: response.ok ? "OK" : response.statusText || "Invalid HTTP Response",
      statusCode: response.status,
      response: { headers: Object.fromEntries(response.headers), payload },
    };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === "TimeoutError";
    const status = timedOut ? "timed out" : "failed to connect to host";
    return { status, statusCode: 0, response: NO_ANSWER };
  }
}

/** Sends what happens in the world to the configured webhook, once each, and remembers it. */
export interface Deliveries {
  readonly config: WebhookConfig;
  /** Newest last. */
  readonly recorded: RecordedDelivery[];
  /** Every event that the App would be told of, sent or not; for tests that send by hand. */
  readonly events: WorldEvent[];
  send(event: WorldEvent): void;
  /** Sends a recorded delivery again: the same GUID, a new id. */
  redeliver(id: number): boolean;
  /** Ends when nothing is on its way. */
  idle(): Promise<void>;
  stop(): void;
}

/** Makes the sender; without a URL events are only kept. */
export function createDeliveries(state: WorldState, faults: Faults): Deliveries {
  const config: WebhookConfig = {
    url: null,
    contentType: "json",
    active: true,
    timeoutMs: ANSWER_LIMIT_MILLISECONDS,
  };
  const recorded: RecordedDelivery[] = [];
  const events: WorldEvent[] = [];
  const busy = new Set<Promise<void>>();
  const held: (() => void)[] = [];
  let stopped = false;

  const attempt = async (
    event: WorldEvent,
    parts: { guid: string; redelivery: boolean; fail?: boolean },
  ): Promise<void> => {
    const url = config.url;
    if (url === null || stopped) {
      return;
    }
    const { guid, redelivery } = parts;
    const id = state.nextId("delivery");
    const started = performance.now();
    const deliveredAt = state.now();
    const built = buildDelivery(state, event, { guid, contentType: config.contentType });
    const outcome: Outcome =
      parts.fail === true
        ? { status: "failed to connect to host", statusCode: 0, response: NO_ANSWER }
        : await post(url, built, config.timeoutMs);
    recorded.push({
      id,
      guid,
      event,
      redelivery,
      deliveredAt,
      durationSeconds: Math.round(performance.now() - started) / 1000,
      url,
      request: { headers: built.headers, payload: event.payload },
      ...outcome,
    });
  };

  const track = (work: Promise<void>): void => {
    const tracked = work.finally(() => busy.delete(tracked));
    busy.add(tracked);
  };

  const releaseHeld = (): void => {
    for (const release of held.splice(0)) {
      release();
    }
  };

  const play = async (event: WorldEvent, fault: DeliveryFaultAction | null): Promise<void> => {
    const guid = state.random.uuid();
    const once = { guid, redelivery: false };
    switch (fault?.kind) {
      case undefined:
        await attempt(event, once);
        releaseHeld();
        return;
      case "lose":
        return;
      case "fail":
        return attempt(event, { ...once, fail: true });
      case "duplicate":
        await Promise.all(Array.from({ length: fault.copies ?? 2 }, () => attempt(event, once)));
        return;
      case "delay":
        await new Promise((resolve) => setTimeout(resolve, fault.ms));
        return attempt(event, once);
      case "reorder":
        await new Promise<void>((resolve) => held.push(resolve));
        return attempt(event, once);
    }
  };

  return {
    config,
    recorded,
    events,
    send(event) {
      events.push(event);
      if (config.active && config.url !== null) {
        track(play(event, faults.pickDelivery(event.name, event.action)));
      }
    },
    redeliver(id) {
      const known = recorded.find((delivery) => delivery.id === id);
      if (known === undefined) {
        return false;
      }
      track(attempt(known.event, { guid: known.guid, redelivery: true }));
      return true;
    },
    async idle() {
      while (busy.size > 0) {
        if (held.length >= busy.size) {
          releaseHeld();
        }
        await Promise.allSettled(busy);
      }
    },
    stop() {
      stopped = true;
      releaseHeld();
    },
  };
}
