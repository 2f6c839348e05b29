import type { Call } from "../router.ts";
import { account, appBot } from "../world/accounts.ts";
import type { Account, WorldState } from "../world/state.ts";

/** The account that an action counts as: the App's bot, or the person. */
export function actorOf(state: WorldState, call: Call): Account {
  return "login" in call.principal ? account(state, call.principal.login) : appBot(state);
}
