#!/usr/bin/env node
/**
 * Starts the program with a Node that runs TypeScript as it is. This file is plain JavaScript, and
 * stays so, because an older Node must be able to read it and say what is missing.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

/** The first version that strips types without a flag. */
const NEEDED = [22, 18];

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

/** The Node that `npm install` put beside the program; null where there is none. */
function findInstalledNode() {
  try {
    const require = createRequire(import.meta.url);
    const path = require.resolve("node/bin/node");
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

function startWith(node) {
  const main = new URL("./main.ts", import.meta.url).pathname;
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  // The terminal sends Ctrl+C to both; this process stays to hand on the child's exit code.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("error", () => refuse());
  child.on("exit", (code, signal) => {
    process.exitCode = code === null ? 128 + (signal === "SIGINT" ? 2 : 15) : code;
  });
}

function refuse() {
  process.stderr.write(
    `merge-relay needs Node ${NEEDED.join(".")} or newer, and this is Node ${process.versions.node}. ` +
      "Run `npm install` in merge-relay's directory (it brings a fitting Node along), or install a newer Node.\n",
  );
  process.exitCode = 2;
}

if (isNewEnough(process.versions.node)) {
  await import("./main.ts");
} else {
  const node = findInstalledNode();
  if (node === null) refuse();
  else startWith(node);
}
