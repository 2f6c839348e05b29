/** A second client: made from the OpenAPI document by somebody else's generator, type-checked and run. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { redocly } from "../generate/redocly.ts";
import { type Rig, startRig } from "./support/relay.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

/** What somebody writes who has only the document. */
const PROGRAM = `
import { ApiError, client } from "./client.ts";

declare const process: { argv: string[] };
const [, , serverUrl = "", token = "", owner = "", name = "", pull = ""] = process.argv;
client.configure({ serverUrl, auth: { bearer: token } });
const path = { owner, name };
const number = Number(pull);

const explained = await client.explainPullRequest({ path: { ...path, number } });
const planned = await client.orderDispatch({ path, body: { pull_request: number, dry_run: true } });
const taken = await client.orderDispatch({
  path,
  body: { pull_request: number, reason: "a second client" },
  headers: { "Idempotency-Key": "second-client" },
});
const [dispatch] = "dispatches" in taken ? taken.dispatches : [];
const page = await client.listDispatches({ path, query: { pull_request: number, limit: 1 } });
const one = await client.readDispatch({ path: { ...path, id: dispatch?.id ?? "" } });
const paused = await client.pauseRepository({ path, body: { reason: "a moment" } });
const resumed = await client.resumeRepository({ path });
const status = await client.readStatus({ path });
const health = await client.readHealth();
const refusal = await client
  .orderDispatch({ path, body: { tag: "a..b" } })
  .catch((error: unknown) => (error instanceof ApiError ? [error.status, error.body] : null));
console.log(
  JSON.stringify({
    verdict: explained.verdict,
    planned: "plan" in planned ? planned.plan.verdict : null,
    generation: dispatch?.generation,
    listed: page.dispatches.length,
    more: page.next_cursor !== null,
    same: one.id === dispatch?.id,
    paused: [paused.paused, resumed.paused, status.paused],
    health: health.status,
    refusal,
  }),
);
`;

const TSCONFIG = {
  compilerOptions: {
    target: "ES2023",
    lib: ["ES2023", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
    module: "ESNext",
    moduleResolution: "Bundler",
    allowImportingTsExtensions: true,
    noEmit: true,
    strict: true,
    types: [],
  },
  files: ["program.ts"],
};

let rig: Rig;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "second-client-"));
  rig = await startRig();
});
afterAll(async () => {
  await rig.close();
  await rm(directory, { recursive: true, force: true });
});

test("does a maintainer's work", async () => {
  const place = rig.place();
  const { world } = rig.simulator;
  world.setPermission("mia", place.fullName, "maintain");
  const { number } = place.merge();
  await place.settled();

  const document = join(directory, "openapi.json");
  await writeFile(document, await (await fetch(`${rig.relay.url}/openapi.json`)).text());
  const client = join(directory, "client.ts");
  await redocly(["generate-client", document, "--output", client, "--args-style", "grouped"]);
  const program = join(directory, "program.ts");
  await writeFile(program, PROGRAM);
  await writeFile(join(directory, "tsconfig.json"), JSON.stringify(TSCONFIG));
  await writeFile(join(directory, "package.json"), '{"type":"module"}');
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  await run(process.execPath, [compiler, "-p", directory]);

  const { owner, name } = place;
  const args = [program, rig.relay.url, world.oauthToken("mia"), owner, name, String(number)];
  const { stdout } = await run(process.execPath, args);
  expect(JSON.parse(stdout)).toEqual({
    verdict: "dispatch",
    planned: "dispatch",
    generation: 2,
    listed: 1,
    more: true,
    same: true,
    paused: [true, false, false],
    health: "ok",
    refusal: [400, expect.objectContaining({ code: "invalid-request" })],
  });
});
