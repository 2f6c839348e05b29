/**
 * The one call that auth-app makes for the relay, over the relay's own HTTP: bounded in time and
 * size, and sent to GitHub's own origin only.
 */
import type { createAppAuth } from "@octokit/auth-app";
import { exchange, type HttpOptions, type Reply } from "./http.ts";

type AppAuthRequest = NonNullable<Parameters<typeof createAppAuth>[0]["request"]>;

/** What auth-app asks for; what is not named here goes into the body. */
interface Mint {
  readonly installation_id: number;
  readonly headers: { readonly authorization: string };
  readonly mediaType: unknown;
}

/** GitHub gave no token. */
export class MintRefusal extends Error {
  /** Null without an answer. */
  readonly status: number | null;
  readonly headers: Headers | null;

  constructor(message: string, status: number | null, headers: Headers | null) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/**
 * The function that auth-app sends its question by. Throws a `MintRefusal` for everything but a
 * token, also for a success without one (a proxy's page): auth-app would keep `undefined` as the
 * token for an hour, and GitHub's refusal of it would pass for a permission that is missing.
 */
export function createMintRequest(options: HttpOptions): AppAuthRequest {
  const mint = async (_route: string, asked: Mint): Promise<{ data: object }> => {
    const { installation_id: id, headers, mediaType: _preview, ...body } = asked;
    const token = headers.authorization.replace(/^bearer /i, "");
    const path = `/app/installations/${id}/access_tokens`;
    return { data: tokenIn(await exchange(options, { method: "POST", path, token, body })) };
  };
  return mint as unknown as AppAuthRequest;
}

function tokenIn(reply: Reply): object {
  if (reply.kind === "broken") throw new MintRefusal(reply.cause, null, null);
  const { status, headers, text } = reply;
  if (status < 200 || status > 299) throw new MintRefusal(text, status, headers);
  const data = parse(text);
  if (typeof data?.token === "string" && data.token !== "") return data;
  throw new MintRefusal("no token in the answer", 502, headers);
}

function parse(text: string): { readonly token?: unknown } | null {
  try {
    return JSON.parse(text) as { readonly token?: unknown } | null;
  } catch {
    return null;
  }
}
