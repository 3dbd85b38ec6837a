import { join } from 'node:path';
import Database from 'better-sqlite3';
import { verifyReturns } from '../../src/backup/verify';
import type { Change } from '../../src/domain/change';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store';
import { aReturn } from '../domain/support/objects';
import { makeDatabase } from '../helpers/database';
import { temporaryDirectory } from '../helpers/engine';
import { evidenceOf } from '../../src/drivers/simulated/showing';
import { say, size } from './helpers/soak';

/** A long chain of return records: verified in time, and one change in it is found. */

const RECORDS = size('RECORDS', 100_000);
const PIECE = 1_000;
/** The most that 100,000 records may take, in ms. */
const BOUND = 5_000;

async function filled(): Promise<string> {
  const file = join(temporaryDirectory(), 'holdfast.db');
  makeDatabase(file);
  const store = openSqliteStore(file);
  const shown = evidenceOf('R3', 'handle', Date.now());
  const steps = (['clean', 'issueCredential', 'proveCredential', 'retireCredential'] as const).map(
    (step) => ({ step, since: 1, until: 2, calls: 1, failures: 0, failure: null }),
  );
  for (let made = 0; made < RECORDS; made += PIECE) {
    const changes = Array.from({ length: PIECE }, (_one, index): Change => {
      const record = aReturn(`r${index}`, { generation: made, level: 'R3', shown, steps });
      return { do: 'addReturn', record };
    });
    const apply = () => ({ changes, value: undefined });
    await store.transact({ load: 'classes', classIds: [] }, apply);
  }
  await store.close();
  return file;
}

test(`${RECORDS} records are verified in time, and one altered among them is named`, async () => {
  const file = await filled();
  const began = performance.now();
  expect(await verifyReturns(file, [])).toMatchObject({ records: RECORDS, faultCount: 0 });
  const took = Math.round(performance.now() - began);
  say(`return-chain: ${RECORDS} records verified in ${took} ms`);
  expect(took).toBeLessThan((BOUND * RECORDS) / 100_000 + 500);
  const middle = Math.floor(RECORDS / 2);
  const database = new Database(file);
  database.exec(
    `update returns set record = replace(record, '"R3"', '"R4"') where seq = ${middle}`,
  );
  database.close();
  expect(await verifyReturns(file, [])).toMatchObject({
    faultCount: 1,
    faults: [{ fault: 'altered', seq: middle }],
  });
});
