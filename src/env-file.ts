/** A line of `.env` that sets a variable, counted from 1. */
export interface Assignment {
  name: string;
  line: number;
}

/** A line of `.env` that does not do what it seems to. */
export interface EnvFileProblem {
  line: number;
  /** The variable; undefined if the line has none. */
  field?: string;
  /** Quotes nothing of the line, which may be a secret. */
  message: string;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const QUOTES = ['"', "'", '`'];

/**
 * The lines of a `.env` that set variables, and those that are wrong. Node reads the values and takes
 * anything; this only follows it from line to line, also through values of several lines in quotes.
 */
export function readLines(text: string): { sets: Assignment[]; problems: EnvFileProblem[] } {
  const lines = text.split('\n');
  const sets: Assignment[] = [];
  const problems: EnvFileProblem[] = [];
  for (let index = 0; index < lines.length; index++) {
    if (/^\s*(#|$)/.test(lines[index]!)) continue;
    const { name, value } = split(lines[index]!);
    const more = linesAfter(value, lines.slice(index + 1));
    const message = faultOf(name, value, more, index + 1 === lines.length);
    const field = name !== undefined && NAME.test(name) ? { field: name } : {};
    if (message !== undefined) problems.push({ line: index + 1, ...field, message });
    if (name !== undefined) sets.push({ name, line: index + 1 });
    index += more ?? 0;
  }
  return { sets, problems: [...problems, ...setTwice(sets)] };
}

/** The name, and the value with the blanks around it; no name without an equals sign. */
function split(line: string): { name?: string; value: string } {
  const at = line.indexOf('=');
  if (at < 0) return { value: '' };
  const name = line.slice(0, at).replace(/^\s*export\s/, '');
  return { name: name.trim(), value: line.slice(at + 1).replace(/\r$/, '') };
}

/** The number of lines that a value in quotes goes on for; undefined if its quote is not closed. */
function linesAfter(value: string, next: readonly string[]): number | undefined {
  const [quote = ''] = value.trimStart();
  if (!QUOTES.includes(quote) || value.trimStart().indexOf(quote, 1) > 0) return 0;
  const last = next.findIndex((line) => line.includes(quote));
  return last < 0 ? undefined : last + 1;
}

function faultOf(
  name: string | undefined,
  value: string,
  more: number | undefined,
  isLast: boolean,
): string | undefined {
  if (name === undefined) return 'is not NAME=value; a comment begins with #';
  if (!NAME.test(name))
    return 'is not NAME=value: a name has only letters, digits and _, and begins with no digit';
  if (more === undefined) return 'begins with a quote that is not closed';
  // Node skips blanks after the equals sign, and the end of the line is one of them.
  if (/^\s+$/.test(value) && !isLast)
    return 'has only blanks as its value; remove them, or the next line is taken for it';
  return undefined;
}

/** Only the last line that sets a variable counts. */
function setTwice(sets: readonly Assignment[]): EnvFileProblem[] {
  return sets.flatMap(({ name, line }, index) => {
    const first = sets.slice(0, index).find((other) => other.name === name);
    if (!first) return [];
    const message = `is set in line ${first.line} already; keep one of them`;
    return [{ line, field: name, message }];
  });
}
