/** Everything that GitHub is asked about callers, over one connection. */
import type { Identity, MaintainerRole } from "../domain/caller.ts";
import { createAskPerson } from "./person.ts";
import { createAskRunStanding } from "./run-standing.ts";
import type { SessionOptions } from "./session.ts";
import { createAskStanding } from "./standing.ts";
import type { AppCredentials } from "./tokens.ts";
import { createAskVisible } from "./visible.ts";

/** Each question has a memory of its own, which lasts as long as this object and a minute at most. */
export function createIdentity(
  credentials: AppCredentials,
  options: SessionOptions,
  role: MaintainerRole,
): Identity {
  return {
    askPerson: createAskPerson(options),
    askStanding: createAskStanding(options, { role, appId: credentials.appId }),
    askVisible: createAskVisible(options, role),
    askRunStanding: createAskRunStanding(credentials, options, role),
  };
}
