/**
 * Reads YAML 1.2 text of a size that a person writes, and refuses what makes
 * YAML surprising: tabs, anchors and aliases, tags, directives, several documents.
 *
 * The reader is our own: it takes less than the language, so it is a tenth of a library for all of
 * it. What it takes, the `yaml` library reads to the same value; a test holds them together.
 */
import { type Finding } from "./configuration-problem.ts";
import { Cursor } from "./yaml/cursor.ts";
import { readDocument } from "./yaml/document.ts";
import type { YamlNode } from "./yaml/yaml-node.ts";

const MAX_FILE_BYTES = 64 * 1024;
const MAX_FINDINGS = 20;

export interface ReadYaml {
  /** Null when the text has no tree that can be relied on. */
  readonly root: YamlNode | null;
  readonly findings: readonly Finding[];
}

/**
 * Reads one document, whose lines end with a line feed alone. Never throws; the work is bounded
 * whatever the text contains.
 */
export function readYaml(text: string): ReadYaml {
  if (text.length > MAX_FILE_BYTES || new TextEncoder().encode(text).length > MAX_FILE_BYTES) {
    return unusable([finding(0, `the file is larger than ${MAX_FILE_BYTES / 1024} KiB`)]);
  }
  const characters = findForbiddenCharacters(text);
  // A tab is told once, by its character, and then read as the space that was meant.
  const cursor = new Cursor(text.replaceAll("\t", " "));
  const root = readDocument(cursor);
  const findings = [...characters, ...cursor.findings];
  if (cursor.failed) return unusable(findings);
  const isEmpty = root.kind === "scalar" && root.value === null;
  if (isEmpty && findings.length === 0) return EMPTY_FILE;
  return { root, findings };
}

function unusable(findings: readonly Finding[]): ReadYaml {
  return { root: null, findings: findings.slice(0, MAX_FINDINGS) };
}

function finding(offset: number, message: string, suggestion: string | null = null): Finding {
  return { offset, path: [], message, suggestion };
}

const FORBIDDEN_CHARACTERS = /\t+|(?:(?![\n\t])[\p{Cc}\p{Cs}\u{FEFF}])+/gu;
const TAB = "a tab; indent and separate with spaces (inside double quotes, write \\t)";
const CONTROL = "a control character, or half of one; remove it";

function findForbiddenCharacters(text: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const match of text.matchAll(FORBIDDEN_CHARACTERS)) {
    findings.push(finding(match.index, match[0].startsWith("\t") ? TAB : CONTROL));
    if (findings.length === MAX_FINDINGS) break;
  }
  return findings;
}

const EMPTY_FILE = unusable([finding(0, "the file is empty", "version: 1")]);
