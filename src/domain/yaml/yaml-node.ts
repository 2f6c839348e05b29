/** What a YAML text says, with the place of every part. */
import type { Scalar } from "./plain-value.ts";

export type YamlNode =
  | { readonly kind: "map"; readonly offset: number; readonly entries: readonly YamlEntry[] }
  | { readonly kind: "list"; readonly offset: number; readonly items: readonly YamlNode[] }
  | {
      readonly kind: "scalar";
      readonly offset: number;
      readonly value: Scalar;
      /** As written in the file, so that `1.10` stays `1.10`; empty where nothing is written. */
      readonly source: string;
    }
  /** Refused already; nothing more is said about it. */
  | { readonly kind: "opaque"; readonly offset: number };

export interface YamlEntry {
  readonly key: YamlNode;
  readonly value: YamlNode;
}

/** A value that is not there. */
export function nothingAt(offset: number): Extract<YamlNode, { readonly kind: "scalar" }> {
  return { kind: "scalar", offset, value: null, source: "" };
}
