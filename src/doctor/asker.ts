/** How GitHub is asked: with its headers, as nobody, as the App, or with a token. */
import type { Examination } from "./patient.ts";
import type { HttpAnswer } from "./ports.ts";
import { CANNOT_SIGN } from "./trouble.ts";

interface Question {
  readonly method?: string;
  readonly path: string;
  /** Empty: as nobody. */
  readonly token: string;
  readonly body?: unknown;
  readonly accept?: string;
}

export type Asker = ReturnType<typeof createAsker>;

/** Binds the questions to one GitHub and one App; nothing is sent yet. */
export function createAsker({ environment, ports, repository }: Examination) {
  const api = (environment["GITHUB_API_URL"] || "https://api.github.com").replace(/\/+$/, "");
  const send = (question: Question): Promise<HttpAnswer> => {
    const { method = "GET", path, body } = question;
    const headers = headersOf(question);
    return ports.send({
      method,
      url: `${api}${path}`,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };
  return {
    api,
    /** `/repos/owner/name`, or nothing where no repository is examined. */
    place:
      repository === null
        ? ""
        : `/repos/${encodeURIComponent(repository.owner)}/${encodeURIComponent(repository.name)}`,
    send,
    asApp: async (
      path: string,
      more: Pick<Question, "method" | "body"> = {},
    ): Promise<HttpAnswer> => {
      const token = await ports.appToken();
      return token === null
        ? { kind: "unreachable", cause: CANNOT_SIGN }
        : send({ ...more, path, token });
    },
  };
}

function headersOf({ token, body, accept }: Question): Record<string, string> {
  return {
    accept: accept ?? "application/vnd.github+json",
    "user-agent": "merge-relay-doctor",
    "x-github-api-version": "2022-11-28",
    ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
}
