/** Every endpoint of the API that a person or a run may call; the OpenAPI document lists the same. */
import { onRepository } from "./admit.ts";
import type { Endpoint } from "./api-call.ts";
import { cancelDispatch, orderDispatch, replayDispatch, replayMany } from "./dispatch-orders.ts";
import { listRepositories, readStats, searchDispatches } from "./index-api.ts";
import {
  explainPull,
  listDispatches,
  pauseRepository,
  readDispatch,
  repositoryStatus,
  resumeRepository,
} from "./repository-desk.ts";

export const ENDPOINTS: readonly Endpoint[] = [
  onRepository("POST /dispatches", "act", orderDispatch),
  onRepository("GET /dispatches", "read", listDispatches),
  onRepository("GET /dispatches/:id", "read", readDispatch),
  onRepository("POST /dispatches/:id/replay", "act", replayDispatch),
  onRepository("POST /dispatches/:id/cancel", "act", cancelDispatch),
  onRepository("POST /replay", "act", replayMany),
  onRepository("GET /pulls/:number/explain", "read", explainPull),
  onRepository("POST /pause", "act", pauseRepository),
  onRepository("POST /resume", "act", resumeRepository),
  onRepository("GET /status", "read", repositoryStatus),
  { method: "GET", path: "/api/v1/dispatches", answer: searchDispatches },
  { method: "GET", path: "/api/v1/repositories", answer: listRepositories },
  { method: "GET", path: "/api/v1/stats", answer: readStats },
];
