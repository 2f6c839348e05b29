/** Bars by day, as SVG from the server, with the same numbers as a table. */
import { niceMaximum, stack } from "./scale.ts";

export interface Series {
  readonly name: string;
  /** Ends the name of a style class. */
  readonly look: "good" | "bad" | "other" | "lag";
}

export interface BarChartParts {
  readonly id: string;
  readonly title: string;
  /** One sentence that says what the picture shows. */
  readonly summary: string;
  readonly series: readonly Series[];
  readonly days: readonly { readonly day: string; readonly values: readonly number[] }[];
  readonly tell: (value: number) => string;
}

const WIDTH = 600;
const HEIGHT = 100;

export function BarChart(parts: BarChartParts) {
  const { id, title, series, days, tell } = parts;
  const sums = days.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const maximum = niceMaximum(Math.max(0, ...sums));
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <p class="axis">
        <span>{tell(maximum)}</span>
      </p>
      <Plot {...parts} maximum={maximum} />
      <p class="axis">
        <span>{days[0]?.day}</span>
        <span>{days.at(-1)?.day}</span>
      </p>
      {series.length > 1 && <Key series={series} />}
      <details id={`${id}-numbers`}>
        <summary>{title} in numbers</summary>
        <Numbers series={series} days={days} tell={tell} />
      </details>
    </figure>
  );
}

function Plot({
  id,
  title,
  summary,
  series,
  days,
  maximum,
  tell,
}: BarChartParts & { maximum: number }) {
  const step = WIDTH / Math.max(1, days.length);
  return (
    <svg
      class="plot"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-labelledby={`${id}-title ${id}-desc`}
    >
      <title id={`${id}-title`}>{title}</title>
      <desc id={`${id}-desc`}>{summary}</desc>
      <line class="grid" x1="0" x2={WIDTH} y1="0.5" y2="0.5" />
      <line class="grid" x1="0" x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
      {days.map(({ day, values }, index) => (
        <g>
          <title>{`${day}: ${values.map((value, at) => `${tell(value)} ${series[at]?.name}`).join(", ")}`}</title>
          {stack(values, maximum, HEIGHT).map(({ y, height }, at) =>
            height > 0 ? (
              <rect
                class={`bar-${series[at]?.look}`}
                x={round(index * step + step * 0.15)}
                width={round(step * 0.7)}
                y={round(y)}
                height={round(height)}
              />
            ) : null,
          )}
        </g>
      ))}
    </svg>
  );
}

function Key({ series }: Pick<BarChartParts, "series">) {
  return (
    <ul class="key">
      {series.map(({ name, look }) => (
        <li>
          <svg viewBox="0 0 10 10" aria-hidden="true">
            <rect class={`bar-${look}`} width="10" height="10" rx="2" />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

function Numbers({ series, days, tell }: Pick<BarChartParts, "series" | "days" | "tell">) {
  const busy = days.filter(({ values }) => values.some((value) => value > 0));
  if (busy.length === 0) return <p class="soft">Nothing in these days.</p>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Day (UTC)</th>
          {series.map(({ name }) => (
            <th scope="col">{name}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {busy.map(({ day, values }) => (
          <tr>
            <th scope="row">{day}</th>
            {values.map((value) => (
              <td>{tell(value)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
