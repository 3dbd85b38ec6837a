import { join } from 'node:path';
import type { IdempotencyKey } from '../../src/domain/idempotency';
import type { RequestItem } from '../../src/domain/loans/reservation';
import { Pools } from '../../src/service/pools/pools';
import { Reservations } from '../../src/service/loans/reservations';
import { Resources } from '../../src/service/lifecycle/resources';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store';
import { codeOf, somebody, TestEngine } from '../helpers/engine';

/** Promise 6: the same request under the same key happens once. */

const ann = somebody('ann');
const ITEMS: RequestItem[] = [{ pool: 'free', count: 1 }];
const POOLS = `
pools:
  - { name: free, kind: account, driver: simulated, size: 3 }
  - { name: tokens, kind: token, driver: simulated, sizing: manual, settings: { leavesNothing: true } }
`;

const key = (fields: Partial<IdempotencyKey> = {}) => ({
  requestId: null,
  idempotencyKey: {
    principal: 'user-ann',
    method: 'POST',
    path: '/v1/reservations',
    key: 'k',
    requestHash: 'hash',
    ...fields,
  },
});

async function start() {
  const test = await TestEngine.start({ pools: POOLS });
  const ask = (once = key(), items = ITEMS) =>
    new Reservations(test.engine).submitForId(ann, { items }, once);
  const held = async () => (await test.engine.store.read.liveReservations()).active;
  return { test, ask, held };
}

describe('a repeated request', () => {
  it('gives the same reservation, and takes nothing more', async () => {
    const { ask, held } = await start();
    const first = await ask();
    expect(await ask()).toBe(first);
    expect(await held()).toBe(1);
  });

  it('even at the same moment', async () => {
    const { test, ask, held } = await start();
    const other = await test.another();
    const both = [
      ask(),
      ask(),
      new Reservations(other.engine).submitForId(ann, { items: ITEMS }, key()),
      ask(),
    ];
    expect(new Set(await Promise.all(both)).size).toBe(1);
    expect(await held()).toBe(1);
  });

  it.each([
    [3 * 86_400_000, 2 * 86_400_000, true],
    [60_000, 60_000, false],
  ])('where keys are kept for %i ms, after %i: %p', async (idempotencyKeptFor, age, repeated) => {
    const { test } = await start();
    const { clock, engine } = test;
    const store = openSqliteStore(join(test.dataDir, 'holdfast.db'), { clock, idempotencyKeptFor });
    const reservations = new Reservations({ ...engine, store });
    const ask = () => reservations.submitForId(ann, { items: ITEMS }, key());
    const first = await ask();
    clock.advance(age);
    expect((await ask()) === first).toBe(repeated);
    await store.close();
  });

  it('after a restart', async () => {
    const { test, ask } = await start();
    const first = await ask();
    const next = await test.restart();
    expect(await new Reservations(next.engine).submitForId(ann, { items: ITEMS }, key())).toBe(
      first,
    );
  });

  it('shows the present state: of an ended reservation, no credentials', async () => {
    const { test, ask } = await start();
    const id = await ask();
    await test.release(ann, id);
    expect(await ask()).toBe(id);
    const view = await test.view(ann, id);
    expect([view.status, view.resources[0]!.credentials]).toEqual(['ended', null]);
  });

  it('with another body is refused, and changes nothing', async () => {
    const { ask, held } = await start();
    await ask();
    expect(await codeOf(ask(key({ requestHash: 'other' })))).toBe('idempotency_mismatch');
    expect(await held()).toBe(1);
  });

  it.each<[string, Partial<IdempotencyKey>]>([
    ['another key', { key: 'k2' }],
    ['another principal', { principal: 'user-bob' }],
    ['another path', { path: '/v1/elsewhere' }],
    ['another method', { method: 'PUT' }],
  ])('under %s is another request', async (_name, fields) => {
    const { ask, held } = await start();
    expect(await ask(key(fields))).not.toBe(await ask());
    expect(await held()).toBe(2);
  });

  it('is tried again after a failure', async () => {
    const { ask } = await start();
    expect(await codeOf(ask(key(), [{ pool: 'free', count: 9 }]))).toBe('unsatisfiable');
    expect(await codeOf(ask())).toBe('none');
  });
});

it('a heartbeat, a new pool, a new resource and a cleaning each happen once per key', async () => {
  const { test, ask } = await start();
  const id = await ask();
  const reservations = new Reservations(test.engine);
  await reservations.heartbeat(ann, id, key({ path: '/beat' }));
  expect(await reservations.heartbeat(ann, id, key({ path: '/beat' }))).toBe(id);

  const {
    id: _id,
    version: _version,
    createdAt: _createdAt,
    deletingAt: _deletingAt,
    ...fields
  } = (await test.engine.store.read.pool('free'))!;
  const pools = new Pools(test.engine);
  const made = await pools.create(
    { ...fields, name: 'more', origin: 'api' },
    key({ path: '/pools' }),
  );
  expect(
    await pools.create({ ...fields, name: 'more', origin: 'api' }, key({ path: '/pools' })),
  ).toBe(made);
  expect(
    await codeOf(
      pools.create({ ...fields, name: 'more', origin: 'api' }, key({ path: '/pools', key: 'k2' })),
    ),
  ).toBe('conflict');

  const resources = new Resources(test.engine);
  const added = await resources.add('tokens', undefined, key({ path: '/add' }));
  expect(await resources.add('tokens', undefined, key({ path: '/add' }))).toBe(added);
  expect(Object.keys(await test.statuses('tokens'))).toEqual(['tokens-1']);

  await resources.clean('free-2', key({ path: '/clean' }));
  await test.settle();
  await resources.clean('free-2', key({ path: '/clean' }));
  expect((await test.resource('free-2')).status).toBe('available');
});
