/**
 * A D1 that a test can break: the database behind the relay's binding, over the protocol that the
 * runtime's own D1 client speaks.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/** `silent`: never answers. `failing`: answers that it failed. `cut`: ends the connection. */
export type IndexHealth = "well" | "silent" | "failing" | "cut";

interface Query {
  readonly sql: string;
  readonly params?: readonly SQLInputValue[];
}

export interface IndexServer {
  /** Host and port. */
  readonly address: string;
  health: IndexHealth;
  /** Requests so far, whatever became of them. */
  asked(): number;
  query(sql: string): Record<string, unknown>[];
  close(): void;
}

/** Starts an empty database in memory. */
export async function startIndexServer(health: IndexHealth = "well"): Promise<IndexServer> {
  const database = new DatabaseSync(":memory:");
  let asked = 0;
  const server = createServer((incoming, response) => {
    asked += 1;
    // A client that is killed while it waits is nothing to tell of.
    void answer(started, { database, incoming, response }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const started: IndexServer = {
    address: `127.0.0.1:${port}`,
    health,
    asked: () => asked,
    query: (sql) => database.prepare(sql).all(),
    close() {
      server.closeAllConnections();
      server.close();
      database.close();
    },
  };
  return started;
}

interface Call {
  readonly database: DatabaseSync;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
}

async function answer({ health }: IndexServer, call: Call): Promise<void> {
  const { database, incoming, response } = call;
  switch (health) {
    case "silent":
      return;
    case "cut":
      response.socket?.resetAndDestroy();
      return;
    case "failing":
      sendJson(response, 500, { success: false, error: "D1_ERROR: internal error" });
      return;
    case "well":
      sendJson(response, 200, run(database, JSON.parse(await textOf(incoming))));
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of incoming) text += String(chunk);
  return text;
}

/** All of them, or none: a batch is a transaction. */
function run(database: DatabaseSync, body: Query | readonly Query[]): unknown {
  const queries = Array.isArray(body) ? (body as Query[]) : [body as Query];
  database.exec("BEGIN");
  try {
    const results = queries.map((query) => runOne(database, query));
    database.exec("COMMIT");
    return Array.isArray(body) ? results : results[0];
  } catch (error) {
    database.exec("ROLLBACK");
    return { success: false, error: error instanceof Error ? error.message : "unknown" };
  }
}

function runOne(database: DatabaseSync, { sql, params = [] }: Query) {
  const statement = database.prepare(sql);
  const columns = statement.columns().map(({ name }) => name);
  const found = statement.all(...params);
  const rows = found.map((row) => columns.map((name) => row[name]));
  const meta = { duration: 0, changes: 0, last_row_id: 0, rows_read: 0, rows_written: 0 };
  return { success: true, results: { columns, rows }, meta };
}
