import type { ServerResponse } from 'node:http';
import type { Change } from '../../src/domain/change';
import { webhookSender } from '../../src/outbound/webhook-sender';
import { prune, RETENTION } from '../../src/service/installation/housekeeping';
import { makeJob, type Job } from '../../src/service/jobs/jobs';
import { Webhooks, type WebhookInput } from '../../src/service/webhooks/webhooks';
import { somebody, TestClock, TestEngine } from '../helpers/engine';
import { Receiver } from '../helpers/webhook-receiver';
import { aUser } from '../store/rows';

/** Events reach receivers on this machine, which check signatures as a user of the library would. */

const NO_CALL = { requestId: null, idempotencyKey: null };
const admin = somebody('ada', 'admin');
const PAGE = { after: null, limit: 100 };

let engine: TestEngine;
let job: Job;

const jobOf = ({ engine, drivers }: TestEngine): Job => {
  const log = { info: () => undefined, warn: () => undefined, error: fail };
  const sender = async () => webhookSender(['127.0.0.1']);
  return makeJob('webhooks', { engine, drivers, worker: 'test', log, sender });
};

function fail(fields: Record<string, unknown>): void {
  throw new Error(String(fields.err));
}

beforeEach(async () => {
  engine = await TestEngine.start({ clock: new TestClock(Date.now()) });
  for (const [name, role] of [
    ['ada', 'admin'],
    ['ann', 'user'],
  ] as const)
    await apply({
      do: 'createUser',
      user: { ...aUser(`user-${name}`), email: name, username: name, role },
    });
  job = jobOf(engine);
});

afterEach(() => job.idle());

async function apply(...changes: Change[]): Promise<void> {
  await engine.engine.store.transact({ load: 'classes', classIds: [] }, () => ({
    changes,
    value: null,
  }));
}

/** Appends an event about a reservation; gives its number. */
async function happen(reservationId: string | null = null, userId = 'user-ann'): Promise<number> {
  await apply({ do: 'append', event: { type: 'lease.lost', reservationId, userId } });
  return engine.engine.store.read.lastSeq();
}

async function hook(
  receiver: Receiver,
  input: Partial<WebhookInput> = {},
  by = admin,
): Promise<string> {
  const { webhook, secret } = await new Webhooks(engine.engine).create(
    by,
    { url: receiver.url, types: ['lease.lost'], ...input },
    NO_CALL,
  );
  receiver.secret = secret!;
  return webhook.id;
}

const states = async (id: string) =>
  (await engine.engine.store.read.deliveries(id, PAGE)).map(({ state, tries }) => [state, tries]);

/** Resolves when no delivery of a webhook has this state. */
async function without(id: string, state: string): Promise<void> {
  const { store } = engine.engine;
  await new Promise<void>((resolve) => {
    const look = async () => {
      const { length } = (await states(id)).filter(([each]) => each === state);
      if (length > 0) return;
      stop();
      resolve();
    };
    const stop = store.onChange(() => void look());
    void look();
  });
}

test('an event arrives signed, as the API shows it, with the rights of its user', async () => {
  const [all, own] = [await Receiver.start(), await Receiver.start()];
  const id = await hook(all);
  await hook(own, {}, somebody('ann'));
  const seqs = [await happen('v1'), await happen('v2', 'user-ada')];
  await job.runOnce();
  await Promise.all([all.has(2), own.has(1)]);
  expect(all.seqs.sort()).toEqual(seqs);
  expect(own.got).toMatchObject([
    { body: { seq: seqs[0], type: 'lease.lost', reservation: 'v1' } },
  ]);
  await without(id, 'pending');
  expect(await states(id)).toEqual([
    ['delivered', 1],
    ['delivered', 1],
  ]);
  await job.runOnce();
  expect(all.got).toHaveLength(2);
});

test('a later event of a reservation waits for the earlier one; others do not', async () => {
  const receiver = await Receiver.start();
  Object.assign(receiver, {
    answer: (res: ServerResponse, count: number) =>
      void res.writeHead(count === 1 ? 500 : 204).end(),
  });
  const id = await hook(receiver);
  const [first, second] = [await happen('v1'), await happen('v1')];
  await job.runOnce();
  await receiver.has(1);
  const other = await happen('v2');
  await job.runOnce();
  await receiver.has(2);
  expect(receiver.seqs).toEqual([first, other]);
  engine.clock.advance(6_001);
  await job.runOnce();
  await receiver.has(4);
  expect(receiver.seqs).toEqual([first, other, first, second]);
  expect(receiver.got[0]!.id).toBe(receiver.got[2]!.id);
  await without(id, 'pending');
});

