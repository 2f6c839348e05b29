/** The report's words on scale, and on what a month costs. */
import type { CpuRow } from "../parts/cpu.ts";
import type { MonthResult } from "../parts/month.ts";
import type { PerMerge, ScaleResult } from "../parts/scale.ts";
import { billOf, FORMULA, freePlanReach, IGNORED_PER_MERGE, usageOf } from "./bill.ts";
import { number, table } from "./table.ts";

const FIGURES: readonly (keyof PerMerge)[] = [
  "deliveries",
  "accepts",
  "alarms",
  "alarmsSet",
  "rowsRead",
  "rowsWritten",
  "indexQueries",
  "githubCalls",
  "tokens",
];

/** Cost of a merge at each size, and the hot repository. */
export function scaleText({ rows, hot }: ScaleResult): string {
  const cells = (per: PerMerge): string[] => FIGURES.map((name) => number(per[name], 1));
  const lines = rows.flatMap(({ repositories, first, warm }) => [
    [`${number(repositories, 0)}, first merge`, ...cells(first)],
    [`${number(repositories, 0)}, next merge`, ...cells(warm)],
  ]);
  const head = ["repositories", ...FIGURES];
  const ends = [rows[0]?.warm, rows.at(-1)?.warm];
  const growth = (name: keyof PerMerge): string =>
    ((ends[1]?.[name] ?? Number.NaN) / (ends[0]?.[name] ?? Number.NaN)).toFixed(2);
  const asked = ends.map((per) => (per?.githubCalls ?? Number.NaN) - (per?.tokens ?? 0));
  const askedGrowth = ((asked[1] ?? Number.NaN) / (asked[0] ?? Number.NaN)).toFixed(2);
  const flat = `From the fewest to the most repositories the next merge costs ${growth("rowsWritten")} times the rows written, ${growth("rowsRead")} times the rows read, ${growth("alarms")} times the alarms and ${askedGrowth} times the calls to GitHub (without tokens: an object that has left memory has two made anew).`;
  const heat = `One repository with ${hot.perSecond} merges a second, ${hot.merges} of them: acknowledged after ${number(hot.p50Ms, 1)} ms (p99 ${number(hot.p99Ms, 1)} ms), the last one dispatched ${number(hot.outcome.lastDispatchMs / 1000, 1)} s after the first was sent, ${hot.outcome.lost} lost, ${hot.outcome.doubled} doubled; at most ${hot.mostGithubCallsPerAlarm} calls to GitHub in one alarm; workerd had ${number(hot.mibBefore, 0)} MiB before and ${number(hot.mibAfter, 0)} MiB after.`;
  return [HOW, table(head, lines), flat, memory(rows), heat].join("\n\n");
}

const HOW =
  "Per merge, with its push and the three events of its run, all of them really played on the built Worker: a first merge in every repository, and another one in repositories drawn from a seed. Beyond 1,500 repositories several workerd processes stand beside each other, each repository always in the same one, over one stand-in; stores on tmpfs. 200 merges are under way at a time at every size, and the scan's interval is a day: what scans cost is the month's business below.";

/** What the processes held: bounded by what is awake, not by how many repositories there are. */
function memory(rows: ScaleResult["rows"]): string {
  const head = [
    "repositories",
    "workerd processes",
    "MiB at most, all together",
    "MiB per process",
    "files open in one, at most",
    "MiB at rest",
    "files open in one, at rest",
  ];
  const lines = rows.map(({ repositories, used, usedAtRest }) =>
    [
      repositories,
      used.processes,
      used.residentMiB,
      used.residentMiB / used.processes,
      used.openFiles,
      usedAtRest.residentMiB,
      usedAtRest.openFiles,
    ].map((value) => number(value, 0)),
  );
  return table(head, lines);
}

/** The bill with its formula, for several months and for the free plan. */
export function billText(
  { slow }: ScaleResult,
  month: MonthResult | null,
  cpu: readonly CpuRow[] | null,
): string {
  const { warm, githubMs } = slow;
  const cpuMs = cpuPerMerge(cpu, warm);
  const usage = usageOf(warm, month?.rows.at(-1) ?? null, cpuMs);
  const lines = [1_000, 100_000, 1_000_000]
    .map((merges) => billOf(merges, usage))
    .map((bill) => [
      number(bill.merges, 0),
      number(bill.workerRequests, 0),
      number(bill.objectRequests, 0),
      number(bill.rowsWritten, 0),
      number(bill.gbSeconds, 0),
      number(bill.cpuMs, 0),
      `$${bill.dollars.toFixed(2)}`,
    ]);
  const head = [
    "merges a month",
    "Worker requests",
    "object requests",
    "rows written",
    "GB-s",
    "CPU ms",
    "paid plan",
  ];
  const reach = Object.entries(freePlanReach(usage)).map(([limit, merges]) => [
    limit,
    number(merges, 0),
  ]);
  const idle =
    month === null
      ? "The idle part (visits and scans) is missing: the month was not played."
      : "The idle part (visits and scans) is the played month's.";
  return `From a merge while GitHub takes ${githubMs} ms (${number(warm.awakeMs, 0)} ms awake in all), with ${IGNORED_PER_MERGE} ignored deliveries for each merge. ${idle} Stored bytes are left out: a merge keeps some 2 KB.

\`${FORMULA}\`, nothing below zero.

${table(head, lines)}

${table(["limit of the free plan", "merges a day"], reach)}`;
}

/** Of its deliveries, its alarms, and those that are ignored. */
function cpuPerMerge(cpu: readonly CpuRow[] | null, warm: PerMerge): number {
  const of = (name: string): number =>
    cpu?.find((row) => row.name.startsWith(name))?.p50Ms ?? Number.NaN;
  const alarms = (cpu ?? []).filter(({ name }) => name.startsWith("alarm"));
  const rung = alarms.reduce((sum, { p50Ms }) => sum + p50Ms, 0);
  const taken = of("request: a merge") * warm.deliveries;
  const sum = rung + taken + of("request: ignored") * IGNORED_PER_MERGE;
  return Number.isFinite(sum) ? sum : 0;
}
