import type { Account, AccountType, WorldState } from "./state.ts";

/** The account of that login in any case, or null. */
export function findAccount(state: WorldState, login: string): Account | null {
  return state.accounts.get(login.toLowerCase()) ?? null;
}

/** The account of that login; made on first use, so that worlds are quick to write. */
export function account(state: WorldState, login: string, type: AccountType = "User"): Account {
  const known = findAccount(state, login);
  if (known !== null) {
    return known;
  }
  const made: Account = {
    id: state.nextId("account"),
    login,
    type: login.endsWith("[bot]") ? "Bot" : type,
  };
  state.accounts.set(login.toLowerCase(), made);
  return made;
}

/** The bot account that an App acts as. */
export function appBot(state: WorldState): Account {
  return account(state, `${state.app.slug}[bot]`);
}
