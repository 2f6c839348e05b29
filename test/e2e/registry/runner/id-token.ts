/** The endpoint at which a job with `id-token: write` gets its OIDC token. */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { RunInProgress } from "./run-request.ts";

export interface IdTokenServer {
  readonly env: Record<string, string>;
  close(): void;
}

/** Answers only to the request token that the job's environment holds. */
export async function startIdTokenServer(run: RunInProgress): Promise<IdTokenServer> {
  const requestToken = randomBytes(24).toString("hex");
  const mint = run.request.idToken ?? ((audience: string) => `no-token-for.${audience}`);
  const answer = async (audience: string, response: ServerResponse): Promise<void> => {
    const value = await mint(audience, run.identity);
    response.setHeader("content-type", "application/json").end(JSON.stringify({ value }));
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (request.headers.authorization?.toLowerCase() !== `bearer ${requestToken}`) {
      response.writeHead(401).end();
      return;
    }
    void answer(url.searchParams.get("audience") ?? "", response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
