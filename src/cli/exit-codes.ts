/**
 * The exit codes of the program; docs/cli.md lists them too. Those from 64 to 78 are of
 * sysexits.h, or stand where it has none.
 */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 64,
  damaged: 65,
  missing: 66,
  unreachable: 69,
  exists: 73,
  storage: 74,
  inUse: 75,
  refused: 76,
  denied: 77,
  config: 78,
  timedOut: 79,
  lost: 80,
} as const;

/** A command refuses, for a reason that its caller can put right. */
export class Refusal extends Error {
  constructor(
    readonly exit: keyof typeof EXIT,
    message: string,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}
