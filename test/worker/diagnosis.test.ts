import { expect, test } from "vitest";
import { diagnose } from "../../src/doctor/diagnosis/diagnose.ts";

test("the same rules run in workerd", () => {
  const log = [
    "\u001B[31mThe push refers to repository [ghcr.io/acme/app]\u001B[0m",
    "denied: permission_denied: write_package",
  ].join("\r\n");
  expect(diagnose({ log })).toMatchObject({
    cause: "package-access",
    confidence: "likely",
    evidence: [{ line: 2, text: "denied: permission_denied: write_package" }],
  });
});
