/** The OpenAPI document: what the schemas say, in a form that other people's tools take. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ENDPOINTS } from "../../../src/http/endpoints.ts";
import { renderOpenApi } from "../../generate/render-openapi.ts";
import { redocly } from "../../generate/redocly.ts";
import { openRoom } from "./support/api-room.ts";

const file = fileURLToPath(new URL("../../../src/http/openapi.json", import.meta.url));
const published = readFileSync(file, "utf8");

test("the published document is what the schemas say; if not, run npm run generate", () => {
  expect(published).toBe(renderOpenApi());
});

test("a linter finds nothing in it, not even a warning", async () => {
  const report = await redocly(["lint", file, "--format=json"]);
  const { totals } = JSON.parse(report.slice(report.indexOf("{")));
  expect(totals).toMatchObject({ errors: 0, warnings: 0 });
});

test("is served to anybody, and names every endpoint", async () => {
  const { ask } = await openRoom();
  const { status, body } = await ask("/openapi.json", { token: null });
  expect(status).toBe(200);
  expect(body).toEqual(JSON.parse(published));
  for (const { method, path } of ENDPOINTS) {
    const template = path.replace(/:(\w+)/g, "{$1}");
    expect(body.paths[template], template).toHaveProperty(method.toLowerCase());
  }
});
