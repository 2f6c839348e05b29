/** What goes wrong in a storm: at GitHub's API, with its deliveries, and in the world itself. */
import type { DeliveryFaultAction, FaultAction } from "../../../src/simulator/faults.ts";
import type { SeededRandom } from "../../../src/simulator/random.ts";
import type { Simulator } from "../../../src/simulator/simulator.ts";
import { type House, pickOne } from "./town.ts";

/** The relay waits so long for an answer, and so long for GitHub to act on a call whose answer it lost. */
export const TIMES = { GITHUB_TIMEOUT_MS: 1_500, UNKNOWN_SETTLE_MS: 4_000 } as const;

const both = (action: { kind: "reset" | "hang" | "html-502" }): FaultAction[] => [
  { ...action, when: "before" },
  { ...action, when: "after" },
];
const statuses = [500, 502, 503, 504].flatMap((status): FaultAction[] => [
  { kind: "status", status, when: "before" },
  { kind: "status", status, when: "after" },
]);
const limits = (["primary", "429-retry-after", "secondary-retry-after"] as const).map(
  (shape): FaultAction => ({ kind: "rate-limit", shape, seconds: 2 }),
);
/** The relay must be silent for a minute after one of these: a few are enough. */
const LONG_LIMITS = (["secondary-message", "429-bare"] as const).map((shape): FaultAction => ({
  kind: "rate-limit",
  shape,
}));

const ANYWHERE: readonly FaultAction[] = [
  ...statuses,
  ...both({ kind: "reset" }),
  ...both({ kind: "hang" }),
  ...both({ kind: "html-502" }),
  { kind: "truncate" },
  { kind: "not-json" },
  { kind: "latency", ms: 200, when: "before" },
  { kind: "latency", ms: 2_200, when: "after" },
  ...limits,
];
/** GitHub acts on it long after the caller has given up, or has died, but before it may ask again. */
const LATE: FaultAction = { kind: "latency", ms: 2_500, when: "before" };

const DISPATCHES = /\/dispatches$/;

/** Begins to let calls and deliveries fail; `share` is how many of the calls, from 0 to 1. */
export function letItRain({ faults }: Simulator, share: number): void {
  faults.add({ match: { path: DISPATCHES, probability: share / 3 }, action: LATE });
  // A 401 that comes twice is an answer by itself, so it strikes questions and the minting only.
  const each = share / ANYWHERE.length;
  const skew = { kind: "clock-skew" } as const;
  faults.add({ match: { method: "GET", probability: each }, action: skew });
  faults.add({ match: { path: /\/access_tokens$/, probability: each }, action: skew });
  for (const action of ANYWHERE) faults.add({ match: { probability: each }, action });
  for (const action of LONG_LIMITS) {
    faults.add({ match: { probability: 0.002, times: 3 }, action });
  }
  const losses: readonly DeliveryFaultAction[] = [
    { kind: "fail" },
    { kind: "lose-answer" },
    { kind: "lose" },
    { kind: "duplicate", copies: 3 },
    { kind: "delay", ms: 700 },
    { kind: "reorder" },
  ];
  for (const action of losses) faults.addDelivery({ match: { probability: 0.06 }, action });
  for (const kind of ["fail", "duplicate"] as const) {
    faults.addDelivery({ match: { redelivery: true, probability: 0.1 }, action: { kind } });
  }
}

/** GitHub's API is away altogether, for longer than the relay tries; returns how to bring it back. */
export function blackOut({ faults }: Simulator): () => void {
  return faults.add({ match: {}, action: { kind: "status", status: 503 } });
}

/** Something that an owner does, or GitHub by itself. Returns what it was. */
export function strike(
  simulator: Simulator,
  houses: readonly House[],
  random: SeededRandom,
): string {
  const { world, deliveries } = simulator;
  const house = pickOne(houses, random);
  const what = pickOne(
    ["redeliver", "redeliver", "redeliver", "suspend", "owner"] as const,
    random,
  );
  if (what === "redeliver") {
    const known = deliveries.recorded;
    if (known.length > 0) deliveries.redeliver(pickOne(known, random).id);
    return what;
  }
  if (what === "suspend") {
    world.setSuspended(house.installationId, random.next() < 0.4);
    return what;
  }
  if (house.kind === "toggled") {
    const state = random.next() < 0.4 ? "disabled_manually" : "active";
    world.setWorkflowState(house.id, "publish-image.yml", state);
    return `workflow ${state}`;
  }
  if (house.kind === "rewritten") {
    world.forcePush(house.id, "main", house.root);
    return "force-push";
  }
  return "nothing";
}

/** The storm is over: GitHub is well, and every installation stands. */
export function clearUp({ faults, world }: Simulator, houses: readonly House[]): void {
  faults.clear();
  for (const { installationId } of houses) world.setSuspended(installationId, false);
}