test('whoever dies between the row and the call leaves a delivery that is sent by the next', async () => {
  const receiver = await Receiver.start();
  const id = await hook(receiver);
  const seqs = [await happen('v1'), await happen('v1')];
  const { engine: core, drivers } = engine;
  const log = { info: () => undefined, warn: () => undefined, error: fail };
  const called = new Promise<void>((resolve) => {
    const dying = {
      send: () => (resolve(), new Promise<never>(() => undefined)),
      close: async () => {},
    };
    const lost = makeJob('webhooks', {
      engine: core,
      drivers,
      worker: 'x',
      log,
      sender: async () => dying,
    });
    void lost.runOnce();
  });
  await called;
  expect(await states(id)).toEqual([
    ['pending', 0],
    ['pending', 1],
  ]);
  await job.runOnce();
  expect(receiver.got).toEqual([]);
  engine.clock.advance(30_000);
  await job.runOnce();
  await receiver.has(2);
  expect(receiver.seqs).toEqual(seqs);
});

test('410 disables a webhook, with an event', async () => {
  const receiver = await Receiver.start((res) => void res.writeHead(410).end());
  const id = await hook(receiver);
  await happen();
  await job.runOnce();
  await receiver.has(1);
  await without(id, 'pending');
  expect(await engine.engine.store.read.webhook(id)).toMatchObject({ state: 'disabled' });
  const { found } = await engine.engine.store.read.events(
    { types: ['webhook.disabled'] },
    { after: null, limit: 9, order: 'asc' },
  );
  expect(found).toMatchObject([{ actorName: 'webhooks', data: { webhook: id } }]);
});

test('a receiver that never answers delays none of nine others', async () => {
  const dead = await Receiver.start(() => undefined);
  await hook(dead, {}, somebody('ann'));
  const others: Receiver[] = [];
  for (let count = 0; count < 9; count += 1) others.push(await Receiver.start());
  for (const each of others) await hook(each);
  for (let count = 0; count < 20; count += 1) await happen(`v${count}`);
  await job.runOnce();
  await Promise.all(others.map((each) => each.has(20)));
  expect(dead.got.length).toBeLessThanOrEqual(4);
});

test('a test reaches its webhook alone; events are sent again when somebody asks', async () => {
  const [one, two] = [await Receiver.start(), await Receiver.start()];
  const id = await hook(one);
  await hook(two);
  const seq = await happen();
  await job.runOnce();
  await Promise.all([one.has(1), two.has(1)]);
  await without(id, 'pending');
  const webhooks = new Webhooks(engine.engine);
  await webhooks.test(admin, id, NO_CALL);
  await job.runOnce();
  await one.has(2);
  await webhooks.replay(admin, id, { from: seq, to: seq }, NO_CALL);
  await job.runOnce();
  await one.has(3);
  expect(one.got.map(({ body }) => body.type)).toEqual([
    'lease.lost',
    'webhook.tested',
    'lease.lost',
  ]);
  expect(one.got[2]!.id).toBe(one.got[0]!.id);
  expect(two.got).toHaveLength(1);
});

test('without a webhook, a pass reads one empty list and writes nothing', async () => {
  await happen();
  const { read } = engine.engine.store;
  const reads = [jest.spyOn(read, 'events'), jest.spyOn(read, 'lastSeq')];
  const before = engine.engine.store.rowsWritten();
  expect(await job.runOnce()).toBeNull();
  expect(engine.engine.store.rowsWritten()).toBe(before);
  for (const each of reads) expect(each).not.toHaveBeenCalled();
});

test('finished deliveries are forgotten in time; those of a deleted webhook at once', async () => {
  const [kept, gone] = [await Receiver.start(), await Receiver.start()];
  const [first, second] = [await hook(kept), await hook(gone)];
  await happen();
  await job.runOnce();
  await Promise.all([first, second].map((id) => without(id, 'pending')));
  await Promise.all([kept.has(1), gone.has(1)]);
  await new Webhooks(engine.engine).delete(admin, second);
  const counts = async () => [(await states(first)).length, (await states(second)).length];
  await prune(engine.engine);
  expect(await counts()).toEqual([1, 0]);
  engine.clock.advance(RETENTION.operations + 1);
  await prune(engine.engine);
  expect(await counts()).toEqual([0, 0]);
});
