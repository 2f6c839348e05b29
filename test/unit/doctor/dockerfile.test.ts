/** The Dockerfile that a route's build looks for. */
import { expect, test } from "vitest";
import { dockerfileCheck } from "../../../src/doctor/checks/dockerfile.ts";
import { openClinic, WORKFLOW, WORKFLOW_PATH } from "./support/clinic.ts";
import { SMALL } from "./support/small-workflow.ts";

const FROM = "FROM scratch\n";

async function judge(more: Readonly<Record<string, string>>, routes = "", workflow = WORKFLOW) {
  const configuration =
    routes === "" ? {} : { ".github/merge-relay.yml": `version: 1\nroutes:\n${routes}` };
  const clinic = await openClinic({
    files: { [WORKFLOW_PATH]: workflow, ...configuration, ...more },
  });
  return clinic.examine(dockerfileCheck);
}

test("names the Dockerfile that the build will not find, where the route looks for it", async () => {
  for (const [routes, path] of [
    ["", "Dockerfile"],
    ["  - { context: app }\n", "app/Dockerfile"],
    ["  - { context: app, file: docker/prod.Dockerfile }\n", "docker/prod.Dockerfile"],
  ] as const) {
    expect(await judge({ "README.md": "x" }, routes), path).toMatchObject({
      status: "warning",
      finding: expect.stringContaining(`has no ${path} on “main”`),
      remedy: expect.stringContaining("`context:` and `file:`"),
    });
    expect(await judge({ [path]: FROM }, routes), path).toMatchObject({ status: "ok" });
  }
});

test("names the route among several whose Dockerfile is missing", async () => {
  const routes = "  - { name: web, context: web }\n  - { name: job, context: job }\n";
  expect(await judge({ "web/Dockerfile": FROM }, routes)).toMatchObject({
    status: "warning",
    finding: expect.stringContaining("(route job)"),
  });
});

test("asks for no Dockerfile where it may be elsewhere", async () => {
  const other = SMALL.replace("file: { type: string }", "");
  expect(await judge({}, "", other)).toMatchObject({ status: "skipped" });
  expect(await judge({}, "  - { branches: [release/*] }\n")).toMatchObject({ status: "skipped" });
  expect(await judge({}, "  - { builder: acme/builder }\n")).toMatchObject({ status: "skipped" });
});
