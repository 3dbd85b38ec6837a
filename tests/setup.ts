import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { upgrade } from '../src/store/sqlite/database';

/** A directory in memory, as Linux has one. */
const MEMORY = '/dev/shm';
/** The room that it must have, in bytes; in a container, it may be small. */
const ROOM = 2 ** 30;

/**
 * Runs once, before all tests. Their files go to memory, unless TMPDIR names a place: the disk is
 * under test in tests/soak, and every commit would wait for it here. All migrations run once, into a
 * file that `makeDatabase` copies. Each program is compiled once, for all processes that run it.
 */
export default function setUp(): void {
  if (process.env.TMPDIR === undefined && roomIn(MEMORY) >= ROOM) process.env.TMPDIR = MEMORY;
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-template-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'holdfast.db');
  upgrade(file, resolve(__dirname, '../migrations'));
  process.env.TEST_DATABASE = file;
  process.env.NODE_COMPILE_CACHE ??= join(directory, 'code');
}

/** The free bytes of a directory; 0 if there is none. */
function roomIn(directory: string): number {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
