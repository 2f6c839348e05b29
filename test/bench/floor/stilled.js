/**
 * The relay's own Worker with its alarm stilled, so that the process's CPU time is that of taking
 * deliveries and of nothing that comes after. The alarm itself rings as it does in life: the ledger
 * remembers what it has set, and would otherwise set it but once. Bundles from before that have no
 * `round`.
 */
import relay, { RepositoryLedger as Ledger } from "relay";

export class RepositoryLedger extends Ledger {
  alarm() {
    return super.round === undefined ? Promise.resolve() : super.alarm();
  }

  async round() {}
}

// oxlint-disable-next-line import/no-default-export -- what workerd calls
export default relay;
