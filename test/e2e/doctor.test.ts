/** Set-ups that only both sides together give away: the doctor, a running relay, a GitHub. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { registerDoctor } from "../../src/cli/doctor.ts";
import { runCommandLine } from "../unit/cli/run-command.ts";
import { type Rig, settingsFor, startRig } from "./support/relay.ts";
import { WORKFLOW, WORKFLOW_PATH } from "./support/place.ts";

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ ALLOWED_OWNERS: "served" });
});

afterAll(() => rig.close());

interface Finding {
  readonly check: string;
  readonly status: string;
  readonly finding: string;
  readonly remedy: string;
  readonly link: string;
}

/** What the doctor says failed; it has the App's key and knows none of the relay's settings. */
async function failuresOf(repository: string): Promise<Finding[]> {
  const { vars, secrets } = settingsFor(rig.simulator);
  const env = {
    GITHUB_API_URL: vars.GITHUB_API_URL,
    GITHUB_APP_ID: vars.GITHUB_APP_ID,
    ...secrets,
  };
  const argv = ["doctor", "--json", "--repo", repository, "--url", rig.relay.url];
  const { out } = await runCommandLine(registerDoctor, [...argv, "--directory", "/nowhere"], {
    env: { ...env, GITHUB_WEB_URL: vars.GITHUB_API_URL },
  });
  const { checks } = JSON.parse(out) as { checks: Finding[] };
  // The registry is the real one, which a test does not need.
  return checks.filter(({ status, check }) => status === "failed" && check !== "registry");
}

test("names an owner whom the relay leaves out, though the doctor has no such setting", async () => {
  const place = rig.place({ owner: "stranger" });
  const failures = await failuresOf(`${place.owner}/${place.repository.name}`);
  expect(failures).toEqual([
    expect.objectContaining({
      check: "operator-limits",
      finding: "The relay's ALLOWED_OWNERS leaves stranger out.",
      remedy: expect.stringContaining(String(place.repository.owner.id)),
      link: expect.stringContaining("https://"),
    }),
  ]);
  place.merge();
  expect((await place.settled())[0]).toMatchObject({ reason: "owner-not-allowed" });
});

test("names a builder that does not accept the source, until its file does", async () => {
  const configuration = ".github/merge-relay.yml";
  const files = { [configuration]: "version: 1\nroutes:\n  - builder: served/builder\n" };
  const { world } = rig.simulator;
  const place = rig.place({ owner: "served", files });
  world.addRepository({
    owner: "served",
    name: "builder",
    files: {
      [WORKFLOW_PATH]: WORKFLOW,
      [configuration]: "version: 1\nroutes: []\naccept: [others/*]\n",
    },
  });
  const named = `served/${place.repository.name}`;
  expect(await failuresOf(named)).toEqual([
    expect.objectContaining({
      check: "builders",
      finding: expect.stringContaining(`does not accept ${named} (it accepts others/*)`),
      remedy: expect.stringContaining(`Add ${named} to \`accept:\``),
      link: expect.stringContaining("/served/builder/blob/HEAD/.github/merge-relay.yml"),
    }),
  ]);
  place.merge();
  expect((await place.settled())[0]).toMatchObject({ reason: "builder-not-accepting" });
  const accepting = `version: 1\nroutes: []\naccept: ["${named}"]\n`;
  world.commit("served/builder", "main", { files: { [configuration]: accepting } });
  expect(await failuresOf(named)).toEqual([]);
});
