import { join } from 'node:path';
import Database from 'better-sqlite3';
import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { sealer } from '../../src/crypto/sealing';
import { NotYet, type DriverFactory } from '../../src/drivers/driver';
import { simulatedDriver } from '../../src/drivers/simulated';
import type { SimulatedSettings } from '../../src/drivers/simulated/settings';
import { openInstallation } from '../../src/service/installation/identity';
import { Webhooks } from '../../src/service/webhooks/webhooks';
import { rekey, SEALED_COLUMNS } from '../../src/store/sqlite/rekey';
import * as schema from '../../src/store/sqlite/schema';
import { somebody, TestEngine } from '../helpers/engine';
import { sealedTexts } from './support/sealed';

const OLD = sealer(Buffer.alloc(32, 7));
const NEW = sealer(Buffer.alloc(32, 8));
const OTHER = sealer(Buffer.alloc(32, 9));
const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 3 }
  - { name: boxes, kind: container, driver: simulated, size: 2, settings: { opensAccess: true } }
  - { name: waiting, kind: account, driver: patient, size: 1 }
`;
const ann = somebody('ann');

/** The simulated driver, whose credentials always take longer, with a secret memo. */
const patient: DriverFactory = {
  ...(simulatedDriver as DriverFactory),
  name: 'patient',
  create: (settings, env) =>
    Object.assign(simulatedDriver.create(settings as SimulatedSettings, env), {
      issueCredential: async () => {
        throw new NotYet(Number.MAX_SAFE_INTEGER, 'It takes its time.', 'a secret');
      },
    }),
};

/** A stopped server's database with one of everything that is sealed; gives its path. */
async function database(): Promise<string> {
  const test = await TestEngine.start({ pools: POOLS, factories: [patient] });
  await openInstallation(test.engine.store, OLD, test.engine.newId);
  await test.reserve(ann, { pool: 'lab' });
  await test.reserve(ann, { pool: 'boxes', access: { password: 'wished for' } });
  await test.settle();
  await new Webhooks(test.engine).create(
    ann,
    { url: 'https://hooks.example.org', everybody: false },
    { requestId: null, idempotencyKey: null },
  );
  await test.stop();
  return join(test.dataDir, 'holdfast.db');
}

test(
  'every sealed text is readable under the new key in its place, and nothing is left ' +
    'of the old',
  async () => {
    const file = await database();
    const before = sealedTexts(file);
    expect(new Set(before.map(({ table }) => table))).toEqual(
      new Set(SEALED_COLUMNS.map(({ table }) => table)),
    );
    expect(rekey(file, OLD, NEW)).toBe(before.length);
    const after = sealedTexts(file);
    expect(after.map(({ place, sealed }) => [place, NEW.open(place, sealed)])).toEqual(
      before.map(({ place, sealed }) => [place, OLD.open(place, sealed)]),
    );
    expect(rekey(file, OLD, NEW)).toBe(0);
  },
);

test('an interrupted rekey continues only with its own two keys, and nobody serves meanwhile', async () => {
  const file = await database();
  const connection = new Database(file);
  connection.prepare("insert into metadata (name, value) values ('rekey', ?)").run(NEW.keyId);
  connection.close();
  expect(() => rekey(file, OLD, OTHER)).toThrow(/was begun/);
  expect(() => rekey(file, OTHER, NEW)).toThrow(/sealed under/);
  rekey(file, OLD, NEW);
  expect(sealedTexts(file).every(({ sealed }) => sealed.startsWith(`v1.${NEW.keyId}.`))).toBe(true);
});

test('every column named as sealed is among those that are sealed again', () => {
  const named = Object.values(schema)
    .flatMap((value: unknown) => (is(value, SQLiteTable) ? [value] : []))
    .flatMap((table) =>
      Object.values(getTableColumns(table))
        .filter(({ name }) => name.startsWith('sealed'))
        .map(({ name }) => `${getTableName(table)}.${name}`),
    );
  const known = SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});
