import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Holdfast } from '../../src/client';
import { PASSWORD, TestServer, type Caller } from '../helpers/server';
import { Agent, type Loan } from './agent';

const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 2 }]';
/** Long enough for every call of a test, in ms. */
const NEVER = 60_000;
const BEGIN = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'a', version: '1' },
  },
};
const ACCEPT = 'application/json, text/event-stream';

async function start(mcpIdle = NEVER): Promise<TestServer> {
  return TestServer.start({ pools: POOLS, mcpIdle });
}

const tokenOf = (caller: Caller) => caller.headers.Authorization!.split(' ')[1]!;

async function connect(server: TestServer, caller: Caller) {
  const transport = new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), {
    requestInit: { headers: { ...caller.headers } },
  });
  return { agent: await Agent.connect(transport), transport };
}

async function live(caller: Caller): Promise<string[]> {
  const { body } = await caller.get('/v1/reservations');
  const items = body.items as { id: string; status: string }[];
  return items.filter(({ status }) => status !== 'ended').map(({ id }) => id);
}

/** Resolves when a reservation has ended. */
async function ended(server: TestServer, caller: Caller, id: string): Promise<void> {
  const holdfast = new Holdfast({ url: server.url, token: tokenOf(caller) });
  for await (const { type, reservation } of holdfast.events.follow({
    since: new Date(0).toISOString(),
  }))
    if (type === 'reservation.ended' && reservation === id) return;
}

test('an agent lists the tools, waits, borrows, extends and releases, in its own name', async () => {
  const server = await start();
  const [ann, admin] = [await server.user('ann'), await server.admin()];
  const { agent } = await connect(server, ann);
  const { tools } = await agent.client.listTools();
  expect(tools.map(({ name }) => name)).not.toContain('run_in_loan');
  expect(tools).toHaveLength(6);
  const both = await agent.borrow({ items: [{ pool: 'lab', count: 2 }] });
  const places: (string | undefined)[] = [];
  const answer = await agent.ask('borrow', { items: [{ pool: 'lab' }], wait: '50ms' }, (heard) =>
    places.push(heard.message),
  );
  expect(places[0]).toMatch(/^Place 1 in the queue\. /);
  const queued = answer.structuredContent as unknown as Loan;
  const waiting = agent.call<Loan>('wait', { id: queued.id });
  await agent.call('release', { id: both.id });
  await server.test.settle();
  const loan = await waiting;
  expect(loan.status).toBe('active');
  const later = await agent.call<Loan>('extend', { id: loan.id, by: '10m' });
  expect(Date.parse(later.endsAt) - Date.parse(loan.endsAt)).toBe(600_000);
  await agent.call('release', { id: loan.id });
  expect(await live(ann)).toEqual([]);
  const { body } = await admin.get(`/v1/events?reservation=${loan.id}&type=reservation.extended`);
  expect(body.items).toMatchObject([
    { address: '127.0.0.1', actor: { kind: 'token', id: ann.userId } },
  ]);
});

test('a client that would speak a later version first begins a session all the same', async () => {
  const server = await start();
  const ann = await server.user('ann');
  const client = new Client(
    { name: 'modern', version: '1' },
    { versionNegotiation: { mode: 'auto' } },
  );
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), {
      requestInit: { headers: { ...ann.headers } },
    }),
  );
  expect((await client.listTools()).tools).toHaveLength(6);
  expect(await server.sessions!.count()).toBe(1);
  await client.close();
});

test('an agent whose token lacks the scope secrets never receives a password', async () => {
  const server = await start();
  const ann = await server.user('ann');
  const { agent } = await connect(server, ann);
  const loan = await agent.borrow({ items: [{ pool: 'lab', count: 2 }] });
  await agent.call('wait', { id: loan.id });
  await agent.call('extend', { id: loan.id, by: '1m' });
  await agent.call('my_loans');
  const { body } = await ann.get(`/v1/reservations/${loan.id}`);
  const held = body.resources as Loan['resources'];
  expect(held).toHaveLength(2);
  for (const { credentials } of held) {
    expect(agent.heard()).not.toContain(credentials!.password);
    expect(agent.heard()).toContain(credentials!.username);
  }
  expect(loan.secretsShown).toBe(false);
});

test('one whose token has it does', async () => {
  const server = await start();
  const ann = await server.user('ann', ['read', 'reserve', 'secrets']);
  const { agent } = await connect(server, ann);
  const loan = await agent.borrow();
  expect(loan.resources[0]!.credentials!.password).toMatch(/.{6,}/);
});

