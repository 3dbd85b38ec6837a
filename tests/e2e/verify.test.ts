import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { makeBackup } from '../../src/backup/make';
import { MAIN, runProgram } from '../helpers/process';
import { somebody, temporaryDirectory, TestEngine } from '../helpers/engine';

/** The return records of a few loans, in a database and in its backup. */

jest.setTimeout(60_000);

const POOLS = '{ pools: [{ name: lab, kind: account, driver: simulated, size: 1 }] }';
const ann = somebody('ann');
const LOANS = 4;
/** Those of the loans, and that of the new resource. */
const RECORDS = LOANS + 1;

async function lived(): Promise<{ dataDir: string; database: string }> {
  const test = await TestEngine.start({ pools: POOLS });
  for (let loan = 0; loan < LOANS; loan += 1) {
    const { id } = await test.reserve(ann, { pool: 'lab' });
    await test.release(ann, id);
    await test.settle();
  }
  await test.stop();
  return { dataDir: test.dataDir, database: join(test.dataDir, 'holdfast.db') };
}

function change(file: string, ...statements: string[]): void {
  const database = new Database(file);
  for (const statement of statements) database.exec(statement);
  database.close();
}

const verify = (dataDir: string, ...args: string[]) =>
  runProgram({ command: [process.execPath, MAIN, 'verify', ...args] }, { DATA_DIR: dataDir });

const COPY = 'select seq + 100, previous, hash, record from returns';
const SWAP = [
  'update returns set seq = -1 where seq = 2',
  'update returns set seq = 2 where seq = 4',
  'update returns set seq = 4 where seq = -1',
];

describe.each(['the database', 'a backup'])('%s', (where) => {
  let dataDir: string;
  let file: string;
  let args: string[];

  beforeEach(async () => {
    const made = await lived();
    dataDir = made.dataDir;
    file = made.database;
    args = [];
    if (where === 'the database') return;
    file = join(temporaryDirectory(), 'backup.db');
    await makeBackup(made.database, file, undefined);
    args = [file];
    // What the backup says counts, not what is beside it.
    change(made.database, 'delete from returns');
  });

  test('whose records are as they were written says so', async () => {
    const { code, stdout, stderr } = await verify(dataDir, ...args);
    expect({ code, stdout: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 0,
      stdout: { file, records: RECORDS, head: { seq: RECORDS }, faults: [], faultCount: 0 },
    });
    expect(stderr).toMatch(/^5 records, all as written; the newest is 5, [0-9a-f]{64}\.\n$/);
  });

  test.each<[string, string[], RegExp]>([
    [
      'an altered one',
      [`update returns set record = replace(record, '"R1"', '"R3"') where seq = 3`],
      /record 3, of "lab-1", was altered\n/,
    ],
    ['a missing one', ['delete from returns where seq = 3'], /record 3 is missing\n/],
    [
      'missing ones at the end',
      ['delete from returns where seq > 3'],
      /records 4 to 5 are missing/,
    ],
    [
      'one that was put at the end',
      [`insert into returns (seq, previous, hash, record) ${COPY} where seq = 5`],
      /record 105, of "lab-1", does not follow the one before it\n/,
    ],
    [
      'one that was put before the rest',
      [`insert into returns (seq, previous, hash, record) ${COPY.replace('+', '-')} where seq = 5`],
      /record -95, of "lab-1", does not follow the one before it\n/,
    ],
    ['two swapped ones', SWAP, /record 2, of "lab-1", does not follow the one before it\n/],
  ])('names %s', async (_name, statements, told) => {
    change(file, ...statements);
    const { code, stderr } = await verify(dataDir, ...args);
    expect({ code, stderr }).toEqual({ code: 65, stderr: expect.stringMatching(told) as string });
    expect(stderr).toMatch(/is damaged: \d faults? in its return records\n$/);
  });
});

test('a database without its log is left as it was, with nothing beside it', async () => {
  const { dataDir, database } = await lived();
  const folder = temporaryDirectory();
  const copy = join(folder, 'copy.db');
  copyFileSync(database, copy);
  expect(await verify(dataDir, copy)).toMatchObject({ code: 0 });
  expect(readdirSync(folder)).toEqual(['copy.db']);
  expect(readFileSync(copy).equals(readFileSync(database))).toBe(true);
});

test('a file that is no database, or is missing, is refused in one line', async () => {
  const dataDir = join(temporaryDirectory(), 'data');
  expect(await verify(dataDir)).toMatchObject({
    code: 66,
    stderr: expect.stringMatching(/^holdfast: There is no file [^\n]+\n$/) as string,
  });
  const text = join(temporaryDirectory(), 'text.db');
  copyFileSync(__filename, text);
  expect(await verify(dataDir, text)).toMatchObject({
    code: 65,
    stderr: expect.stringMatching(/^holdfast: [^\n]+ is damaged: it is not a database/) as string,
  });
  expect(await verify(dataDir, temporaryDirectory())).toMatchObject({
    code: 66,
    stderr: expect.stringMatching(
      /^holdfast: [^\n]+ is a directory\. Name a file in it\.\n$/,
    ) as string,
  });
  const old = join(temporaryDirectory(), 'old.db');
  change(old, 'create table pools (id text)');
  expect(await verify(dataDir, old)).toMatchObject({
    code: 66,
    stderr: expect.stringMatching(/has no return records: it is from before/) as string,
  });
});
