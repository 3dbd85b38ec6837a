import { randomUUID } from 'node:crypto';
import type { Event } from '../../src/domain/event';
import type { Route } from '../../src/http/route';
import { JOB_NAMES, makeJob, type JobName } from '../../src/service/jobs/jobs';
import { LegacyServer } from '../helpers/legacy';
import { PASSWORD, SETUP_TOKEN, TestServer } from '../helpers/server';
import { somebody, TestEngine } from '../helpers/engine';
import { ACCESS, ACCESS_POOLS, type AccessRow, type Ground } from '../soak/helpers/access-rows';

const POOLS = `${ACCESS_POOLS}
  - { name: beating, kind: token, driver: simulated, size: 2, lease: { heartbeat: 60s } }
  - { name: ours, kind: account, driver: simulated, size: 1, simulate: true }
`;

/** Routes that may write and leave no event, and why. */
const QUIET: Record<string, string> = {
  'delete /v1/session': 'a token is no session; tests/http/sessions.test.ts calls it in one',
  'post /v1/setup': 'the server has an admin already; the test below calls it in time',
};

/** Rows on which the route changes something for certain, instead of those of the table. */
const CHANGING: Record<string, Partial<AccessRow>> = {
  'patch /v1/resources/{id}': { body: () => ({ adminState: 'maintenance', reason: 'fan' }) },
  'post /v1/reservations/{id}/heartbeat': {
    thing: async ({ owner }) => {
      const request = { items: [{ pool: 'beating' }] };
      const { body } = await owner.post('/v1/reservations').send(request).expect(201);
      return { id: body.id as string };
    },
  },
  'post /v1/resources/{id}/unquarantine': {
    thing: async () => {
      const { id } = await server.test.resource('beating-2');
      await server.test.engine.store.transact({ load: 'classes', classIds: [] }, () => ({
        changes: [{ do: 'setResource', id, set: { status: 'quarantined' } }],
        value: null,
      }));
      return { id };
    },
  },
  'post /v1/resources/{id}/credential': { thing: async () => ({ id: 'ours-1' }) },
  ...Object.fromEntries(
    ['post /create_resource_pool', 'patch /create_resource_pool', 'post /resizevmpool'].map(
      (name) => [name, { body: (made: number) => ({ pool_size: 100 + made }) }],
    ),
  ),
};

const nameOf = ({ method, path }: Route) => `${method} ${path}`;
/** Of the GETs, only these write: those that say so, and GitHub's redirect. */
const writes = ({ method, changes }: Route) => method !== 'get' || changes === true;

let server: LegacyServer;
let ground: Ground;
let made = 0;

beforeAll(async () => {
  server = await LegacyServer.start({ mode: 'guarded', pools: POOLS });
  const owner = await server.user('owner');
  ground = { server, admin: await server.admin(), owner };
});

afterAll(() => server.stop());

test('every route that writes leaves an event of its caller, with the call and the address', async () => {
  const silent: string[] = [];
  for (const route of server.server.routes.filter(writes))
    if ((await eventsOf(route)).length === 0) silent.push(nameOf(route));
  expect(silent.sort()).toEqual(Object.keys(QUIET).sort());
});

/** The events of one call of a route by somebody who may. */
async function eventsOf(route: Route): Promise<Event[]> {
  made += 1;
  const row = { ...ACCESS[nameOf(route)]!, ...CHANGING[nameOf(route)] };
  const { id, owner = ground.owner } = (await row.thing?.(ground)) ?? { id: '' };
  const caller = row.may === 'admin' || row.may === 'shared' ? ground.admin : owner;
  const { read } = server.test.engine.store;
  const before = await read.lastSeq();
  const requestId = randomUUID();
  const query = row.query ? `?${row.query(made, id)}` : '';
  const call = caller[route.method](`${route.path.replace(/\{\w+\}/, id)}${query}`)
    .redirects(0)
    .set('X-Request-ID', requestId);
  const { status } = await (row.body ? call.send(row.body(made, id)) : call);
  expect({ route: nameOf(route), ok: status < 400 || nameOf(route) in QUIET }).toMatchObject({
    ok: true,
  });
  const events = (await read.eventsAfter(before, 1_000)).filter(
    (event) => event.requestId === requestId && event.actorKind !== 'job',
  );
  const { userId, apiTokenId } = (await caller.get('/v1/me')).body as Record<string, string>;
  const token = { actorToken: apiTokenId, ...(userId ? { actorId: userId } : {}) };
  for (const event of events)
    expect(event).toMatchObject({ actorKind: 'token', address: '127.0.0.1', ...token });
  return events;
}

