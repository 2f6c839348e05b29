import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BUILDABLE_PLATFORMS, findUnbuildable } from "../../../src/domain/buildable-platforms.ts";
import { platformFormat } from "../../../src/domain/image-formats.ts";
import { hasFormat } from "../../../src/domain/text-format.ts";

const WORKFLOW = join(import.meta.dirname, "../../../src/workflows/publish-image.yml");

test("the platforms are those that publish-image.yml has a runner for, no more and no fewer", async () => {
  const text = await readFile(WORKFLOW, "utf8");
  const [, cases = ""] = /case \$name in\n([^]*?)esac/.exec(text) ?? [];
  const taken = [...cases.matchAll(/linux\/[a-z0-9/]+/g)].map(([platform]) => platform);
  expect(taken.toSorted()).toEqual([...BUILDABLE_PLATFORMS].toSorted());
});

test("each of them can stand in a configuration, and all of them together", () => {
  expect(BUILDABLE_PLATFORMS.every((platform) => hasFormat(platformFormat, platform))).toBe(true);
  expect(findUnbuildable(BUILDABLE_PLATFORMS)).toBeNull();
  expect(findUnbuildable([])).toBeNull();
});

test.each([
  ["windows/amd64", "linux/amd64"],
  ["darwin/arm64/v8", "linux/arm64"],
  ["linux/amd46", "linux/amd64"],
  ["Linux/ARM64", "linux/arm64"],
  ["linux/arm64/v8", "linux/arm64"],
  ["linux/aarch64", "linux/arm64"],
  ["linux/x86_64", "linux/amd64"],
  ["x86", "linux/386"],
  ["linux/arm", "linux/arm/v7"],
  ["linux/armv6", "linux/arm/v6"],
  ["arm64", "linux/arm64"],
  ["linux/s390", "linux/s390x"],
  ["linux/foo", null],
  ["linux", null],
  ["windows", null],
  ["linux/", null],
  ["linux/loong64", null],
])("%s is refused, and %s is proposed", (platform, suggestion) => {
  expect(findUnbuildable(["linux/amd64", platform])).toMatchObject({
    platform,
    suggestion,
  });
});
