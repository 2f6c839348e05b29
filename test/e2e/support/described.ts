/** Holds an answer of the API against the published OpenAPI document. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";

const url = new URL("../../../src/http/openapi.json", import.meta.url);
const description = JSON.parse(readFileSync(url, "utf8"));
const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { "date-time": true } });
ajv.addSchema(description, "api");

const templates = Object.keys(description.paths).map((template) => ({
  template,
  shape: new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}$`),
}));

export interface Answer {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/** What the document does not allow about an answer; empty when all is well. */
export function undescribed({ method, path, status, body }: Answer): string[] {
  const template = templates.find(({ shape }) => shape.test(path))?.template;
  if (template === undefined) return [`${path} is not described`];
  const place = ["paths", template, method.toLowerCase(), "responses", String(status), "content"];
  const content = place.reduce<Record<string, unknown> | undefined>(
    (node, key) => node?.[key] as Record<string, unknown> | undefined,
    description,
  );
  if (content === undefined) return [`${method} ${template} does not answer ${status}`];
  const [type = ""] = Object.keys(content);
  const pointer = [...place, type, "schema"].map((key) =>
    encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1")),
  );
  const validate = ajv.compile({ $ref: `api#/${pointer.join("/")}` });
  if (validate(body)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
