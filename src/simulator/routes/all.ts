import type { OidcIssuer } from "../oidc.ts";
import type { Route } from "../router.ts";
import { appPageRoutes } from "./app-pages.ts";
import { appRoutes } from "./app.ts";
import { checkRoutes } from "./checks.ts";
import { commitRoutes } from "./commits.ts";
import { contentRoutes } from "./contents.ts";
import { deviceRoutes } from "./device-flow.ts";
import { gitRoutes } from "./git.ts";
import { issueRoutes } from "./issues.ts";
import { metaRoutes } from "./meta.ts";
import { pageRoutes } from "./pages.ts";
import { pullRoutes } from "./pulls.ts";
import { repositoryRoutes } from "./repositories.ts";
import type { Room } from "./room.ts";
import { runRoutes } from "./runs.ts";
import { signInRoutes, type SignIn } from "./sign-in.ts";
import { userRoutes } from "./users.ts";
import { workflowRoutes } from "./workflows.ts";

/** Every address of the simulated GitHub; the first that fits answers. */
export function allRoutes(room: Room, oidc: OidcIssuer, signIn: SignIn): Route[] {
  return [
    ...metaRoutes(room, oidc),
    ...appRoutes(room),
    ...userRoutes(room),
    ...repositoryRoutes(room),
    ...pullRoutes(room),
    // Before the commits, whose `commits/:ref*` would take `…/check-runs` too.
    ...checkRoutes(room),
    ...commitRoutes(room),
    ...gitRoutes(room),
    ...contentRoutes(room),
    ...workflowRoutes(room),
    ...runRoutes(room),
    ...issueRoutes(room),
    ...signInRoutes(room, signIn),
    ...deviceRoutes(room, signIn.devices, () => signIn.login),
    ...appPageRoutes(room, signIn),
    ...pageRoutes(room),
  ];
}
