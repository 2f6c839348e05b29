/**
 * Signed webhook deliveries of GitHub's usual size, made from numbers alone: the repository and the
 * pull request decide every byte, so that the stand-in GitHub needs no record of them.
 */
import { createHmac, randomUUID } from "node:crypto";

/** What a delivery says: `merged` is a claim, the rest goes with it or changes nothing. */
export type Kind = "star" | "unmerged" | "merged" | "push" | RunAction;
/** What a workflow run tells of itself on its way. */
export type RunAction = "requested" | "in_progress" | "completed";

/** The size of a pull request's payload on GitHub. */
const PAYLOAD_BYTES = 25_000;
const OWNER = "acme";
/** Repository ids begin here: ten digits, as GitHub's newer ones. */
const FIRST_REPOSITORY = 1_000_000_000;

export interface Subject {
  /** Counts from 0. */
  readonly repository: number;
  readonly pullRequest: number;
  /** Of a run: its id and the dispatch that it belongs to. */
  readonly run?: { readonly id: number; readonly dispatchId: string };
}

export interface SignedDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const EVENTS: Readonly<Record<Kind, string>> = {
  star: "star",
  unmerged: "pull_request",
  merged: "pull_request",
  push: "push",
  requested: "workflow_run",
  in_progress: "workflow_run",
  completed: "workflow_run",
};

/** The id of the n-th repository. */
export function repositoryIdOf(repository: number): number {
  return FIRST_REPOSITORY + repository;
}

/** The merge commit of a pull request: the same in every repository. */
export function shaOf(pullRequest: number): string {
  return pullRequest.toString(16).padStart(40, "a");
}

/** A delivery as GitHub would sign it. */
export function signedDelivery(kind: Kind, subject: Subject, secret: string): SignedDelivery {
  const body = Buffer.from(payloadOf(kind, subject));
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  return {
    headers: {
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/0000000",
      accept: "*/*",
      "x-github-event": EVENTS[kind],
      "x-github-delivery": randomUUID(),
      "x-github-hook-id": "1",
      "x-hub-signature-256": `sha256=${signature}`,
      // Read by the floor only, which parses nothing and still has to choose an object.
      "x-bench-repository": String(repositoryIdOf(subject.repository)),
    },
    body,
  };
}

/** JSON padded to the usual size by the description, where GitHub's payloads vary too. */
function payloadOf(kind: Kind, subject: Subject): string {
  const filled = (text: string): string => JSON.stringify(payload(kind, subject, text));
  const missing = PAYLOAD_BYTES - Buffer.byteLength(filled(""));
  return filled("Lorem ipsum, dolor sit. ".repeat(2_000).slice(0, Math.max(0, missing)));
}

function payload(kind: Kind, { repository, pullRequest, run }: Subject, text: string) {
  const repo = repositoryObject(repository);
  const around = { repository: repo, sender: user("octocat"), installation: { id: 99 } };
  if (kind === "star") return { action: "created", starred_at: null, note: text, ...around };
  if (kind === "push") {
    const after = shaOf(pullRequest);
    return { ref: "refs/heads/main", after, deleted: false, commits: [], note: text, ...around };
  }
  if (EVENTS[kind] === "workflow_run") {
    const title = `Publish ${run?.dispatchId ?? ""}`;
    const workflow_run = { id: run?.id, event: "workflow_dispatch", display_title: title };
    return { action: kind, workflow_run: { ...workflow_run, note: text }, ...around };
  }
  const side = { label: "acme:main", ref: "main", sha: shaOf(0), user: user(OWNER), repo };
  return {
    action: "closed",
    number: pullRequest,
    pull_request: {
      ...urls(`https://api.github.com/repos/${OWNER}/${repo.name}/pulls/${pullRequest}`, 12),
      id: pullRequest,
      number: pullRequest,
      state: "closed",
      title: "Change the colour of the shed",
      user: user("contributor"),
      body: text,
      merged: kind === "merged",
      merge_commit_sha: shaOf(pullRequest),
      labels: [],
      head: { ...side, ref: "topic" },
      base: side,
      merged_by: user("maintainer"),
      additions: 100,
      deletions: 3,
      changed_files: 5,
    },
    ...around,
  };
}

function repositoryObject(repository: number) {
  const id = repositoryIdOf(repository);
  const name = `r${id}`;
  return {
    id,
    name,
    full_name: `${OWNER}/${name}`,
    private: false,
    owner: user(OWNER),
    ...urls(`https://api.github.com/repos/${OWNER}/${name}`, 46),
    default_branch: "main",
    topics: ["containers", "images"],
    permissions: { admin: false, maintain: false, push: true, triage: true, pull: true },
  };
}

function user(login: string) {
  return { login, id: 17, type: "User", ...urls(`https://api.github.com/users/${login}`, 13) };
}

/** GitHub's objects consist mostly of addresses. */
function urls(base: string, count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `link_${index}_url`,
      `${base}/part-${index}{/id}`,
    ]),
  );
}
