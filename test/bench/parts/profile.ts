/**
 * Where the relay's own JavaScript spends its time: V8's sampler through workerd's inspector. What is
 * not JavaScript (HTTP, HMAC, SQLite) shows as `(program)`.
 */
import type { Bench } from "../bench.ts";
import type { Kind } from "../load/delivery.ts";
import { LoadClient } from "../processes/load-client.ts";
import { prepareRelay } from "../processes/relay.ts";

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface ProfileRow {
  readonly kind: Kind;
  readonly functions: readonly { readonly name: string; readonly usPerDelivery: number }[];
}

const INSPECTOR = "127.0.0.1:9339";
const COUNT = 3_000;

/** Self time per delivery of the forty dearest functions, for each kind of delivery. */
export async function profileRelay(bench: Bench): Promise<ProfileRow[]> {
  const load = new LoadClient();
  const relay = await prepareRelay(bench.secrets, {
    name: "relay",
    githubUrl: "http://127.0.0.1:9",
    within: bench.fast,
    stilled: true,
    inspector: INSPECTOR,
    ...(process.env["BENCH_BUNDLE"] ? { bundle: process.env["BENCH_BUNDLE"] } : {}),
  });
  const order = { url: "", secret: bench.secrets.webhookSecret, connections: 8, repositories: 16 };
  const rows: ProfileRow[] = [];
  try {
    await relay.start();
    const inspector = await Inspector.open();
    let firstPullRequest = 1;
    for (const kind of ["star", "unmerged", "merged"] as const) {
      bench.say(kind);
      const volley = { ...order, url: relay.url(), kind, count: COUNT };
      await load.fire({ ...volley, firstPullRequest });
      await inspector.ask("Profiler.start");
      await load.fire({ ...volley, firstPullRequest: firstPullRequest + COUNT });
      const { profile } = (await inspector.ask("Profiler.stop")) as { profile: Profile };
      rows.push({ kind, functions: dearest(profile) });
      firstPullRequest += 2 * COUNT;
    }
    inspector.close();
    return rows;
  } finally {
    await relay.kill();
    await relay.remove();
    await load.close();
  }
}

function dearest(profile: Profile): ProfileRow["functions"] {
  const names = new Map(
    profile.nodes.map(({ id, callFrame }) => [
      id,
      `${callFrame.functionName || "(anonymous)"}:${callFrame.lineNumber + 1}`,
    ]),
  );
  const sums = new Map<string, number>();
  for (const [index, id] of profile.samples.entries()) {
    const name = names.get(id) ?? "";
    sums.set(name, (sums.get(name) ?? 0) + (profile.timeDeltas[index] ?? 0));
  }
  return [...sums]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 40)
    .map(([name, us]) => ({ name, usPerDelivery: Math.round((us / COUNT) * 10) / 10 }));
}

class Inspector {
  readonly #socket: WebSocket;
  #nextId = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async open(): Promise<Inspector> {
    const listed = (await (await fetch(`http://${INSPECTOR}/json`)).json()) as {
      webSocketDebuggerUrl: string;
    }[];
    const socket = new WebSocket(listed[0]!.webSocketDebuggerUrl);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    const inspector = new Inspector(socket);
    await inspector.ask("Profiler.enable");
    await inspector.ask("Profiler.setSamplingInterval", { interval: 100 });
    return inspector;
  }

  ask(method: string, params: Record<string, unknown> = {}): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const hear = (event: MessageEvent): void => {
        const message = JSON.parse(String(event.data)) as { id?: number; result?: unknown };
        if (message.id !== id) return;
        this.#socket.removeEventListener("message", hear);
        resolve(message.result);
      };
      this.#socket.addEventListener("message", hear);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  close(): void {
    this.#socket.close();
  }
}
