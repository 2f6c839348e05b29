/** Renders the JSON Schema for editors from the schema that the parser itself uses. */
import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import { ConfigurationSchema } from "../../src/domain/configuration-schema.ts";
import {
  type KeyDescription,
  LABEL_DESCRIPTIONS,
  ROOT_DESCRIPTIONS,
  ROUTE_DESCRIPTIONS,
} from "./configuration-descriptions.ts";

/** The whole file, ready to be written. Throws if a key has no description. */
export function renderConfigurationSchema(): string {
  const schema = toJsonSchema(ConfigurationSchema, {
    typeMode: "input",
    // What only code can check is left to the relay.
    ignoreActions: ["check"],
    overrideSchema: ({ jsonSchema }) =>
      jsonSchema.type === "array" ? { ...jsonSchema, uniqueItems: true } : undefined,
  });
  const route = schema.properties?.["routes"];
  const item = typeof route === "object" && typeof route.items === "object" ? route.items : null;
  if (item === null || Array.isArray(item)) throw new Error("routes is no longer a list");
  describe(schema, ROOT_DESCRIPTIONS);
  describe(item, ROUTE_DESCRIPTIONS);
  describe(property(item, "labels"), LABEL_DESCRIPTIONS);
  Object.assign(item, { allOf: ROUTE_RULES });
  const { $schema, ...rest } = schema;
  const head = { $schema, title: "merge-relay configuration", description: ABOUT };
  return `${JSON.stringify({ ...head, ...rest, anyOf: ONE_OF_BOTH, ...NAMED }, null, 2)}\n`;
}

const ABOUT =
  "Which merges, tags and pushes run which workflow: .github/merge-relay.yml on the default branch.";

/** Without accept there must be a route. */
const ONE_OF_BOTH = [
  { required: ["accept"] },
  { required: ["routes"], properties: { routes: { minItems: 1 } } },
];

// oxlint-disable unicorn/no-thenable -- "then" is JSON Schema's own word, and nothing awaits these.
const NAMED = {
  if: { properties: { routes: { minItems: 2 } }, required: ["routes"] },
  then: { properties: { routes: { items: { required: ["name"] } } } },
};

const ROUTE_RULES = [
  {
    if: { properties: { on: { contains: { const: "tag" } } }, required: ["on"] },
    then: { required: ["tags"] },
    else: { properties: { tags: false } },
  },
  {
    if: { properties: { on: { not: { contains: { const: "merge" } } } }, required: ["on"] },
    then: { properties: { paths: false, labels: false } },
  },
];
// oxlint-enable unicorn/no-thenable

function describe(schema: JsonSchema, texts: Readonly<Record<string, KeyDescription>>): void {
  for (const name of Object.keys(schema.properties ?? {})) {
    const text = texts[name];
    if (text === undefined) throw new Error(`${name} has no description for editors`);
    Object.assign(property(schema, name), text);
  }
}

function property(schema: JsonSchema, name: string): JsonSchema {
  const found = schema.properties?.[name];
  if (typeof found !== "object") throw new Error(`${name} is no longer a property`);
  return found;
}
