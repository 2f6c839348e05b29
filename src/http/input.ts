/** Reading what a caller sends: bounded, strict, and with errors that name the field. */
import * as v from "valibot";
import type { IdempotencyKey } from "../domain/order.ts";
import { fingerprint } from "../short-memory.ts";
import type { RepositoryCall } from "./api-call.ts";
import { readBody } from "./body.ts";
import { type FieldError, PROBLEMS } from "./problem.ts";

const MAX_BODY_BYTES = 16 * 1024;

type Schema<T> = v.GenericSchema<unknown, T>;

/** The query by its schema, or the answer that it gets. */
export function readQuery<T>(request: Request, schema: Schema<T>): T | Response {
  const { searchParams } = new URL(request.url);
  const twice = [...new Set(searchParams.keys())].filter(
    (name) => searchParams.getAll(name).length > 1,
  );
  if (twice.length > 0) {
    return PROBLEMS.invalid(twice.map((field) => ({ field, message: "is given twice" })));
  }
  return check(schema, Object.fromEntries(searchParams), "query");
}

/** The JSON body by its schema, or the answer that it gets. No body at all is an empty object. */
export async function readJson<T>(request: Request, schema: Schema<T>): Promise<T | Response> {
  const bytes = await readBody(request, MAX_BODY_BYTES);
  if (bytes === null) return PROBLEMS.tooLarge("16 KiB");
  if (bytes.byteLength === 0) return check(schema, {}, "body");
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") return PROBLEMS.mediaType("application/json");
  const value = parse(bytes);
  if (value === undefined) {
    return PROBLEMS.invalid([{ field: "body", message: "is not JSON" }]);
  }
  // An empty list passes for an object whose members may all be left out.
  if (Array.isArray(value)) {
    return PROBLEMS.invalid([{ field: "body", message: "must be an object" }]);
  }
  return check(schema, value, "body");
}

/**
 * The `Idempotency-Key`, tied to its caller and to what was asked; null without one. `asked` is the
 * checked body, so that blanks and the order of keys make no other request of it.
 */
export async function readIdempotencyKey(
  { request, actor }: RepositoryCall,
  asked: unknown,
): Promise<IdempotencyKey | null | Response> {
  const key = request.headers.get("idempotency-key");
  if (key === null) return null;
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    const message = "must be 1 to 200 printable ASCII characters without blanks";
    return PROBLEMS.invalid([{ field: "Idempotency-Key", message }]);
  }
  const digest = await fingerprint(
    `${request.method} ${new URL(request.url).pathname}\n${JSON.stringify(asked)}`,
  );
  return { key: `${actor.id}:${key}`, digest };
}

function check<T>(schema: Schema<T>, value: unknown, whole: string): T | Response {
  const parsed = v.safeParse(schema, value);
  return parsed.success
    ? parsed.output
    : PROBLEMS.invalid(parsed.issues.map((issue) => fieldError(issue, whole)));
}

function fieldError(issue: v.BaseIssue<unknown>, whole: string): FieldError {
  const field = (v.getDotPath(issue) ?? whole).slice(0, 100);
  return { field, message: messageOf(issue) };
}

function messageOf({ kind, type, expected, message }: v.BaseIssue<unknown>): string {
  if (type === "strict_object") {
    return expected === "never"
      ? "is not known here"
      : expected === "Object"
        ? "must be an object"
        : "is missing";
  }
  return kind === "schema" && message.startsWith("Invalid type") ? `must be ${expected}` : message;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    return undefined;
  }
}
