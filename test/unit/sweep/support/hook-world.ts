/** A GitHub of plain data behind the sweeper's port, with the ledgers and the clock beside it. */
import { AlarmFull, NEXT_ALARM } from "../../../../src/domain/alarm-full.ts";
import type {
  AppGitHub,
  DeliveryPage,
  HookDelivery,
  InstallationFacts,
  InstallationPage,
  InstalledRepository,
  Quota,
  RedeliverAnswer,
  RepositoryPage,
} from "../../../../src/domain/app-github.ts";
import type { LogFields } from "../../../../src/domain/log.ts";
import { type Answer, type Later, ok } from "../../../../src/domain/outcome.ts";
import type { OverdueLedger } from "../../../../src/domain/overdue-ledgers.ts";
import type { Standing, Visit } from "../../../../src/domain/visit.ts";
import { CallMeter } from "../../../../src/ledger/allowance.ts";
import { ASK_RULE } from "../../../../src/ledger/sweep/ask-rule.ts";
import { countedLedger } from "../../../../src/ledger/sweep/counted-ledger.ts";
import { FailureStore } from "../../../../src/ledger/sweep/failure-store.ts";
import { ProgressStore } from "../../../../src/ledger/sweep/progress-store.ts";
import { startSweep, sweepState } from "../../../../src/ledger/sweep/start-sweep.ts";
import type { SweepContext } from "../../../../src/ledger/sweep/sweep-context.ts";
import { sweepRound } from "../../../../src/ledger/sweep/sweep-round.ts";
import { prepareSweepTables } from "../../../../src/ledger/sweep/sweep-schema.ts";
import { TodoStore } from "../../../../src/ledger/sweep/todo-store.ts";
import { memoryStorage } from "../../ledger/sqlite-storage.ts";

export const MINUTE = 60_000;
export const DAY = 86_400_000;
export const OUTAGE: Later = { kind: "later", notBeforeMs: null, cause: "status-502" };

/** What comes of one call: nothing special, an answer in its place, or the end of the process. */
export type Fate = "pass" | "crash-before" | "crash-after" | "answer-lost" | "cursor-gone" | Later;

export interface Event {
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly repositoryId: number | null;
  /** How many further attempts will fail. */
  failures: number;
}

const keyOf = ({ dueAtMs, repositoryId }: OverdueLedger) => dueAtMs * 1_000_000 + repositoryId;
const never = new Promise<never>(() => undefined);

export class HookWorld implements AppGitHub {
  now = 1_800_000_000_000;
  /** In the order in which they ended. */
  readonly attempts: HookDelivery[] = [];
  readonly events = new Map<string, Event>();
  pageSize = 3;
  /** An attempt is listed so long after it began: when it has ended. */
  listedAfterMs = 0;
  /** The next calls come to these, in order; afterwards all pass. */
  fates: Fate[] = [];
  /** Called before each page is answered: what arrives during the walk. */
  duringPage: () => void = () => undefined;
  /** What GitHub makes of a POST for that GUID, beside delivering. */
  readonly refusals = new Map<string, RedeliverAnswer>();
  /** `vain`: it had succeeded before. */
  readonly posts: { guid: string; at: number; vain: boolean }[] = [];
  readonly calls: string[] = [];
  installed: InstallationFacts[] = [];
  readonly held = new Map<number, InstalledRepository[]>();
  readonly quotas = new Map<number, Quota>();
  readonly heldAnswers = new Map<number, Exclude<Answer<never>, { kind: "ok" }>[]>();

