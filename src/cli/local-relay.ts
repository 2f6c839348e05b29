/**
 * The built Worker in the real runtime on this machine, for the demo and the end-to-end tests. The
 * GitHub that it speaks to is an address like any other.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createTestHarness } from "wrangler";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const BUILD_DIRECTORY = ".build/worker";

export interface LocalRelayOptions {
  readonly vars: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

export interface LocalRelay {
  readonly url: string;
  /** Rows of one repository's ledger. */
  query(repositoryId: number, sql: string): Promise<Record<string, unknown>[]>;
  /** Takes a ledger out of memory; its storage stays. */
  evict(repositoryId: number): Promise<void>;
  /** Lets the cron come now; the sweeper goes on by itself. */
  cron(): Promise<void>;
  /** Rows of the sweeper's storage. */
  querySweeper(sql: string): Promise<Record<string, unknown>[]>;
  /** The log lines written so far. */
  logs(): string[];
  close(): Promise<void>;
}

/** Builds the Worker as a deploy would. */
export async function buildWorker(): Promise<void> {
  const wrangler = fileURLToPath(
    new URL("node_modules/wrangler/bin/wrangler.js", `file://${ROOT}`),
  );
  const flags = ["deploy", "--dry-run", "--minify", "--outdir", BUILD_DIRECTORY];
  await promisify(execFile)(process.execPath, [wrangler, ...flags], {
    cwd: ROOT,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" },
  });
}

/** Starts the Worker that `buildWorker` made. */
export async function startLocalRelay(options: LocalRelayOptions): Promise<LocalRelay> {
  // Otherwise the runtime looks up this machine's place in Cloudflare's network, which nobody needs.
  process.env["CLOUDFLARE_CF_FETCH_ENABLED"] ??= "false";
  const harness = createTestHarness({
    root: ROOT,
    workers: [
      {
        configPath: "wrangler.toml",
        prebuiltWorkerDir: BUILD_DIRECTORY,
        vars: { ...options.vars },
        secrets: { ...options.secrets },
      },
    ],
  });
  const { url } = await harness.listen();
  const worker = harness.getWorker();
  return {
    url: url.href.replace(/\/$/, ""),
    async query(repositoryId, sql) {
      const storage = await worker.getDurableObjectStorage(
        "RepositoryLedger",
        objectOf(repositoryId),
      );
      return storage.exec(sql);
    },
    evict: (repositoryId) => worker.evictDurableObject("RepositoryLedger", objectOf(repositoryId)),
    async cron() {
      const { outcome } = await worker.scheduled({ cron: "*/5 * * * *" });
      if (outcome !== "ok") throw new Error(`the cron ended with ${outcome}`);
    },
    async querySweeper(sql) {
      const storage = await worker.getDurableObjectStorage("Sweeper", { name: "sweeper" });
      return storage.exec(sql);
    },
    logs: () => harness.getLogs().map(({ message }) => message),
    close: () => harness.close(),
  };
}

function objectOf(repositoryId: number): { name: string } {
  return { name: String(repositoryId) };
}
