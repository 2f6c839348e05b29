/** The last thirty days over all repositories that the viewer maintains. */
import type { Lag, Stats } from "../../domain/dispatch-index.ts";
import { tellDuration } from "../parts/when.tsx";
import { BarChart } from "./bar-chart.tsx";
import { daysBetween } from "./scale.ts";

export const STATS_DAYS = 30;

const OUTCOMES = [
  { name: "succeeded", look: "good" },
  { name: "failed", look: "bad" },
  { name: "other", look: "other" },
] as const;
const LAG = [{ name: "median", look: "lag" }] as const;

export function StatsSection({ stats, now }: { stats: Stats; now: number }) {
  const known = new Map(stats.days.map((day) => [day.day, day]));
  const days = daysBetween(now - (STATS_DAYS - 1) * 86_400_000, now).map((day) => ({
    day,
    found: known.get(day),
  }));
  const outcomes = days.map(({ day, found }) => ({
    day,
    values: found ? [found.succeeded, found.failed, found.other] : [0, 0, 0],
  }));
  const lags = days.map(({ day, found }) => ({ day, values: [found?.p50_finished_ms ?? 0] }));
  const total = (at: number) => outcomes.reduce((sum, { values }) => sum + (values[at] ?? 0), 0);
  return (
    <section class="card" aria-labelledby="stats">
      <h2 id="stats">The last {STATS_DAYS} days</h2>
      <div class="tiles">
        <LagTile label="Merge to record" lag={stats.lag.received} />
        <LagTile label="Record to dispatch" lag={stats.lag.dispatched} />
        <LagTile label="Dispatch to end of run" lag={stats.lag.finished} />
      </div>
      <br />
      <div class="charts">
        <BarChart
          id="outcomes"
          title="Outcomes by day"
          summary={`${total(0)} succeeded, ${total(1)} failed, ${total(2)} other in ${STATS_DAYS} days.`}
          series={OUTCOMES}
          days={outcomes}
          tell={String}
        />
        <BarChart
          id="lag"
          title="Dispatch to end of run, by day"
          summary={`Median time from dispatch to the end of the run; over all days ${tellDuration(stats.lag.finished.p50)}.`}
          series={LAG}
          days={lags}
          tell={tellDuration}
        />
      </div>
    </section>
  );
}

function LagTile({ label, lag }: { label: string; lag: Lag }) {
  return (
    <p>
      <span class="soft">{label}</span>
      <strong>{tellDuration(lag.p50)}</strong>
      <span class="meta">
        {lag.count === 0 ? "no case" : `median; 95 of 100 within ${tellDuration(lag.p95)}`}
      </span>
    </p>
  );
}
