/**
 * Merges over many repositories while GitHub, the network and the relay's own process fail at random,
 * from one seed. The choices are the seed's; the moments at which they meet are the machine's, so a
 * seed that failed may need several runs to fail again.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { repositoryIdOf } from "../../../src/domain/dispatch-id.ts";
import { createRandom, type SeededRandom } from "../../../src/simulator/random.ts";
import { type Simulator, startSimulator } from "../../../src/simulator/simulator.ts";
import { type IndexHealth, type IndexServer, startIndexServer } from "../support/index-server.ts";
import { settingsFor } from "../support/relay.ts";
import { prepareWorkerd } from "../support/workerd.ts";
import { People } from "./people.ts";
import { buildTown, type House, type Merge, mergeIn, pickOne, type Push, pushTo } from "./town.ts";
import { iso, judge, type Row, ROWS, seenByGitHub, type Wrong } from "./verdict.ts";
import { blackOut, clearUp, letItRain, strike, TIMES } from "./weather.ts";

export interface StormSize {
  readonly seed: number;
  readonly repositories: number;
  readonly merges: number;
  /** How long the merges take; the time to come to rest is on top. */
  readonly stormMs: number;
  /** The longest time to come to rest. */
  readonly calmMs: number;
  readonly say: (text: string) => void;
}

export interface StormReport {
  readonly seed: number;
  readonly wrongs: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

const SETTINGS = {
  GITHUB_TIMEOUT_MS: String(TIMES.GITHUB_TIMEOUT_MS),
  UNKNOWN_SETTLE_MS: String(TIMES.UNKNOWN_SETTLE_MS),
  RETRY_BASE_MS: "50",
  // Given up within six seconds: shorter than a blackout, longer than most bad luck.
  RETRY_MAX_ATTEMPTS: "8",
  RUN_POLL_MS: "1000",
  SCAN_INTERVAL_MS: "6000",
} as const;
const BLACKOUT_MS = 7_000;
/** From one to the next. */
const CLEAR_SKY_MS = 20_000;
const INDEX_HEALTHS: readonly IndexHealth[] = ["well", "silent", "failing", "cut"];
const CRON_MS = 3_000;
const FAULTY_SHARE = 0.25;
/** Of the dispatches: how often the process is killed just when GitHub has one. */
const DEATHS_AT_DISPATCH = 0.04;

type Relay = Awaited<ReturnType<typeof prepareWorkerd>>;

class Storm {
  readonly size: StormSize;
  readonly random: SeededRandom;
  readonly simulator: Simulator;
  readonly relay: Relay;
  readonly index: IndexServer;
  readonly people: People;
  readonly houses: House[];
  readonly merges: Merge[] = [];
  readonly pushes: Push[] = [];
  readonly lines: string[];
  deaths = 0;
  #isDown = true;
  #isStormy = true;
  #changing: Promise<void> = Promise.resolve();

  constructor(
    size: StormSize,
    parts: {
      random: SeededRandom;
      simulator: Simulator;
      relay: Relay;
      index: IndexServer;
      lines: string[];
    },
  ) {
    this.size = size;
    this.random = parts.random;
    this.simulator = parts.simulator;
    this.relay = parts.relay;
    this.index = parts.index;
    this.lines = parts.lines;
    this.people = new People(this.simulator, this.random);
    this.houses = buildTown(this.simulator, size.repositories, this.random);
    this.#dieAtDispatches();
  }

  /** One change of the process at a time. */
  #change(work: () => Promise<void>): Promise<void> {
    this.#changing = this.#changing.then(work);
    return this.#changing;
  }

