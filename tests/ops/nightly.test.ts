import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastDue, missingBackup, nightlyBackup } from '../../src/backup/nightly';
import { temporaryDirectory, TestEngine } from '../helpers/engine';

const DAY = 86_400_000;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

test('one backup a day is made when due, made up for when missed, and the oldest go', async () => {
  const test = await TestEngine.start({
    pools: 'pools: [{ name: lab, kind: account, driver: simulated, size: 1 }]',
  });
  const directory = join(temporaryDirectory(), 'backups');
  const job = nightlyBackup({ engine: test.engine, log }, join(test.dataDir, 'holdfast.db'), {
    directory,
    minute: 150,
    keep: 2,
    encryptTo: undefined,
  });
  test.clock.at = Date.parse('2026-03-01T02:29:00Z');
  expect(await job.runOnce()).toBe(Date.parse('2026-03-01T02:30:00Z'));
  expect(readdirSync(directory)).toEqual(['holdfast-2026-02-28.db']);
  writeFileSync(join(directory, 'mine.db'), '');
  test.clock.at = Date.parse('2026-03-01T02:30:00Z');
  expect(await job.runOnce()).toBe(Date.parse('2026-03-02T02:30:00Z'));
  test.clock.advance(3 * DAY);
  await job.runOnce();
  await job.runOnce();
  expect(readdirSync(directory).sort()).toEqual([
    'holdfast-2026-03-01.db',
    'holdfast-2026-03-04.db',
    'mine.db',
  ]);
});

test.each([
  ['2026-03-01T02:30:00Z', 150, '2026-03-01T02:30:00Z'],
  ['2026-03-01T02:29:59Z', 150, '2026-02-28T02:30:00Z'],
  ['2026-03-01T23:59:59Z', 0, '2026-03-01T00:00:00Z'],
])('at %s, the backup of minute %i was last due at %s', (now, minute, due) => {
  expect(lastDue(Date.parse(now), minute)).toBe(Date.parse(due));
});

test('a backup that was not made is missed half an hour after it was due, until it is there', () => {
  const directory = join(temporaryDirectory(), 'backups');
  const settings = { directory, minute: 150, keep: 2, encryptTo: 'age1' };
  const at = (time: string) => Date.parse(`2026-03-01T${time}Z`);
  const missing = missingBackup(settings, at('00:00:00'));
  expect(missing(at('00:29:59'))).toBeNull();
  expect(missing(at('00:30:00'))).toContain('due at 2026-02-28T02:30:00.000Z is missing');
  expect(missing(at('02:59:59'))).toBeNull();
  expect(missing(at('03:00:00'))).toContain('due at 2026-03-01T02:30:00.000Z is missing');
  mkdirSync(directory);
  writeFileSync(join(directory, 'holdfast-2026-03-01.db.age'), '');
  expect(missing(at('03:00:00'))).toBeNull();
});

test('a backup that failed is tried again a minute later, not at once', async () => {
  const test = await TestEngine.start();
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  const source = join(test.dataDir, 'holdfast.db');
  const settings = { directory: file, minute: 0, keep: 1, encryptTo: undefined };
  const job = nightlyBackup({ engine: test.engine, log }, source, settings);
  await expect(job.runOnce()).rejects.toThrow();
  const again = test.clock.now() + 60_000;
  test.clock.advance(59_999);
  expect(await job.runOnce()).toBe(again);
  rmSync(file);
  test.clock.advance(1);
  await job.runOnce();
  expect(readdirSync(file)).toHaveLength(1);
});

test('a directory that cannot be written makes the pass fail, and leaves nothing half made', async () => {
  const test = await TestEngine.start();
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  const job = nightlyBackup({ engine: test.engine, log }, join(test.dataDir, 'holdfast.db'), {
    directory: file,
    minute: 0,
    keep: 1,
    encryptTo: undefined,
  });
  await expect(job.runOnce()).rejects.toThrow();
  expect(existsSync(`${file}.making`)).toBe(false);
});
