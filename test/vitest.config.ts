import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: { name: "unit", root: ".", include: ["test/unit/**/*.test.ts"], environment: "node" },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: "./wrangler.toml" } })],
        test: { name: "worker", root: ".", include: ["test/worker/**/*.test.ts"] },
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
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Its packages import JSON in a way that only a bundler takes.
          server: { deps: { inline: [/@actions\//] } },
        },
      },
    ],
  },
});
