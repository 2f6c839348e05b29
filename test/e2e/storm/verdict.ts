/** After a storm: what is wrong, merge by merge. An empty list is what the relay promises. */
import { isFinal, type State } from "../../../src/domain/dispatch-state.ts";
import { repositoryIdOf } from "../../../src/domain/dispatch-id.ts";
import { isByHand } from "../../../src/domain/order.ts";
import type { Simulator } from "../../../src/simulator/simulator.ts";
import type { Asked } from "./people.ts";
import type { Merge, Push } from "./town.ts";

export interface Row {
  readonly id: string;
  readonly key: string;
  readonly generation: number;
  readonly event: string;
  readonly sha: string | null;
  readonly state: State;
  readonly reason: string | null;
  readonly pull_request: number | null;
  readonly run_id: number | null;
}

export const ROWS =
  "SELECT id, key, generation, event, sha, state, reason, pull_request, run_id FROM dispatches";

export interface Wrong {
  readonly text: string;
  /** Null: it is about no merge in particular. */
  readonly merge: Merge | null;
}

interface Evidence {
  readonly simulator: Simulator;
  readonly merges: readonly Merge[];
  readonly pushes: readonly Push[];
  /** By key. */
  readonly asked: ReadonlyMap<string, Asked>;
  /** Dispatches that somebody was told are cancelled. */
  readonly cancelled: ReadonlySet<string>;
  readonly rows: readonly Row[];
  readonly lines: readonly string[];
}

/** Everything that breaks the promise. */
export function judge(evidence: Evidence): Wrong[] {
  const { simulator, rows, lines } = evidence;
  const ids = simulator.dispatches.map(({ inputs }) => inputs["dispatch_id"] ?? "");
  const runs = countEach(ids);
  const known = new Map(rows.map((row) => [row.id, row]));
  const names = countEach(rows.map(nameOf));
  return [
    ...[...runs].filter(([, count]) => count > 1).map(([id]) => about(`two runs of ${id}`)),
    ...ids.filter((id) => !known.has(id)).map((id) => about(`no ledger knows the run of ${id}`)),
    ...[...names].filter(([, count]) => count > 1).map(([name]) => about(`two dispatches ${name}`)),
    ...rows.flatMap((row) => judgeRow(row, runs.get(row.id) ?? 0).map(about)),
    ...judgeAutomatic(known, ids).map(about),
    ...judgeCancelled(evidence, known, runs).map(about),
    ...lines.filter(isBug).map((line) => about(`the log says ${line}`)),
    ...judgeMerges(evidence, known),
    ...judgePushes(evidence, known).map(about),
    ...judgeOrders(evidence, known).map(about),
  ];
}

function about(text: string): Wrong {
  return { text, merge: null };
}

function isBug(line: string): boolean {
  return /"level":"error","event":"[\w.-]+\.bug"/.test(line) || /Uncaught|kj::Exception/.test(line);
}

