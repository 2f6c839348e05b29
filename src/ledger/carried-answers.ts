/**
 * What GitHub answered to a dispatch whose questions did not all fit into one alarm: the next alarm
 * goes on where this one stopped. Held in memory, for a dispatch that was cut short and for no other;
 * an object that leaves memory meanwhile asks from the beginning.
 */
import type { Answer } from "../domain/outcome.ts";
import type { GitHub } from "../domain/ports.ts";
import { shareConfirmer } from "./absences.ts";

/** The questions of a proof; nothing here changes anything on GitHub. */
const QUESTIONS: ReadonlySet<string> = new Set<keyof GitHub>([
  "locate",
  "pullRequest",
  "ancestry",
  "file",
  "isListed",
  "changedFiles",
  "workflow",
  "tagCommit",
  "branches",
  "mergedPullOf",
]);
/** An answer that is older is asked for again. */
const CARRIED_MS = 120_000;
const MOST_DISPATCHES = 20;

interface Carried {
  readonly sinceMs: number;
  readonly answers: Map<string, Answer<unknown>>;
}

export class CarriedAnswers {
  readonly #carried = new Map<string, Carried>();

  /** Asks for one dispatch: what its last attempt heard before it was cut short is not asked again. */
  ask(github: GitHub, dispatchId: string, nowMs: number): Attempt {
    const known = this.#carried.get(dispatchId);
    this.#carried.delete(dispatchId);
    const isFresh = known !== undefined && nowMs - known.sinceMs < CARRIED_MS;
    const carried = isFresh ? known : { sinceMs: nowMs, answers: new Map() };
    return {
      github: remembering(github, carried.answers),
      cutShort: () => {
        for (const [id, { sinceMs }] of this.#carried) {
          if (nowMs - sinceMs >= CARRIED_MS) this.#carried.delete(id);
        }
        if (this.#carried.size < MOST_DISPATCHES) this.#carried.set(dispatchId, carried);
      },
    };
  }
}

export interface Attempt {
  readonly github: GitHub;
  /** The alarm was full before everything was asked. */
  readonly cutShort: () => void;
}

function remembering(github: GitHub, answers: Map<string, Answer<unknown>>): GitHub {
  const front = new Proxy(github, {
    get(target, name) {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== "function") return member;
      if (!QUESTIONS.has(String(name))) return member.bind(target) as unknown;
      return async (...about: unknown[]): Promise<Answer<unknown>> => {
        const key = JSON.stringify([name, ...about]);
        const known = answers.get(key);
        if (known !== undefined) return known;
        const answer = (await Reflect.apply(member, target, about)) as Answer<unknown>;
        if (answer.kind === "ok" || answer.kind === "absent") answers.set(key, answer);
        return answer;
      };
    },
  });
  shareConfirmer(front, github);
  return front;
}
