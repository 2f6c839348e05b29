import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { registerDiagnose } from "../../../src/cli/diagnose.ts";
import { startAcme } from "../simulator/support/acme.ts";
import { runCommandLine, type Printed } from "./run-command.ts";

/** A fork's pull request whose build was refused, and somebody who may read it. */
async function startRefused() {
  const acme = await startAcme();
  const { world, simulator } = acme;
  const { number } = world.openPullRequest({ repo: "acme/app", user: "stranger" });
  const { run } = world.forkBuild("acme/app", number);
  const token = world.classicToken("acme");
  const url = `${simulator.url}/acme/app/actions/runs/${run.id}`;
  const diagnose = (argv: readonly string[] = [url], env: Record<string, string> = {}) =>
    runCommandLine(registerDiagnose, ["diagnose", ...argv], {
      env: { GITHUB_API_URL: simulator.url, GITHUB_TOKEN: token, ...env },
    });
  return { ...acme, run, token, url, diagnose };
}

function expectRefusal(printed: Printed, words: string, token: string): void {
  expect([printed.code, printed.out]).toEqual([1, ""]);
  expect(printed.error).toContain(words);
  expect(printed.error).not.toContain(token);
}

test("fetches a run and its failed job's log, and names the cause", async () => {
  const { diagnose, token } = await startRefused();
  const { code, out, error } = await diagnose();
  expect([code, error]).toEqual([0, ""]);
  expect(out).toContain("token-read-only-fork");
  expect(out).toContain("Job         ");
  expect(out).not.toContain(token);
});

test("gives the same JSON as for a log, and takes --token before the variable", async () => {
  const { diagnose, token, url } = await startRefused();
  const { out } = await diagnose([url, "--json", "--token", token], { GITHUB_TOKEN: "ghp_wrong" });
  expect(JSON.parse(out)).toMatchObject({ cause: "token-read-only-fork", retryable: false });
});

test("takes an address on github.com where GITHUB_API_URL says otherwise", async () => {
  const { diagnose, run } = await startRefused();
  const { out } = await diagnose([`https://github.com/acme/app/actions/runs/${run.id}?pr=1`]);
  expect(out).toContain("token-read-only-fork");
});

test("takes the job that the address names", async () => {
  const { diagnose, run, url } = await startRefused();
  const job = run.jobs[0]!.id;
  expect((await diagnose([`${url}/job/${job}`])).out).toContain("token-read-only-fork");
  expect((await diagnose([`${url}/job/99999`])).error).toContain("has no job 99999");
});

test("says that no job has failed", async () => {
  const { world, repository, diagnose, simulator } = await startRefused();
  const [first] = world.runsOf("acme/app");
  const parts = { repository, workflow: { id: first!.workflowId, path: first!.path } };
  const { headBranch, headSha, actor } = first!;
  const run = world.addRun({ ...parts, event: "push", headBranch, headSha, actor, inputs: {} });
  const url = `${simulator.url}/acme/app/actions/runs/${run.id}`;
  expect((await diagnose([url])).error).toContain("still queued");
  world.completeRun(run.id, { conclusion: "success" });
  const { code, error } = await diagnose([url]);
  expect(code).toBe(1);
  expect(error).toContain("ended with “success”");
});