function countEach(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function keyOf({ id, key }: Row): string {
  return `${repositoryIdOf(id) ?? ""} ${key}`;
}

function nameOf(row: Row): string {
  return `${keyOf(row)} generation ${row.generation}`;
}

/** What one record says, against the runs that bear its id. */
function judgeRow({ id, state, run_id: runId }: Row, runs: number): string[] {
  if (!isFinal(state)) return [`dispatch ${id} is still ${state}`];
  if (state === "succeeded" || state === "failed") {
    return runs === 1 && runId !== null ? [] : [`dispatch ${id} ${state}, and has ${runs} runs`];
  }
  const never = state === "exhausted" || state === "skipped" || state === "rejected";
  return never && runs > 0 ? [`dispatch ${id} is ${state}, and has a run`] : [];
}

/** Nothing but a person makes a second run of one key, whatever generation it is called. */
function judgeAutomatic(known: ReadonlyMap<string, Row>, ids: readonly string[]): string[] {
  const keys = ids.flatMap((id) => {
    const row = known.get(id);
    return row === undefined || isByHand(row.event) ? [] : [keyOf(row)];
  });
  return [...countEach(keys)]
    .filter(([, count]) => count > 1)
    .map(([key, count]) => `${count} runs of ${key} that nobody asked for`);
}

/** What somebody was told is cancelled stays so, and never runs. */
function judgeCancelled(
  { cancelled }: Evidence,
  known: ReadonlyMap<string, Row>,
  runs: ReadonlyMap<string, number>,
): string[] {
  return [...cancelled]
    .filter((id) => known.get(id)?.state !== "cancelled" || runs.has(id))
    .map(
      (id) =>
        `${id} was told to be cancelled, is ${known.get(id)?.state ?? "gone"}, and has ${runs.get(id) ?? 0} runs`,
    );
}

/** The runs of one repository's commits, wherever they ran. */
function runsBy(
  { simulator }: Evidence,
  name: (repositoryId: number, inputs: Readonly<Record<string, string>>) => string,
): Map<string, number> {
  return countEach(
    simulator.dispatches.map(({ inputs }) =>
      name(repositoryIdOf(inputs["dispatch_id"] ?? "") ?? 0, inputs),
    ),
  );
}

function judgeMerges(evidence: Evidence, known: ReadonlyMap<string, Row>): Wrong[] {
  const runs = runsBy(evidence, (repositoryId, { sha = "", image = "", tag = "" }) =>
    tag === "" ? `${repositoryId} ${sha} ${image}` : "",
  );
  const records = new Map<string, Row[]>();
  for (const row of known.values()) {
    const name = `${repositoryIdOf(row.id) ?? ""} ${row.pull_request ?? ""}`;
    records.set(name, [...(records.get(name) ?? []), row]);
  }
  return evidence.merges.flatMap((merge) => {
    const { house, number, sha, images, excuses } = merge;
    const own = records.get(`${house.id} ${number}`) ?? [];
    const excused = own.some(
      ({ reason }) => reason !== null && [...excuses, CANCELLED].includes(reason),
    );
    const count = (image: string): number => runs.get(`${house.id} ${sha} ${image}`) ?? 0;
    const wrongs = images
      .filter((image) => count(image) === 0 && !excused)
      .map((image) => `no run for image "${image}"`);
    if (images.length === 0 && count("") > 0) wrongs.push("a run that the policy forbids");
    if (images.length === 0 && !excused) wrongs.push(`no record that says ${excuses.join(" or ")}`);
    return wrongs.map((text) => ({ text, merge }));
  });
}

/** A person stopped it before it left. */
const CANCELLED = "cancelled-by-hand";

/** A push that GitHub delivered, and that the relay took, has its run or a reason. */
function judgePushes(evidence: Evidence, known: ReadonlyMap<string, Row>): string[] {
  const runs = runsBy(evidence, (repositoryId, { sha = "", tag }) =>
    tag === undefined
      ? `${repositoryId} ${sha} refs/heads/main`
      : `${repositoryId} ${sha} refs/tags/${tag}`,
  );
  const taken = new Set(
    evidence.simulator.deliveries.recorded
      .filter(({ event, statusCode }) => event.name === "push" && statusCode === 202)
      .map(
        ({ event: { repositoryId, payload } }) =>
          `${repositoryId} ${String(payload["ref"])} ${String(payload["after"])}`,
      ),
  );
  const rows = [...known.values()];
  return evidence.pushes.flatMap(({ house, ref, sha, after }) => {
    if (!taken.has(`${house.id} ${ref} ${after}`)) return [];
    if (runs.has(`${house.id} ${sha} ${ref}`)) return [];
    const excused = rows.some(
      (row) =>
        repositoryIdOf(row.id) === house.id &&
        row.reason === CANCELLED &&
        // Stopped before GitHub was asked, it knows no commit but what the event said.
        (row.sha === sha || row.key.startsWith(`?/push:${after}:`)),
    );
    return excused ? [] : [`no run for ${ref} ${sha} of ${house.owner}/${house.name}`];
  });
}

/** What people were told is so, and is the same each time; what they did not ask for is not there. */
function judgeOrders({ asked, rows }: Evidence, known: ReadonlyMap<string, Row>): string[] {
  const told = [...asked].flatMap(([key, { told: answers }]) => {
    const [first = []] = answers;
    const other = answers.find((ids) => ids.join(" ") !== first.join(" "));
    return [
      ...(other === undefined
        ? []
        : [`${key} was answered with ${first.join(" ")} and ${other.join(" ")}`]),
      ...answers
        .flat()
        .filter((id) => !known.has(id))
        .map((id) => `${key} was promised ${id}, which is gone`),
    ];
  });
  // One order makes at most one generation of each route; a filter's orders are of no pull request.
  const orders = countEach(
    [...asked.values()].map(({ house, pullRequest }) => `${house.id} ${pullRequest ?? "any"}`),
  );
  const made = countEach(
    rows
      .filter(({ event, key }) => isByHand(event) && !key.startsWith("?/"))
      .map((row) => `${repositoryIdOf(row.id) ?? ""} ${row.pull_request ?? ""} ${row.key}`),
  );
  const tooMany = [...made].filter(([name, count]) => {
    const [house = "", pullRequest = ""] = name.split(" ");
    return count > (orders.get(`${house} ${pullRequest}`) ?? 0) + (orders.get(`${house} any`) ?? 0);
  });
  return [...told, ...tooMany.map(([name, count]) => `${count} generations by hand of ${name}`)];
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
