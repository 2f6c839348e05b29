/** Renders the API's OpenAPI 3.1 document from the endpoints and the schemas that check requests. */
import {
  type ConversionConfig,
  type JsonSchema,
  toJsonSchema,
  toJsonSchemaDefs,
} from "@valibot/to-json-schema";
import type * as v from "valibot";
import { ENDPOINTS } from "../../src/http/endpoints.ts";
import { COMPONENTS, type Operation, OPERATIONS } from "./api-operations.ts";

const CONVERSION: ConversionConfig = {
  target: "draft-2020-12",
  // What only code can check is left to the relay; the rest is no matter of JSON.
  ignoreActions: ["check", "readonly", "to_lower_case"],
  overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
};

/** An answer may gain members; a client that refuses them would break over nothing. */
const ANSWERS: ConversionConfig = {
  ...CONVERSION,
  typeMode: "output",
  overrideSchema({ valibotSchema, jsonSchema }) {
    // A record by states: the converter knows what to say, and only doubts that it may.
    if (valibotSchema.type === "record") return { ...jsonSchema, type: "object" };
    if (valibotSchema.type !== "strict_object") return undefined;
    return without(jsonSchema, "additionalProperties");
  },
};

const PARAMETERS: Readonly<Record<string, object>> = {
  owner: { type: "string", description: "The owner's login." },
  name: { type: "string", description: "The repository's name." },
  id: { type: "string", description: "The dispatch's id.", examples: ["mr-afz8-…"] },
  number: { type: "integer", minimum: 1, description: "The pull request's number." },
};

const KEY_PARAMETER = {
  name: "Idempotency-Key",
  in: "header",
  description: "The same key with the same request is answered as the first time.",
  schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,200}$" },
};

/** The whole file, ready to be written. Throws if an endpoint has no operation. */
export function renderOpenApi(): string {
  const known = ENDPOINTS.map(({ method, path }) => `${method} ${path}`);
  const missing = known.find((name) => OPERATIONS[name] === undefined);
  if (missing !== undefined) throw new Error(`${missing} has no operation`);
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    const [method = "", path = ""] = name.split(" ");
    const template = path.replace(/:(\w+)/g, "{$1}");
    paths[template] = { ...paths[template], [method.toLowerCase()]: render(path, operation) };
  }
  const document = {
    openapi: "3.1.1",
    info: {
      title: "merge-relay",
      version: "1",
      description: ABOUT,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer", description: TOKENS } },
      schemas: toJsonSchemaDefs(COMPONENTS, ANSWERS),
    },
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

const ABOUT =
  "Dispatch by hand, read the record, and see why. Errors are `application/problem+json` with a stable `code`.";
const TOKENS =
  "A GitHub user token (`gh auth token`, a token of the relay's GitHub App, a fine-grained one), or a GitHub Actions identity token whose audience is the relay's origin.";

function render(path: string, operation: Operation): object {
  const { id, summary, description, query, body, idempotent, open } = operation;
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => pathParameter(name));
  const parameters = [
    ...inPath,
    ...(query === undefined ? [] : queryParameters(query)),
    ...(idempotent === true ? [KEY_PARAMETER] : []),
  ];
  return {
    operationId: id,
    summary,
    ...(description === undefined ? {} : { description }),
    ...(open === true ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: requestBody(body) }),
    responses: Object.fromEntries(
      Object.entries(operation.answers).map(([status, [text, schema]]) => [
        status,
        response(Number(status), text, schema),
      ]),
    ),
  };
}

function pathParameter(name: string): object {
  const { description, ...schema } = PARAMETERS[name] as { description: string };
  return { name, in: "path", required: true, description, schema };
}

function queryParameters(query: NonNullable<Operation["query"]>): object[] {
  const { properties = {}, required = [] } = input(query);
  return Object.entries(properties as Readonly<Record<string, JsonSchema>>).map(
    ([name, schema]) => ({
      name,
      in: "query",
      ...(required.includes(name) ? { required: true } : {}),
      schema: { ...(wholeNumber(query.entries[name]) ?? schema), ...defaultOf(schema) },
    }),
  );
}

interface Piped {
  readonly wrapped?: Piped;
  readonly pipe?: readonly { readonly type: string; readonly requirement?: unknown }[];
}

/** A number that comes as text in a query is a number to whoever writes it. */
function wholeNumber(schema: unknown): object | null {
  const { wrapped, pipe } = schema as Piped;
  if (wrapped !== undefined) return wholeNumber(wrapped);
  const bound = (type: string) => pipe?.find((item) => item.type === type)?.requirement;
  const minimum = bound("min_value");
  return minimum === undefined ? null : { type: "integer", minimum, maximum: bound("max_value") };
}

function defaultOf({ default: value }: JsonSchema): object {
  if (value === undefined) return {};
  return { default: typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value };
}

function requestBody({ schema, required }: NonNullable<Operation["body"]>): object {
  const content = { "application/json": { schema: input(schema) } };
  return { ...(required ? { required } : {}), content };
}

function response(status: number, text: string, schema: v.GenericSchema | null): object {
  const type = status >= 400 ? "application/problem+json" : "application/json";
  return { description: text, content: { [type]: { schema: output(schema) } } };
}

function input(schema: v.GenericSchema) {
  return without(toJsonSchema(schema, { ...CONVERSION, typeMode: "input" }), "$schema");
}

function output(schema: v.GenericSchema | null): object {
  if (schema === null) return { type: "object" };
  const converted = toJsonSchema(schema, { ...ANSWERS, definitions: COMPONENTS });
  return without(converted, "$schema", "$defs");
}

function without(schema: JsonSchema, ...keys: string[]): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)));
}
