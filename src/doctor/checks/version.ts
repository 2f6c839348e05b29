import { ok, skipped, type Verdict, warning } from "../check.ts";
import { askHealth } from "../health.ts";
import type { Check, Patient } from "../patient.ts";

/** Whether a newer release is out, or the relay runs an older version than this program. */
export const versionCheck: Check = {
  name: "version",
  title: "Version",
  run: judge,
};

/** What a relay from before it told its version counts as. */
const OLDEST = "0.0.0";

async function judge(patient: Patient): Promise<Verdict> {
  const { version, ports } = patient;
  const health = await askHealth(patient);
  const running = health.kind === "healthy" ? (health.said.version ?? OLDEST) : version;
  const remedy = "git pull && npm install && npm run deploy";
  if (isOlder(running, version)) {
    return warning({
      finding: `The relay runs ${running === OLDEST ? "a version that does not say which" : running}, this program is ${version}.`,
      reason: "What was mended since is not deployed.",
      remedy: "Deploy it: `npm run deploy`. (A local one: restart `npm run dev`.)",
    });
  }
  if (isOlder(version, running)) {
    return warning({
      finding: `This program is ${version}, the relay runs ${running} already.`,
      reason: "It was deployed from another copy: a deploy from this one would set it back.",
      remedy: "Upgrade this copy: git pull && npm install",
    });
  }
  const latest = await ports.latestVersion();
  if (latest === null) {
    return skipped(
      `This is ${version}; the newest release could not be asked (offline, or no remote).`,
    );
  }
  return isOlder(version, latest)
    ? warning({
        finding: `This is ${version}; ${latest} is out.`,
        reason: "Fixes are in the newest release only.",
        remedy: `Upgrade: ${remedy}`,
      })
    : ok(`${version} is the newest.`);
}

/** Compares `1.2.3` by numbers; anything after them does not count. */
function isOlder(one: string, other: string): boolean {
  const [left, right] = [numbersOf(one), numbersOf(other)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function numbersOf(version: string): number[] {
  return (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? "0").split(".").map(Number);
}
