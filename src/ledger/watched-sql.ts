/**
 * SQL that notes which tables it writes, so that an answer read from a table is kept in memory until
 * somebody writes there. One of these has to see every statement of its storage. Nothing that was
 * written is undone later but with the object's whole memory, and its memory goes with it.
 */
export class WatchedSql {
  readonly #sql: Pick<SqlStorage, "exec">;
  readonly #writes = new Map<string, number>();
  /** Of each statement, by its text: there are some dozens. */
  readonly #tables = new Map<string, string | null>();

  constructor(sql: Pick<SqlStorage, "exec">) {
    this.#sql = sql;
  }

  readonly exec = <Row extends Record<string, SqlStorageValue>>(
    statement: string,
    ...cells: SqlStorageValue[]
  ): SqlStorageCursor<Row> => {
    const table = this.#tableOf(statement);
    if (table !== null) this.#writes.set(table, this.#writesTo(table) + 1);
    return this.#sql.exec<Row>(statement, ...cells);
  };

  /** A question whose answer depends on these tables alone: asked again when one of them was written. */
  remember<Answer>(tables: readonly string[], ask: () => Answer): () => Answer {
    let known: { readonly answer: Answer; readonly writes: number } | null = null;
    return () => {
      const writes = tables.reduce((sum, table) => sum + this.#writesTo(table), 0);
      if (known === null || known.writes !== writes) known = { answer: ask(), writes };
      return known.answer;
    };
  }

  #writesTo(table: string): number {
    return this.#writes.get(table) ?? 0;
  }

  #tableOf(statement: string): string | null {
    const known = this.#tables.get(statement);
    if (known !== undefined) return known;
    if (this.#tables.size >= MAX_STATEMENTS) this.#tables.clear();
    const table = writtenTable(statement);
    this.#tables.set(statement, table);
    return table;
  }
}

const MAX_STATEMENTS = 200;
const WRITES = /^\s*(?:INSERT(?: OR [A-Z]+)? INTO|UPDATE|DELETE FROM) ([a-z_]+)/;

/** The table that a statement writes; null for a question. Throws for what it cannot tell: a bug. */
function writtenTable(statement: string): string | null {
  if (/^\s*SELECT\b/.test(statement)) return null;
  const [, table] = WRITES.exec(statement) ?? [];
  if (table === undefined)
    throw new Error("a statement that is neither a question nor a plain write");
  return table;
}
