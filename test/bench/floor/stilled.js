/**
 * The relay's own Worker with its alarm stilled, so that the process's CPU time is that of taking
 * deliveries and of nothing that comes after.
 */
import relay, { RepositoryLedger as Ledger } from "relay";

export class RepositoryLedger extends Ledger {
  async alarm() {}
}

// oxlint-disable-next-line import/no-default-export -- what workerd calls
export default relay;
