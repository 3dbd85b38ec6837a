import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Scalar,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLError,
} from 'yaml';
import type { FieldPath } from './problem';
import { UNREADABLE } from './unreadable';
import { BROKEN_STRUCTURE, wordsOfYaml } from './yaml-words';

/** A problem of the text itself. */
export interface TextProblem {
  line: number | undefined;
  message: string;
}

/** A parsed text that knows where its parts stand. */
export interface ParsedText {
  /** Undefined if the text cannot be read any further than its problems. */
  value: unknown;
  problems: TextProblem[];
  /** The line of a field, or of the nearest thing around a field that is missing; from 1. */
  lineOf: (path: FieldPath) => number | undefined;
}

/**
 * Parses a YAML or JSON text (JSON is YAML), as far as it can be read. The parser's own messages are
 * not used: they quote the text, which may contain passwords.
 */
export function parseText(text: string): ParsedText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const line = (node: Node) => (node.range ? lines.linePos(node.range[0]).line : undefined);
  const errors = [...document.errors, ...document.warnings];
  const problems = [...errors.map(described), ...withoutAnchors(document, line)];
  const isWhole = !errors.some(({ code }) => BROKEN_STRUCTURE.has(code));
  const value = isWhole ? valueOf(document, problems) : undefined;
  return { value, problems: unique(problems), lineOf: (path) => lineOf(document, path, line) };
}

type LineOf = (node: Node) => number | undefined;

function described({ linePos, code }: YAMLError): TextProblem {
  const position = linePos?.[0];
  const column = position ? ` (column ${position.col})` : '';
  return { line: position?.line, message: `${wordsOfYaml(code)}${column}` };
}

/** One mistake may confuse the parser several times at the same place. */
function unique(problems: readonly TextProblem[]): TextProblem[] {
  return [...new Map(problems.map((each) => [JSON.stringify(each), each])).values()];
}

function valueOf(document: Document, problems: TextProblem[]): unknown {
  try {
    return document.toJS();
  } catch {
    const message = 'its aliases stand for too much; write the text out';
    problems.push({ line: undefined, message });
    return undefined;
  }
}

/** Puts something unreadable in the place of aliases that stand for nothing, and reports them. */
function withoutAnchors(document: Document, line: LineOf): TextProblem[] {
  const problems: TextProblem[] = [];
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document)) return undefined;
      const message = 'an alias without an anchor; text that begins with * must be in quotes';
      problems.push({ line: line(alias), message });
      return Object.assign(new Scalar(UNREADABLE), { range: alias.range });
    },
  });
  return problems;
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
