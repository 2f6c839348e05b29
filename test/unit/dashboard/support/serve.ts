/** A dashboard over fakes on a port of this machine, for a real browser. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";

type Answer = (request: Request) => Promise<Response> | Response;

/** Serves a fetch handler over http on the loopback. */
export async function serve(answer: Answer) {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const response = await answer(toRequest(incoming));
      const cookies = response.headers.getSetCookie();
      outgoing.writeHead(response.status, {
        ...Object.fromEntries(response.headers),
        ...(cookies.length > 0 ? { "set-cookie": cookies } : {}),
      });
      outgoing.end(Buffer.from(await response.arrayBuffer()));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

function toRequest(incoming: IncomingMessage): Request {
  const headers = new Headers(incoming.headers as Record<string, string>);
  const url = `http://${incoming.headers.host}${incoming.url}`;
  const method = incoming.method ?? "GET";
  if (method === "GET" || method === "HEAD") return new Request(url, { method, headers });
  const body = Readable.toWeb(incoming) as ReadableStream<Uint8Array>;
  return new Request(url, { method, headers, body, duplex: "half" } as RequestInit);
}
