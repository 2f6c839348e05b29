/** The report's words on the CPU time of single requests. */
import { CPU_LIMIT_MS, type CpuRow } from "../parts/cpu.ts";
import { number, table } from "./table.ts";

/** Every case beside the limit. */
export function cpuText(rows: readonly CpuRow[]): string {
  const lines = rows.map(({ name, requests, p50Ms, p99Ms, mostMs, firstMs, withinLimit }) => [
    name,
    number(requests, 0),
    number(p50Ms, 2),
    number(p99Ms, 2),
    number(mostMs, 2),
    number(firstMs, 1),
    `${number(withinLimit * 100, 1)} %`,
  ]);
  const head = [
    "request",
    "measured",
    "p50 ms",
    "p99 ms",
    "most",
    "the first",
    `within ${CPU_LIMIT_MS} ms`,
  ];
  return `CPU time of the whole process from before a delivery to after its answer, one at a time: an upper bound of what is the Worker's own.\n\n${table(head, lines)}`;
}
