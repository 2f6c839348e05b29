/**
 * The shape of `.github/merge-relay.yml`. The same schema checks a file and
 * becomes the JSON Schema for editors. A failed check carries a code, such as a
 * key of `FORMATS`; `configuration-issues.ts` puts it into words.
 */
import * as v from "valibot";
import { imageFormat, platformFormat } from "./image-formats.ts";
import { inputNameFormat, inputValueFormat, routeNameFormat } from "./input-formats.ts";
import {
  contextFormat,
  fileFormat,
  pathPatternFormat,
  refFormat,
  refPatternFormat,
} from "./ref-and-path-formats.ts";
import {
  acceptFormat,
  labelFormat,
  repositoryFormat,
  workflowFormat,
} from "./repository-formats.ts";

export const DEFAULT_WORKFLOW = "publish-image.yml";
const EVENTS = ["merge", "tag", "push"] as const;
const MAX_ROUTES = 50;

export const FORMATS = {
  accept: acceptFormat,
  context: contextFormat,
  file: fileFormat,
  image: imageFormat,
  inputName: inputNameFormat,
  inputValue: inputValueFormat,
  label: labelFormat,
  pathPattern: pathPatternFormat,
  platform: platformFormat,
  ref: refFormat,
  refPattern: refPatternFormat,
  repository: repositoryFormat,
  routeName: routeNameFormat,
  workflow: workflowFormat,
} as const;

type FormatName = keyof typeof FORMATS;

function text(name: FormatName) {
  const format = FORMATS[name];
  return v.pipe(
    v.string(),
    v.maxLength(format.maxLength, name),
    v.regex(format.pattern, name),
    v.check(format.isValid, name),
  );
}

function list<Item extends v.GenericSchema>(item: Item, max: number) {
  return v.pipe(v.array(item), v.minLength(1, "list-empty"), v.maxLength(max, "list-long"));
}

const LabelsSchema = v.pipe(
  v.strictObject({
    any: v.exactOptional(list(text("label"), 50)),
    none: v.exactOptional(list(text("label"), 50)),
  }),
  v.minEntries(1, "labels-empty"),
);

const RouteSchema = v.strictObject({
  name: v.exactOptional(text("routeName")),
  on: v.exactOptional(list(v.picklist(EVENTS), EVENTS.length)),
  branches: v.exactOptional(list(text("refPattern"), 50)),
  paths: v.exactOptional(list(text("pathPattern"), 100)),
  labels: v.exactOptional(LabelsSchema),
  tags: v.exactOptional(list(text("refPattern"), 50)),
  workflow: v.exactOptional(text("workflow")),
  builder: v.exactOptional(text("repository")),
  ref: v.exactOptional(text("ref")),
  image: v.exactOptional(text("image")),
  platforms: v.exactOptional(list(text("platform"), 8)),
  context: v.exactOptional(text("context")),
  file: v.exactOptional(text("file")),
  inputs: v.exactOptional(
    v.record(text("inputName"), v.union([text("inputValue"), v.number(), v.boolean()])),
  ),
});

export const ConfigurationSchema = v.strictObject({
  version: v.literal(1),
  routes: v.exactOptional(v.pipe(v.array(RouteSchema), v.maxLength(MAX_ROUTES, "list-long"))),
  accept: v.exactOptional(list(text("accept"), 100)),
});

export const KNOWN_KEYS = {
  root: Object.keys(ConfigurationSchema.entries),
  route: Object.keys(RouteSchema.entries),
  labels: Object.keys(LabelsSchema.pipe[0].entries),
} as const;

export type RawConfiguration = v.InferOutput<typeof ConfigurationSchema>;
export type RawRoute = v.InferOutput<typeof RouteSchema>;
