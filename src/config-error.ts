/**
 * The configuration or the pools file is invalid. Each problem is one line that names the variable,
 * or the file, the line and the field, and never quotes a value that could be a secret. `main.ts`
 * prints them and exits with `exitCode`.
 */
export class ConfigError extends Error {
  /** EX_CONFIG of sysexits.h. */
  readonly exitCode = 78;
  readonly problems: readonly string[];

  constructor(problems: string | readonly string[]) {
    const lines = typeof problems === 'string' ? [problems] : problems;
    super(lines.join('\n'));
    this.problems = lines;
    this.name = 'ConfigError';
  }
}
