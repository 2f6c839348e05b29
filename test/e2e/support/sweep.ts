/** The cron of a rig, and how to know that what it began has ended. */
import type { Rig } from "./relay.ts";
import { waitFor } from "./wait-for.ts";

/** Lets the cron come and waits until its sweep over the deliveries has ended. */
export async function sweep({ relay }: Rig): Promise<void> {
  const ended = () =>
    relay.logs().filter((line) => line.includes('"event":"sweep.finished"')).length;
  const before = ended();
  await relay.cron();
  await waitFor("the end of the sweep", () => ended() > before);
}

/** Also waits for the end of the walk over installations, which follows. */
export async function sweepAndWalk(rig: Rig): Promise<void> {
  await sweep(rig);
  await waitFor("the end of the walk", async () => {
    const [row] = await rig.relay.querySweeper(
      "SELECT (SELECT COUNT(*) FROM todo) AS todo, value FROM progress WHERE name = 'installations'",
    );
    return row?.["todo"] === 0 && String(row["value"]).includes('"page":null');
  });
}
