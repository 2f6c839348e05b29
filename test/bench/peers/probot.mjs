/** probot 14 with its own Node middleware, as its documentation shows. */
import { createNodeMiddleware, createProbot } from "probot";
import { dispatchOf, listen, settings, WEBHOOK_PATH } from "./report-port.mjs";

const probot = createProbot({
  env: { LOG_LEVEL: "fatal" },
  overrides: {
    appId: settings.appId,
    privateKey: settings.privateKey,
    secret: settings.secret,
    baseUrl: settings.apiUrl,
    logLevel: "fatal",
  },
});
const middleware = await createNodeMiddleware(
  (app) => {
    app.on("pull_request.closed", async ({ octokit, payload }) => {
      if (!payload.pull_request.merged) return;
      await octokit.request(
        "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
        dispatchOf(payload),
      );
    });
  },
  { probot, webhooksPath: WEBHOOK_PATH },
);
listen((request, response) => {
  void middleware(request, response, () => response.writeHead(404).end());
});
