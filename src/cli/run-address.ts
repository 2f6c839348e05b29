/** The address of a workflow run, as a browser shows it. */

export interface RunAddress {
  /** Of the web site, e.g. `github.com`; with a port where there is one. */
  readonly host: string;
  readonly owner: string;
  readonly repository: string;
  readonly runId: string;
  /** Null: the latest. */
  readonly attempt: string | null;
  /** Null: the first job that failed. */
  readonly jobId: string | null;
}

const PATH =
  /^\/([\w-]+)\/([\w.-]+)\/actions\/runs\/(\d+)(?:\/attempts\/(\d+))?(?:\/jobs?\/(\d+))?(?:\/.*)?$/;

/** Takes an address apart; null where it is none of a run. */
export function parseRunAddress(text: string): RunAddress | null {
  let url;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  const match = PATH.exec(url.pathname);
  if (match === null || !/^https?:$/.test(url.protocol)) return null;
  const [, owner = "", repository = "", runId = "", attempt = null, jobId = null] = match;
  return { host: url.host, owner, repository, runId, attempt, jobId };
}

/** Where the API of that site is: GitHub's own, one with data residency, or an Enterprise Server's. */
export function apiUrlOf(host: string): string {
  if (host === "github.com" || host === "www.github.com") return "https://api.github.com";
  return host.endsWith(".ghe.com") ? `https://api.${host}` : `https://${host}/api/v3`;
}
