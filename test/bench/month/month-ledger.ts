/** One repository's ledger in a month that is played: the ledger's own code, and the shell's alarm. */
import type { Delivery } from "../../../src/domain/delivery.ts";
import { makeDispatchId } from "../../../src/domain/dispatch-id.ts";
import type { Standing, SweptLedger, Visit } from "../../../src/domain/visit.ts";
import { accept } from "../../../src/ledger/accept.ts";
import { UNCOUNTED } from "../../../src/ledger/allowance.ts";
import { CarriedAnswers } from "../../../src/ledger/carried-answers.ts";
import { correspond } from "../../../src/ledger/correspondence.ts";
import { Projector } from "../../../src/ledger/index/projector.ts";
import type { Desk } from "../../../src/ledger/order.ts";
import { standing, takeVisit } from "../../../src/ledger/visits.ts";
import { nextDueAt, runDue } from "../../../src/ledger/runner.ts";
import { expectScan } from "../../../src/ledger/scan-schedule.ts";
import { migrate } from "../../../src/ledger/schema.ts";
import { Store } from "../../../src/ledger/store.ts";
import { FakeGitHub, repositoryOf } from "../../worker/fake-github.ts";
import { countedGitHub } from "./counted-github.ts";
import { countedStorage } from "./storage.ts";
import type { Tally } from "./tally.ts";

export const SCAN_INTERVAL_MS = 900_000;
const DAY_MS = 86_400_000;
const RESTS_AFTER_MS = 100_000;

export interface MonthClock {
  readonly now: () => number;
  readonly draw: () => number;
}

export class MonthLedger implements SweptLedger {
  readonly github: FakeGitHub;
  readonly installationId: number;
  readonly bugs: string[] = [];
  /** When the alarm fires; null: none is set. */
  alarmAt: number | null = null;
  readonly #id: number;
  readonly #clock: MonthClock;
  readonly #tally: Tally;
  readonly #onAlarmSet: (at: number) => void;
  #open: { readonly desk: Desk; readonly projector: Projector; readonly rest: () => void } | null =
    null;

  constructor(
    place: { readonly id: number; readonly installationId: number },
    around: { clock: MonthClock; tally: Tally; onAlarmSet: (at: number) => void },
  ) {
    this.#id = place.id;
    this.installationId = place.installationId;
    this.#clock = around.clock;
    this.#tally = around.tally;
    this.#onAlarmSet = around.onAlarmSet;
    this.github = new FakeGitHub({
      ...repositoryOf(place.id),
      installationId: place.installationId,
    });
    this.github.now = around.clock.now;
  }

  accept(delivery: Delivery): void {
    this.#tally.objects.accepts += 1;
    const receipt = accept(this.#desk().store, delivery, this.#clock.now());
    if (receipt.outcome === "accepted") this.#setAlarm(this.#clock.now());
  }

  standing(guid: string): Standing {
    return standing(this.#desk().store, guid);
  }

  visit(visit: Visit): void {
    this.#tally.objects.visits += 1;
    const time = { nowMs: this.#clock.now(), intervalMs: SCAN_INTERVAL_MS };
    if (takeVisit(this.#desk().store, visit, time)) this.#setAlarm(this.#clock.now());
  }

  kick(): void {
    throw new Error("nothing is overdue here");
  }

  /** What the object's `alarm()` does; what it does beside, it does here behind. */
  async alarm(): Promise<void> {
    this.#tally.objects.alarms += 1;
    this.#countAlarmSet();
    const desk = this.#desk();
    this.alarmAt = null;
    expectScan(desk.store, this.#clock.now(), SCAN_INTERVAL_MS);
    await runDue(desk, () => this.#countAlarmSet());
    await this.#open!.projector.run();
    await correspond(desk);
    const next = nextDueAt(desk);
    if (next !== null) this.#setAlarm(Math.max(next, this.#clock.now()));
    if (next === null || next - this.#clock.now() > RESTS_AFTER_MS) this.#open!.rest();
  }

  /** Whose merge a run publishes, or null. */
  pullRequestOf(runId: number): number | null {
    return this.#desk().store.dispatchOfRun(runId)?.pullRequest ?? null;
  }

  #setAlarm(at: number): void {
    this.#countAlarmSet();
    this.alarmAt = at;
    this.#onAlarmSet(at);
  }

  #countAlarmSet(): void {
    this.#tally.objects.alarmsSet += 1;
  }

  #desk(): Desk {
    this.#open ??= this.#openDesk();
    return this.#open.desk;
  }

  #openDesk() {
    const clock = this.#clock;
    const { storage, rest } = countedStorage((rows) => {
      this.#tally.rowsChanged += rows;
    });
    migrate(storage);
    const store = new Store(storage.sql);
    const bug = (event: string): void => void this.bugs.push(event);
    const log = { info: () => undefined, warn: () => undefined, error: bug };
    const about = { installationId: this.installationId, now: clock.now, tally: this.#tally };
    const desk: Desk = {
      store,
      github: countedGitHub(this.github, about),
      allowance: UNCOUNTED,
      carried: new CarriedAnswers(),
      clock,
      log,
      alert: bug,
      settings: SETTINGS,
      wakeUp: () => this.#setAlarm(clock.now()),
      diagnose: () => {
        throw new Error("no run fails in this month");
      },
      newId: () =>
        makeDispatchId(
          this.#id,
          clock.now(),
          Uint8Array.from({ length: 16 }, () => Math.floor(clock.draw() * 256)),
        ),
      announce: () => Promise.resolve(),
    };
    return { desk, rest, projector: new Projector({ store, writer: null, now: clock.now, log }) };
  }
}

const SETTINGS: Desk["settings"] = {
  policy: { allowedOwners: [], observe: false },
  retryBaseMs: 2_000,
  retryMaxAttempts: 12,
  unknownSettleMs: 15_000,
  runPollMs: 60_000,
  rerunLimit: 1,
  scanIntervalMs: SCAN_INTERVAL_MS,
  retentionMs: 90 * DAY_MS,
  appId: "4711",
  maintainerRole: "maintain",
  reports: { checks: true, comments: true },
};
