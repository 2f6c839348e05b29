/** What each endpoint is called, takes and answers, in words and by the schemas that the Worker checks. */
import type * as v from "valibot";
import * as answers from "../../src/http/answer-schemas.ts";
import { receiptSchema } from "../../src/http/receipts.ts";
import * as requests from "../../src/http/request-schemas.ts";

type Schema = v.GenericSchema<unknown, unknown>;

export interface Operation {
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly query?: v.StrictObjectSchema<v.ObjectEntries, undefined>;
  readonly body?: { readonly schema: Schema; readonly required: boolean };
  readonly idempotent?: true;
  /** Without a token. */
  readonly open?: true;
  readonly answers: Readonly<Record<number, readonly [text: string, schema: Schema | null]>>;
}

const { problem } = answers;

const METHOD = ["Another method; see Allow.", problem] as const;
const OPEN = { 500: ["A setting is missing or unusable; it is named.", problem] } as const;

/** What every endpoint with a caller may answer. */
const COMMON = {
  401: ["No token, or one that GitHub does not take.", problem],
  429: ["Too many requests of this caller; see Retry-After.", problem],
  503: ["GitHub or a part of the relay did not answer; nothing changed. See Retry-After.", problem],
  ...OPEN,
} as const;

const INVALID = { 400: ["Not valid; `errors` names each field.", problem] } as const;
const IN_REPOSITORY = {
  ...COMMON,
  403: ["The role is missing (`role-missing`, named in `role`).", problem],
  404: ["Not there, or not for this caller to see.", problem],
} as const;
const ACTS = {
  ...IN_REPOSITORY,
  ...INVALID,
  403: [
    "The role is missing (`role-missing`), or the token does not carry the right by itself (`token-too-narrow`).",
    problem,
  ],
  413: ["The body is longer than 16 KiB.", problem],
  415: ["The body is not application/json.", problem],
} as const;

const REASON = { schema: requests.reasonSchema, required: false };
const NOTHING = { schema: requests.nothingSchema, required: false };

