/**
 * What publish-image.yml can build: it knows a runner, or an emulator, for each of these, and refuses
 * every other as it starts. A workflow of the repository's own may build more; the format of a
 * configuration therefore leaves platforms open.
 */
import { nearestWord } from "./nearest-word.ts";

export const BUILDABLE_PLATFORMS: readonly string[] = [
  "linux/amd64",
  "linux/arm64",
  "linux/386",
  "linux/arm/v7",
  "linux/arm/v6",
  "linux/ppc64le",
  "linux/riscv64",
  "linux/s390x",
];

/** Other names of the same, as machines and people call them. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["x86_64", "amd64"],
  ["x86-64", "amd64"],
  ["x64", "amd64"],
  ["amd64/v2", "amd64"],
  ["amd64/v3", "amd64"],
  ["aarch64", "arm64"],
  ["arm64/v8", "arm64"],
  ["arm/v8", "arm64"],
  ["armv8", "arm64"],
  ["arm", "arm/v7"],
  ["armhf", "arm/v7"],
  ["armv7", "arm/v7"],
  ["armv7l", "arm/v7"],
  ["armv6", "arm/v6"],
  ["i386", "386"],
  ["i686", "386"],
  ["x86", "386"],
]);

export interface UnbuildablePlatform {
  readonly platform: string;
  /** What is wrong, as a sentence without its full stop. */
  readonly message: string;
  readonly suggestion: string | null;
}

/** The first of the platforms that the shipped workflow refuses, and what was meant; null for none. */
export function findUnbuildable(platforms: readonly string[]): UnbuildablePlatform | null {
  const platform = platforms.find((each) => !BUILDABLE_PLATFORMS.includes(each));
  if (platform === undefined) return null;
  const message = `“${platform}” is no platform that publish-image.yml builds; it builds ${BUILDABLE_PLATFORMS.join(", ")}`;
  return { platform, message, suggestion: nearestPlatform(platform) };
}

/** The same processor under Linux, which is all that the workflow builds for. */
function nearestPlatform(wrong: string): string | null {
  const lower = wrong.trim().toLowerCase();
  const slash = lower.indexOf("/");
  const meant = nearestProcessor(lower) ?? nearestProcessor(lower.slice(slash + 1));
  return meant === null ? null : `linux/${meant}`;
}

function nearestProcessor(name: string): string | null {
  const known = BUILDABLE_PLATFORMS.map((platform) => platform.replace("linux/", ""));
  return ALIASES.get(name) ?? nearestWord(name, known);
}
