/** The same, and one insert with an alarm in the Durable Object of the repository. */
import { DurableObject } from "cloudflare:workers";
import { answer, verified } from "verify";

export class Inbox extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS inbox (guid TEXT PRIMARY KEY, at INTEGER) STRICT, WITHOUT ROWID",
    );
  }

  accept(guid) {
    const now = Date.now();
    this.ctx.storage.sql.exec("INSERT INTO inbox VALUES (?, ?) ON CONFLICT DO NOTHING", guid, now);
    void this.ctx.storage.setAlarm(now);
  }

  alarm() {}
}

// oxlint-disable-next-line import/no-default-export -- what workerd calls
export default {
  async fetch(request, env) {
    if (!(await verified(request, env))) return answer(401);
    const inbox = env.INBOX.getByName(request.headers.get("x-bench-repository"));
    await inbox.accept(request.headers.get("x-github-delivery"));
    return answer(202);
  },
};
