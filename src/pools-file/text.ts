import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLError,
} from 'yaml';
import { ConfigError } from '../config-error';
import type { FieldPath } from './problem';

/** A parsed text that knows where its parts stand. */
export interface ParsedText {
  value: unknown;
  /** The line of a field, or of the nearest thing around a field that is missing; from 1. */
  lineOf: (path: FieldPath) => number | undefined;
}

/**
 * Parses a YAML or JSON text (JSON is YAML). Errors: ConfigError with a line for each problem. The
 * parser's own messages are not used: they quote the text, which may contain passwords.
 */
export function parseText(text: string, file: string): ParsedText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problems = [...document.errors, ...document.warnings].map((problem) =>
    described(problem, file),
  );
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
  const line = (node: Node) => (node.range ? lines.linePos(node.range[0]).line : undefined);
  return { value: valueOf(document, file, line), lineOf: (path) => lineOf(document, path, line) };
}

type LineOf = (node: Node) => number | undefined;

function described(problem: YAMLError, file: string): string {
  const [position] = problem.linePos ?? [];
  const where = position ? `${file}:${position.line}` : file;
  const column = position ? ` (column ${position.col})` : '';
  if (problem.code === 'DUPLICATE_KEY') return `${where}: a key is duplicated${column}`;
  if (problem.code === 'TAG_RESOLVE_FAILED')
    return `${where}: text that begins with ! must be in quotes${column}`;
  return `${where}: not valid YAML: ${problem.code}${column}`;
}

function valueOf(document: Document, file: string, line: LineOf): unknown {
  try {
    return document.toJS();
  } catch {
    const lost = aliasesWithoutAnchor(document).map(
      (alias) =>
        `${file}:${line(alias)}: an alias without an anchor; text that begins with * must be in ` +
        'quotes',
    );
    throw new ConfigError(
      lost.length > 0 ? lost : `${file}: its aliases stand for too much; write the text out`,
    );
  }
}

function aliasesWithoutAnchor(document: Document): Node[] {
  const found: Node[] = [];
  visit(document, {
    Alias: (_key, alias) => void (alias.resolve(document) ? 0 : found.push(alias)),
  });
  return found;
}

function lineOf(document: Document, path: FieldPath, line: LineOf): number | undefined {
  let at = document.contents as Node | null | undefined;
  let known = at ? line(at) : undefined;
  for (const step of path) {
    if (isAlias(at)) at = at.resolve(document);
    if (isMap(at)) {
      const pair = at.items.find(({ key }) => isScalar(key) && String(key.value) === step) as
        Pair<Node, Node | null> | undefined;
      if (!pair) return known;
      known = line(pair.key) ?? known;
      at = pair.value;
    } else if (isSeq(at)) {
      at = at.items[Number(step)] as Node | undefined;
      if (!at) return known;
      known = line(at) ?? known;
    } else return known;
  }
  return known;
}
