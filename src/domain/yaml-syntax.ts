/**
 * Reads YAML 1.2 text of a size that a person writes, and refuses what makes
 * YAML surprising: tabs, anchors and aliases, tags, directives, several documents.
 *
 * The limits are applied while tokens are read, before the library builds its
 * tree. That order matters: the tree is built by recursion, and 64 KiB of `{`
 * overflow the stack so far that V8 aborts the whole process instead of throwing.
 */
import { Composer, type CST, type Document, isScalar, Lexer, Parser, type ParsedNode } from "yaml";
import { type Finding, quote } from "./configuration-problem.ts";

const MAX_FILE_BYTES = 64 * 1024;
const MAX_LEXEMES = 20_000;
const MAX_DEPTH = 16;
const MAX_FINDINGS = 20;

export interface ReadYaml {
  /** Null when the text has no tree that can be relied on. */
  readonly root: ParsedNode | null;
  readonly findings: readonly Finding[];
}

/** Reads one document. Never throws; the work is bounded whatever the text contains. */
export function readYaml(text: string): ReadYaml {
  if (text.length > MAX_FILE_BYTES || new TextEncoder().encode(text).length > MAX_FILE_BYTES) {
    return unusable([finding(0, `the file is larger than ${MAX_FILE_BYTES / 1024} KiB`)]);
  }
  const characters = findForbiddenCharacters(text);
  const { tokens, findings } = readTokens(text);
  if (tokens === null) return unusable([...characters, ...findings]);
  const composed = composeDocument(tokens, text);
  // A tab as indentation is told once, by its character.
  const syntax = composed.findings.filter((one) => text[one.offset] !== "\t");
  return { root: composed.root, findings: [...characters, ...findings, ...syntax] };
}

function unusable(findings: readonly Finding[]): ReadYaml {
  return { root: null, findings: findings.slice(0, MAX_FINDINGS) };
}

function finding(offset: number, message: string, suggestion: string | null = null): Finding {
  return { offset, path: [], message, suggestion };
}

const FORBIDDEN_CHARACTERS = /\t+|\r(?!\n)|(?:(?![\r\n\t])[\p{Cc}\p{Cs}])+/gu;
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

interface ReadTokens {
  /** Null when the text is beyond a limit, or has a directive. */
  readonly tokens: readonly CST.Token[] | null;
  readonly findings: readonly Finding[];
}

const SCALAR_MARK = "\u001F";

function readTokens(text: string): ReadTokens {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  const findings: Finding[] = [];
  let lexemes = 0;
  let isContent = false;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    const isFatal = lexemes > MAX_LEXEMES || parser.stack.length > MAX_DEPTH;
    const refused = isFatal ? describeLimit(lexemes) : isContent ? null : describeRefused(lexeme);
    if (refused !== null && findings.length < MAX_FINDINGS) {
      findings.push(finding(parser.offset, refused));
    }
    if (isFatal || (refused !== null && lexeme.startsWith("%"))) return { tokens: null, findings };
    isContent = lexeme === SCALAR_MARK;
    tokens.push(...parser.next(lexeme));
  }
  tokens.push(...parser.end());
  return { tokens, findings };
}

function describeLimit(lexemes: number): string {
  return lexemes > MAX_LEXEMES
    ? "the file has too many parts to be a configuration"
    : `nested deeper than ${MAX_DEPTH} levels`;
}

function describeRefused(lexeme: string): string | null {
  switch (lexeme[0]) {
    case "&":
      return `anchors are not supported; remove ${quote(lexeme)}`;
    case "*":
      return `aliases are not supported; write out what ${quote(lexeme)} stands for, or quote it if it is a pattern`;
    case "!":
      return `tags are not supported; quote the value if ${quote(lexeme)} belongs to it`;
    case "%":
      return "directives are not supported; remove this line";
    default:
      return null;
  }
}

const EMPTY_FILE = unusable([finding(0, "the file is empty", "version: 1")]);

function composeDocument(tokens: readonly CST.Token[], text: string): ReadYaml {
  const composer = new Composer({
    uniqueKeys: false,
    prettyErrors: false,
    resolveKnownTags: false,
    logLevel: "silent",
  });
  const documents = composer.compose(tokens);
  const first = documents.next().value;
  if (!first) return EMPTY_FILE;
  const findings = describeErrors(first, text);
  const isEmpty = isScalar(first.contents) && first.contents.value === null;
  if (isEmpty && findings.length === 0) return EMPTY_FILE;
  const second = documents.next().value;
  if (second) {
    findings.push(finding(startOf(second), "a second document; the file holds only one"));
  }
  return { root: findings.length > 0 ? null : first.contents, findings };
}

function startOf(document: Document.Parsed): number {
  return document.contents?.range[0] ?? document.range[0];
}

function describeErrors(document: Document.Parsed, text: string): Finding[] {
  return document.errors.slice(0, MAX_FINDINGS).map((error) => {
    const offset = Math.min(error.pos[0], Math.max(0, text.length - 1));
    return finding(offset, `not valid YAML: ${error.message}`);
  });
}
