import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './engine';

/** Debian's package libfaketime. */
const ARCH = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
const LIBRARY = `/usr/lib/${ARCH}-linux-gnu/faketime/libfaketime.so.1`;

/**
 * Why no wall clock can be set here, or null. Without the library, a program would start anyway, and
 * its clock would not jump.
 */
export const whyNoWallClock = existsSync(LIBRARY)
  ? null
  : `There is no ${LIBRARY}: apt-get install libfaketime`;

/**
 * A wall clock that a test sets for the programs that it starts. Their monotonic clock goes on, so
 * a jump forward is what a suspended machine sees when it wakes.
 */
export class WallClock {
  private readonly file = join(temporaryDirectory(), 'faketime');

  constructor() {
    this.jump('+0');
  }

  /** The variables of a program that has this clock. */
  get env(): Record<string, string> {
    return {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** How far it is ahead of ours, or behind: `-1h`, `+400d`. */
  jump(by: string): void {
    writeFileSync(this.file, `${by}\n`);
  }
}

/** Tests that set a wall clock: skipped, with a message, where none can be; with CI=true they fail. */
export function describeWithWallClock(name: string, fn: () => void): void {
  if (whyNoWallClock === null) return void describe(name, fn);
  if (process.env.CI === 'true')
    return void test(`${name}: libfaketime`, () => {
      throw new Error(whyNoWallClock);
    });
  process.stderr.write(`SKIPPED "${name}": ${whyNoWallClock}\n`);
  describe.skip(name, fn);
}
