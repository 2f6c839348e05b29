/** `npm run storm -- --seed N --repositories 300 --merges 5000 --minutes 10`: a storm of any size. */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { buildWorker } from "../../../src/cli/local-relay.ts";
import { runStorm } from "./storm.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    repositories: { type: "string", default: "300" },
    merges: { type: "string", default: "5000" },
    minutes: { type: "string", default: "10" },
  },
});
const seed = Number(values.seed ?? randomInt(2 ** 31));
const say = (text: string): void => console.log(text);

say(`seed ${seed}`);
await buildWorker();
const { wrongs, counts } = await runStorm({
  seed,
  repositories: Number(values.repositories),
  merges: Number(values.merges),
  stormMs: Number(values.minutes) * 60_000,
  calmMs: 300_000,
  say,
});
say(JSON.stringify(counts));
for (const wrong of wrongs) say(wrong);
say(wrongs.length === 0 ? "every merge has its run or its reason" : `seed ${seed} FAILED`);
process.exitCode = wrongs.length === 0 ? 0 : 1;
