/** After a storm: what is wrong, merge by merge. An empty list is what the relay promises. */
import { isFinal, type State } from "../../../src/domain/dispatch-state.ts";
import { repositoryIdOf } from "../../../src/domain/dispatch-id.ts";
import type { Simulator } from "../../../src/simulator/simulator.ts";
import type { Merge } from "./town.ts";

export interface Row {
  readonly id: string;
  readonly key: string;
  readonly generation: number;
  readonly state: State;
  readonly reason: string | null;
  readonly pull_request: number | null;
  readonly run_id: number | null;
}

export const ROWS =
  "SELECT id, key, generation, state, reason, pull_request, run_id FROM dispatches";

export interface Wrong {
  readonly text: string;
  /** Null: it is about no merge in particular. */
  readonly merge: Merge | null;
}

interface Evidence {
  readonly simulator: Simulator;
  readonly merges: readonly Merge[];
  readonly rows: readonly Row[];
  readonly lines: readonly string[];
}

/** Everything that breaks the promise. */
export function judge(evidence: Evidence): Wrong[] {
  const { simulator, merges, rows, lines } = evidence;
  const ids = simulator.dispatches.map(({ inputs }) => inputs["dispatch_id"] ?? "");
  const seen = new Set<string>();
  const doubled = ids.filter((id) => seen.size === seen.add(id).size);
  const known = new Set(rows.map(({ id }) => id));
  return [
    ...doubled.map((id) => about(`two runs bear the dispatch id ${id}`)),
    ...ids.filter((id) => !known.has(id)).map((id) => about(`no ledger knows the run of ${id}`)),
    ...rows
      .filter(({ state }) => !isFinal(state))
      .map(({ id, state }) => about(`dispatch ${id} is still ${state}`)),
    ...lines.filter(isBug).map((line) => about(`the log says ${line}`)),
    ...judgeMerges(evidence, merges),
  ];
}

function about(text: string): Wrong {
  return { text, merge: null };
}

function isBug(line: string): boolean {
  return /"level":"error","event":"[\w.-]+\.bug"/.test(line) || /Uncaught|kj::Exception/.test(line);
}

function judgeMerges({ simulator, rows }: Evidence, merges: readonly Merge[]): Wrong[] {
  const runs = new Map<string, number>();
  for (const { repositoryId, inputs } of simulator.dispatches) {
    const name = `${repositoryId} ${inputs["sha"] ?? ""} ${inputs["image"] ?? ""}`;
    runs.set(name, (runs.get(name) ?? 0) + 1);
  }
  const records = new Map<string, Row[]>();
  for (const row of rows) {
    const name = `${repositoryIdOf(row.id) ?? ""} ${row.pull_request ?? ""}`;
    records.set(name, [...(records.get(name) ?? []), row]);
  }
  return merges.flatMap((merge) => {
    const { house, number, sha, images, excuses } = merge;
    const own = records.get(`${house.id} ${number}`) ?? [];
    const excused = own.some(({ reason }) => reason !== null && excuses.includes(reason));
    const wrongs = images.flatMap((image): string[] => {
      const count = runs.get(`${house.id} ${sha} ${image}`) ?? 0;
      if (count > 1) return [`${count} runs for image "${image}"`];
      return count === 1 || excused ? [] : [`no run for image "${image}"`];
    });
    const stray = images.length === 0 && (runs.get(`${house.id} ${sha} `) ?? 0) > 0;
    const silent = images.length === 0 && !excused;
    if (stray) wrongs.push("a run that the policy forbids");
    if (silent) wrongs.push(`no record that says ${excuses.join(" or ")}`);
    return wrongs.map((text) => ({ text, merge }));
  });
}

/** What GitHub saw of a merge, for a person to read. */
export function seenByGitHub({ requests, deliveries }: Simulator, { house, sha, number }: Merge) {
  const posts = requests
    .filter(({ body }) => body?.includes(sha) === true)
    .map(({ time, path, status, answered, fault, body }) => {
      const fate = fault === null ? "" : ` under ${JSON.stringify(fault)}`;
      return `${iso(time)} POST ${path}: did ${status ?? "nothing"}, said ${answered ?? "nothing"}${fate} ${body ?? ""}`;
    });
  const sent = deliveries.recorded
    .filter(({ event }) => event.repositoryId === house.id && event.name === "pull_request")
    .filter(({ event }) => event.payload["number"] === number)
    .map(
      ({ deliveredAt, guid, event, redelivery, status, response }) =>
        `${iso(deliveredAt)} ${redelivery ? "re" : ""}delivery ${guid} ${event.action ?? ""}: ${status} ${response.payload ?? ""}`,
    );
  return [...sent, ...posts];
}

/** A time of day, to the millisecond. */
export function iso(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}
