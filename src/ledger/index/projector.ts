/** Keeps the index up to date with one ledger: one writer at a time, and a failure only delays. */
import type { Log } from "../../domain/log.ts";
import type { Store } from "../store.ts";
import { type IndexWriter, nextBatch, settleBatch } from "./index-batch.ts";

const RETRY_MS = 60_000;
const TOLD_GRAIN_MS = 6 * 3_600_000;
/** Batches of one run; the rest goes a moment later, in another invocation. */
const MAX_BATCHES = 2;
const MORE_MS = 1_000;

export interface ProjectorOptions {
  readonly store: Store;
  /** Null: no index is bound, and what would be told is forgotten. */
  readonly writer: IndexWriter | null;
  readonly now: () => number;
  readonly log: Log;
}

export class Projector {
  readonly #options: ProjectorOptions;
  #running = false;

  constructor(options: ProjectorOptions) {
    this.#options = options;
  }

  /** Writes what has changed; the time of another try, or null when there is none to be made. */
  async run(): Promise<number | null> {
    if (this.#running) return null;
    this.#running = true;
    try {
      return await this.#writeAll();
    } catch (error) {
      const cause = error instanceof Error ? error.name : "unknown";
      this.#options.log.error("index.bug", { error: cause });
      return null;
    } finally {
      this.#running = false;
    }
  }

  async #writeAll(): Promise<number | null> {
    const { store, writer, now, log } = this.#options;
    for (let round = 0; round < MAX_BATCHES; round++) {
      const batch = nextBatch(store, now());
      if (batch === null) return null;
      const name = writer === null ? "none" : await writer.write(batch);
      if (name === null) {
        log.warn("index.unavailable", { repository_id: batch.ledger.repositoryId });
        return now() + RETRY_MS;
      }
      settleBatch(store, batch, name);
      this.#noteTelling();
    }
    return nextBatch(store, now()) === null ? null : now() + MORE_MS;
  }

  /** Roughly when, so that it costs no row a time. */
  #noteTelling(): void {
    const { store, now } = this.#options;
    const told = Number(store.meta("index_told_at") ?? 0);
    if (now() - told > TOLD_GRAIN_MS) store.setMeta("index_told_at", String(now()));
  }
}
