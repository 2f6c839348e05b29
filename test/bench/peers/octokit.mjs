/** The octokit package's App with its Node middleware, throttling and retries as it comes. */
import { App, createNodeMiddleware, Octokit } from "octokit";
import { dispatchOf, listen, settings, WEBHOOK_PATH } from "./report-port.mjs";

const log = { debug() {}, info() {}, warn() {}, error() {} };
const app = new App({
  appId: settings.appId,
  privateKey: settings.privateKey,
  webhooks: { secret: settings.secret },
  // Its middleware does not start without them; nobody signs in here.
  oauth: { clientId: "bench", clientSecret: "bench" },
  Octokit: Octokit.defaults({ baseUrl: settings.apiUrl, log }),
  log,
});
app.webhooks.on("pull_request.closed", async ({ octokit, payload }) => {
  if (!payload.pull_request.merged) return;
  await octokit.rest.actions.createWorkflowDispatch(dispatchOf(payload));
});
app.webhooks.onError(() => {});
const middleware = createNodeMiddleware(app, { pathPrefix: "/webhooks" });
listen((request, response) => {
  request.url = request.url.replace(WEBHOOK_PATH, "/webhooks/webhooks");
  void middleware(request, response, () => response.writeHead(404).end());
});
