/** Something wrong with the configuration, and the place to put it right. */
export interface Problem {
  /** The file, or `environment`; undefined if the message itself says where. */
  file?: string | undefined;
  /** From 1; undefined for the file as a whole. */
  line?: number | undefined;
  /** The variable, or the field of the file; undefined if it is about no single one. */
  field?: string | undefined;
  /** Says what is wrong, and what to do about it. Quotes no value, because it may be a secret. */
  message: string;
  /** It alone would not end a start. */
  isWarning?: boolean;
}

/**
 * The configuration or the pools file is invalid. Each problem is one line that names the place and
 * the field, and never quotes a value that could be a secret. `main.ts` prints them and exits with
 * `exitCode`.
 */
export class ConfigError extends Error {
  /** EX_CONFIG of sysexits.h. */
  readonly exitCode = 78;
  /** By file, in the order of their lines. */
  readonly found: readonly Problem[];

  constructor(problems: string | readonly (string | Problem)[]) {
    const given = typeof problems === 'string' ? [problems] : problems;
    const found = inOrder(
      given.map((problem) => (typeof problem === 'string' ? { message: problem } : problem)),
    );
    super(found.map(inOneLine).join('\n'));
    this.found = found;
    this.name = 'ConfigError';
  }

  /** The one problem of a variable; a report adds the place that sets it. */
  static of(variable: string, message: string): ConfigError {
    return new ConfigError([{ field: variable, message }]);
  }

  /** Each problem in one line, and then, if they are several, how many there are and where. */
  get report(): string[] {
    const lines = this.found.map(inOneLine);
    return lines.length < 2 ? lines : [...lines, countOf(this.found)];
  }
}

/** A problem in one line: `pools.yaml:12: pools[1].size: is missing` */
export function inOneLine({ file, line, field, message, isWarning }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}`;
  const kind = isWarning ? 'warning' : '';
  return [place, kind, field, message].filter((part) => part).join(': ');
}

/** The environment first, then the files as they come; each by line; each problem once. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const files = [...new Set(['environment', ...problems.map(({ file }) => file)])];
  const once = new Map(problems.map((problem) => [inOneLine(problem), problem]));
  return [...once.values()].sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || (a.line ?? 0) - (b.line ?? 0),
  );
}

/** `3 problems, 1 warning: 1 in the environment, 3 in /srv/pools.yaml`, or `2 problems in …` */
function countOf(problems: readonly Problem[]): string {
  const warnings = problems.filter(({ isWarning }) => isWarning).length;
  const kinds = [counted(problems.length - warnings, 'problem'), counted(warnings, 'warning')];
  const files = [...new Set(problems.flatMap(({ file }) => file ?? []))];
  const places = files.map((file) => {
    const count = problems.filter((problem) => problem.file === file).length;
    return `${count === problems.length ? '' : `${count} `}in ${placeName(file)}`;
  });
  const total = kinds.filter((kind) => kind !== '').join(', ');
  return [total, places.join(', ')].filter((part) => part).join(places.length > 1 ? ': ' : ' ');
}

function placeName(file: string): string {
  return file === 'environment' ? 'the environment' : file;
}

function counted(count: number, noun: string): string {
  return count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`;
}