/** By method and path, as `ENDPOINTS` and the app have them. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  "POST /api/v1/repos/:owner/:name/dispatches": {
    id: "orderDispatch",
    summary: "Dispatch by hand",
    description:
      "Names a merged pull request, a commit on a branch, or a tag. It goes the same way through proof and policy as a merge: a dispatch under way is answered as it is, a finished one gets a new generation. With `dry_run` nothing is recorded or sent.",
    body: { schema: requests.orderSchema, required: true },
    idempotent: true,
    answers: {
      200: ["A dry run: what the policy says, and why.", answers.ordered],
      202: ["Recorded; sent at once.", answers.ordered],
      ...ACTS,
      409: ["The commit is not `expected_sha` (`expected-sha-moved`).", problem],
      422: [
        "The policy says no (`denied-by-policy`, with `plan` and `trace`), or the Idempotency-Key was used with another request (`idempotency-key-reused`).",
        problem,
      ],
    },
  },
  "GET /api/v1/repos/:owner/:name/dispatches": {
    id: "listDispatches",
    summary: "Dispatches of a repository, newest first",
    query: requests.listQuerySchema,
    answers: { 200: ["One page.", answers.dispatchPage], ...IN_REPOSITORY, ...INVALID },
  },
  "GET /api/v1/repos/:owner/:name/dispatches/:id": {
    id: "readDispatch",
    summary: "One dispatch with its history and trace",
    answers: { 200: ["The dispatch.", answers.dispatch], ...IN_REPOSITORY },
  },
  "POST /api/v1/repos/:owner/:name/dispatches/:id/replay": {
    id: "replayDispatch",
    summary: "Repeat a finished dispatch",
    description: "One that is under way is answered as it is.",
    body: REASON,
    idempotent: true,
    answers: {
      202: ["Recorded; sent at once.", answers.taken],
      ...ACTS,
      409: ["The commit has moved.", problem],
      422: ["The policy says no, or the Idempotency-Key was used with another request.", problem],
    },
  },
  "POST /api/v1/repos/:owner/:name/dispatches/:id/cancel": {
    id: "cancelDispatch",
    summary: "Cancel a dispatch, or its run",
    body: NOTHING,
    answers: {
      200: ["Cancelled before it was sent.", answers.dispatch],
      202: ["GitHub was asked to cancel the run.", answers.dispatch],
      ...ACTS,
      409: ["Over already, or at a moment at which nobody knows; see `dispatch`.", problem],
    },
  },
  "POST /api/v1/repos/:owner/:name/replay": {
    id: "replayMany",
    summary: "Repeat finished dispatches by filter",
    description: "A dry run unless `dry_run` is false.",
    body: { schema: requests.replayManySchema, required: false },
    idempotent: true,
    answers: {
      200: ["A dry run: what would be repeated.", answers.taken],
      202: ["Recorded; sent one after another.", answers.taken],
      ...ACTS,
      422: ["The policy says no, or the Idempotency-Key was used with another request.", problem],
    },
  },
  "GET /api/v1/repos/:owner/:name/pulls/:number/explain": {
    id: "explainPullRequest",
    summary: "Why a pull request was built, or not",
    description:
      "Each rule, what it saw, its verdict, and what would have to change; and what was done so far. For any pull request, merged or not.",
    answers: { 200: ["The explanation.", answers.explanation], ...IN_REPOSITORY },
  },
  "POST /api/v1/repos/:owner/:name/pause": {
    id: "pauseRepository",
    summary: "Hold everything that comes in from now on",
    body: REASON,
    answers: { 200: ["Paused.", answers.status], ...ACTS },
  },
  "POST /api/v1/repos/:owner/:name/resume": {
    id: "resumeRepository",
    summary: "Let go what was held",
    body: NOTHING,
    answers: { 200: ["Resumed.", answers.status], ...ACTS },
  },
  "GET /api/v1/repos/:owner/:name/status": {
    id: "readStatus",
    summary: "Whether a repository is paused",
    answers: { 200: ["Its status.", answers.status], ...IN_REPOSITORY },
  },
  "GET /api/v1/dispatches": {
    id: "searchDispatches",
    summary: "Dispatches of every repository in which the caller has the role",
    description: "From an index that may lag by seconds.",
    query: requests.searchQuerySchema,
    answers: { 200: ["One page.", answers.searchPage], ...COMMON, ...INVALID },
  },
  "GET /api/v1/repositories": {
    id: "listRepositories",
    summary: "Those repositories, with their health",
    answers: { 200: ["All of them.", answers.repositoryList], ...COMMON },
  },
  "GET /api/v1/stats": {
    id: "readStats",
    summary: "Outcomes and lag over those repositories",
    description: "Of the last thirty days, unless `since` says otherwise.",
    query: requests.statsQuerySchema,
    answers: { 200: ["The statistics.", answers.stats], ...COMMON, ...INVALID },
  },
  "POST /api/v1/receipts": {
    id: "sendReceipt",
    summary: "What a run has pushed",
    description: "For the dispatched run alone, by its own Actions identity token.",
    body: { schema: receiptSchema, required: true },
    answers: {
      200: ["Recorded, however often it is sent.", answers.receiptTaken],
      401: COMMON[401],
      429: COMMON[429],
      503: COMMON[503],
      403: ["The dispatch is not this run's (`another-run`).", problem],
      413: ["The body is longer than 64 KiB.", problem],
      ...INVALID,
      ...OPEN,
    },
  },
  "GET /healthz": {
    id: "readHealth",
    summary: "Whether the relay is configured",
    open: true,
    answers: { 200: ["Ready.", answers.health], 405: METHOD, ...OPEN },
  },
  "GET /openapi.json": {
    id: "readDescription",
    summary: "This document",
    open: true,
    answers: { 200: ["An OpenAPI document.", null], 405: METHOD },
  },
};

/** Schemas that get a name of their own. */
export const COMPONENTS = {
  Dispatch: answers.dispatch,
  Explanation: answers.explanation,
  HistoryEntry: answers.historyEntry,
  IndexedDispatch: answers.indexedDispatch,
  Plan: answers.plan,
  Problem: answers.problem,
  RepositoryHealth: answers.repositoryHealth,
  RepositoryStatus: answers.status,
  State: answers.state,
  Stats: answers.stats,
  TraceStep: answers.traceStep,
} as const;
