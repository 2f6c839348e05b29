/** What a maintainer fills in to publish by hand, and what is wrong with it. */
import type { OrderSubject } from "../../domain/order.ts";
import { isCommitSha, isValidRefName } from "../../domain/ref-name.ts";

export const PUBLISH_FIELDS = [
  "kind",
  "pull_request",
  "sha",
  "branch",
  "tag",
  "route",
  "reason",
] as const;
export type PublishField = (typeof PUBLISH_FIELDS)[number];
export type PublishValues = Readonly<Record<PublishField, string>>;
export type PublishErrors = Readonly<Partial<Record<PublishField, string>>>;

export interface PublishWish {
  readonly subject: OrderSubject;
  readonly route: string | null;
  readonly reason: string | null;
}

export type ReadPublish =
  | { readonly kind: "wish"; readonly wish: PublishWish; readonly values: PublishValues }
  | { readonly kind: "wrong"; readonly errors: PublishErrors; readonly values: PublishValues };

const MAX_NAME = 255;
const MAX_REASON = 500;

/** Reads the fields; every problem at once, each at its field. */
export function readPublish(fields: URLSearchParams): ReadPublish {
  const values = Object.fromEntries(
    PUBLISH_FIELDS.map((name) => [name, (fields.get(name) ?? "").trim()]),
  ) as PublishValues;
  const errors: Partial<Record<PublishField, string>> = {};
  const subject = readSubject(values, errors);
  if (values.route.length > MAX_NAME) errors.route = "This is too long for a route's name.";
  if (values.reason.length > MAX_REASON) errors.reason = `At most ${MAX_REASON} characters.`;
  if (subject === null || Object.keys(errors).length > 0) return { kind: "wrong", errors, values };
  const { route, reason } = values;
  return { kind: "wish", wish: { subject, route: route || null, reason: reason || null }, values };
}

/** A whole number from 1, or null. */
export function readWholeNumber(text: string): number | null {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}

function readSubject(
  values: PublishValues,
  errors: Partial<Record<PublishField, string>>,
): OrderSubject | null {
  switch (values.kind) {
    case "commit": {
      const sha = values.sha.toLowerCase();
      if (!isCommitSha(sha)) errors.sha = "A commit has 40 characters from 0 to 9 and a to f.";
      if (!isValidRefName(values.branch)) errors.branch = "This is no branch's name.";
      return { kind: "commit", sha, branch: values.branch };
    }
    case "tag":
      if (!isValidRefName(values.tag)) errors.tag = "This is no tag's name.";
      return { kind: "tag", tag: values.tag };
    default: {
      const number = readWholeNumber(values.pull_request.replace(/^#/, ""));
      if (number !== null) return { kind: "pull", pullRequest: number };
      errors.pull_request = "A pull request has a whole number, such as 42.";
      return null;
    }
  }
}