  start(): Promise<void> {
    return this.#change(async () => {
      if (!this.#isDown) return;
      const url = await this.relay.start();
      this.simulator.world.setWebhook({ url: `${url}/webhooks/github` });
      this.#isDown = false;
    });
  }

  kill(): Promise<void> {
    return this.#change(async () => {
      if (this.#isDown) return;
      this.#isDown = true;
      this.deaths += 1;
      await this.relay.kill();
    });
  }

  async cron(): Promise<void> {
    // A process that dies under the call, or is dead, has had no cron.
    await this.relay.cron().catch(() => undefined);
  }

  #dieAtDispatches(): void {
    const { faults } = this.simulator;
    const pick = faults.pick.bind(faults);
    faults.pick = (method, path) => {
      const isHit = method === "POST" && path.endsWith("/dispatches") && this.#isStormy;
      if (isHit && this.random.next() < DEATHS_AT_DISPATCH) {
        setTimeout(() => void this.kill(), this.random.next() * 40);
      }
      return pick(method, path);
    };
  }

  async rage(): Promise<void> {
    const { size, simulator, random, houses } = this;
    letItRain(simulator, FAULTY_SHARE);
    const startedAt = Date.now();
    const endsAt = startedAt + size.stormMs;
    const loops = [
      this.#until(
        endsAt,
        () => 300 + random.next() * 900,
        () => strike(simulator, houses, random),
      ),
      this.#until(
        endsAt,
        () => 2_500 + random.next() * 5_000,
        () => this.kill(),
      ),
      this.#until(
        endsAt,
        () => 400 + random.next() * 1_200,
        () => this.start(),
      ),
      this.#until(
        endsAt,
        () => CRON_MS,
        () => this.cron(),
      ),
      this.#until(
        endsAt,
        () => 200 + random.next() * 400,
        () => this.people.act(this.merges),
      ),
      this.#until(
        endsAt,
        () => 300 + random.next() * 900,
        () => this.#push(),
      ),
      this.#until(
        endsAt,
        () => 1_000 + random.next() * 3_000,
        () => void (this.index.health = pickOne(INDEX_HEALTHS, random)),
      ),
      this.#until(
        endsAt,
        () => CLEAR_SKY_MS * random.next(),
        () => this.#blackOut(),
      ),
      this.#until(
        endsAt,
        () => 20_000,
        () => this.#tell("storm"),
      ),
    ];
    const hot = pickOne(houses, random);
    while (this.merges.length < size.merges) {
      const share = Math.min(1, (Date.now() - startedAt) / size.stormMs);
      const due = Math.ceil(share * size.merges);
      while (this.merges.length < due) {
        const house = random.next() < 0.05 ? hot : pickOne(houses, random);
        this.merges.push(mergeIn(simulator, house, random));
      }
      await sleep(20);
    }
    await Promise.all(loops);
    this.#isStormy = false;
  }

  #push(): void {
    const push = pushTo(this.simulator, pickOne(this.houses, this.random), this.merges);
    if (push !== null) this.pushes.push(push);
  }

  async #blackOut(): Promise<void> {
    const end = blackOut(this.simulator);
    await sleep(BLACKOUT_MS);
    end();
  }

  async #until(endsAt: number, gapMs: () => number, act: () => unknown): Promise<void> {
    for (;;) {
      const gap = gapMs();
      if (Date.now() + gap > endsAt) return;
      await sleep(gap);
      await act();
    }
  }

  /** Until nothing is wrong any more, and stays so for longer than GitHub may take to act. */
  async calm(): Promise<Wrong[]> {
    const { size, simulator, houses } = this;
    clearUp(simulator, houses);
    this.index.health = "well";
    await this.start();
    this.people.isCalm = true;
    await this.people.answered();
    this.people.resumeAll();
    const endsAt = Date.now() + size.calmMs;
    let restMs = CRON_MS;
    for (let round = 1; ; round++) {
      await this.cron();
      await sleep(restMs);
      const beganAt = Date.now();
      const wrongs = await this.judge();
      // GitHub is simulated in this very thread: while it judges, every call of the relay waits.
      restMs = Math.max(CRON_MS, 8 * (Date.now() - beganAt));
      if (wrongs.length === 0) {
        await sleep(TIMES.UNKNOWN_SETTLE_MS);
        await simulator.idle();
        const after = await this.judge();
        // A scan may have brought something back meanwhile, which is then under way.
        if (after.length === 0 || Date.now() > endsAt) return after;
        continue;
      }
      if (Date.now() > endsAt) return wrongs;
      await this.#replayExhausted();
      if (round % 7 === 0) this.#tell(`calm, ${wrongs.length} things left to do`);
    }
  }

  async judge(): Promise<Wrong[]> {
    const { simulator, merges, pushes, lines } = this;
    const rows = await this.#rows();
    const { asked, cancelled } = this.people;
    return judge({ simulator, merges, pushes, asked, cancelled, rows, lines });
  }

  async #rows(): Promise<Row[]> {
    return (await this.relay.query(ROWS)) as unknown as Row[];
  }

  /** What was given up in a blackout and never redelivered is repeated by people. */
  async #replayExhausted(): Promise<void> {
    const newest = new Map<string, Row>();
    for (const row of await this.#rows()) {
      const name = `${repositoryIdOf(row.id) ?? ""} ${row.key}`;
      if ((newest.get(name)?.generation ?? 0) < row.generation) newest.set(name, row);
    }
    const exhausted = [...newest.values()].filter(({ state }) => state === "exhausted");
    const ids = new Set(exhausted.map(({ id }) => repositoryIdOf(id)));
    for (const house of this.houses) if (ids.has(house.id)) this.people.replayExhausted(house);
    await this.people.answered();
  }

  #tell(phase: string): void {
    const { simulator, merges, size, deaths } = this;
    const counts = `${merges.length}/${size.merges} merges, ${simulator.dispatches.length} runs, ${simulator.requests.length} calls, ${deaths} deaths`;
    size.say(`${iso(Date.now())} ${phase}: ${counts}`);
  }

  /** A wrong in words, with all that is known of its merge. */
  async explain({ text, merge }: Wrong): Promise<string> {
    if (merge === null) return text;
    const { house, number, sha, images, excuses } = merge;
    const history = await this.relay.query(
      `SELECT d.id, d.key, d.generation, d.event, d.reason, h.at, h.state, h.cause, h.actor FROM dispatches d LEFT JOIN history h ON h.dispatch_id = d.id WHERE d.sha = '${sha}' OR (d.pull_request = ${number} AND d.id LIKE 'mr-${house.id.toString(36)}-%') ORDER BY d.id, h.version`,
    );
    const steps = history.map((row) => JSON.stringify(row));
    return [
      `${text}: ${house.kind} repository ${house.id} #${number} ${sha}, wants ${JSON.stringify(images)} or ${JSON.stringify(excuses)}`,
      ...["ledger:", ...steps, "GitHub:", ...seenByGitHub(this.simulator, merge)].map(
        (line) => `    ${line}`,
      ),
    ].join("\n");
  }
}

