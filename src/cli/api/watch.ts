/** Follows dispatches to their ends: one line for each step that they take. */
import { setTimeout as pause } from "node:timers/promises";
import * as v from "valibot";
import { type State, isFinal } from "../../domain/dispatch-state.ts";
import { dispatchSchema, type ShownDispatch } from "./answers.ts";
import { formatStep, subjectOf } from "./dispatch-text.ts";
import { clean, createPaint } from "./paint.ts";
import { pathOf } from "./named-repository.ts";
import { explainReply } from "./refusal.ts";
import type { Session } from "./session.ts";
import { startTicker, type Ticker } from "./ticker.ts";

const POLL_MS = 2_000;
/** The relay takes 120 requests in a minute; that many dispatches share them. */
const SHARE_MS = 750;
/** A relay that is deployed anew, or a network that is gone for a while, ends no watching. */
const MAX_FAILURES = 5;

export interface Watched {
  readonly shown: ShownDispatch;
  /** As the relay sent it. */
  readonly body: unknown;
}

/** Whether a dispatch has ended, one way or another. */
export function hasEnded({ state }: ShownDispatch): boolean {
  return isFinal(state as State);
}

/** Whether its image was published. */
export function isPublished({ state }: ShownDispatch): boolean {
  return state === "succeeded";
}

/** Asks until every one has ended, and tells each step once. Throws when the signal says so. */
export async function watchDispatches(
  session: Session,
  start: { readonly repository: string; readonly dispatches: readonly Watched[] },
  signal: AbortSignal,
): Promise<Watched[]> {
  const ticker = startTicker(session.io);
  try {
    return await follow(session, { ...start, signal }, ticker);
  } finally {
    ticker.stop();
  }
}

interface Following {
  readonly repository: string;
  readonly dispatches: readonly Watched[];
  readonly signal: AbortSignal;
}

async function follow(
  session: Session,
  { repository, dispatches, signal }: Following,
  ticker: Ticker,
): Promise<Watched[]> {
  const tell = createTeller(session, dispatches.length, ticker);
  const latest = new Map(dispatches.map((one) => [one.shown.id, one]));
  for (const { shown } of latest.values()) tell(shown);
  let failures = 0;
  for (;;) {
    const open = [...latest.values()].filter(({ shown }) => !hasEnded(shown));
    if (open.length === 0) return [...latest.values()];
    ticker.wait(waitingFor(open));
    await pause(Math.max(POLL_MS, open.length * SHARE_MS), undefined, { signal });
    for (const { shown } of open) {
      const seen = await look(session, { repository, id: shown.id, signal }, failures);
      failures = seen === null ? failures + 1 : 0;
      if (seen === null) continue;
      latest.set(seen.shown.id, seen);
      tell(seen.shown);
    }
  }
}

function waitingFor(open: readonly Watched[]): string {
  const [first] = open;
  return open.length === 1 && first !== undefined
    ? clean(first.shown.state)
    : `${open.length} under way`;
}

/** Null when nothing was learned this time. */
async function look(
  session: Session,
  { repository, id, signal }: { repository: string; id: string; signal: AbortSignal },
  failures: number,
): Promise<Watched | null> {
  const call = { method: "GET", path: pathOf(repository, `/dispatches/${id}`), signal } as const;
  const reply = await session.relay.ask(call);
  if (reply.kind === "answer") {
    const parsed = v.safeParse(dispatchSchema, reply.body);
    return parsed.success ? { shown: parsed.output, body: reply.body } : null;
  }
  const isPassing =
    reply.kind === "silent" ||
    (reply.kind === "refused" && reply.status >= 429) ||
    reply.kind === "foreign";
  if (isPassing && failures < MAX_FAILURES) return null;
  throw explainReply(session, reply, `the dispatch ${id}`);
}

function createTeller(
  { io, json }: Session,
  count: number,
  ticker: Ticker,
): (one: ShownDispatch) => void {
  const told = new Map<string, number>();
  // Under --json the document alone is on stdout.
  const paint = createPaint(io.colour && !json);
  return (one) => {
    const steps = one.history.slice(told.get(one.id) ?? 0);
    told.set(one.id, one.history.length);
    if (steps.length > 0) ticker.clear();
    for (const step of steps) {
      const which = count === 1 ? "" : `${clean(`${subjectOf(one)} ${one.route ?? ""}`)}  `;
      const line = `${which}${formatStep(step, paint)}\n`;
      if (json) io.writeError(line);
      else io.writeOut(line);
    }
  };
}
