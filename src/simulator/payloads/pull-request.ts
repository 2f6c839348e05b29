import { presentPull } from "../represent/pull.ts";
import { repositoryOf } from "../world/find.ts";
import type { Account, Pull, WorldEvent, WorldState } from "../world/state.ts";
import { repositoryEvent } from "./event.ts";

/** A `pull_request` event. */
export function pullRequestEvent(
  state: WorldState,
  pull: Pull,
  cause: { action: string; sender: Account; extra?: Record<string, unknown> },
): WorldEvent {
  return repositoryEvent(state, repositoryOf(state, pull.repositoryId), {
    name: "pull_request",
    action: cause.action,
    sender: cause.sender,
    body: { number: pull.number, pull_request: presentPull(state, pull), ...cause.extra },
  });
}
