import type { DataDirectory } from '../data-directory';
import { Refusal } from './exit-codes';
import { harmless } from './plain';

/**
 * Runs `work` on a data directory that no server uses; a server that starts meanwhile waits.
 * Errors: Refusal `inUse` if one is running, and those of `work`.
 */
export async function alone<T>(directory: DataDirectory, work: () => Promise<T>): Promise<T> {
  const presence = await directory.enter();
  try {
    if (!presence.first)
      throw new Refusal('inUse', `A server is running on ${directory.path}; stop it first.`);
    return await work();
  } finally {
    presence.leave();
  }
}

/** Prints a message for people, on stderr, which may quote a server; data goes to stdout. */
export function tell(message: string): void {
  process.stderr.write(`${harmless(message)}\n`);
}

/** One line of JSON on stdout. */
export function give(data: unknown): void {
  process.stdout.write(`${JSON.stringify(data)}\n`);
}
