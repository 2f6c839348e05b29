/** Writes `src/version.ts`. The Worker takes one string along, and not the whole of package.json. */
import { readFileSync, writeFileSync } from "node:fs";

const PACKAGE = new URL("../../package.json", import.meta.url);
const FILE = new URL("../../src/version.ts", import.meta.url);

const { version } = JSON.parse(readFileSync(PACKAGE, "utf8")) as { version: string };
const text = readFileSync(FILE, "utf8");
writeFileSync(FILE, text.replace(/"[^"]*";/, `${JSON.stringify(version)};`));
