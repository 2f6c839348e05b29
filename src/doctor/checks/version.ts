import { ok, skipped, type Verdict, warning } from "../check.ts";
import { askHealth } from "../health.ts";
import type { Check, Patient } from "../patient.ts";

/** Whether a newer release is out, or the relay runs an older version than this program. */
export const versionCheck: Check = {
  name: "version",
  title: "Version",
  run: judge,
};

async function judge(patient: Patient): Promise<Verdict> {
  const { version, ports } = patient;
  const health = await askHealth(patient);
  const running = health.kind === "healthy" ? health.said.version : undefined;
  const remedy = "git pull && npm install && npm run deploy";
  if (running !== undefined && isOlder(running, version)) {
    return warning({
      finding: `The relay runs ${running}, this program is ${version}.`,
      reason: "What was mended since is not deployed.",
      remedy: "Deploy it: `npm run deploy`.",
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
