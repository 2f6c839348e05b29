/** The report, from whatever numbers there are: Markdown, and a plot for each comparison. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BundleContents } from "../bundle/contents.ts";
import type { BurstFigures, BurstResult } from "../parts/burst.ts";
import type { FloorRow } from "../parts/floor.ts";
import { type PeersResult, type Scenario, SCENARIOS } from "../parts/peers.ts";
import type { CpuRow } from "../parts/cpu.ts";
import type { MonthResult } from "../parts/month.ts";
import type { ScaleResult } from "../parts/scale.ts";
import { cpuText } from "./cpu-text.ts";
import { monthText } from "./month-text.ts";
import { billText, scaleText } from "./scale-text.ts";
import { both, number, table } from "./table.ts";
import { type Chart, drawChart } from "./svg.ts";

interface Measured<Result> {
  readonly quick: boolean;
  readonly at: string;
  readonly seconds: number;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly kernel: string };
  readonly pinned: boolean;
  readonly result: Result;
}

const INTRODUCTION = `# Bench

Written by \`npm run bench\`. Everything runs on one machine: what is measured on one core, the load
generator and the stand-in GitHub on the other. Workers run in plain workerd from the built bundle,
never through \`wrangler dev\`. Deliveries are signed and 25 KB long. Numbers are medians with the
smallest and the largest of the runs; a ratio is of two neighbours in time. Only ratios carry over to
another machine, and of Cloudflare's network this says nothing.
`;

/** Writes \`README.md\` and the plots into the folder that holds the numbers. */
export async function writeReport(folder: string): Promise<void> {
  const charts = new Map<string, Chart>();
  const sections = [
    await section<FloorRow[]>(folder, "floor", (rows) => floorText(rows, charts)),
    await section<PeersResult>(folder, "peers", (result) => peersText(result, charts)),
    await section<BurstResult>(folder, "burst", burstText),
    await section<ScaleResult>(folder, "scale", scaleText),
    await section<MonthResult>(folder, "month", (month) => monthText(month, charts)),
    await bill(folder),
    await section<CpuRow[]>(folder, "cpu", cpuText),
    await section<BundleContents>(folder, "bundle", (result) => bundleText(result, charts)),
  ];
  for (const [name, chart] of charts) {
    await writeFile(join(folder, `${name}.svg`), drawChart(chart));
  }
  await writeFile(join(folder, "README.md"), [INTRODUCTION, ...sections].join("\n"));
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what the file of a part holds
async function section<Result>(
  folder: string,
  part: string,
  write: (result: Result) => string,
): Promise<string> {
  const file = join(folder, `${part}.json`);
  if (!existsSync(file)) return `## ${part}\n\nNot measured yet: \`npm run bench -- ${part}\`.\n`;
  const measured = JSON.parse(await readFile(file, "utf8")) as Measured<Result>;
  const { quick, at, seconds, machine, pinned } = measured;
  const command = `npm run bench -- ${quick ? "--quick " : ""}${part}`;
  const place = `${machine.cpu}, ${machine.cores} cores${pinned ? ", pinned" : ""}`;
  const caution = quick ? " **Small counts: to see that it works, not to quote.**" : "";
  const head = `\`${command}\` · ${at.slice(0, 16)} · ${seconds} s · ${place}.${caution}`;
  return `## ${part}\n\n${head}\n\n${write(measured.result)}\n`;
}

/** From three parts, where there are two of them at least. */
async function bill(folder: string): Promise<string> {
  const scale = await resultOf<ScaleResult>(folder, "scale");
  const month = await resultOf<MonthResult>(folder, "month");
  const cpu = await resultOf<CpuRow[]>(folder, "cpu");
  return scale === null ? "" : `## bill\n\n${billText(scale, month, cpu)}\n`;
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what the file of a part holds
async function resultOf<Result>(folder: string, part: string): Promise<Result | null> {
  const file = join(folder, `${part}.json`);
  if (!existsSync(file)) return null;
  return (JSON.parse(await readFile(file, "utf8")) as Measured<Result>).result;
}

function floorText(rows: readonly FloorRow[], charts: Map<string, Chart>): string {
  charts.set("floor", {
    title: "CPU per delivery beside the least Worker that could do the step",
    unit: "times the floor of the same step (1 = the floor)",
    goal: { value: 1.25, label: "goal 1.25" },
    bars: rows.map(({ name, ratio }) => ({
      label: name,
      value: ratio.median,
      range: [ratio.least, ratio.most],
      note: ratio.median.toFixed(2),
      isOurs: name.startsWith("relay"),
    })),
  });
  const lines = rows.map(({ name, floor, ratio, cpuUs, p50Ms }) => [
    name,
    floor,
    both(ratio, 2),
    both(cpuUs, 0),
    both(p50Ms, 2),
  ]);
  const head = ["case", "beside", "ratio", "CPU µs per delivery", "p50 ms at 8 connections"];
  return `![floor](floor.svg)\n\n${table(head, lines)}`;
}

function peersText({ rows, leftOut }: PeersResult, charts: Map<string, Chart>): string {
  const texts = SCENARIOS.map((scenario, index) => {
    charts.set(`peers-${index}`, peersChart(rows, scenario));
    const ours = rows[0]?.scenarios[scenario]?.perSecond.median ?? Number.NaN;
    const lines = rows.flatMap(({ name, scenarios }) => {
      const measured = scenarios[scenario];
      if (!measured) return [];
      const { perSecond, p50Ms, p99Ms, cpuUs, residentMiB, outcomes, sent } = measured;
      const lost = outcomes.reduce((sum, outcome) => sum + outcome.lost, 0);
      const doubled = outcomes.reduce((sum, outcome) => sum + outcome.doubled, 0);
      const after = outcomes.map((outcome) => outcome.toDispatchP50Ms);
      return [
        [
          name,
          (perSecond.median / ours).toFixed(2),
          both(perSecond, 0),
          both(p50Ms, 1),
          both(p99Ms, 1),
          both(cpuUs, 0),
          both(residentMiB, 0),
          outcomes.length === 0 ? "–" : `${Math.round(after[0] ?? Number.NaN)} ms`,
          outcomes.length === 0 ? "–" : `${lost} / ${doubled} of ${sent * outcomes.length}`,
        ],
      ];
    });
    const head = [
      scenario,
      "acked/s ÷ relay",
      "acked/s",
      "p50 ms",
      "p99 ms",
      "CPU µs",
      "MiB",
      "to dispatch, p50",
      "lost / doubled",
    ];
    return `### ${scenario}\n\n![${scenario}](peers-${index}.svg)\n\n${table(head, lines)}`;
  });
  const starts = rows.map(({ name, coldStartMs }) => [name, both(coldStartMs, 0)]);
  const missing = leftOut.map(({ name, why }) => `- ${name} was left out: ${why}.`).join("\n");
  const note =
    "The relay proves each merge with GitHub before it dispatches (five questions); no peer asks anything. The sizes of the volleys differ: those that send one dispatch a second get few.";
  const cold = table(["cold start", "ms to the first acknowledgement"], starts);
  return [note, ...texts, cold, missing].join("\n\n");
}

function peersChart(rows: PeersResult["rows"], scenario: Scenario): Chart {
  return {
    title: `${scenario}: acknowledged deliveries a second`,
    unit: "at 16 connections; more is better",
    bars: rows.flatMap(({ name, scenarios }) => {
      const perSecond = scenarios[scenario]?.perSecond;
      if (!perSecond) return [];
      const range = [perSecond.least, perSecond.most] as const;
      const isOurs = name.startsWith("relay");
      return [
        { label: name, value: perSecond.median, range, isOurs, note: number(perSecond.median, 0) },
      ];
    }),
  };
}

function burstText({ rows }: BurstResult): string {
  const head = [
    "who",
    "sent",
    "acked/s",
    "p50 ms",
    "p99 ms",
    "MiB",
    "last dispatch after",
    "lost",
    "doubled",
  ];
  const bursts = rows.flatMap(({ name, burst }) => (burst ? [burstLine(name, burst)] : []));
  const kills = rows.flatMap(({ name, kill }) => (kill ? [burstLine(name, kill)] : []));
  return `### A burst of merges at 32 connections\n\n${table(head, bursts)}\n\n### kill -9 in the middle of a burst\n\nGitHub takes 100 ms. The last dispatch is counted from the restart (a negative time: nothing came after it); lost are merges that were acknowledged and not dispatched within 100 s (within 10 s where nothing is kept).\n\n${table(head, kills)}`;
}

function burstLine(name: string, figures: BurstFigures): string[] {
  return [
    name,
    String(figures.sent),
    number(figures.perSecond, 0),
    number(figures.p50Ms, 1),
    number(figures.p99Ms, 1),
    number(figures.residentMiB, 0),
    `${number(figures.outcome.lastDispatchMs / 1000, 1)} s`,
    `${figures.outcome.lost} of ${figures.outcome.acknowledged} acknowledged`,
    String(figures.outcome.doubled),
  ];
}

function bundleText(
  { bytes, gzipBytes, modules, parts }: BundleContents,
  charts: Map<string, Chart>,
) {
  charts.set("bundle", {
    title: `What is in the bundle: ${number(gzipBytes / 1024, 1)} KiB gzip`,
    unit: "minified bytes before compression",
    bars: parts.slice(0, 16).map(({ name, bytes: size }) => ({
      label: name,
      value: size,
      note: number(size, 0),
      isOurs: name.startsWith("src/"),
    })),
  });
  const lines = parts.map(({ name, bytes: size }) => [
    name,
    number(size, 0),
    `${((size / bytes) * 100).toFixed(1)} %`,
  ]);
  return `${number(bytes, 0)} bytes, ${number(gzipBytes, 0)} gzip (budget: 102,400), ${modules} source files evaluated at the start.\n\n![bundle](bundle.svg)\n\n${table(["part", "bytes", "share"], lines)}`;
}
