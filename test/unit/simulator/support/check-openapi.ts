import { operationAt, problemsOfBody, type ApiVersion } from "./schemas.ts";

export interface Exchange {
  method: string;
  /** Without the query. */
  path: string;
  status: number;
  contentType: string | null;
  body: unknown;
  version: ApiVersion;
}

/** Answers that GitHub gives and its description leaves out, each with where it is known from. */
const UNDOCUMENTED: { status: number; operation: RegExp; reason: string }[] = [
  { status: 401, operation: /./, reason: "bad credentials are described once, in the guides" },
  { status: 304, operation: /^GET /, reason: "conditional requests are described in the guides" },
  { status: 301, operation: /^GET /, reason: "renamed repositories, described in the guides" },
  { status: 307, operation: /^P/, reason: "the same for requests that write" },
  { status: 403, operation: /./, reason: "missing permission, described in the guides" },
  { status: 404, operation: /\/repos\//, reason: "GitHub hides what the token may not see" },
  { status: 404, operation: /^(?:GET|POST) \/app\//, reason: "unknown ids" },
  {
    status: 422,
    operation: /dispatches$/,
    reason: "refused dispatches, known from public issues only",
  },
  {
    status: 422,
    operation: /commits|check-runs$/,
    reason: "unknown SHA, known from public issues",
  },
  { status: 400, operation: /./, reason: "an API version that does not exist" },
];

/** Where GitHub's own answers break its description. */
const DEVIATIONS: { operation: RegExp; problem: RegExp; reason: string }[] = [
  {
    operation: /\/pulls/,
    problem: /\/head\/repo must be object/,
    reason: "a deleted fork's repository is null, in every answer since there are forks",
  },
];

/** What an answer says that GitHub's description does not allow; empty when all is well. */
export function checkAgainstOpenApi(exchange: Exchange): string[] {
  const { method, path, status, body, version } = exchange;
  const operation = operationAt(method, path);
  if (operation === null) {
    return [`${method} ${path} is not in GitHub's description`];
  }
  const name = `${operation.method} ${operation.path}`;
  const described = operation.responses[String(status)];
  if (described === undefined) {
    const known = UNDOCUMENTED.some(
      (exception) => exception.status === status && exception.operation.test(name),
    );
    return known ? [] : [`${name} does not answer ${status}`];
  }
  const isJson = exchange.contentType?.startsWith("application/json") === true;
  if (described.schema === undefined || !isJson) {
    return [];
  }
  return problemsOfBody(described.schema, body, version)
    .filter(
      (text) =>
        !DEVIATIONS.some(({ operation, problem }) => operation.test(name) && problem.test(text)),
    )
    .map((text) => `${name}: ${text}`);
}
