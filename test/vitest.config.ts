import { generateKeyPairSync } from "node:crypto";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** A relay that takes deliveries and reaches no GitHub; what its alarms try waits long. */
const bindings = {
  GITHUB_APP_ID: "4711",
  GITHUB_APP_PRIVATE_KEY: generateKeyPairSync("rsa", { modulusLength: 2048 })
    .privateKey.export({ type: "pkcs1", format: "pem" })
    .toString(),
  GITHUB_WEBHOOK_SECRET: "the secret of today",
  GITHUB_WEBHOOK_SECRET_PREVIOUS: "the secret of yesterday",
  GITHUB_API_URL: "http://127.0.0.1:9",
  RETRY_BASE_MS: "300000",
};

export default defineConfig({
  test: {
    projects: [
      {
        // Those packages' source maps point nowhere; vite would warn of each.
        logLevel: "error",
        test: {
          name: "unit",
          root: ".",
          include: ["test/unit/**/*.test.ts"],
          environment: "node",
          // Laws are played many times over: on a busy machine that takes more than vitest's 5 s.
          testTimeout: 30_000,
          // Its packages import JSON in a way that only a bundler takes.
          server: { deps: { inline: [/@actions\//] } },
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: { bindings, outboundService: () => new Response(null, { status: 503 }) },
          }),
        ],
        test: {
          name: "worker",
          root: ".",
          include: ["test/worker/**/*.test.ts"],
          testTimeout: 20_000,
        },
      },
      {
        // Those packages' source maps point nowhere; vite would warn of each.
        logLevel: "error",
        test: {
          name: "e2e",
          root: ".",
          include: ["test/e2e/**/*.test.ts", "test/gates/**/*.test.ts"],
          globalSetup: ["test/e2e/global-setup.ts"],
          environment: "node",
          // Most of these tests wait; more files than cores may do so at once.
          maxWorkers: 3,
          // They play with real time: where the machine was away for seconds, once more tells that from
          // a fault. vitest names what it had to repeat.
          retry: process.env["CI"] ? 1 : 0,
          testTimeout: 90_000,
          hookTimeout: 120_000,
          // Its packages import JSON in a way that only a bundler takes.
          server: { deps: { inline: [/@actions\//] } },
        },
      },
    ],
  },
});
