import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { enter } from '../sqlite/presence';
import { completeReplacement } from '../sqlite/replace';
import { Refusal } from './exit-codes';

/** The database of a data directory. */
export const databaseOf = (dataDir: string): string => join(dataDir, 'holdfast.db');

/**
 * Runs `work` on a data directory that no server uses; a server that starts meanwhile waits.
 * Errors: Refusal `inUse` if one is running, and those of `work`.
 */
export async function alone<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const presence = enter(join(dataDir, 'presence.lock'));
  try {
    if (!presence.first)
      throw new Refusal('inUse', `A server is running on ${dataDir}; stop it first.`);
    completeReplacement(databaseOf(dataDir));
    return await work();
  } finally {
    presence.leave();
  }
}

/** Prints a message for people, on stderr; data goes to stdout. */
export function tell(message: string): void {
  process.stderr.write(`${message}\n`);
}

/** One line of JSON on stdout. */
export function give(data: unknown): void {
  process.stdout.write(`${JSON.stringify(data)}\n`);
}
