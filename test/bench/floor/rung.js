/**
 * The relay's own Worker whose alarm does nothing by itself, and its whole round when it is told to:
 * so that the CPU time of one alarm can be told from that of the request which set it.
 */
import relay, { RepositoryLedger as Ledger } from "relay";

export class RepositoryLedger extends Ledger {
  async round() {}

  ring() {
    return super.round();
  }
}

// oxlint-disable-next-line import/no-default-export -- what workerd calls
export default {
  async fetch(request, env, context) {
    const ledger = /\/ring\/(\d+)$/.exec(request.url)?.[1];
    if (ledger === undefined) return relay.fetch(request, env, context);
    await env.REPOSITORY_LEDGER.getByName(ledger).ring();
    return new Response("rung");
  },
};
