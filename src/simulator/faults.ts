import type { RateLimitShape } from "./fault-answers.ts";
import type { SeededRandom } from "./random.ts";

/** `before`: the request has no effect. `after`: GitHub did it, and the answer is lost. */
type FaultTime = "before" | "after";

export type FaultAction =
  | { kind: "latency"; ms: number; when?: FaultTime }
  /** As long as that takes, whoever still listens. */
  | { kind: "latency"; until: () => Promise<unknown>; when?: FaultTime }
  | {
      kind: "status";
      status: number;
      body?: unknown;
      headers?: Readonly<Record<string, string>>;
      when?: FaultTime;
    }
  | { kind: "reset"; when?: FaultTime }
  | { kind: "hang"; when?: FaultTime }
  | { kind: "truncate" }
  | { kind: "not-json" }
  | { kind: "html-502"; when?: FaultTime }
  | { kind: "rate-limit"; shape: RateLimitShape; seconds?: number }
  | { kind: "clock-skew" };

export type DeliveryFaultAction =
  /** Recorded as failed: GitHub tried and got no answer. */
  | { kind: "fail" }
  /** Sent, and recorded as timed out: the answer did not come back. */
  | { kind: "lose-answer" }
  /** Never sent and never recorded: only a scan can find out. */
  | { kind: "lose" }
  /** Sent that many times in all, by one GUID. */
  | { kind: "duplicate"; copies?: number }
  | { kind: "delay"; ms: number }
  /** Held back until the next delivery has been answered. */
  | { kind: "reorder" };

interface Chance {
  /** Only the n-th match, from 1. */
  readonly nth?: number;
  /** At most so often. Default: for ever; with `nth`, once. */
  readonly times?: number;
  /** From 0 to 1, drawn from the seed. */
  readonly probability?: number;
}

export interface FaultMatch extends Chance {
  readonly method?: string;
  /** Tested against the path without the query; text matches anywhere in it. */
  readonly path?: RegExp | string;
}

interface DeliveryFaultMatch extends Chance {
  readonly event?: string;
  readonly action?: string;
  readonly repositoryId?: number;
  /** True: attempts after the first one, which alone are meant otherwise. */
  readonly redelivery?: boolean;
}

/** What a delivery is to the rules. */
interface FaultyDelivery {
  readonly event: string;
  readonly action: string | null;
  readonly repositoryId: number | null;
  readonly redelivery: boolean;
}

interface Rule<Match extends Chance, Action> {
  readonly id: number;
  readonly match: Match;
  readonly action: Action;
  seen: number;
  applied: number;
}

export interface Faults {
  readonly seed: number;
  /** Adds a fault for API requests; returns a function that takes it away. */
  add(fault: { match: FaultMatch; action: FaultAction }): () => void;
  /** Adds a fault for webhook deliveries. */
  addDelivery(fault: { match: DeliveryFaultMatch; action: DeliveryFaultAction }): () => void;
  clear(): void;
  /** The fault for this request, counting it; null for none. The first rule that fits wins. */
  pick(method: string, path: string): FaultAction | null;
  pickDelivery(delivery: FaultyDelivery): DeliveryFaultAction | null;
}

function pathMatches(wanted: RegExp | string | undefined, path: string): boolean {
  if (wanted === undefined) {
    return true;
  }
  return typeof wanted === "string" ? path.includes(wanted) : wanted.test(path);
}

function strikes(rule: Rule<Chance, unknown>, random: SeededRandom): boolean {
  const { nth, times, probability } = rule.match;
  const due = nth === undefined || (rule.seen >= nth && rule.seen < nth + (times ?? 1));
  const left = nth !== undefined || times === undefined || rule.applied < times;
  if (!due || !left || (probability !== undefined && random.next() >= probability)) {
    return false;
  }
  rule.applied += 1;
  return true;
}

/** Counts the match for every rule that fits, then takes the first that strikes. */
function firstStrike<Action>(
  fitting: readonly Rule<Chance, Action>[],
  random: SeededRandom,
): Action | null {
  for (const rule of fitting) {
    rule.seen += 1;
  }
  return fitting.find((rule) => strikes(rule, random))?.action ?? null;
}

/** Makes an empty set of faults over a seeded generator. */
export function createFaults(random: SeededRandom): Faults {
  let nextId = 1;
  let requests: Rule<FaultMatch, FaultAction>[] = [];
  let deliveries: Rule<DeliveryFaultMatch, DeliveryFaultAction>[] = [];
  return {
    seed: random.seed,
    add({ match, action }) {
      const id = nextId++;
      requests.push({ id, match, action, seen: 0, applied: 0 });
      return () => {
        requests = requests.filter((rule) => rule.id !== id);
      };
    },
    addDelivery({ match, action }) {
      const id = nextId++;
      deliveries.push({ id, match, action, seen: 0, applied: 0 });
      return () => {
        deliveries = deliveries.filter((rule) => rule.id !== id);
      };
    },
    clear() {
      requests = [];
      deliveries = [];
    },
    pick(method, path) {
      const fitting = requests.filter(
        ({ match }) =>
          (match.method ?? method).toUpperCase() === method && pathMatches(match.path, path),
      );
      return firstStrike(fitting, random);
    },
    pickDelivery({ event, action, repositoryId, redelivery }) {
      const fitting = deliveries.filter(
        ({ match }) =>
          (match.event ?? event) === event &&
          (match.action ?? action) === action &&
          (match.repositoryId ?? repositoryId) === repositoryId &&
          (match.redelivery ?? false) === redelivery,
      );
      return firstStrike(fitting, random);
    },
  };
}
