/**
 * The configuration or the pools file is invalid. The message is one line that names the variable,
 * or the file and the field, and never quotes a value that could be a secret. `main.ts` prints it
 * and exits with `exitCode`.
 */
export class ConfigError extends Error {
  /** EX_CONFIG of sysexits.h. */
  readonly exitCode = 78;

  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}
