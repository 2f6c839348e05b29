/** The port `AppGitHub` over HTTP. */
import type { AppGitHub } from "../domain/app-github.ts";
import { AppSession } from "./app-session.ts";
import { hookDeliveries, redeliver } from "./hook-deliveries.ts";
import { installations, repositoriesOf } from "./installations.ts";
import type { SessionOptions } from "./session.ts";
import { type AppCredentials, Tokens } from "./tokens.ts";

/** Connects to one GitHub as one App. Nothing is sent until the first question. */
export function createAppGitHub(credentials: AppCredentials, options: SessionOptions): AppGitHub {
  const session = new AppSession(new Tokens(credentials, options), options);
  return {
    hookDeliveries: (cursor) => hookDeliveries(session, cursor),
    redeliver: (id) => redeliver(session, id),
    installations: (page) => installations(session, page),
    repositoriesOf: (installationId, page) => repositoriesOf(session, installationId, page),
  };
}