describe('a session that ends leaves no loan:', () => {
  test('it is deleted', async () => {
    const server = await start();
    const ann = await server.user('ann');
    const { agent, transport } = await connect(server, ann);
    await agent.borrow({ items: [{ pool: 'lab', count: 2 }] });
    await agent.ask('borrow', { items: [{ pool: 'lab' }], wait: '0s' });
    expect(await live(ann)).toHaveLength(2);
    await transport.terminateSession();
    expect(await live(ann)).toEqual([]);
    expect(await server.sessions!.count()).toBe(0);
  });

  test('its client is gone; one that is still followed lives on', async () => {
    const server = await start(3_000);
    const ann = await server.user('ann');
    const stays = await connect(server, ann);
    const kept = await stays.agent.borrow();
    const goes = await connect(server, ann);
    const lost = await goes.agent.borrow();
    await goes.transport.close();
    await ended(server, ann, lost.id);
    expect(await live(ann)).toEqual([kept.id]);
    expect(await server.sessions!.count()).toBe(1);
  });

  test('its token is revoked: nobody can follow it any more', async () => {
    const server = await start(3_000);
    const ann = await server.user('ann');
    const { agent } = await connect(server, ann);
    const { id } = await agent.borrow();
    const { headers } = await ann.post('/mcp').set('Accept', ACCEPT).send(BEGIN);
    const followed = await fetch(`${server.url}/mcp`, {
      headers: {
        ...ann.headers,
        Accept: 'text/event-stream',
        'Mcp-Session-Id': headers['mcp-session-id'] as string,
      },
    });
    const me = await ann.get('/v1/me');
    await ann.delete(`/v1/tokens/${me.body.apiTokenId as string}`).expect(204);
    expect(followed.status).toBe(200);
    expect(await followed.text()).toMatch(/^(:|$)/);
    // Nobody keeps the loan alive, so that it ends with its heartbeats.
    const basic = server.basic('ann@example.org', PASSWORD);
    expect(await live(basic)).toEqual([id]);
    await server.test.after(5_000);
    await server.test.expire();
    expect(await live(basic)).toEqual([]);
  });

  test('the server stops', async () => {
    const server = await start();
    const ann = await server.user('ann');
    const { agent } = await connect(server, ann);
    await agent.borrow();
    await server.sessions!.stop();
    expect(await live(ann)).toEqual([]);
    const again = await ann.post('/mcp').set('Accept', ACCEPT).send(BEGIN);
    expect(again.status).toBe(503);
  });
});

