/** The Durable Object that looks after what no single ledger can: deliveries that GitHub lost. */
import { DurableObject } from "cloudflare:workers";

export abstract class SweeperObject extends DurableObject<Env> {}
