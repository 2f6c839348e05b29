import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { runStorm } from "./storm.ts";

const fresh = randomInt(2 ** 31);

test.concurrent.each([20_261_124, fresh])(
  "after a storm (seed %i) every merge has exactly one run for each route, or a recorded reason",
  async (seed) => {
    console.log(`storm: seed ${seed}`);
    const { wrongs, counts } = await runStorm({
      seed,
      repositories: 24,
      merges: 120,
      stormMs: 15_000,
      calmMs: 150_000,
      say: () => undefined,
    });
    console.log(`storm: seed ${seed} ${JSON.stringify(counts)}`);
    expect(wrongs, `seed ${seed}`).toEqual([]);
  },
  240_000,
);
