/** Builds the Worker once for all end-to-end tests, as a deploy would. */
import { buildWorker } from "../../src/cli/local-relay.ts";

/** Runs before the first test file of the project. */
export default async function setup(): Promise<void> {
  await buildWorker();
}