/** The authors of the newest events of a type, as `kind name`. */
async function authorsOf({ engine }: TestEngine, type: Event['type']): Promise<string[]> {
  const events = await engine.store.read.eventsAfter(0, 100_000);
  return events
    .filter((event) => event.type === type)
    .map(({ actorKind, actorName }) => `${actorKind} ${actorName}`);
}

test('where nobody signs in, the route stands for the caller', async () => {
  const fresh = await TestServer.start();
  await fresh.admin();
  expect(await authorsOf(fresh.test, 'user.created')).toEqual(['system POST /v1/setup']);
});

test('a sign-in by password is a user; a legacy API in open mode is itself', async () => {
  const open = await LegacyServer.start({ mode: 'open', pools: POOLS, jobs: false });
  await open.user('ann');
  const byPassword = open.server.basic('ann@example.org', PASSWORD);
  await byPassword
    .post('/v1/reservations')
    .send({ items: [{ pool: 'open' }] })
    .expect(201);
  const named = { 'X-Request-ID': randomUUID() };
  await open.anybody.post('/account').set(named).send({ username: 'bob' }).expect(201);
  expect(await authorsOf(open.test, 'reservation.active')).toEqual(['user ann']);
  expect((await authorsOf(open.test, 'user.created')).at(-1)).toBe('legacy identities');
});

const JOB_POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 1,
      lease: { default: 60s }, rotation: { interval: 1h } }
`;

/** A type of event that each job leaves; null: why it leaves none. */
const OF_JOBS: Record<JobName, Event['type'] | { none: string }> = {
  expire: 'reservation.ended',
  reconcile: 'resource.status',
  verify: { none: 'a resource that is found well has not changed' },
  rotate: 'resource.rotated',
  prune: { none: 'it forgets, and events are among what it forgets' },
  webhooks: { none: 'it tells of events, and adds one only where it stops' },
};

test('every job is the author of its events', async () => {
  expect(Object.keys(OF_JOBS)).toEqual([...JOB_NAMES]);
  const test = await TestEngine.start({ pools: JOB_POOLS });
  const ann = somebody();
  await test.reserve(ann, { pool: 'lab' });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const { engine, drivers } = test;
  for (const ms of [60_000, 0, 0, 3_600_000, 0, 0]) {
    test.clock.advance(ms);
    for (const name of JOB_NAMES) {
      const job = makeJob(name, { engine, drivers, worker: `test/${name}`, log });
      await job.runOnce();
      await job.idle();
    }
  }
  for (const [name, type] of Object.entries(OF_JOBS))
    if (typeof type === 'string') expect(await authorsOf(test, type)).toContain(`job ${name}`);
});

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

test('an event of a job bears the ids of the call that it carries out', async () => {
  const pools = `
pools: [{ name: boxes, kind: container, driver: simulated, size: 1, settings: { opensAccess: true } }]`;
  const traced = await TestServer.start({ pools });
  const ann = await traced.user('ann');
  await ann
    .post('/v1/reservations')
    .set({ 'X-Request-ID': 'call-1', traceparent: TRACE })
    .send({ items: [{ pool: 'boxes' }] })
    .expect(202);
  const { engine, drivers } = traced.test;
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const job = makeJob('reconcile', { engine, drivers, worker: 'test', log });
  await job.runOnce();
  await job.idle();
  const events = await engine.store.read.eventsAfter(0, 1_000);
  const ofCall = { requestId: 'call-1', traceparent: TRACE };
  expect(events.find(({ type }) => type === 'reservation.preparing')).toMatchObject({
    ...{ actorKind: 'token', address: '127.0.0.1' },
    ...ofCall,
  });
  expect(events.find(({ type }) => type === 'reservation.active')).toMatchObject({
    ...{ actorKind: 'job', actorName: 'reconcile', address: null },
    ...ofCall,
  });
});

test.each([
  ['of another form', 'trace-1'],
  ['of no trace', TRACE.replace(/4bf\w+(?=-00f)/, '0'.repeat(32))],
  ['that breaks the line', `${TRACE}-\t`],
])('a traceparent %s is passed over', async (_, traceparent) => {
  const requestId = randomUUID();
  await ground.owner
    .post('/v1/tokens')
    .set({ 'X-Request-ID': requestId, traceparent })
    .send({ name: requestId, scopes: ['self'] })
    .expect(201);
  const events = await server.test.engine.store.read.eventsAfter(0, 100_000);
  expect(events.find((event) => event.requestId === requestId)).toMatchObject({
    type: 'token.created',
    traceparent: null,
  });
});

test('the secret of the first admin is in no event', async () => {
  const events = await server.test.engine.store.read.eventsAfter(0, 100_000);
  const text = JSON.stringify(events);
  for (const secret of [PASSWORD, SETUP_TOKEN, 'hf_']) expect(text).not.toContain(secret);
});
