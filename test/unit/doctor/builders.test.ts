/** Routes whose workflow is another repository's: both sides must agree, and the doctor asks both. */
import { expect, test } from "vitest";
import { buildersCheck } from "../../../src/doctor/checks/builders.ts";
import { answer, openClinic, WORKFLOW, WORKFLOW_PATH } from "./support/clinic.ts";

const CONFIGURATION = ".github/merge-relay.yml";
const ACCEPTING = "version: 1\nroutes: []\naccept: [acme/*]\n";
const FOR_OTHERS = WORKFLOW.includes("repository:")
  ? WORKFLOW
  : WORKFLOW.replace("    inputs:\n", "    inputs:\n      repository: { type: string }\n");

/** `acme/app`, whose route names `acme/builder`, which has these files. */
async function withBuilder(files: Readonly<Record<string, string>>, more = "") {
  const routes = `version: 1\nroutes:\n  - { name: app, builder: acme/builder${more} }\n`;
  const clinic = await openClinic({ files: { [CONFIGURATION]: routes } });
  clinic.world.addRepository({ owner: "acme", name: "builder", files: { ...files } });
  return clinic;
}

test("a builder that accepts its sources, and takes the input repository, is well", async () => {
  for (const accept of ["acme/*", "ACME/app"]) {
    const { examine } = await withBuilder({
      [WORKFLOW_PATH]: FOR_OTHERS,
      [CONFIGURATION]: ACCEPTING.replace("acme/*", accept),
    });
    expect(await examine(buildersCheck), accept).toMatchObject({
      status: "ok",
      finding: expect.stringContaining("acme/builder accepts acme/app"),
    });
  }
});

test("asks about no builder where no route names one", async () => {
  const { examine } = await openClinic();
  expect(await examine(buildersCheck)).toMatchObject({ status: "ok" });
});

test("names a builder that accepts others, or has no file to accept anybody", async () => {
  const others = ACCEPTING.replace("acme/*", "other/*");
  const refusing = await withBuilder({ [WORKFLOW_PATH]: FOR_OTHERS, [CONFIGURATION]: others });
  expect(await refusing.examine(buildersCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("does not accept acme/app (it accepts other/*)"),
    reason: expect.stringContaining("builder-not-accepting"),
    remedy: expect.stringContaining("Add acme/app to `accept:`"),
    link: expect.stringContaining(`acme/builder/blob/HEAD/${CONFIGURATION}`),
  });
  const silent = await withBuilder({ [WORKFLOW_PATH]: FOR_OTHERS });
  expect(await silent.examine(buildersCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("(it accepts nobody)"),
    remedy: expect.stringContaining("`accept: [acme/app]`"),
  });
});

test("names a builder whose configuration is not valid, for it accepts nobody", async () => {
  const { examine } = await withBuilder({
    [WORKFLOW_PATH]: FOR_OTHERS,
    [CONFIGURATION]: "version: 1\naccpt: [acme/*]\n",
  });
  expect(await examine(buildersCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("is not valid"),
    remedy: expect.stringContaining("doctor --repo acme/builder"),
  });
});

test("names a builder on which the App is not installed", async () => {
  const { examine, world, installation, repository } = await withBuilder({});
  world.state.installations.get(installation.id)!.repositoryIds = new Set([repository.id]);
  expect(await examine(buildersCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("not installed on acme/builder"),
    remedy: expect.stringContaining("include acme/builder"),
    link: expect.stringContaining("/installations/new"),
  });
});

test("names a builder without the workflow, and one whose workflow takes no repository", async () => {
  const absent = await withBuilder({ [CONFIGURATION]: ACCEPTING });
  expect(await absent.examine(buildersCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining(`acme/builder has no ${WORKFLOW_PATH} on “main”`),
    remedy: expect.stringContaining("`workflow:` of route app"),
  });
  const own = FOR_OTHERS.replace(/ {6}repository:.*\n(?: {8}.*\n)*/, "");
  expect(own).not.toBe(FOR_OTHERS);
  const narrow = await withBuilder({ [CONFIGURATION]: ACCEPTING, [WORKFLOW_PATH]: own });
  expect(await narrow.examine(buildersCheck)).toMatchObject({
    status: "failed",
    finding: expect.stringContaining("does not declare the input repository"),
    remedy: expect.stringContaining("`repository: { type: string }`"),
  });
  const broken = await withBuilder({ [CONFIGURATION]: ACCEPTING, [WORKFLOW_PATH]: "on: [" });
  expect(await broken.examine(buildersCheck)).toMatchObject({ status: "skipped" });
  const elsewhere = await withBuilder(
    { [CONFIGURATION]: ACCEPTING, [WORKFLOW_PATH]: FOR_OTHERS },
    ", ref: release",
  );
  expect((await elsewhere.examine(buildersCheck)).finding).toContain("on “release”");
});

test("does not take a GitHub that fails for a builder that refuses", async () => {
  const { examine, answers, simulator } = await withBuilder({});
  const place = `GET ${simulator.url}/repos/acme/builder`;
  for (const path of ["/installation", "", `/contents/${CONFIGURATION}`]) {
    answers.set(`${place}${path}`, answer(500));
    expect(await examine(buildersCheck), path).toMatchObject({
      status: "unknown",
      remedy: expect.stringContaining("--repo acme/builder"),
    });
    answers.delete(`${place}${path}`);
  }
});
