import { CommandProblem } from "../command-problem.ts";
import { waitFor, type World } from "../setup/world.ts";

const SETTLES = { seconds: 60, everyMs: 1_000 };

/** Proves that a relay is ready with the settings it has now. */
export async function proveHealth(world: World, relayUrl: string): Promise<void> {
  let last = "no answer";
  const ready = await waitFor(world, SETTLES, async () => {
    const answer = await world.send({ method: "GET", url: `${relayUrl}/healthz` });
    last = answer.kind === "answer" ? String(answer.status) : answer.cause;
    return answer.kind === "answer" && answer.status === 200 ? true : null;
  });
  if (ready === null) {
    throw new CommandProblem(
      `It is written, but ${relayUrl}/healthz does not say that the relay is ready (${last}). See \`merge-relay doctor\`.`,
    );
  }
  world.say.done("Proved: the relay is ready with it (/healthz got 200).");
}