/** How many wrongs are told in full. */
const TOLD = 8;

/** Lets a storm pass and says what it left broken. */
export async function runStorm(size: StormSize): Promise<StormReport> {
  const random = createRandom(size.seed);
  const simulator = await startSimulator({ seed: size.seed });
  const { vars, secrets } = settingsFor(simulator, SETTINGS);
  const lines: string[] = [];
  const index = await startIndexServer();
  const relay = await prepareWorkerd(
    { ...vars, ...secrets },
    {
      index: index.address,
      onLine: (line) => {
        if (!line.includes('"level":"info"')) lines.push(line);
      },
    },
  );
  const delay = monitorEventLoopDelay();
  delay.enable();
  try {
    const storm = new Storm(size, { random, simulator, relay, index, lines });
    await storm.start();
    await storm.rage();
    const wrongs = await storm.calm();
    const told = await Promise.all(wrongs.slice(0, TOLD).map((wrong) => storm.explain(wrong)));
    const more = wrongs.length > TOLD ? [`… and ${wrongs.length - TOLD} more`] : [];
    return {
      seed: size.seed,
      wrongs: [...told, ...more],
      counts: {
        repositories: storm.houses.length,
        merges: storm.merges.length,
        pushes: storm.pushes.length,
        orders: storm.people.asked.size,
        cancelled: storm.people.cancelled.size,
        runs: simulator.dispatches.length,
        calls: simulator.requests.length,
        faulty: simulator.requests.filter(({ fault }) => fault !== null).length,
        deliveries: simulator.deliveries.recorded.length,
        deaths: storm.deaths,
        slowestLoopMs: Math.round(delay.max / 1e6),
      },
    };
  } finally {
    delay.disable();
    await relay.kill();
    await relay.remove();
    index.close();
    await simulator.close();
  }
}
