import { readFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { staticDriver } from '../../src/drivers/static';
import { systemRandom } from '../../src/crypto/random';
import { parsePoolsFile } from '../../src/pools-file/parse';
import { Resources } from '../../src/service/lifecycle/resources';
import { callOf, newThing } from '../contracts/driver';
import { TestEngine, somebody } from '../helpers/engine';
import { whenDone } from '../helpers/cleanups';

/** What the contract leaves open: the check of a listed resource, and its way through the engine. */

const drivers = new Map([['static', staticDriver as never]]);
const pool = (rest: object) =>
  JSON.stringify({ pools: [{ name: 'lab', kind: 'host', driver: 'static', ...rest }] });
const parse = (rest: object) =>
  parsePoolsFile(pool(rest), { file: 'f', drivers, env: {} }).pools[0]!;

async function portOf(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const closed = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()));

/** A web server for one test; gives its address. */
async function web(handle: RequestListener): Promise<string> {
  const server = createHttp(handle);
  whenDone(() => {
    server.closeAllConnections();
    return closed(server);
  });
  return `http://127.0.0.1:${await portOf(server)}`;
}

function verify(check: object, fields: Record<string, string | number>) {
  const driver = staticDriver.create(staticDriver.settings.parse({ check }), {
    dataDir: '/nonexistent',
    installation: 'here',
    variables: {},
    random: systemRandom,
  });
  return driver.verify({ ...newThing('host'), fields, handle: 'h' }, null, callOf());
}

describe('a check', () => {
  it('over TCP finds out who answers, and names no address', async () => {
    const server = createServer((socket) => socket.destroy());
    const port = await portOf(server);
    const fields = { host: '127.0.0.1', port: String(port) };
    expect(await verify({ tcp: true }, fields)).toEqual({ ok: true });
    await closed(server);
    expect(await verify({ tcp: true }, fields)).toEqual({
      ok: false,
      reason: 'It does not answer (ECONNREFUSED).',
    });
  });

  it('over HTTP reads the status, at the url, a path there, or one address for all', async () => {
    const url = await web((request, response) => {
      response.statusCode = request.url === '/well' ? 204 : request.url === '/moved' ? 302 : 503;
      response.setHeader('location', '/well').end();
    });
    const [good, bad] = [{ ok: true }, { ok: false, reason: 'It answers with the status 503.' }];
    expect(await verify({ http: {} }, { url: `${url}/well` })).toEqual(good);
    expect(await verify({ http: {} }, { url })).toEqual(bad);
    expect(await verify({ http: { path: '/well' } }, { url })).toEqual(good);
    expect(await verify({ http: { path: '/well', status: 200 } }, { url })).toMatchObject({
      ok: false,
    });
    expect(await verify({ http: { url, status: 503 } }, {})).toEqual(good);
    expect(await verify({ http: { path: '/moved' } }, { url })).toMatchObject({ ok: false });
  });

  it('does not wait for ever', async () => {
    const url = await web(() => undefined);
    expect(await verify({ http: {}, timeoutMs: 20 }, { url })).toEqual({
      ok: false,
      reason: 'It did not answer in time.',
    });
  });
});

describe('a pools file', () => {
  it.each<[object, string]>([
    [{ settings: { check: {} }, resources: [] }, 'settings.check: must have either tcp or http'],
    [
      { settings: { check: { http: { url: 'file:///etc/passwd' } } }, resources: [] },
      'settings.check.http.url: must be an address like https://host/',
    ],
    [
      { settings: { check: { tcp: true } }, resources: [{ name: 'a', fields: { host: 'h' } }] },
      'resources[0].fields.port: ',
    ],
    [
      { settings: { check: { http: {} } }, resources: [{ name: 'a', fields: { url: 'h' } }] },
      'resources[0].fields.url: must be an address like https://host/',
    ],
    [{ size: 2 }, 'size: the driver static cannot create resources; list resources'],
  ])('%j is refused', (rest, problem) => {
    expect(() => parse(rest)).toThrow(`pools[0].${problem}`);
  });

  it('of docs/drivers.md can be read', () => {
    const page = readFileSync(join(__dirname, '../../docs/drivers.md'), 'utf8');
    const [, text] = /## static\n[^]*?```yaml\n([^]*?)```/.exec(page)!;
    const env = { CAD_EU_KEY: 'a', CAD_US_KEY: 'b', BENCH_1: 'c' };
    const { pools } = parsePoolsFile(text!, { file: 'drivers.md', drivers, env });
    expect(pools.map(({ name, size }) => [name, size])).toEqual([
      ['cad', 6],
      ['benches', 1],
    ]);
  });

  it('without a check lets resources say anything', () => {
    expect(parse({ resources: [{ name: 'a', fields: { colour: 'red' } }] }).size).toBe(1);
  });
});

it('a dead resource is not lent, and comes back by itself when it answers', async () => {
  const server = createServer((socket) => socket.destroy());
  const port = await portOf(server);
  const test = await TestEngine.start({
    factories: [staticDriver],
    pools: pool({
      settings: { check: { tcp: true } },
      cleaning: { retries: 1, backoff: '1s', backoffMaximum: '1s', quarantineRetry: '1m' },
      resources: [{ name: 'one', fields: { host: '127.0.0.1', port }, secrets: { key: 'x' } }],
    }),
  });
  const ann = somebody('ann');
  const loan = await test.reserve(ann, { pool: 'lab' });
  expect(loan.resources[0]).toMatchObject({ credentials: { key: 'x' }, rotates: false });
  await closed(server);
  await test.release(ann, loan.id);
  await test.settle();
  expect(await test.statuses('lab')).toEqual({ one: 'dirty' });
  await test.after(2_000);
  expect(await test.statuses('lab')).toEqual({ one: 'quarantined' });
  expect((await test.resource('one')).reason).toBe('It does not answer (ECONNREFUSED).');
  const waiting = await test.reserve(ann, { pool: 'lab' });
  expect(waiting.status).toBe('queued');
  const again = createServer((socket) => socket.destroy());
  await portOf(again, port);
  await test.after(61_000);
  expect((await test.view(ann, waiting.id)).status).toBe('active');
  await closed(again);
});

describe('where another driver cleans, a resource is only verified', () => {
  const start = () =>
    TestEngine.start({
      factories: [staticDriver],
      pools: pool({
        kind: 'account',
        resources: [{ name: 'one', secrets: { username: 'u', password: 'p' } }],
      }),
    });
  const NO_CONTEXT = { requestId: null, idempotencyKey: null };
  const ready = async (test: TestEngine) => {
    await test.settle();
    const { status, failures, cleanedAt } = await test.resource('one');
    expect({ status, failures, cleanedAt }).toEqual({
      status: 'available',
      failures: 0,
      cleanedAt: null,
    });
  };

  it('when it is listed, and at a start', async () => {
    const test = await start();
    await ready(test);
    const next = await test.restart();
    expect((await next.resource('one')).nextOperation).toBe('verify');
    await ready(next);
  });

  it('when an admin asks for a cleaning', async () => {
    const test = await start();
    await new Resources(test.engine).clean('one', NO_CONTEXT);
    await ready(test);
  });

  it('when an admin supplies a credential, which nobody can try', async () => {
    const test = await start();
    const secret = { username: 'u', password: 'new' };
    await new Resources(test.engine).giveCredential('one', secret, NO_CONTEXT);
    await ready(test);
    const { resources } = await test.reserve(somebody(), { pool: 'lab' });
    expect(resources[0]!.credentials).toEqual(secret);
  });
});
