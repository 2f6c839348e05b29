import { CommandProblem } from "../command-problem.ts";
import { waitFor, type World } from "../setup/world.ts";

const SETTLES = { seconds: 60, everyMs: 1_000 };

/** Waits until a relay says that it is ready; with which key it does not say. */
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
  world.say.done("The relay is ready (/healthz got 200).");
}
