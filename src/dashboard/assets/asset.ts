/** A file that the Worker serves from its own code, under a name that changes with its content. */
import { createHash } from "node:crypto";

export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

/** Browsers may keep it for ever: other content has another name. */
export function createAsset(name: string, type: string, text: string): Asset {
  const [stem = "", extension = ""] = name.split(".");
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return { path: `/assets/${stem}-${hash}.${extension}`, type, text };
}
