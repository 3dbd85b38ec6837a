import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '../..');
/** Folders and files that are not the project's own text; the last is made by the build. */
const FOREIGN = new Set(['node_modules', 'dist', '.git', 'data', 'coverage', 'v1.d.ts']);

/** A file of the project, by its path from the root. */
export interface Source {
  path: string;
  text: string;
}

/** Every text file of the project. */
export function tree(): Source[] {
  return pathsBelow('.')
    .map(read)
    .filter(({ text }) => !text.includes('\0'));
}

/** The TypeScript below some folders. */
export function typescript(...folders: string[]): Source[] {
  return folders
    .flatMap(pathsBelow)
    .filter((path) => /\.m?tsx?$/.test(path))
    .map(read);
}

function pathsBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !FOREIGN.has(name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? pathsBelow(join(folder, entry.name))
        : entry.isFile()
          ? [join(folder, entry.name)]
          : [],
    );
}

function read(path: string): Source {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

/** How many lines a file has. */
export function lineCount({ text }: Source): number {
  return text.split('\n').length - 1;
}

/** The files of the project that a file imports, in whatever way, types too. */
export function importsOf({ path, text }: Source): string[] {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => resolved(join(dirname(path), fileName)));
}

function resolved(path: string): string {
  // Files imported at run time are named as tsc outputs them.
  for (const candidate of [
    `${path}.ts`,
    `${path}.tsx`,
    join(path, 'index.ts'),
    path.replace(/\.js$/, '.ts'),
    path,
  ])
    if (isFile(candidate)) return relative('.', candidate);
  throw new Error(`${path} is imported and is not there`);
}

function isFile(path: string): boolean {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile() ?? false;
}

/** A class, function, interface or type at the top of a file. */
export interface Declared {
  path: string;
  name: string;
  kind: 'class' | 'function' | 'other';
  exported: boolean;
  documented: boolean;
}

/** The declarations at the top of a file. */
export function declarationsOf({ path, text }: Source): Declared[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return file.statements.flatMap((statement): Declared[] => {
    const kind = ts.isClassDeclaration(statement)
      ? 'class'
      : ts.isFunctionDeclaration(statement)
        ? 'function'
        : 'other';
    const { name } = statement as unknown as { name?: ts.Identifier };
    if (!name || !ts.isIdentifier(name)) return [];
    const exported =
      ts.canHaveModifiers(statement) &&
      (ts.getModifiers(statement) ?? []).some(
        ({ kind: modifier }) => modifier === ts.SyntaxKind.ExportKeyword,
      );
    return [
      {
        path,
        name: name.text,
        kind,
        exported,
        documented: ts.getJSDocCommentsAndTags(statement).length > 0,
      },
    ];
  });
}

/** Every name that a file gives to anything. */
export function namesIn({ path, text }: Source): string[] {
  const names = new Set<string>();
  const look = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, look);
  };
  look(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return [...names];
}

/** A comment, and the line (from 1) on which it begins. */
export interface Comment {
  path: string;
  line: number;
  /** Without its marks; line breaks are spaces. Adjacent `//` lines are one comment. */
  text: string;
}

/** Every comment of a file, in order. */
export function commentsOf({ path, text }: Source): Comment[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const ranges = new Map<number, ts.CommentRange>();
  const look = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(file);
    children.forEach(look);
    if (children.length > 0) return;
    const found = [
      ...(ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.getEnd()) ?? []),
    ];
    for (const range of found) ranges.set(range.pos, range);
  };
  look(file);
  const comments: (Comment & { last: number; isLine: boolean })[] = [];
  for (const { pos, end, kind } of [...ranges.values()].sort((a, b) => a.pos - b.pos)) {
    const line = file.getLineAndCharacterOfPosition(pos).line + 1;
    const isLine = kind === ts.SyntaxKind.SingleLineCommentTrivia;
    const body = unmarked(text.slice(pos, end));
    const before = comments.at(-1);
    if (isLine && before?.isLine && before.last === line - 1)
      Object.assign(before, { text: `${before.text} ${body}`, last: line });
    else comments.push({ path, line, text: body, last: line, isLine });
  }
  return comments.map(({ line, text: body }) => ({ path, line, text: body }));
}

function unmarked(comment: string): string {
  return comment
    .replace(/^\/\/\s?|^\/\*+|\*+\/$/g, '')
    .replace(/\s*\n\s*\*?\s*/g, ' ')
    .trim();
}
