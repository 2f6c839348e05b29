/** What a relay makes of a secret, waited for: a changed secret takes a moment to get there. */
import { sendPing } from "../../doctor/signed-ping.ts";
import { CommandProblem } from "../command-problem.ts";
import { waitFor, type World } from "../setup/world.ts";

const SETTLES = { seconds: 60, everyMs: 1_000 };

export interface SecretProof {
  readonly relayUrl: string;
  readonly secret: string;
  readonly verdict: "taken" | "refused";
  /** Whose secret it is, for sentences: “the new secret”. */
  readonly whose: string;
  /** What holds if it cannot be proved. */
  readonly otherwise: string;
}

/** Proves it by a signed ping, or ends with what is the case. */
export async function proveSecret(world: World, proof: SecretProof): Promise<void> {
  const { relayUrl, secret, verdict, whose, otherwise } = proof;
  const wanted = verdict === "taken" ? 200 : 401;
  let last = "no answer";
  const proved = await waitFor(world, SETTLES, async () => {
    const answer = await sendPing(world, relayUrl, secret);
    last = answer.kind === "answer" ? String(answer.status) : answer.cause;
    return answer.kind === "answer" && answer.status === wanted ? true : null;
  });
  if (proved === null) {
    throw new CommandProblem(
      `Not proved: a ping signed with ${whose} got ${last} from ${relayUrl}, and not ${wanted}, for 60 s. ${otherwise}`,
    );
  }
  world.say.done(
    verdict === "taken"
      ? `Proved: the relay takes ${whose} (a signed ping got 200).`
      : `Proved: the relay refuses ${whose} (a signed ping got 401).`,
  );
}
