import { expect, test } from "vitest";
import { findCredential } from "../../../../src/cli/api/credential.ts";
import type { CommandIo } from "../../../../src/cli/command-io.ts";
import { startStandIn } from "./stand-in-relay.ts";

const RELAY = "https://relay.example/below";

/** Finds who calls in a world with these variables; `gh` is not installed in it. */
function find(
  env: Record<string, string>,
  more: { given?: string; interactive?: boolean; webUrl?: string } = {},
) {
  const io: CommandIo = {
    readFile: () => Promise.reject(new Error("nothing is read")),
    readStdin: () => Promise.reject(new Error("nothing is read")),
    writeOut: () => {},
    writeError: () => {},
    env,
    colour: false,
    interactive: more.interactive ?? false,
  };
  return findCredential({
    io,
    relayUrl: RELAY,
    // No gh knows a token for this site.
    webUrl: more.webUrl ?? "https://nobody.ghe.com",
    given: more.given,
    signIn: () => Promise.resolve("ghu_typed"),
  });
}

/** The service in a job that gives it its identity. */
async function startIdentity() {
  let count = 0;
  const server = await startStandIn(() => ({ body: { value: `eyJ.run.${(count += 1)}` } }));
  const env = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
    GITHUB_ACTIONS: "true",
  };
  return { server, env };
}

test("prefers what is said here to what lies around", async () => {
  const env = { MERGE_RELAY_TOKEN: "own", GITHUB_TOKEN: "gho_git", GH_TOKEN: "gho_gh" };
  const given = await find(env, { given: "said" });
  expect([given.source, await given.token()]).toEqual(["--token", "said"]);
  const own = await find(env);
  expect([own.source, await own.token()]).toEqual(["MERGE_RELAY_TOKEN", "own"]);
  expect((await find({ GITHUB_TOKEN: "gho_git" })).source).toBe("GITHUB_TOKEN");
});

test("signs in at a terminal, and says what to do where there is none", async () => {
  expect(await (await find({}, { interactive: true })).token()).toBe("ghu_typed");
  await expect(find({})).rejects.toThrow("gh auth login");
});

test("calls as the workflow run, with a token for this relay alone", async () => {
  const { server, env } = await startIdentity();
  const run = await find(env);
  expect(await run.token()).toBe("eyJ.run.1");
  // One that is fresh is used again.
  expect(await run.token()).toBe("eyJ.run.1");
  expect(server.asked[0]?.path).toBe("/token?api-version=2.0&audience=https%3A%2F%2Frelay.example");
  expect(server.asked[0]?.headers["authorization"]).toBe("Bearer request-token");
});

test("takes a person's token in a workflow, and the run's identity instead of an App's", async () => {
  const { env } = await startIdentity();
  expect((await find({ ...env, GITHUB_TOKEN: "ghp_mia" })).source).toBe("GITHUB_TOKEN");
  expect((await find({ ...env, GH_TOKEN: "ghs_app" })).source).toContain("identity");
  await expect(find({ GH_TOKEN: "ghs_app" })).rejects.toThrow("names no person");
});

test("names the permission that a workflow lacks", async () => {
  const without = { GITHUB_ACTIONS: "true" };
  await expect(find(without, { interactive: true })).rejects.toThrow("id-token: write");
  const refusing = await startStandIn({ status: 403, body: { message: "no" } });
  const run = await find({
    ACTIONS_ID_TOKEN_REQUEST_URL: refusing.url,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
  });
  await expect(run.token()).rejects.toThrow("id-token: write");
});

test("never quotes a token that cannot be one", async () => {
  const refused = await find({ MERGE_RELAY_TOKEN: "two words" }).catch(String);
  expect(refused).toContain("blanks");
  expect(refused).not.toContain("two words");
});
