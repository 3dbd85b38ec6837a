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

  /** Each problem in one line. */
  get problems(): string[] {
    return this.found.map(inOneLine);
  }
}

/** `pools.yaml:12: pools[1].size: is missing` */
function inOneLine({ file, line, field, message }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return [place, field, message].filter((part) => part).join(': ');
}

/** By file, in the order in which the files come first; each file by line; each problem once. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  const once = new Map(problems.map((problem) => [inOneLine(problem), problem]));
  return [...once.values()].sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || (a.line ?? 0) - (b.line ?? 0),
  );
}
