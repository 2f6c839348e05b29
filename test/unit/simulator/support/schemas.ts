import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";

type Schemas = Record<string, Record<string, unknown>>;

export interface OperationFixture {
  method: string;
  path: string;
  responses: Record<string, { schema?: object }>;
}

interface RestFixture {
  operations: OperationFixture[];
  schemas: Schemas;
  patches: Schemas;
}

interface WebhookFixture {
  events: Record<string, object>;
  schemas: Schemas;
}

function readFixture(name: string): unknown {
  const url = new URL(`../../../fixtures/${name}`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8"));
}

/** Compiles schemas that refer to `#/components/schemas/…`, once each. */
function createCompiler(schemas: Schemas): (schema: object) => ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addFormat("uri", (text) => URL.canParse(text));
  ajv.addFormat("date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/);
  ajv.addSchema({ $id: "github", components: { schemas } });
  const compiled = new Map<string, ValidateFunction>();
  return (schema) => {
    const text = JSON.stringify(schema).replaceAll('"#/components', '"github#/components');
    const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text) as object);
    compiled.set(text, validate);
    return validate;
  };
}

/** The schemas as the newer API version has them: fields that are gone, other required ones. */
function patched(schemas: Schemas, patches: Schemas): Schemas {
  const result = structuredClone(schemas);
  for (const [name, patch] of Object.entries(patches)) {
    const { properties = {}, ...rest } = patch;
    const known = result[name]?.["properties"] as Record<string, unknown> | undefined;
    for (const [field, change] of Object.entries(properties as Record<string, unknown>)) {
      if (change === null) {
        delete known?.[field];
      }
    }
    Object.assign(result[name] ?? {}, rest);
  }
  return result;
}

const rest = readFixture("github-rest.json") as RestFixture;
const webhooks = readFixture("github-webhooks.json") as WebhookFixture;
const compilers = {
  "2022-11-28": createCompiler(rest.schemas),
  "2026-03-10": createCompiler(patched(rest.schemas, rest.patches)),
};
const compileWebhook = createCompiler(webhooks.schemas);

export type ApiVersion = keyof typeof compilers;

function describe(validate: ValidateFunction, value: unknown): string[] {
  return validate(value)
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath || "/"} ${error.message}`);
}

function shapeOf(path: string): RegExp {
  const source = path
    .replaceAll(".", "\\.")
    .replace(/\{(?:ref|path|basehead|branch)\}/g, ".+")
    .replace("{account_id}", "\\d+")
    .replace(/\{\w+\}/g, "[^/]+");
  return new RegExp(`^${source}$`);
}

const shapes = rest.operations
  .map((operation) => ({ operation, shape: shapeOf(operation.path) }))
  // A pattern that spans slashes is tried after those that are exact.
  .toSorted((one, other) => other.operation.path.length - one.operation.path.length);

/** GitHub's description of the operation at an address, or null. */
export function operationAt(method: string, path: string): OperationFixture | null {
  const found = shapes.find(
    ({ operation, shape }) => operation.method === method && shape.test(path),
  );
  return found?.operation ?? null;
}

/** What is wrong with a body under a schema of the description; empty when it fits. */
export function problemsOfBody(schema: object, body: unknown, version: ApiVersion): string[] {
  return describe(compilers[version](schema), body);
}

/** What is wrong with a webhook payload under GitHub's schema for that event and action. */
export function problemsOfPayload(name: string, payload: Record<string, unknown>): string[] {
  const action = typeof payload["action"] === "string" ? `-${payload["action"]}` : "";
  const key = `${name}${action}`.replaceAll("_", "-");
  const schema = webhooks.events[key];
  return schema === undefined
    ? [`no official schema for ${key}`]
    : describe(compileWebhook(schema), payload);
}
