import { CommandProblem } from "./command-problem.ts";
import type { GitHubToken } from "./github-token.ts";

/** Reading from GitHub's API for a person at a terminal: every refusal becomes a sentence. */

const TIMEOUT_MILLISECONDS = 30_000;
const MAX_REDIRECTS = 5;
/** A runner's log is smaller; more would only fill the memory. */
const MAX_BYTES = 128 * 1024 * 1024;

export interface GitHubApi {
  /** The JSON at a path. `what` names it in a problem, e.g. “the run”. */
  getJson(path: string, what: string): Promise<unknown>;
  /** The text behind a path, wherever GitHub keeps it. */
  getText(path: string, what: string): Promise<string>;
}

/** Reads with a token, which is sent to this API alone and never shown. */
export function createGitHubApi(apiUrl: string, token: GitHubToken): GitHubApi {
  const base = checkApiUrl(apiUrl);
  const get = async (path: string, what: string): Promise<string> => {
    const response = await follow(new URL(`${base}${path}`), token);
    if (!response.ok) throw await explain(response, what, token);
    return readBounded(response, what);
  };
  return {
    getText: get,
    async getJson(path, what) {
      const text = await get(path, what);
      try {
        return JSON.parse(text) as unknown;
      } catch {
        throw new CommandProblem(`GitHub's answer about ${what} is not JSON. Is ${base} its API?`);
      }
    },
  };
}

function checkApiUrl(apiUrl: string): string {
  let url;
  try {
    url = new URL(apiUrl);
  } catch {
    throw new CommandProblem(`GITHUB_API_URL is not an address: “${apiUrl}”.`);
  }
  const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && isLocal)) {
    return apiUrl.replace(/\/+$/, "");
  }
  throw new CommandProblem(`A token is only sent by https, not to “${apiUrl}”.`);
}

/**
 * Follows redirects by hand, since the storage of logs must not see the token: GitHub sends there by
 * 302. A repository that was renamed answers 301 or 307 and keeps to the API.
 */
async function follow(start: URL, token: GitHubToken): Promise<Response> {
  let url = start;
  let isTrusted = true;
  for (let step = 0; step <= MAX_REDIRECTS; step += 1) {
    const response = await request(url, isTrusted ? token : null);
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) return response;
    await response.body?.cancel();
    url = new URL(location, url);
    isTrusted &&= response.status !== 302 && url.origin === start.origin;
  }
  throw new CommandProblem("GitHub redirects without end.");
}

async function request(url: URL, token: GitHubToken | null): Promise<Response> {
  try {
    return await fetch(url, {
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      headers: {
        "user-agent": "merge-relay",
        ...(token === null
          ? {}
          : {
              accept: "application/vnd.github+json",
              authorization: `Bearer ${token.value}`,
              "x-github-api-version": "2022-11-28",
            }),
      },
    });
  } catch (error) {
    const isLate = error instanceof Error && error.name === "TimeoutError";
    const why = isLate ? "does not answer in time" : "cannot be reached";
    throw new CommandProblem(`${url.host} ${why}. Is the network up, and GITHUB_API_URL right?`);
  }
}

async function explain(
  response: Response,
  what: string,
  token: GitHubToken,
): Promise<CommandProblem> {
  const { status, headers } = response;
  const text = (await response.text().catch(() => "")).slice(0, 10_000);
  if (isRateLimit(status, headers, text)) return new CommandProblem(explainLimit(headers));
  switch (status) {
    case 401:
      return new CommandProblem(
        `GitHub does not know the token (from ${token.source}): it is wrong or has expired.`,
      );
    case 403:
      return new CommandProblem(
        headers.has("x-github-sso")
          ? `The token (from ${token.source}) is not authorized for this organization's single sign-on. Authorize it in your settings on GitHub.`
          : `The token (from ${token.source}) may not read ${what}. It needs actions: read (fine-grained) or the scope repo (classic).`,
      );
    case 404:
      return new CommandProblem(
        `GitHub shows nothing for ${what}: it does not exist, or the token (from ${token.source}) may not see the repository.`,
      );
    case 410:
      return new CommandProblem(
        `${what} is gone: GitHub deletes logs after the repository's retention time (90 days, unless set otherwise). Run the workflow again to get a new one.`,
      );
    default:
      return new CommandProblem(
        `GitHub answers ${status} to the question for ${what}. Try again in a minute; githubstatus.com says whether it is down.`,
      );
  }
}

function isRateLimit(status: number, headers: Headers, text: string): boolean {
  if (status === 429) return true;
  return (
    status === 403 &&
    (headers.get("x-ratelimit-remaining") === "0" ||
      headers.has("retry-after") ||
      /rate limit/i.test(text))
  );
}

function explainLimit(headers: Headers): string {
  const seconds = Number(headers.get("retry-after"));
  const reset = Number(headers.get("x-ratelimit-reset"));
  const when =
    seconds > 0
      ? ` in ${seconds} seconds`
      : reset > 0
        ? ` after ${new Date(reset * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`
        : " in a minute";
  return `The token's rate limit at GitHub is used up. Try again${when}.`;
}

async function readBounded(response: Response, what: string): Promise<string> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: false });
  let text = "";
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) break;
      text += decoder.decode(chunk, { stream: true });
    }
  } catch {
    throw new CommandProblem(`The connection broke while ${what} was being read. Try again.`);
  }
  return text + decoder.decode();
}
