import { expect, test } from "vitest";
import { parseConfiguration } from "../../src/domain/configuration.ts";

test("reads a configuration in the Worker's runtime", () => {
  const parsed = parseConfiguration("version: 1\nroutes: [{ on: [tag], tags: [v*] }]\n");
  expect(parsed).toMatchObject({ kind: "valid", configuration: { routes: [{ tags: ["v*"] }] } });
});

test("survives there what makes a YAML tree overflow the stack", () => {
  for (const unit of ["{", "[", "- ", "? ", "a: "]) {
    const text = unit.repeat(Math.floor(65_536 / unit.length));
    expect(parseConfiguration(text).kind).toBe("invalid");
  }
});