describe("says in a sentence, without the token,", () => {
  test("that the token is wrong", async () => {
    const { diagnose, url } = await startRefused();
    expectRefusal(
      await diagnose([url], { GITHUB_TOKEN: "ghp_wrong" }),
      "GITHUB_TOKEN",
      "ghp_wrong",
    );
  });

  test("that there is no such run, or none to be seen", async () => {
    const { diagnose, simulator, token } = await startRefused();
    const url = `${simulator.url}/acme/app/actions/runs/4242`;
    expectRefusal(await diagnose([url]), "does not exist", token);
  });

  test.each([
    [410, {}, "deletes logs"],
    [403, { "x-github-sso": "required" }, "single sign-on"],
    [403, {}, "actions: read"],
    [403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1900000000" }, "2030-03-17"],
    [429, { "retry-after": "7" }, "7 seconds"],
    [502, {}, "githubstatus.com"],
  ])("what an answer of %i with %j means", async (status, headers, words) => {
    const { diagnose, simulator, token } = await startRefused();
    const action = { kind: "status", status, headers: headers as Record<string, string> } as const;
    simulator.faults.add({ match: { path: /jobs\/\d+\/logs/ }, action });
    expectRefusal(await diagnose(), words, token);
  });

  test("that the connection broke, or the answer is no JSON", async () => {
    const { diagnose, simulator, token } = await startRefused();
    const remove = simulator.faults.add({ match: { path: "/jobs" }, action: { kind: "reset" } });
    expectRefusal(await diagnose(), "cannot be reached", token);
    remove();
    simulator.faults.add({ match: { path: "/actions/runs" }, action: { kind: "not-json" } });
    expectRefusal(await diagnose(), "is not JSON", token);
  });

  test("that there is no token, or none that could be one", async () => {
    const { url, diagnose } = await startRefused();
    const none = await diagnose([url], { GITHUB_TOKEN: "" });
    expect(none.code).toBe(1);
    expect(none.error).toContain("gh auth login");
    const broken = await diagnose([url, "--token", "two lines\nsecret"]);
    expect(broken.code).toBe(2);
    expect(broken.error).not.toContain("secret");
  });

  test("that the address is none of a run", async () => {
    const { diagnose } = await startRefused();
    for (const text of [
      "acme/app",
      "https://github.com/acme/app",
      "ftp://github.com/a/b/actions/runs/1",
    ]) {
      const { code, error } = await diagnose([text]);
      expect([code, error.includes("not the address of a run")]).toEqual([2, true]);
    }
  });

  test("that a token is not sent in the clear", async () => {
    const { diagnose, url, token } = await startRefused();
    expectRefusal(await diagnose([url], { GITHUB_API_URL: "http://example.com" }), "https", token);
  });
});

test("does not send a variable's token for github.com to another site", async () => {
  const env = { GITHUB_TOKEN: "ghp_mine", PATH: "" };
  const argv = ["diagnose", "https://elsewhere.example/acme/app/actions/runs/1"];
  const { code, error } = await runCommandLine(registerDiagnose, argv, { env });
  expect(code).toBe(1);
  expect(error).toContain("GH_ENTERPRISE_TOKEN");
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(handler: Handler): Promise<string> {
  const server = createServer(handler).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("follows GitHub to its storage without the token, and through a rename with it", async () => {
  const seen: [string, string | undefined][] = [];
  const log = "denied: permission_denied: write_package\n";
  const storage = await serve((request, response) => {
    seen.push(["storage", request.headers.authorization]);
    response.end(log);
  });
  const answers: Record<string, unknown> = {
    "/repositories/7/actions/runs/1": { status: "completed", conclusion: "failure" },
    "/repos/acme/app/actions/runs/1/jobs": {
      jobs: [{ id: 5, name: "build", conclusion: "failure", completed_at: "2026-01-01" }],
    },
  };
  const api = await serve((request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    seen.push([path, request.headers.authorization]);
    if (path === "/repos/acme/app/actions/runs/1") {
      response.writeHead(301, { location: "/repositories/7/actions/runs/1" }).end();
    } else if (path.endsWith("/logs")) {
      response.writeHead(302, { location: `${storage}/log` }).end();
    } else {
      response.end(JSON.stringify(answers[path]));
    }
  });
  const { code, out } = await runCommandLine(
    registerDiagnose,
    ["diagnose", "https://github.com/acme/app/actions/runs/1"],
    { env: { GITHUB_API_URL: `${api}/`, GH_TOKEN: "ghp_some" } },
  );
  expect(code).toBe(0);
  expect(out).toContain("package-access");
  expect(seen.find(([place]) => place === "storage")?.[1]).toBeUndefined();
  expect(seen.filter(([place]) => place !== "storage").map(([, sent]) => sent)).toEqual(
    Array.from({ length: 4 }, () => "Bearer ghp_some"),
  );
});

test("passes over a job that failed for something else", async () => {
  const jobs = ["test", "push"].map((name, at) => ({
    id: at,
    name,
    conclusion: "failure",
    completed_at: `2026-01-0${at + 1}`,
  }));
  const api = await serve((request, response) => {
    const path = request.url ?? "";
    if (path.includes("/jobs?")) response.end(JSON.stringify({ jobs: jobs.toReversed() }));
    else if (path.endsWith("jobs/0/logs"))
      response.end("##[error]Process completed with exit code 1.\n");
    else if (path.endsWith("/logs")) response.end("denied: permission_denied: write_package\n");
    else response.end("{}");
  });
  const { out } = await runCommandLine(
    registerDiagnose,
    ["diagnose", "https://github.com/acme/app/actions/runs/1"],
    { env: { GITHUB_API_URL: api, GH_TOKEN: "ghp_some" } },
  );
  expect(out).toContain("package-access");
  expect(out).toContain("Job         push");
});

test("diagnoses a run that could not start from its run object alone", async () => {
  const run = { status: "completed", conclusion: "startup_failure", event: "push" };
  const referenced = {
    ...run,
    referenced_workflows: [{ path: "acme/ci/.github/workflows/a.yml" }],
  };
  const api = await serve((request, response) => {
    const isJobs = (request.url ?? "").includes("/jobs");
    response.end(JSON.stringify(isJobs ? { total_count: 0, jobs: [] } : referenced));
  });
  const { code, out } = await runCommandLine(
    registerDiagnose,
    ["diagnose", "https://github.com/acme/app/actions/runs/1", "--json"],
    { env: { GITHUB_API_URL: api, GH_TOKEN: "ghp_some" } },
  );
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ cause: "caller-permissions" });
});
