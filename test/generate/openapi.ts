/** Writes src/http/openapi.json; `npm run generate` runs it. */
import { writeFileSync } from "node:fs";
import { renderOpenApi } from "./render-openapi.ts";

writeFileSync(new URL("../../src/http/openapi.json", import.meta.url), renderOpenApi());
