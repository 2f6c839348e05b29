/** The relay's own Worker, which also says how often a ledger has begun anew: at first, and after it had left memory. */
import relay, { RepositoryLedger as Ledger } from "relay";

let begun = 0;

export class RepositoryLedger extends Ledger {
  constructor(ctx, env) {
    super(ctx, env);
    begun += 1;
  }
}

// oxlint-disable-next-line import/no-default-export -- what workerd calls
export default {
  fetch(request, env, context) {
    if (new URL(request.url).pathname === "/begun") return Response.json({ begun });
    return relay.fetch(request, env, context);
  },
};
