/** After an order: what was taken, and with `--watch` what becomes of it. */
import * as v from "valibot";
import type { Cli } from "../program.ts";
import { EXIT } from "../exit-code.ts";
import { dispatchSchema, type ShownDispatch } from "./answers.ts";
import { formatDispatch } from "./dispatch-text.ts";
import { untilInterrupt } from "./interrupt.ts";
import { clean, createPaint } from "./paint.ts";
import { toSafeJson } from "./safe-json.ts";
import type { Session } from "./session.ts";
import { hasEnded, isPublished, watchDispatches, type Watched } from "./watch.ts";

/** An answer with dispatches, each as it is shown and as it came. */
export const withDispatches = v.object({
  dispatches: v.array(
    v.pipe(
      v.unknown(),
      v.transform((body) => ({ body, shown: v.parse(dispatchSchema, body) })),
    ),
  ),
});

/** Prints dispatches as they are now, and to a person how to follow one. */
export function showTaken({ io, json }: Session, dispatches: readonly Watched[]): void {
  if (json) return io.writeOut(toSafeJson({ dispatches: dispatches.map(({ body }) => body) }));
  io.writeOut(formatAll(dispatches, io.colour));
  const open = dispatches.find(({ shown }) => !hasEnded(shown));
  if (open === undefined || !io.interactive) return;
  const { repository, id } = open.shown;
  io.writeError(`\nFollow it: merge-relay show ${clean(`${repository} ${id}`)} --watch\n`);
}

/** Follows dispatches to their ends, prints them, and sets the exit code by whether all succeeded. */
export async function followTaken(
  cli: Cli,
  session: Session,
  start: { readonly repository: string; readonly dispatches: readonly Watched[] },
): Promise<void> {
  const { io, json } = session;
  const ended = await untilInterrupt((signal) => watchDispatches(session, start, signal));
  if (ended === "interrupted") {
    io.writeError(
      `\nNo longer watching. What was ordered goes on; merge-relay show ${start.repository} ${start.dispatches[0]?.shown.id ?? "ID"} tells how it ended.\n`,
    );
    return cli.setExitCode(EXIT.interrupted);
  }
  const published = ended.length > 0 && ended.every(({ shown }) => isPublished(shown));
  if (json) io.writeOut(toSafeJson({ published, dispatches: ended.map(({ body }) => body) }));
  else
    io.writeOut(`\n${formatAll(ended, io.colour)}\n${summary(ended.map(({ shown }) => shown))}\n`);
  cli.setExitCode(published ? EXIT.done : EXIT.failed);
}

function formatAll(dispatches: readonly Watched[], colour: boolean): string {
  const paint = createPaint(colour);
  return dispatches.map(({ shown }) => formatDispatch(shown, paint)).join("\n");
}

function summary(dispatches: readonly ShownDispatch[]): string {
  const published = dispatches.filter(isPublished).length;
  if (dispatches.length === 1) return published === 1 ? "Published." : "Not published.";
  return `${published} of ${dispatches.length} published.`;
}