describe('a call is refused', () => {
  let server: TestServer;
  let ann: Caller;
  let session: string;

  beforeAll(async () => {
    server = await start();
    ann = await server.user('ann');
    session = await begun(ann);
  });

  async function begun(caller: Caller): Promise<string> {
    const { status, headers } = await caller.post('/mcp').set('Accept', ACCEPT).send(BEGIN);
    expect(status).toBe(200);
    return headers['mcp-session-id'] as string;
  }

  const PING = { jsonrpc: '2.0', id: 2, method: 'ping' };
  const ping = (caller: Caller, headers: Record<string, string> = {}) =>
    caller
      .post('/mcp')
      .set({ Accept: ACCEPT, 'Mcp-Session-Id': session, ...headers })
      .send(PING);

  test('of another user, and with another token of the same user', async () => {
    const eve = await server.user('eve');
    const { body } = await ann.post('/v1/tokens').send({ name: 'second' });
    expect((await ping(ann)).status).toBe(200);
    for (const caller of [eve, server.bearer(body.token as string), await server.admin()]) {
      expect((await ping(caller)).status).toBe(404);
      const headers = { 'Mcp-Session-Id': session, Accept: ACCEPT };
      expect((await caller.get('/mcp').set(headers)).status).toBe(404);
      expect((await caller.delete('/mcp').set(headers)).status).toBe(404);
    }
    expect((await ping(ann)).status).toBe(200);
  });

  test('with a password, without a credential, and without the scope read', async () => {
    const basic = server.basic('ann@example.org', PASSWORD);
    expect((await ping(basic)).status).toBe(401);
    expect((await ping(server.anybody)).status).toBe(401);
    expect((await ping(await server.user('rob', ['reserve']))).status).toBe(403);
  });

  test.each([
    ['http://evil.example', 403],
    ['http://rebound.example:8080', 403],
    ['null', 403],
    ['http://127.0.0.1.evil.example', 403],
    ['http://localhost:3000', 200],
  ])('by the origin of its page: %s gives %i', async (origin, status) => {
    // A page of a name that was made to point here calls under that name.
    const host = URL.canParse(origin) ? new URL(origin).host : 'localhost';
    expect((await ping(ann, { Origin: origin, Host: host })).status).toBe(status);
  });

  test.each<[string, number, (caller: Caller) => PromiseLike<{ status: number }>]>([
    ['no session', 400, (caller) => caller.post('/mcp').set('Accept', ACCEPT).send(PING)],
    ['an unknown session', 404, (caller) => ping(caller, { 'Mcp-Session-Id': 'x' })],
    ['an unknown version', 400, (caller) => ping(caller, { 'Mcp-Protocol-Version': '1999-01-01' })],
    ['no stream wanted', 406, (caller) => ping(caller, { Accept: 'application/json' })],
    [
      'a body that is no JSON',
      415,
      (caller) => caller.post('/mcp').set('Content-Type', 'text/plain').send('ping'),
    ],
    ['a list', 400, (caller) => caller.post('/mcp').set('Mcp-Session-Id', session).send([PING])],
    ['no JSON-RPC', 400, (caller) => caller.post('/mcp').send({ method: 'initialize' })],
    ['a text as id', 400, (caller) => caller.post('/mcp').send({ ...BEGIN, params: 'x' })],
    [
      'too long a body',
      413,
      (caller) => caller.post('/mcp').send({ ...BEGIN, more: 'x'.repeat(300_000) }),
    ],
    [
      'a second beginning',
      400,
      (caller) =>
        caller.post('/mcp').set({ Accept: ACCEPT, 'Mcp-Session-Id': session }).send(BEGIN),
    ],
    ['no session to follow', 400, (caller) => caller.get('/mcp').set('Accept', ACCEPT)],
    ['no session to end', 400, (caller) => caller.delete('/mcp')],
  ])('with %s', async (_what, status, send) => {
    const size = await server.sessions!.count();
    expect((await send(ann)).status).toBe(status);
    expect(await server.sessions!.count()).toBe(size);
  });

  test('to begin more sessions than a user may have; those of others may begin', async () => {
    const bob = await server.user('bob');
    for (let count = 0; count < 20; count += 1) await begun(bob);
    const { status, body } = await bob.post('/mcp').set('Accept', ACCEPT).send(BEGIN);
    expect([status, body.code]).toEqual([503, 'busy']);
    await begun(await server.user('cid'));
  });
});

describe('a tool is refused', () => {
  const item = { pool: 'lab' };
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['borrow', { items: [] }, /items/],
    ['borrow', { items: [{}] }, /must name a pool/],
    ['borrow', { items: [item], more: 1 }, /more/],
    ['borrow', { items: [{ pool: '__proto__' }] }, /not_found/],
    ['borrow', { items: [{ pool: 'lab', count: 1e9 }] }, /count/],
    ['borrow', { items: [{ pool: 'lab', count: 3 }] }, /unsatisfiable/],
    ['borrow', { items: [item], for: 'ever' }, /invalid: for/],
    ['borrow', { items: [item], for: '9999d' }, /durationSeconds/],
    ['borrow', { items: [item], wait: '11m' }, /invalid: A call waits/],
    ['borrow', { items: [item], wait: '-1s' }, /invalid: wait/],
    ['borrow', { items: [item], note: 'a\u0000b' }, /note/],
    ['borrow', { items: [item], priority: 99 }, /invalid: priority/],
    ['borrow', { items: [item], onBehalfOf: 'eve' }, /onBehalfOf/],
    ['wait', { id: '../users' }, /not_found/],
    ['extend', { id: 'x', by: '1m' }, /not_found/],
    ['release', { id: '' }, /id/],
    ['release', {}, /id/],
    ['run_in_loan', { id: 'x', command: ['true'] }, /run_in_loan/],
    ['constructor', {}, /constructor/],
  ])('%s with %j', async (name, given, told) => {
    const server = await start();
    const ann = await server.user('ann');
    const { agent } = await connect(server, ann);
    const text = await agent.ask(name, given).then(
      ({ isError, content }) => {
        expect(isError).toBe(true);
        return content[0]!.text;
      },
      (error: Error) => error.message,
    );
    expect(text).toMatch(told);
    expect(await live(ann)).toEqual([]);
    expect((await agent.call<{ pools: unknown[] }>('list_pools')).pools).toHaveLength(1);
  });
});
