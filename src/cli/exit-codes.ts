import { CommanderError } from 'commander';
import { AgeError } from '../backup/age';
import { ConfigError } from '../config-error';
import { MasterKeyError } from '../crypto/master-key';
import { DomainError } from '../domain/errors';
import { DamagedError } from '../sqlite/backup';

/**
 * How the program ends; docs/cli.md says the same. The numbers above 63 are those of sysexits.h.
 */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 64,
  damaged: 65,
  missing: 66,
  exists: 73,
  inUse: 75,
  config: 78,
} as const;

/** A command cannot do what it was asked for, for a reason that whoever called it can see to. */
export class Refusal extends Error {
  constructor(
    readonly exit: keyof typeof EXIT,
    message: string,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}

/**
 * What to tell of an error, and how to end: what somebody can put right is one line, and the rest
 * bears its stack.
 */
export function verdictOn(error: unknown): { message: string | null; code: number } {
  // Commander has said it already.
  if (error instanceof CommanderError)
    return { message: null, code: error.exitCode === 0 ? EXIT.done : EXIT.usage };
  if (error instanceof Refusal) return { message: error.message, code: EXIT[error.exit] };
  if (error instanceof DamagedError || error instanceof AgeError)
    return { message: error.message, code: EXIT.damaged };
  if (
    error instanceof ConfigError ||
    error instanceof MasterKeyError ||
    error instanceof DomainError
  )
    return { message: error.message, code: EXIT.config };
  return {
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    code: EXIT.failed,
  };
}
