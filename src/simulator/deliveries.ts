import { buildDelivery, type BuiltDelivery, type DeliveryContentType } from "./build-delivery.ts";
import { compactEvent } from "./compact-event.ts";
import type { DeliveryFaultAction, Faults } from "./faults.ts";
import type { WorldEvent, WorldState } from "./world/state.ts";

const ANSWER_LIMIT_MILLISECONDS = 10_000;

interface WebhookConfig {
  url: string | null;
  contentType: DeliveryContentType;
  active: boolean;
  timeoutMs: number;
}

const FIRST_CONFIG: WebhookConfig = {
  url: null,
  contentType: "json",
  active: true,
  timeoutMs: ANSWER_LIMIT_MILLISECONDS,
};

interface RecordedDelivery {
  readonly id: number;
  readonly guid: string;
  readonly event: WorldEvent;
  readonly redelivery: boolean;
  readonly deliveredAt: number;
  readonly durationSeconds: number;
  readonly status: string;
  readonly statusCode: number;
  readonly url: string;
  /** The payload is the event's. */
  readonly request: { headers: Record<string, string> };
  readonly response: { headers: Record<string, string>; payload: string | null };
}

type Outcome = Pick<RecordedDelivery, "status" | "statusCode" | "response">;

const NO_ANSWER = { headers: {}, payload: null };
const TIMED_OUT: Outcome = { status: "timed out", statusCode: 0, response: NO_ANSWER };
const UNREACHABLE: Outcome = {
  status: "failed to connect to host",
  statusCode: 0,
  response: NO_ANSWER,
};

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
    return timedOut ? TIMED_OUT : UNREACHABLE;
  }
}

/** Sends what happens in the world to the configured webhook, once each, and remembers it. */
export interface Deliveries {
  readonly config: WebhookConfig;
  /** In the order in which they ended. */
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

interface Attempt {
  readonly guid: string;
  readonly redelivery: boolean;
  /** Play an endpoint that cannot be reached, or one whose answer is lost. */
  readonly fail?: "unsent" | "unanswered";
}

type Deliver = (event: WorldEvent, attempt: Attempt) => Promise<void>;

/** Sends once and records what came of it. */
function createAttempts(
  state: WorldState,
  config: WebhookConfig,
  record: (delivery: RecordedDelivery) => void,
): Deliver {
  return async (event, { guid, redelivery, fail }) => {
    const { url, contentType, timeoutMs } = config;
    if (url === null || !config.active) {
      return;
    }
    const id = state.nextId("delivery");
    const started = performance.now();
    const deliveredAt = state.now();
    const built = buildDelivery(state, event, { guid, contentType });
    const answered = fail === "unsent" ? UNREACHABLE : await post(url, built, timeoutMs);
    const outcome = fail === "unanswered" ? TIMED_OUT : answered;
    const durationSeconds = Math.round(performance.now() - started) / 1000;
    const request = { headers: built.headers };
    const sent = { id, guid, event, redelivery, deliveredAt, durationSeconds, url, request };
    record({ ...sent, ...outcome });
  };
}

/** Deliveries that wait for another to overtake them. */
interface Waiting {
  readonly held: (() => void)[];
  release(): void;
}

function createWaiting(): Waiting {
  const held: (() => void)[] = [];
  return {
    held,
    release() {
      for (const go of held.splice(0)) {
        go();
      }
    },
  };
}

/** Plays one attempt, under its fault if there is one. */
async function play(
  deliver: (how?: Pick<Attempt, "fail">) => Promise<void>,
  fault: DeliveryFaultAction | null,
  waiting: Waiting,
): Promise<void> {
  switch (fault?.kind) {
    case undefined:
      await deliver();
      waiting.release();
      return;
    case "lose":
      return;
    case "fail":
      return deliver({ fail: "unsent" });
    case "lose-answer":
      return deliver({ fail: "unanswered" });
    case "duplicate":
      await Promise.all(Array.from({ length: fault.copies ?? 2 }, () => deliver()));
      return;
    case "delay":
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      return deliver();
    case "reorder":
      await new Promise<void>((resolve) => waiting.held.push(resolve));
      return deliver();
  }
}

function track(busy: Set<Promise<void>>, work: Promise<void>): void {
  const tracked = work.finally(() => busy.delete(tracked));
  busy.add(tracked);
}

/** Makes the sender; without a URL events are only kept. */
export function createDeliveries(state: WorldState, faults: Faults): Deliveries {
  const config: WebhookConfig = { ...FIRST_CONFIG };
  const recorded: RecordedDelivery[] = [];
  const events: WorldEvent[] = [];
  const busy = new Set<Promise<void>>();
  const waiting = createWaiting();
  const attempt = createAttempts(state, config, (delivery) => recorded.push(delivery));
  const begin = (event: WorldEvent, which: Attempt): void => {
    const { name, action, repositoryId } = event;
    const { redelivery } = which;
    const fault = faults.pickDelivery({ event: name, action, repositoryId, redelivery });
    track(
      busy,
      play((how) => attempt(event, { ...which, ...how }), fault, waiting),
    );
  };
  return {
    config,
    recorded,
    events,
    send(sent) {
      const event = compactEvent(sent);
      events.push(event);
      const guid = state.random.uuid();
      if (config.active && config.url !== null) {
        begin(event, { guid, redelivery: false });
      }
    },
    redeliver(id) {
      const known = recorded.find((delivery) => delivery.id === id);
      if (known !== undefined) {
        begin(known.event, { guid: known.guid, redelivery: true });
      }
      return known !== undefined;
    },
    async idle() {
      while (busy.size > 0) {
        if (waiting.held.length >= busy.size) {
          waiting.release();
        }
        await Promise.race(busy);
      }
    },
    stop() {
      config.active = false;
      waiting.release();
    },
  };
}
