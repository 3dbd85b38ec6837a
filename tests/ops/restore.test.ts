import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBackup } from '../../src/backup/make';
import { restoreBackup } from '../../src/backup/restore';
import { GENERATION_STEP } from '../../src/domain/lifecycle/restored';
import { openInstallation } from '../../src/service/installation/identity';
import { Resources } from '../../src/service/lifecycle/resources';
import { connect } from '../../src/store/sqlite/database';
import { completeReplacement } from '../../src/sqlite/replace';
import { MIGRATIONS } from '../helpers/database';
import { somebody, temporaryDirectory, TestEngine } from '../helpers/engine';
import { apply, aSession } from '../store/rows';
import { Rows, unsound } from '../soak/helpers/database';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, simulate: true, size: 3 }
  - { name: boxes, kind: container, driver: simulated, size: 2, settings: { opensAccess: true } }
`;
const ann = somebody('ann');
const admin = somebody('root', 'admin');
const KEY = Buffer.alloc(32, 7);
const HOUR = 3_600_000;

/** An engine with a loan and a queued request, and a backup of that moment. */
async function backedUp() {
  const test = await TestEngine.start({ pools: POOLS });
  await openInstallation(test.engine.store, test.engine.sealer, test.engine.newId);
  const lent = await test.reserve(ann, { pool: 'lab', count: 3 });
  await test.reserve(ann, { pool: 'boxes' });
  await test.settle();
  const waiting = await test.reserve(ann, { pool: 'lab' });
  const backup = join(temporaryDirectory(), 'backup.db');
  await makeBackup(join(test.dataDir, 'holdfast.db'), backup, undefined);
  return { test, lent, waiting, backup };
}

async function restored(test: TestEngine, from: string): Promise<TestEngine> {
  await test.stop();
  const database = join(test.dataDir, 'holdfast.db');
  await restoreBackup({ from, database, masterKey: KEY, migrations: MIGRATIONS, identities: [] });
  return test.another();
}

describe('a restore', () => {
  test('ends all loans and waits, raises all generations, and lends only what is clean', async () => {
    const { test, lent, waiting, backup } = await backedUp();
    const after = await restored(test, backup);
    for (const id of [lent.id, waiting.id])
      expect(await after.view(ann, id)).toMatchObject({
        status: 'ended',
        endReason: 'revoked',
        endDetail: 'restored from a backup',
      });
    expect(
      new Set(
        Object.values({ ...(await after.statuses('lab')), ...(await after.statuses('boxes')) }),
      ),
    ).toEqual(new Set(['dirty']));
    expect((await after.resource('lab-1')).generation).toBeGreaterThanOrEqual(GENERATION_STEP);
    const events = await after.engine.store.read.eventsAfter(0, 1_000);
    const ofRestore = events.filter(({ actorName }) => actorName === 'holdfast restore');
    expect(ofRestore.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['reservation.ended', 'resource.restored']),
    );
    const rows = new Rows(after.dataDir);
    expect(unsound(rows)).toEqual([]);
    rows.close();
    await after.settle();
    expect(await after.statuses('lab')).toEqual({
      'lab-1': 'available',
      'lab-2': 'available',
      'lab-3': 'available',
    });
    expect(await after.statuses('boxes')).toEqual({
      'boxes-1': 'available',
      'boxes-2': 'available',
    });
    expect((await after.resource('lab-1')).unprovenSince).toBeNull();
  });

  test('ends all sessions of browsers: one that was ended since would be open again', async () => {
    const test = await TestEngine.start({ pools: POOLS });
    const { store, sealer, newId } = test.engine;
    await openInstallation(store, sealer, newId);
    const session = aSession('s1', ann.userId, { endsAt: store.now() + HOUR });
    await apply(store, { do: 'createSession', session });
    const backup = join(temporaryDirectory(), 'backup.db');
    await makeBackup(join(test.dataDir, 'holdfast.db'), backup, undefined);
    const after = await restored(test, backup);
    expect(await after.engine.store.read.sessionsOf(ann.userId)).toEqual([]);
  });

  test('quarantines an account whose secret was rotated since, until it gets the right one', async () => {
    const { test, lent, backup } = await backedUp();
    await test.release(ann, lent.id);
    await test.settle();
    const now = await test.resource('lab-1');
    await test.cloud.changePassword(now.handle!, 'lab-1', 'set by hand');
    const after = await restored(test, backup);
    await after.settle();
    expect(await after.resource('lab-1')).toMatchObject({
      status: 'quarantined',
      reason: 'stale_credential',
      nextOperation: 'clean',
    });
    await after.after(2 * HOUR);
    expect((await after.resource('lab-1')).status).toBe('quarantined');
    const resources = new Resources(after.engine);
    await resources.giveCredential(
      'lab-1',
      { username: 'lab-1', password: 'wrong' },
      { requestId: null, idempotencyKey: null },
    );
    await after.settle();
    expect(await after.resource('lab-1')).toMatchObject({
      status: 'quarantined',
      reason: 'stale_credential',
    });
    await resources.giveCredential(
      'lab-1',
      { username: 'lab-1', password: 'set by hand' },
      { requestId: null, idempotencyKey: null },
    );
    await after.settle();
    const mended = await after.resource('lab-1');
    expect(mended).toMatchObject({
      status: 'available',
      reason: null,
      failures: 0,
      unprovenSince: null,
    });
    expect(after.letsIn(mended, { username: 'lab-1', password: 'set by hand' })).toBe(false);
    const again = await after.reserve(admin, { items: [{ resource: 'lab-1', count: 1 }] });
    expect(
      after.letsIn(
        mended,
        again.resources[0]!.credentials as { username: string; password: string },
      ),
    ).toBe(true);
  });
});

describe('a refusal leaves the database as it was', () => {
  const attempt = async (spoil: (backup: string, test: TestEngine) => void, masterKey = KEY) => {
    const { test, backup } = await backedUp();
    spoil(backup, test);
    await test.stop();
    const database = join(test.dataDir, 'holdfast.db');
    const failure = await restoreBackup({
      from: backup,
      database,
      masterKey,
      migrations: MIGRATIONS,
      identities: [],
    }).then(
      () => null,
      (error: Error) => error,
    );
    const rows = new Rows(test.dataDir);
    expect(rows.count("select count(*) from reservations where status <> 'ended'")).toBe(3);
    rows.close();
    return failure;
  };

  test('a damaged file', async () => {
    expect(await attempt((backup) => writeFileSync(backup, Buffer.alloc(8192, 3)))).toMatchObject({
      name: 'DamagedError',
    });
  });

  test('a database of something else', async () => {
    const failure = await attempt((backup) => writeFileSync(backup, ''));
    expect(failure).toMatchObject({ name: 'DamagedError' });
  });

  test('a newer schema', async () => {
    const failure = await attempt((backup) => {
      const { $client } = connect(backup);
      $client.exec(
        "INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('x', 99999999999999)",
      );
      $client.close();
    });
    expect(failure).toMatchObject({ code: 'conflict' });
  });
});

test('an interrupted replacement is completed, and never with the old log', async () => {
  const { test, backup } = await backedUp();
  await test.stop();
  const database = join(test.dataDir, 'holdfast.db');
  writeFileSync(`${database}-wal`, 'left by the old one');
  copyFileSync(backup, `${database}.restored`);
  completeReplacement(database);
  expect([existsSync(`${database}-wal`), existsSync(`${database}.restored`)]).toEqual([
    false,
    false,
  ]);
  const rows = new Rows(test.dataDir);
  expect(unsound(rows)).toEqual([]);
  rows.close();
});
