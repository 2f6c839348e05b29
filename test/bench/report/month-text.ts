/** The report's words on the month that was played. */
import type { MonthResult, MonthRow } from "../parts/month.ts";
import type { Chart } from "./svg.ts";
import { number, table } from "./table.ts";

/** What GitHub allows an installation: at least, and at most with many repositories. */
const LEAST_PER_HOUR = 5_000;
const MOST_PER_HOUR = 12_500;
const POINTS_PER_MINUTE = 900;

/** Cost at each size, and what the whole would ask of one installation. */
export function monthText(month: MonthResult, charts: Map<string, Chart>): string {
  const { rows, whole, lostShare, pushesPerMerge, mergesPerRepository } = month;
  const last = rows.at(-1);
  if (last === undefined) return "Nothing was played.";
  charts.set("month", {
    title: "Requests to GitHub for each merge of a month, by what they are for",
    unit: "at the largest size; tokens are asked for as the App and count apart",
    bars: Object.entries(last.perMerge).map(([label, value]) => ({
      label,
      value,
      note: value.toFixed(2),
      isOurs: true,
    })),
  });
  const plan = `${number(mergesPerRepository, 0)} merges and ${number(mergesPerRepository * pushesPerMerge, 0)} other pushes a repository in 30 days, most of them in the office hours of weekdays; ${number(lostShare * 100, 1)} % of the deliveries of merges are never sent. Six installations have a tenth of the repositories each, a quarter is in installations of ten, the rest alone. The ledger's and the sweeper's own code over SQLite in memory; reports on; time goes from event to event. Played is a sample, exactly; the whole is ${number(whole.repositories, 0)} repositories and ${number(whole.merges, 0)} merges.`;
  return [plan, "![month](month.svg)", costs(rows), fate(rows), limits(last, whole)].join("\n\n");
}

function costs(rows: readonly MonthRow[]): string {
  const purposes = ["merge", "follow", "scan", "report", "walk", "token"] as const;
  const head = [
    "repositories",
    "seed",
    ...purposes,
    "304",
    "calls",
    "alarms",
    "visits",
    "MiB",
    "s",
  ];
  const lines = rows.map((row) => [
    number(row.repositories, 0),
    String(row.seed),
    ...purposes.map((purpose) => number(row.perMerge[purpose], 2)),
    number(row.unchangedPerMerge, 2),
    number(row.acceptsPerMerge, 2),
    number(row.alarmsPerMerge, 2),
    number(row.visitsPerMerge, 2),
    number(row.residentMiB, 0),
    number(row.seconds, 0),
  ]);
  return `For each merge:\n\n${table(head, lines)}`;
}

function fate(rows: readonly MonthRow[]): string {
  const head = [
    "repositories",
    "merges",
    "dispatched",
    "doubled",
    "not dispatched",
    "lost deliveries found",
    "after, p50 min",
    "at most min",
    "bugs",
  ];
  const lines = rows.map((row) =>
    [
      row.repositories,
      row.merges,
      row.dispatched,
      row.doubled,
      row.undispatched,
      row.lost,
      row.foundAfterP50Minutes,
      row.foundAfterMaxMinutes,
      row.bugs,
    ].map((value) => number(value, 0)),
  );
  return table(head, lines);
}

function limits({ largest }: MonthRow, whole: MonthResult["whole"]): string {
  const each = largest.perBusyHour / largest.repositories;
  const points = largest.pointsPerBusyMinute / largest.repositories;
  const size = whole.repositories / 10;
  const line = (repositories: number): string[] => [
    number(repositories, 0),
    number(each * repositories, 0),
    number(points * repositories, 0),
  ];
  const most = Math.min(MOST_PER_HOUR / each, POINTS_PER_MINUTE / points);
  const head = ["repositories in one installation", "requests an office hour", "points a minute"];
  const measured = `The largest installation of the sample has ${number(largest.repositories, 0)} repositories; its busiest hour had ${number(largest.perHour, 0)} requests, its busiest minute ${number(largest.pointsPerMinute, 0)} points, a mean office hour ${number(largest.perBusyHour, 0)}.`;
  const scaled = `Multiplied (GitHub allows an installation ${number(LEAST_PER_HOUR, 0)} an hour, with many repositories up to ${number(MOST_PER_HOUR, 0)}, and ${POINTS_PER_MINUTE} points a minute): one installation can hold ${number(most, 0)} repositories as busy as these. Beyond that merges alone come to the limit, and wait for it; what the relay asks of its own accord stops when less than three tenths of an hour are left.`;
  return `${measured} ${scaled}\n\n${table(head, [line(largest.repositories), line(1_000), line(size)])}`;
}
