/** Writes src/domain/configuration.schema.json; `npm run generate` runs it. */
import { writeFileSync } from "node:fs";
import { renderConfigurationSchema } from "./render-configuration-schema.ts";

const target = new URL("../../src/domain/configuration.schema.json", import.meta.url);
writeFileSync(target, renderConfigurationSchema());