  /** GUIDs that the ledger of a repository has. */
  /** GUIDs whose work is under way in their ledger. */
  readonly underWay = new Set<string>();
  readonly known = new Set<string>();
  readonly visits: Visit[] = [];
  readonly kicks: number[] = [];
  /** How often a ledger was asked whether it has a delivery. */
  asked = 0;
  afterRound: () => void = () => undefined;
  /** Repositories whose ledger throws. */
  readonly brokenLedgers = new Set<number>();
  overdueRows: OverdueLedger[] | "unavailable" | "hangs" = [];
  /** What one question costs: redirects, tokens and tokens that are refused are requests, too. */
  requestsPerCall = 1;
  /** Of each alarm. */
  readonly requests: number[] = [];
  readonly objectCalls: number[] = [];
  readonly #meter = new CallMeter(() => {
    this.#sent += 1;
    return Promise.resolve(new Response());
  });
  #sent = 0;
  #called = 0;

  readonly logged: { level: string; event: string; fields: LogFields }[] = [];
  scanIntervalMs = 15 * MINUTE;
  fewInstallations = 0;
  allowedOwners: string[] = [];
  #sql = memoryStorage().sql;
  #crashed: () => void = () => undefined;
  #nextId = 1;

  /** Something happened; GitHub makes its first attempt. */
  happen(parts: Partial<Event> & { at?: number } = {}): Event {
    const { at = this.now, ...rest } = parts;
    const event: Event = {
      guid: `guid-${this.events.size + 1}`,
      event: "pull_request",
      action: "closed",
      repositoryId: 7,
      failures: 0,
      ...rest,
    };
    this.events.set(event.guid, event);
    this.attempt(event, false, at);
    return event;
  }

  attempt(event: Event, redelivery: boolean, at = this.now): void {
    const succeeds = event.failures <= 0;
    event.failures -= 1;
    this.attempts.push({
      id: String(this.#nextId++),
      guid: event.guid,
      deliveredAtMs: at,
      redelivery,
      ok: succeeds,
      event: event.event,
      action: event.action,
      repositoryId: event.repositoryId,
    });
  }

  hasSucceeded(guid: string): boolean {
    return this.attempts.some((attempt) => attempt.guid === guid && attempt.ok);
  }

  async hookDeliveries(cursor: string | null): Promise<Answer<DeliveryPage>> {
    return this.#call(`deliveries ${cursor ?? "top"}`, (fate) => {
      if (fate === "cursor-gone" && cursor !== null) {
        return { kind: "absent", cause: "cursor-refused" };
      }
      this.duringPage();
      const below = cursor === null ? Number.POSITIVE_INFINITY : Number(cursor);
      const oldest = this.now - 3 * DAY;
      const listed = this.attempts
        .filter(
          ({ id, deliveredAtMs }) =>
            Number(id) < below && deliveredAtMs >= oldest && this.#isListed(deliveredAtMs),
        )
        .toSorted((one, other) => Number(other.id) - Number(one.id));
      const page = listed.slice(0, this.pageSize);
      const last = page.at(-1);
      // The last item of a page comes again at the top of the next one.
      const nextBelow = this.pageSize === 1 ? Number(last?.id) : Number(last?.id) + 1;
      const next = listed.length > this.pageSize ? String(nextBelow) : null;
      return ok({ deliveries: page, unreadable: 0, next });
    });
  }

  async redeliver(id: string): Promise<RedeliverAnswer> {
    return this.#call(`redeliver ${id}`, () => {
      const known = this.attempts.find((attempt) => attempt.id === id);
      if (known === undefined) return { kind: "impossible", cause: "status-404" };
      const vain = this.hasSucceeded(known.guid);
      this.posts.push({ guid: known.guid, at: this.now, vain });
      const refusal = this.refusals.get(known.guid);
      if (refusal !== undefined) return refusal;
      this.attempt(this.events.get(known.guid)!, true);
      return { kind: "asked" };
    });
  }

  async installations(page: number): Promise<Answer<InstallationPage>> {
    return this.#call(`installations ${page}`, () => {
      const size = 2;
      const installations = this.installed.slice((page - 1) * size, page * size);
      return ok({ installations, hasNext: this.installed.length > page * size });
    });
  }

  async repositoriesOf(installationId: number, page: number): Promise<Answer<RepositoryPage>> {
    return this.#call(`repositories ${installationId} ${page}`, () => {
      const answer = this.heldAnswers.get(installationId)?.shift();
      if (answer !== undefined) return answer;
      const all = this.held.get(installationId) ?? [];
      const repositories = all.slice((page - 1) * 100, page * 100);
      const quota = this.quotas.get(installationId) ?? null;
      return ok({ repositories, total: all.length, hasNext: all.length > page * 100, quota });
    });
  }

  /** The cron comes; then alarms, until nothing is wanted before the next cron. */
  async cron(): Promise<void> {
    const context = this.#context();
    const { scanIntervalMs } = this;
    startSweep(context, { nowMs: this.now, scanIntervalMs }, context.log);
    await this.alarms(this.now + 5 * MINUTE);
  }

  /** Every alarm that is due before that time; a crash is followed by the lease. */
  async alarms(untilMs: number): Promise<void> {
    while (this.now < untilMs) {
      const crash = new Promise<"crashed">((resolve) => {
        this.#crashed = () => resolve("crashed");
      });
      [this.#sent, this.#called] = [0, 0];
      const round = this.#meter.limit((allowance) =>
        sweepRound(this.#context(), () => undefined, allowance),
      );
      const next = await Promise.race([round, crash]);
      this.requests.push(this.#sent);
      this.objectCalls.push(this.#called);
      this.afterRound();
      // An alarm beyond the next cron: the cron is there first and finds the wait where it is kept.
      if (next === null || (next !== "crashed" && next >= untilMs)) return;
      this.now = Math.max(this.now, next === "crashed" ? this.now + 30_000 : next);
    }
  }

  state() {
    return sweepState(this.#context(), this.now);
  }

  rows(sql: string): Record<string, unknown>[] {
    return [...this.#sql.exec(sql)];
  }

  said(event: string): LogFields[] {
    return this.logged.filter((line) => line.event === event).map(({ fields }) => fields);
  }

  /** New over the same storage each time: as after a restart. */
  #context(): SweepContext {
    prepareSweepTables(this.#sql);
    const write = (level: string) => (event: string, fields: LogFields) =>
      void this.logged.push({ level, event, fields });
    return {
      progress: new ProgressStore(this.#sql),
      failures: new FailureStore(this.#sql),
      todo: new TodoStore(this.#sql),
      github: this,
      ledger: (repositoryId) => this.#ledger(repositoryId),
      overdue: { overdue: (ask) => this.#overdue(ask) },
      clock: { now: () => this.now, draw: () => 0.5 },
      log: { info: write("info"), warn: write("warn"), error: write("error") },
      settings: {
        policy: { allowedOwners: this.allowedOwners, observe: false },
        scanIntervalMs: this.scanIntervalMs,
        fewInstallations: this.fewInstallations,
      },
      rule: ASK_RULE,
    };
  }

  #isListed(deliveredAtMs: number): boolean {
    return deliveredAtMs + this.listedAfterMs <= this.now;
  }

  #ledger(repositoryId: number) {
    const ledgers = { getByName: () => this.#uncountedLedger(repositoryId) };
    return countedLedger(ledgers, repositoryId, this.#meter);
  }

  #uncountedLedger(repositoryId: number) {
    this.#called += 1;
    const check = (): void => {
      if (this.brokenLedgers.has(repositoryId)) throw new TypeError("overloaded");
    };
    return {
      standing: (guid: string): Standing => {
        this.asked += 1;
        check();
        if (this.underWay.has(guid)) return "open";
        return this.known.has(guid) ? "done" : "missing";
      },
      visit: (visit: Visit) => {
        check();
        this.visits.push(visit);
      },
      kick: () => {
        this.kicks.push(repositoryId);
        check();
      },
    };
  }

  async #overdue({ beforeMs, after, limit }: Parameters<SweepContext["overdue"]["overdue"]>[0]) {
    if (this.overdueRows === "hangs") return never;
    if (this.overdueRows === "unavailable") return { kind: "unavailable" } as const;
    const rows = this.overdueRows
      .filter((row) => row.dueAtMs <= beforeMs && (after === null || keyOf(row) > keyOf(after)))
      .toSorted((one, other) => keyOf(one) - keyOf(other));
    return ok(rows.slice(0, limit)) as { kind: "ok"; value: OverdueLedger[] };
  }

  async #call<T>(name: string, act: (fate: Fate) => T): Promise<T | Later> {
    try {
      for (let count = 0; count < this.requestsPerCall; count++) {
        await this.#meter.fetch("https://github.test");
      }
    } catch (error) {
      if (error instanceof AlarmFull) return NEXT_ALARM;
      throw error;
    }
    this.calls.push(name);
    this.now += 200;
    const fate = this.fates.shift() ?? "pass";
    if (fate === "crash-before") return this.#crash();
    if (typeof fate !== "string") return fate;
    const answer = act(fate);
    if (fate === "answer-lost") return OUTAGE;
    return fate === "crash-after" ? this.#crash() : answer;
  }

  #crash(): Promise<never> {
    this.#crashed();
    return never;
  }
}
