/** Tells the bench the port, through the pipe that it waits at. */
import { createServer } from "node:http";
import { writeSync } from "node:fs";

export const WEBHOOK_PATH = "/webhooks/github";
export const settings = {
  appId: Number(process.env.GITHUB_APP_ID),
  privateKey: process.env.GITHUB_APP_PRIVATE_KEY,
  secret: process.env.GITHUB_WEBHOOK_SECRET,
  apiUrl: process.env.GITHUB_API_URL,
};

/** Listens on any port with this handler and says which. */
export function listen(handler) {
  const server = createServer(handler);
  server.listen(0, "127.0.0.1", () => reportPort(server.address().port));
}

export function reportPort(port) {
  writeSync(3, `${JSON.stringify({ port })}\n`);
}

/** What each peer does with a merge: the workflow, told the commit and the number. */
export function dispatchOf(payload) {
  const { repository, pull_request: pull } = payload;
  return {
    owner: repository.owner.login,
    repo: repository.name,
    workflow_id: "publish-image.yml",
    ref: "main",
    inputs: { sha: pull.merge_commit_sha, pr: String(pull.number) },
  };
}
