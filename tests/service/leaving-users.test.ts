import { passwords } from '../../src/crypto/passwords';
import type { Principal } from '../../src/domain/people/user';
import { prune } from '../../src/service/installation/housekeeping';
import { Users } from '../../src/service/people/users';
import { Webhooks } from '../../src/service/webhooks/webhooks';
import { VmPeople } from '../../src/legacy/vms/people';
import { aDelivery, apply } from '../store/rows';
import { codeOf, somebody, TestEngine } from '../helpers/engine';

const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 2 }]';
const NO_CONTEXT = { requestId: null, idempotencyKey: null };
const hashes = passwords(Buffer.alloc(32, 1), { cost: 4 });

/** A user with a loan and a queued request. */
async function start() {
  const test = await TestEngine.start({ pools: POOLS });
  const users = new Users(test.engine, hashes, 'setup token');
  const id = await users.create({ name: 'Ann', email: 'ann@example.org' }, NO_CONTEXT);
  const ann: Principal = { ...somebody(), userId: id };
  const lent = await test.reserve(ann, { pool: 'lab', count: 2 });
  const queued = await test.reserve(ann, { pool: 'lab' });
  const ends = async () =>
    Promise.all([lent.id, queued.id].map(async (each) => (await test.view(ann, each)).endReason));
  return { test, users, ann, ends };
}

test('the reservations of a deleted user are ended by the job, whoever deleted the user', async () => {
  const { test, users, ann, ends } = await start();
  await users.delete(ann.userId);
  // The process that deleted the user may be gone by now.
  expect(await ends()).toEqual([null, null]);
  expect(await test.engine.store.read.leavingUsers(10)).toEqual([ann.userId]);
  await test.reconcile();
  expect(await ends()).toEqual(['revoked', 'revoked']);
  expect(await test.engine.store.read.leavingUsers(10)).toEqual([]);
});

test('a user whom the VM reservation API deletes loses everything, too', async () => {
  const { test } = await start();
  const people = new VmPeople(test.engine, hashes);
  await people.create({ name: 'v', email: 'v@b.org', password: 'v', role: 'user' }, null);
  const { user } = (await people.find(1))!;
  const vic = { ...somebody(), userId: user.id };
  const { id } = await test.reserve(vic, { pool: 'lab' });
  await people.clear();
  expect((await test.view(vic, id)).status).toBe('queued');
  await test.reconcile();
  expect(await test.view(vic, id)).toMatchObject({ status: 'ended', endReason: 'revoked' });
});

test('the webhooks of a deleted user go with their deliveries, whatever their state', async () => {
  const { test, users, ann } = await start();
  const webhooks = new Webhooks(test.engine);
  const made = async (by: Principal, state: 'active' | 'disabled') => {
    const input = { url: 'https://hooks.example.org', state };
    return (await webhooks.create(by, input, NO_CONTEXT)).webhook.id;
  };
  const ids = [await made(ann, 'active'), await made(ann, 'disabled')];
  const other = await users.create({ name: 'Bob', email: 'bob@example.org' }, NO_CONTEXT);
  const kept = await made({ ...somebody(), userId: other }, 'disabled');
  const { store } = test.engine;
  const delivery = aDelivery({ id: 'd1', webhookId: ids[0] });
  await apply(store, { do: 'putDelivery', delivery });
  await users.delete(ann.userId);
  await test.reconcile();
  await prune(test.engine);
  expect(await store.read.deliveries(ids[0]!, { after: null, limit: 9 })).toEqual([]);
  const left = await store.read.webhooks({ after: null, limit: 9 });
  expect(left.map(({ id }) => id)).toEqual([kept]);
  const { found } = await store.read.events(
    { types: ['webhook.deleted'], userId: ann.userId },
    { after: null, limit: 9, order: 'asc' },
  );
  expect(found.map(({ data }) => data.webhook)).toEqual(ids);
});

test('a request that was let in before the user was deleted is refused after it', async () => {
  const { test, users, ann } = await start();
  await users.delete(ann.userId);
  await test.reconcile();
  expect(await codeOf(test.reserve(ann, { pool: 'lab' }))).toBe('unauthenticated');
});

test('a request that was let in with a token is refused once the token is revoked', async () => {
  const { test, users, ann } = await start();
  const { id } = await users.createToken(ann, { name: 'ci' }, NO_CONTEXT);
  const withToken = { ...ann, apiTokenId: id };
  await test.reserve(withToken, { pool: 'lab' });
  await users.revokeToken(ann, id);
  expect(await codeOf(test.reserve(withToken, { pool: 'lab' }))).toBe('unauthenticated');
  await test.reserve(ann, { pool: 'lab' });
});
