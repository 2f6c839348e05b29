/** A ledger as the sweeper calls it: each call counts towards what one alarm may make. */
import type { SweptLedger } from "../../domain/visit.ts";
import type { CallMeter } from "../allowance.ts";

/** Nothing is called before the first question; a call beyond the limit throws. */
export function countedLedger(
  ledgers: { readonly getByName: (name: string) => SweptLedger },
  repositoryId: number,
  meter: CallMeter,
): SweptLedger {
  const ledger = (): SweptLedger => ledgers.getByName(String(repositoryId));
  return {
    standing: (guid) => meter.call(() => ledger().standing(guid)),
    visit: (visit) => meter.call(() => ledger().visit(visit)),
    kick: () => meter.call(() => ledger().kick()),
  };
}
