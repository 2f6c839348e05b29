/**
 * npm run bench: each part writes its numbers to `report/<part>.json`; the report is made from
 * whatever numbers there are. `npm run bench -- --help` names the parts.
 */
import { serveLoad } from "./load/process.ts";
import { serveStandIn } from "./stand-in/process.ts";
import { runParts } from "./run-parts.ts";

const [first = "", ...rest] = process.argv.slice(2);
if (first === "role:load") serveLoad();
else if (first === "role:stand-in") serveStandIn();
else await runParts(first === "" ? [] : [first, ...rest]);
