/** What is in the bundle: bytes by package and room, from the build's own source map. */
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { buildWorker, BUILD_DIRECTORY } from "../../../src/cli/local-relay.ts";

export interface BundleContents {
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Source files that are evaluated as the Worker starts. */
  readonly modules: number;
  readonly parts: readonly { readonly name: string; readonly bytes: number }[];
}

/** Reads the bundle that was built last. */
export async function readBundle(root: string): Promise<BundleContents> {
  const file = `${root}${BUILD_DIRECTORY}/worker.js`;
  const text = await readFile(file, "utf8");
  const map = JSON.parse(await readFile(`${file}.map`, "utf8")) as SourceMap;
  const perSource = bytesPerSource(text, map);
  const parts = new Map<string, number>();
  for (const [source, bytes] of perSource) {
    const name = partOf(source);
    parts.set(name, (parts.get(name) ?? 0) + bytes);
  }
  return {
    bytes: Buffer.byteLength(text),
    gzipBytes: gzipSync(text, { level: 9 }).byteLength,
    modules: perSource.size,
    parts: [...parts]
      .map(([name, bytes]) => ({ name, bytes }))
      .toSorted((a, b) => b.bytes - a.bytes),
  };
}

/** The part of the bench: builds anew, then reads. */
export async function measureBundle(root: string): Promise<BundleContents> {
  await buildWorker();
  return readBundle(root);
}

interface SourceMap {
  readonly sources: readonly string[];
  readonly mappings: string;
}

/** Each character of the output belongs to the source of the mapping before it. */
function bytesPerSource(text: string, { sources, mappings }: SourceMap): Map<string, number> {
  const lines = text.split("\n");
  const bytes = new Map<string, number>();
  let source = 0;
  for (const [row, line] of mappings.split(";").entries()) {
    let column = 0;
    let last: { column: number; source: number } | null = null;
    for (const segment of line === "" ? [] : line.split(",")) {
      const [step = 0, sourceStep] = decodeVlq(segment);
      column += step;
      if (last) add(bytes, sources[last.source], column - last.column);
      if (sourceStep !== undefined) source += sourceStep;
      last = { column, source };
    }
    if (last) add(bytes, sources[last.source], (lines[row]?.length ?? 0) + 1 - last.column);
  }
  return bytes;
}

function add(bytes: Map<string, number>, name: string | undefined, count: number): void {
  if (name !== undefined) bytes.set(name, (bytes.get(name) ?? 0) + count);
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function decodeVlq(segment: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const character of segment) {
    const digit = DIGITS.indexOf(character);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

function partOf(source: string): string {
  const [, own] = source.split(/node_modules\/(?!.*node_modules\/)/);
  if (own !== undefined) {
    const [first = "", second = ""] = own.split("/");
    return first.startsWith("@") ? `${first}/${second}` : first;
  }
  const [, room] = /(?:^|\/)src\/([^/]+)/.exec(source) ?? [];
  return room === undefined ? "build" : `src/${room}`;
}
