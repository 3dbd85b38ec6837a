import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../helpers/engine';
import { ROOT } from '../helpers/process';
import { BINARY } from './support/binary';

/** Bytes: raised from 130 MB for the command line and its packages. */
const LARGEST = 140e6;

/** Builds into a directory of its own; gives the hash of what came out. */
function build(): string {
  const out = join(temporaryDirectory(), 'holdfast');
  execFileSync(process.execPath, [join(ROOT, 'dist/scripts/binary/build.js'), out], {
    cwd: temporaryDirectory(),
  });
  return createHash('sha256').update(readFileSync(out)).digest('hex');
}

test('two builds of the same files are the same bytes', () => {
  expect(build()).toBe(build());
});

test('it is small, and bears nothing that only debuggers read', () => {
  expect(statSync(BINARY).size).toBeLessThan(LARGEST);
  const sections = execFileSync('readelf', ['--sections', '--wide', BINARY], { encoding: 'utf8' });
  expect(sections).toContain('.text');
  expect(sections).not.toMatch(/\.symtab|\.debug_/);
});

test('it names no path of the machine that built it', () => {
  expect(readFileSync(BINARY).includes(ROOT)).toBe(false);
});
