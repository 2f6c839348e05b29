/** The lab of a test file: started, or skipped with the reason. In CI a lab that cannot start is a failure. */
import { join } from "node:path";
import { startLab } from "./lab.ts";
import type { Lab } from "./lab.ts";

export const PUBLISH_IMAGE = join(import.meta.dirname, "../../../src/workflows/publish-image.yml");
export const PULL_REQUEST_IMAGE = join(
  import.meta.dirname,
  "../../../src/workflows/pull-request-image.yml",
);

/** Undefined where the machine cannot run a lab; the reason has then been printed. */
export async function labOrSkip(): Promise<Lab | undefined> {
  const lab = await startLab();
  if (lab.available) return lab;
  if (process.env["CI"] === "true")
    throw new Error(`The registry tests must run in CI: ${lab.reason}`);
  console.warn(`Skipped, the registry tests cannot run here: ${lab.reason}`);
  return undefined;
}
