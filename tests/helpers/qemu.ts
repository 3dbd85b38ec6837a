import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The directory of the base image that scripts/qemu-image.sh builds. */
export const QEMU_IMAGE =
  process.env.QEMU_IMAGE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'holdfast/qemu');

/** Why no virtual machine can be started; null if one can. Asked while tests are collected. */
function whyNoQemu(): string | null {
  for (const program of ['qemu-system-x86_64', 'qemu-img'])
    if (spawnSync(program, ['--version']).status !== 0) return `${program} does not run`;
  return existsSync(join(QEMU_IMAGE, 'recipe')) ? null : `there is no image in ${QEMU_IMAGE}`;
}

/**
 * Tests that need QEMU: skipped, with a message, if it or the image is missing; with CI=true they
 * fail.
 */
export function describeWithQemu(name: string, fn: () => void): void {
  const why = whyNoQemu();
  if (why === null) return void describe(name, fn);
  if (process.env.CI === 'true') {
    return void test(`${name}: QEMU with its image`, () => {
      throw new Error(`${why}; run scripts/qemu-image.sh`);
    });
  }
  process.stderr.write(`SKIPPED "${name}": ${why} (run scripts/qemu-image.sh)\n`);
  describe.skip(name, fn);
}

/** The processes whose command line holds `text`, each with its arguments. */
export function processesNaming(text: string): { pid: number; line: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => ({ pid: Number(name), line: commandLineOf(name) }))
    .filter(({ line }) => line.includes(text));
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
