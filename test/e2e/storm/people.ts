/**
 * Maintainers in a storm: they order, repeat, cancel, pause and resume over the API, give up on
 * answers, and ask again under the same key until they get one.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { SeededRandom } from "../../../src/simulator/random.ts";
import type { Simulator } from "../../../src/simulator/simulator.ts";
import { type House, MAINTAINER, type Merge, pickOne } from "./town.ts";

/** What was asked for under one key, and what was told about it. */
export interface Asked {
  readonly house: House;
  /** Null: a replay of whatever a filter takes. */
  readonly pullRequest: number | null;
  /** Each answer's dispatches. */
  readonly told: string[][];
}

interface Call {
  readonly house: House;
  readonly path: string;
  readonly body: unknown;
  readonly key?: string;
  readonly pullRequest?: number;
  /** Whoever asked wants it no longer when they hear of it. */
  readonly isRegretted?: boolean;
}

/** A person waits between these for an answer. */
const PATIENCE_MS = { least: 20, most: 2_500 };
/** After the storm nobody goes away before an answer. */
const CALM_PATIENCE_MS = 30_000;

export class People {
  readonly asked = new Map<string, Asked>();
  /** Dispatches of which somebody was told that they are cancelled. */
  readonly cancelled = new Set<string>();
  readonly #simulator: Simulator;
  readonly #random: SeededRandom;
  readonly #token: string;
  readonly #busy = new Set<Promise<void>>();
  /** Dispatches of which somebody has heard. */
  readonly #heard: { house: House; id: string }[] = [];
  readonly #paused = new Set<House>();
  /** A pause that was asked for again may come after the resume that was to end it. */
  readonly #everPaused = new Set<House>();
  /** Set when the storm is over. */
  isCalm = false;
  #keys = 0;

  constructor(simulator: Simulator, random: SeededRandom) {
    this.#simulator = simulator;
    this.#random = random;
    this.#token = simulator.world.classicToken(MAINTAINER, ["repo"]);
  }

  /** Begins something; it goes on until it has been answered. */
  act(merges: readonly Merge[]): void {
    if (merges.length === 0) return;
    const deed = pickOne(
      ["order", "order", "regret", "regret", "replay", "filter", "cancel", "pause"] as const,
      this.#random,
    );
    const { house, number } = pickOne(merges, this.#random);
    if (deed === "order" || deed === "regret") return this.#order(house, number, deed === "regret");
    if (deed === "filter") return this.replayExhausted(house);
    if (deed === "pause") return this.#pauseOrResume(house);
    if (this.#heard.length === 0) return;
    const { house: whose, id } = pickOne(this.#heard, this.#random);
    const path = `dispatches/${id}/${deed}`;
    this.#begin({
      house: whose,
      path,
      body: {},
      ...(deed === "replay" ? { key: this.#newKey() } : {}),
    });
  }

  /** Repeats what was given up there. */
  replayExhausted(house: House): void {
    const body = { states: ["exhausted"], dry_run: false, limit: 100 };
    this.#begin({ house, path: "replay", body, key: this.#newKey() });
  }

  resumeAll(): void {
    for (const house of this.#everPaused) this.#begin({ house, path: "resume", body: {} });
  }

  /** Ends when everybody has been answered. */
  async answered(): Promise<void> {
    while (this.#busy.size > 0) await Promise.all(this.#busy);
  }

  #order(house: House, pullRequest: number, isRegretted: boolean): void {
    const body = { pull_request: pullRequest, reason: "storm" };
    const call = { house, path: "dispatches", body, key: this.#newKey(), pullRequest, isRegretted };
    this.#begin(call);
    // Two hands on one key.
    if (this.#random.next() < 0.3) this.#begin(call);
  }

  #pauseOrResume(house: House): void {
    const path = this.#paused.delete(house) ? "resume" : "pause";
    if (path === "pause") this.#paused.add(house);
    this.#everPaused.add(house);
    this.#begin({ house, path, body: {} });
  }

  #newKey(): string {
    this.#keys += 1;
    return `storm-${this.#keys}`;
  }

  #begin(call: Call): void {
    const { key, house, pullRequest = null } = call;
    if (key !== undefined && !this.asked.has(key)) {
      this.asked.set(key, { house, pullRequest, told: [] });
    }
    const work = this.#insist(call).finally(() => this.#busy.delete(work));
    this.#busy.add(work);
  }

  async #insist(call: Call): Promise<void> {
    for (;;) {
      const answer = await this.#ask(call);
      if (answer !== null && answer.status < 500 && answer.status !== 429) {
        this.#hear(call, answer);
        return;
      }
      await sleep(100 + this.#random.next() * 500);
    }
  }

  #hear(call: Call, { status, ids }: { status: number; ids: string[] }): void {
    const { house, key, path, isRegretted } = call;
    const cancelled = /^dispatches\/(.+)\/cancel$/.exec(path)?.[1];
    if (cancelled !== undefined && status === 200) this.cancelled.add(cancelled);
    if (status !== 202) return;
    // While the alarm is on its way with it: whoever writes last must not win.
    for (const id of isRegretted ? ids : []) {
      this.#begin({ house, path: `dispatches/${id}/cancel`, body: {} });
    }
    for (const id of ids) this.#heard.push({ house, id });
    if (key !== undefined) this.asked.get(key)?.told.push(ids.toSorted());
  }

  /** Null: no answer came, or nobody waited for it. */
  async #ask({ house, path, body, key }: Call): Promise<{ status: number; ids: string[] } | null> {
    const { least, most } = PATIENCE_MS;
    const patience = this.isCalm
      ? CALM_PATIENCE_MS
      : least + Math.floor(this.#random.next() ** 2 * (most - least));
    const place = `/api/v1/repos/${house.owner}/${house.name}/${path}`;
    try {
      const url = new URL(place, this.#simulator.deliveries.config.url ?? "");
      const response = await fetch(url, {
        method: "POST",
        headers: {
          authorization: `Bearer ${this.#token}`,
          "content-type": "application/json",
          ...(key === undefined ? {} : { "idempotency-key": key }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(patience),
      });
      const answer = (await response.json()) as { dispatches?: { id: string }[] };
      return { status: response.status, ids: (answer.dispatches ?? []).map(({ id }) => id) };
    } catch {
      return null;
    }
  }
}
