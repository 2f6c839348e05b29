/** The report's words on the CPU time of single requests. */
import { CPU_LIMIT_MS, type CpuRow } from "../parts/cpu.ts";
import { number, table } from "./table.ts";

/** Every kind of invocation beside the limit, which holds for each of them alone. */
export function cpuText(rows: readonly CpuRow[]): string {
  const lines = rows.map((row) => [
    row.name,
    number(row.invocations, 0),
    number(row.p50Ms, 2),
    number(row.p99Ms, 2),
    number(row.mostMs, 2),
    number(row.firstMs, 1),
    `${number(row.withinLimit * 100, 1)} %`,
    number(row.processP50Ms, 2),
    number(row.processP99Ms, 2),
    `${number(row.processWithinLimit * 100, 1)} %`,
  ]);
  const head = [
    "invocation",
    "measured",
    "p50 ms",
    "p99 ms",
    "most",
    "the first",
    `within ${CPU_LIMIT_MS} ms`,
    "whole process, p50",
    "p99",
    `within ${CPU_LIMIT_MS} ms`,
  ];
  const how = `The free plan's ${CPU_LIMIT_MS} ms hold for one invocation: a request, or an alarm. Each is played for itself, with nothing else under way: alarms ring when they are told to (\`floor/rung.js\`), and what is counted is the scheduler's CPU time from before an invocation until its thread is idle. The first figures are of the thread on which the Worker runs, where HTTP, SQLite and the request that rings the alarm are counted too; the last ones have V8's helper threads with them. A request has in it the object's call and the alarm that rings for nothing. All are upper bounds of the Worker's own time. A merge is five requests and at most six alarms.`;
  return `${how}\n\n${table(head, lines)}`;
}
