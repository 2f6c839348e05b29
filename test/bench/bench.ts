/** What every part of the bench is given. */
import type { BenchSecrets } from "./processes/secrets.ts";

export interface Bench {
  /** Small counts, to see that everything works; its numbers mean little. */
  readonly quick: boolean;
  /** Only contenders whose name has this in it; empty: all. */
  readonly only: string;
  /** Largest number of repositories, in place of the part's own. */
  readonly repositories: number | null;
  readonly secrets: BenchSecrets;
  /** A directory in memory, where a durable write costs nothing but software. */
  readonly fast: string;
  /** A directory on the disk. */
  readonly disk: string;
  /** Tells how far it is. */
  readonly say: (text: string) => void;
}
