/** `npm run storm -- --seed N --repositories 300 --merges 5000 --minutes 10`: a storm of any size. */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { buildWorker } from "../../../src/cli/local-relay.ts";
import { runStorm } from "./storm.ts";

const HELP = `Usage: npm run storm -- [--seed N] [--repositories N] [--merges N] [--minutes N]

Merges over many repositories with faults, kills and restarts; at the end every merge must have
one run or a recorded reason. Exit code 0 if it has.

  --seed N          the same choices again; drawn and printed when not given
  --repositories N  300
  --merges N        5000
  --minutes N       how long the storm lasts, 10
`;

/** Whole numbers, or what is wrong with them. */
function readNumbers(): Record<"seed" | "repositories" | "merges" | "minutes", number> | string {
  const usual = {
    seed: String(randomInt(2 ** 31)),
    repositories: "300",
    merges: "5000",
    minutes: "10",
  };
  const option = { type: "string" } as const;
  const options = { seed: option, repositories: option, merges: option, minutes: option };
  try {
    const given = { ...usual, ...parseArgs({ options }).values };
    const wrong = Object.entries(given).find(([, text]) => !/^\d{1,10}$/.test(text));
    if (wrong !== undefined) return `--${wrong[0]} must be a whole number, not “${wrong[1]}”`;
    return {
      seed: Number(given.seed),
      repositories: Number(given.repositories),
      merges: Number(given.merges),
      minutes: Number(given.minutes),
    };
  } catch (error) {
    return error instanceof Error ? error.message : "unknown option";
  }
}

const numbers = process.argv.includes("--help") ? "" : readNumbers();
if (typeof numbers === "string") {
  process.stderr.write(numbers === "" ? HELP : `${numbers}\n\n${HELP}`);
  process.exit(numbers === "" ? 0 : 2);
}
const { seed } = numbers;
const say = (text: string): void => console.log(text);

say(`seed ${seed}`);
await buildWorker();
const { wrongs, counts } = await runStorm({
  seed,
  repositories: numbers.repositories,
  merges: numbers.merges,
  stormMs: numbers.minutes * 60_000,
  calmMs: 300_000,
  say,
});
say(JSON.stringify(counts));
for (const wrong of wrongs) say(wrong);
say(wrongs.length === 0 ? "every merge has its run or its reason" : `seed ${seed} FAILED`);
process.exitCode = wrongs.length === 0 ? 0 : 1;
