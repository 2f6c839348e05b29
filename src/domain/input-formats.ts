/** Formats of a route's name and its static inputs. */
import { advice, always, type Advice, type TextFormat } from "./text-format.ts";

/** What the relay itself sends to a workflow (contract 1); a route cannot set these as static inputs. */
export const CONTRACT_INPUTS = [
  "dispatch_id",
  "sha",
  "branch",
  "pr",
  "tag",
  "image",
  "platforms",
  "context",
  "file",
  "repository",
] as const;

const ROUTE_SETTINGS: ReadonlySet<string> = new Set(["image", "platforms", "context", "file"]);

export const routeNameFormat: TextFormat = {
  maxLength: 40,
  pattern: /^[a-z0-9][a-z0-9-]*$/,
  isValid: always,
  advise: (text) => {
    const candidate = text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "");
    const message = "must be of lower case letters, digits and -, and start with no -";
    return advice(routeNameFormat, message, candidate);
  },
};

/** GitHub compares input names without case, so the contract's names are refused in any. */
export const inputNameFormat: TextFormat = {
  maxLength: 64,
  pattern: new RegExp(`^(?!(?:${CONTRACT_INPUTS.join("|")})$)[A-Za-z_][A-Za-z0-9_-]*$`),
  isValid: (text) => !isContractInput(text),
  advise: adviseInputName,
};

function adviseInputName(text: string): Advice {
  const lower = text.toLowerCase();
  if (ROUTE_SETTINGS.has(lower)) {
    return advice(
      inputNameFormat,
      `is sent by the relay; set the route's own ${lower} instead`,
      null,
    );
  }
  if (isContractInput(text)) {
    return advice(inputNameFormat, "is sent by the relay itself; take another name", null);
  }
  const candidate = text
    .trim()
    .replace(/[^A-Za-z0-9_-]+/g, "_")
    .replace(/^(?=[0-9-])/, "_");
  return advice(
    inputNameFormat,
    "must be of letters, digits, _ and -, and start with a letter or _",
    candidate,
  );
}

function isContractInput(text: string): boolean {
  return CONTRACT_INPUTS.some((name) => name === text.toLowerCase());
}

/** Any text; the length keeps all inputs together under GitHub's 65,535 characters. */
export const inputValueFormat: TextFormat = {
  maxLength: 1000,
  pattern: /^/,
  isValid: always,
  advise: () => advice(inputValueFormat, "is not text", null),
};
