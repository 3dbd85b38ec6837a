import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { whenDone } from '../helpers/cleanups';
import { temporaryDirectory } from '../helpers/engine';
import { describeAsRoot, fillDisk, smallDisk } from '../helpers/outputs';
import { MAIN, runProgram, runToItsEnd, ServerProcess, type Ended } from '../helpers/process';

jest.setTimeout(60_000);

/** With a key of its own, so that the directory is made for the database alone. */
const KEY = { MASTER_KEY: Buffer.alloc(32, 1).toString('base64') };

function expectOneLine({ code, stderr }: Ended, expected: number, ...named: string[]): void {
  expect(stderr).toMatch(/^holdfast: [^\n]+\n$/);
  for (const name of named) expect(stderr).toContain(name);
  expect(code).toBe(expected);
}

/** An empty directory with one file of bytes that mean nothing. */
function damaged(file: string): string {
  const directory = temporaryDirectory();
  fs.writeFileSync(join(directory, file), Buffer.alloc(20_000, 'no database '));
  return directory;
}

describe('a start that cannot use its directory is one line', () => {
  test.each(['holdfast.db', 'presence.lock'])('when %s is damaged', async (file) => {
    const directory = damaged(file);
    const path = join(directory, file);
    expectOneLine(await runToItsEnd({ DATA_DIR: directory, ...KEY }), 65, path, 'damaged');
  });

  test('when the database is damaged within', async () => {
    const dataDir = temporaryDirectory();
    const server = await ServerProcess.start({ dataDir, env: KEY });
    await server.stop();
    const path = join(dataDir, 'holdfast.db');
    const size = 4096;
    const file = fs.openSync(path, 'r+');
    const pages = fs.fstatSync(file).size / size;
    for (let page = 1; page < pages; page += 1)
      fs.writeSync(file, Buffer.alloc(size, 0xff), 0, size, page * size);
    fs.closeSync(file);
    expectOneLine(await runToItsEnd({ DATA_DIR: dataDir, ...KEY }), 65, path, 'damaged');
  });

  test.each([{}, KEY])('when none can be made there (%j)', async (key) => {
    for (const path of ['/proc/x', '/proc/x/y'])
      expectOneLine(await runToItsEnd({ DATA_DIR: path, ...key }), 78, 'DATA_DIR', path, 'ENOENT');
  });

  test.each([{}, KEY])('when it is a file, or below one (%j)', async (key) => {
    const file = join(damaged('data'), 'data');
    for (const path of [file, join(file, 'x')])
      expectOneLine(await runToItsEnd({ DATA_DIR: path, ...key }), 78, 'DATA_DIR', path);
  });

  test('when another program locks the database', async () => {
    const dataDir = temporaryDirectory();
    const path = join(dataDir, 'holdfast.db');
    const other = new Database(path);
    whenDone(() => void other.close());
    other.exec('PRAGMA locking_mode = exclusive; BEGIN EXCLUSIVE');
    expectOneLine(await runToItsEnd({ DATA_DIR: dataDir, ...KEY }), 75, path, 'locked');
  });
});

describeAsRoot('a start on a disk', () => {
  test('that is full is one line', async () => {
    const disk = smallDisk('64k');
    fillDisk(disk);
    expectOneLine(await runToItsEnd({ DATA_DIR: join(disk, 'data') }), 78, 'master.key', 'ENOSPC');
    const other = smallDisk('64k');
    fs.mkdirSync(join(other, 'data'));
    fillDisk(other);
    expectOneLine(await runToItsEnd({ DATA_DIR: join(other, 'data'), ...KEY }), 74, other, 'full');
  });

  test.each(['96k', '200k', '300k', '500k'])(
    'that becomes full on the way (%s) is one line, and the next start goes on',
    async (size) => {
      const disk = smallDisk(size);
      expectOneLine(await runToItsEnd({ DATA_DIR: disk, ...KEY }), 74, disk, 'full');
      execFileSync('mount', ['-o', 'remount,size=64m', disk]);
      await (await ServerProcess.start({ dataDir: disk, env: KEY })).stop();
    },
  );

  test('that is read-only, or not ours, is one line', async () => {
    const disk = smallDisk('1m');
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    expectOneLine(await runToItsEnd({ DATA_DIR: disk, ...KEY }), 78, 'DATA_DIR', disk, 'EROFS');
    expectOneLine(await runToItsEnd({ DATA_DIR: join(disk, 'data'), ...KEY }), 78, 'EROFS');
    const somebody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    const theirs = temporaryDirectory();
    const refused = await runProgram(
      { command: [...somebody, process.execPath, MAIN, 'serve'], cwd: '/' },
      { DATA_DIR: join(theirs, 'data'), ...KEY },
    );
    expectOneLine(refused, 78, 'DATA_DIR', 'EACCES');
  });
});
