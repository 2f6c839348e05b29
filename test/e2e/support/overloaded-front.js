/**
 * The relay's own Worker, whose ledgers a test can make unreachable: `PUT /ledgers/MODE` with
 * `overloaded` (refused before the call), `lost` (done, and the answer lost) or `well`.
 */
import relay, { RepositoryLedger as Ledger, Sweeper as OwnSweeper } from "relay";

let mode = "well";
let refused = 0;
const known = new WeakMap();

/** What Cloudflare throws at a caller when too many wait for one object. */
function overloaded() {
  refused += 1;
  const error = new Error("Durable Object is overloaded. Too many requests queued.");
  return Object.assign(error, { overloaded: true, retryable: true });
}

function fragile(stub) {
  return new Proxy(stub, {
    get: (target, name) =>
      typeof name === "symbol" || name === "then"
        ? Reflect.get(target, name)
        : async (...given) => {
            if (mode === "overloaded") throw overloaded();
            const answer = await target[name](...given);
            if (mode === "lost") throw overloaded();
            return answer;
          },
  });
}

function withFragileLedgers(env) {
  const namespace = env.REPOSITORY_LEDGER;
  const wrapped = known.get(env) ?? {
    ...env,
    REPOSITORY_LEDGER: { getByName: (name) => fragile(namespace.getByName(name)) },
  };
  known.set(env, wrapped);
  return wrapped;
}

export class RepositoryLedger extends Ledger {
  constructor(ctx, env) {
    super(ctx, withFragileLedgers(env));
  }
}

export class Sweeper extends OwnSweeper {
  constructor(ctx, env) {
    super(ctx, withFragileLedgers(env));
  }
}

// oxlint-disable-next-line import/no-default-export -- what workerd calls
export default {
  fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith("/ledgers/")) {
      return relay.fetch(request, withFragileLedgers(env), context);
    }
    mode = pathname.slice("/ledgers/".length);
    return Response.json({ refused });
  },
  scheduled: (controller, env, context) =>
    relay.scheduled(controller, withFragileLedgers(env), context),
};
