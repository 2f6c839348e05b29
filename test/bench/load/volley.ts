/** A fixed number of deliveries over a fixed number of connections, each sent once, as GitHub does. */
import { type Kind, signedDelivery, type Subject } from "./delivery.ts";
import { Connection, requestBytes } from "./wire.ts";

/** GitHub hangs up after ten seconds. */
const PATIENCE_MS = 10_000;

export interface VolleyOrder {
  readonly url: string;
  readonly secret: string;
  readonly kind: Kind;
  readonly count: number;
  readonly connections: number;
  /** Deliveries go round these repositories, counted from 0. */
  readonly repositories: number;
  /** The first pull request's number; each delivery has its own. */
  readonly firstPullRequest: number;
  /** Whose deliveries, in place of the two above. */
  readonly subjects?: readonly Subject[];
  /** How long an answer is waited for, in place of GitHub's ten seconds: where only counts matter. */
  readonly patienceMs?: number;
  /** At most so many begin in a second; without it, as many as are answered. */
  readonly perSecond?: number;
}

export interface VolleyResult {
  readonly elapsedMs: number;
  /** One entry a delivery in the order of the pull requests' numbers; status 0: no answer. */
  readonly statuses: readonly number[];
  readonly latenciesMs: readonly number[];
  /** By the machine's monotonic clock, which every process here shares. */
  readonly sentAtMs: readonly number[];
}

/** The n-th delivery's subject; the coordinator derives the same. */
export function subjectOf(
  order: Pick<VolleyOrder, "repositories" | "firstPullRequest">,
  index: number,
): Subject {
  return {
    repository: index % order.repositories,
    pullRequest: order.firstPullRequest + index,
  };
}

/** Milliseconds of the monotonic clock. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Signs everything first, then sends; `onSent` is called after each answer with their number. */
export async function fireVolley(
  order: VolleyOrder,
  onAnswered: (count: number) => void = () => undefined,
): Promise<VolleyResult> {
  const url = new URL(order.url);
  const requests = Array.from({ length: order.count }, (_, index) =>
    requestBytes(
      url,
      signedDelivery(order.kind, order.subjects?.[index] ?? subjectOf(order, index), order.secret),
    ),
  );
  const statuses = requests.map(() => 0);
  const latenciesMs = requests.map(() => 0);
  const sentAtMs = requests.map(() => 0);
  let next = 0;
  let answered = 0;

  async function work(connection: Connection): Promise<void> {
    while (next < requests.length) {
      const index = next++;
      await due(index);
      const sentAt = monotonicMs();
      const { status } = await connection.send(requests[index]!);
      sentAtMs[index] = sentAt;
      latenciesMs[index] = monotonicMs() - sentAt;
      statuses[index] = status;
      answered += 1;
      onAnswered(answered);
    }
  }

  async function due(index: number): Promise<void> {
    if (order.perSecond === undefined) return;
    const waitMs = startedAt + (index * 1000) / order.perSecond - monotonicMs();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  }

  const connections = Array.from(
    { length: order.connections },
    () => new Connection(url, order.patienceMs ?? PATIENCE_MS),
  );
  const startedAt = monotonicMs();
  await Promise.all(connections.map(work));
  const elapsedMs = monotonicMs() - startedAt;
  for (const connection of connections) connection.close();
  return { elapsedMs, statuses, latenciesMs, sentAtMs };
}
