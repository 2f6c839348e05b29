/** The routes of the dashboard. */
import { Hono } from "hono/tiny";
import { inRepository } from "./access.ts";
import { serveAsset } from "./assets/assets.ts";
import { enter, leave, signInBounded, type FrontDoor } from "./front-door.ts";
import { MESSAGES } from "./messages.tsx";
import type { DashboardOptions } from "./options.ts";
import { askCancel, confirmCancel } from "./pages/cancel-pages.tsx";
import { showDispatch } from "./pages/dispatch-page.tsx";
import { showDispatches } from "./pages/dispatches-page.tsx";
import { showExplanation } from "./pages/explain-page.tsx";
import { confirmPublish, reviewPublish, showPublishForm } from "./pages/publish-pages.tsx";
import { confirmReplay, reviewReplay } from "./pages/repeat-pages.tsx";
import { confirmReplayMany, reviewReplayMany, showReplayMany } from "./pages/replay-many-pages.tsx";
import { showRepositories } from "./pages/repositories-page.tsx";
import { showRepository } from "./pages/repository-page.tsx";
import { askPause, askResume, confirmPause, confirmResume } from "./pages/switch-pages.tsx";
import { respondPage } from "./respond.ts";
import { createGitHubSignIn } from "./session/github-sign-in.ts";
import { createRenewal } from "./session/renewal.ts";
import { createSealer } from "./session/seal.ts";
import { beginSignIn, endSignIn } from "./session/sign-in-routes.ts";
import type { Handler } from "./shown.ts";

const REPOSITORY = "/repos/:owner/:name";
const DISPATCH = `${REPOSITORY}/dispatches/:id`;

const LOOKING: readonly [string, Handler][] = [
  ["/", showRepositories],
  ["/dispatches", showDispatches],
  [REPOSITORY, inRepository("read", showRepository)],
  [DISPATCH, inRepository("read", showDispatch)],
  [`${REPOSITORY}/explain`, inRepository("read", showExplanation)],
  [`${REPOSITORY}/publish`, inRepository("act", showPublishForm)],
  [`${REPOSITORY}/publish/review`, inRepository("act", reviewPublish)],
  [`${REPOSITORY}/replay`, inRepository("act", showReplayMany)],
  [`${REPOSITORY}/replay/review`, inRepository("act", reviewReplayMany)],
  [`${DISPATCH}/replay`, inRepository("act", reviewReplay)],
  [`${DISPATCH}/cancel`, inRepository("act", askCancel)],
  [`${REPOSITORY}/pause`, inRepository("act", askPause)],
  [`${REPOSITORY}/resume`, inRepository("act", askResume)],
];
const ACTING: readonly [string, Handler][] = [
  [`${REPOSITORY}/publish`, inRepository("act", confirmPublish)],
  [`${REPOSITORY}/replay`, inRepository("act", confirmReplayMany)],
  [`${DISPATCH}/replay`, inRepository("act", confirmReplay)],
  [`${DISPATCH}/cancel`, inRepository("act", confirmCancel)],
  [`${REPOSITORY}/pause`, inRepository("act", confirmPause)],
  [`${REPOSITORY}/resume`, inRepository("act", confirmResume)],
];

/** Answers every request under the dashboard's paths; never throws. */
export function createDashboard(
  options: DashboardOptions,
): (request: Request) => Response | Promise<Response> {
  const door = openDoor(options);
  const app = new Hono();
  app.get("/assets/:name", ({ req }) => serveAsset(req.path) ?? lost(req.raw));
  app.get("/auth/login", ({ req }) => signInBounded(door, req.raw, beginSignIn));
  app.get("/auth/callback", ({ req }) => signInBounded(door, req.raw, endSignIn));
  app.post("/auth/logout", ({ req }) => leave(door, req.raw));
  for (const [path, handler] of LOOKING) {
    app.get(path, ({ req }) => enter(door, req.raw, { handler, parts: req.param() }));
  }
  for (const [path, handler] of ACTING) {
    app.post(path, ({ req }) => enter(door, req.raw, { handler, parts: req.param() }));
  }
  app.notFound(({ req }) => lost(req.raw));
  app.onError((error, { req }) => {
    options.log.error("dashboard.bug", { error: error.name });
    return respondPage(new URL(req.url), MESSAGES.broken(), null);
  });
  return (request) => app.fetch(request);
}

function openDoor(options: DashboardOptions): FrontDoor {
  const { settings, now, fetch } = options;
  const { apiUrl, webUrl, githubTimeoutMs: timeoutMs, dashboard: credentials } = settings;
  const sealer = createSealer(credentials.sessionSecret.reveal());
  const gitHub = createGitHubSignIn({ apiUrl, webUrl, timeoutMs, credentials, fetch, now });
  const renew = createRenewal({ gitHub, sealer, now, timeoutMs });
  return { options, sealer, gitHub, now, renew };
}

function lost(request: Request): Response {
  return respondPage(new URL(request.url), MESSAGES.stranger(), null);
}
