import { randomBytes, type KeyObject } from "node:crypto";
import type { SeededRandom } from "../random.ts";
import { account } from "./accounts.ts";
import { commentVerbs } from "./comments.ts";
import { installationVerbs } from "./installations.ts";
import { nameVerbs } from "./names.ts";
import { pullVerbs } from "./pulls.ts";
import { refVerbs } from "./refs.ts";
import { repositoryVerbs } from "./repositories.ts";
import { runVerbs } from "./run-verbs.ts";
import type { AppKeys, Emit, WorldState } from "./state.ts";
import { workflowVerbs } from "./workflows.ts";

export interface WorldParts {
  readonly random: SeededRandom;
  readonly now: () => number;
  readonly url: () => string;
  readonly keys: AppKeys & { publicKey: KeyObject };
}

const APP_PERMISSIONS = {
  metadata: "read",
  contents: "read",
  pull_requests: "write",
  issues: "write",
  actions: "write",
  checks: "write",
} as const;

const APP_EVENTS = [
  "check_run",
  "issue_comment",
  "pull_request",
  "push",
  "repository",
  "workflow_run",
];

/** Where each kind of id begins; apart, so that a mixed-up id shows. */
const FIRST_IDS: Readonly<Record<string, number>> = {
  account: 1_000,
  repository: 500_000,
  installation: 30_000_000,
  pull: 1_500_000_000,
  workflow: 70_000_000,
  run: 18_000_000_000,
  job: 52_000_000_000,
  comment: 2_500_000_000,
  "check-run": 40_000_000_000,
  delivery: 190_000_000_000,
  label: 6_000_000_000,
};

function createIds(): (kind: string) => number {
  const counters = new Map<string, number>();
  return (kind) => {
    const next = (counters.get(kind) ?? FIRST_IDS[kind] ?? 0) + 1;
    counters.set(kind, next);
    return next;
  };
}

/** An empty world with one App in it. */
export function createWorldState(parts: WorldParts): WorldState {
  const state: WorldState = {
    random: parts.random,
    now: parts.now,
    url: parts.url,
    app: {
      id: 123_456,
      slug: "merge-relay-simulated",
      clientId: "Iv23liSimulatedClient",
      clientSecret: randomBytes(20).toString("hex"),
      owner: { id: 999, login: "app-owner", type: "User" },
      privateKeyPkcs1: parts.keys.privateKeyPkcs1,
      privateKeyPkcs8: parts.keys.privateKeyPkcs8,
      webhookSecret: randomBytes(24).toString("hex"),
      permissions: { ...APP_PERMISSIONS },
      events: [...APP_EVENTS],
      createdAt: parts.now(),
    },
    appKeys: [parts.keys.publicKey],
    accounts: new Map(),
    repositories: new Map(),
    names: new Map(),
    redirects: new Map(),
    commits: new Map(),
    annotatedTags: new Map(),
    installations: new Map(),
    runs: new Map(),
    comments: new Map(),
    checkRuns: new Map(),
    nextId: createIds(),
  };
  account(state, "github-merge-queue[bot]");
  account(state, "dependabot[bot]");
  account(state, "github-actions[bot]");
  return state;
}

/** The verbs that change a world and tell of it. */
export function worldVerbs(state: WorldState, emit: Emit) {
  return {
    ...repositoryVerbs(state, emit),
    ...nameVerbs(state, emit),
    ...refVerbs(state, emit),
    ...pullVerbs(state, emit),
    ...workflowVerbs(state),
    ...runVerbs(state, emit),
    ...installationVerbs(state, emit),
    ...commentVerbs(state, emit),
  };
}
