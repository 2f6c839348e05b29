import { finding, type Rule } from "../finding.ts";

const DISK_FULL =
  /no space left on device|\bENOSPC\b|(?:not|n't have) enough (?:free )?(?:disk )?space|more space needed on the/i;
// A registry's disk can be full as well, and its answer says so in the same words.
const OF_REGISTRY = /\/v2\/|\/registry\/|unexpected status|response/i;
const RUNNER_WARNING = /running out of disk space/i;

/** The runner's disk is full; also when a command of the image build met it first. */
export const diskRule: Rule = (evidence) => {
  const { lines, buildLines, warnings } = evidence.output;
  const line = [...lines, ...buildLines].find((candidate) => DISK_FULL.test(candidate.text));
  if (line !== undefined) {
    return finding("disk-full", OF_REGISTRY.test(line.text) ? "likely" : "certain", [line]);
  }
  const warning = [...warnings, ...lines].find((candidate) => RUNNER_WARNING.test(candidate.text));
  return warning === undefined ? null : finding("disk-full", "likely", [warning]);
};
