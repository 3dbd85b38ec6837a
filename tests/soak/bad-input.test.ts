import { Agent, request } from 'node:http';
import type { Route } from '../../src/http/route';
import { TestServer } from '../helpers/server';
import { Rows, unsound } from './helpers/database';
import { BROKEN, mutationsOf, type Mutation } from './helpers/mutations';
import { BODIES } from './helpers/route-bodies';
import { say, soak } from './helpers/soak';

const POOLS = `
pools:
  - { name: lab, kind: vm, driver: simulated, size: 2, labels: { zone: x } }
  - { name: manual, kind: token, driver: simulated, sizing: manual }
`;
const JSON_TYPE = 'application/json';

interface Sent {
  method: string;
  path: string;
  text?: string;
  headers?: Record<string, string>;
}

interface Answered {
  status: number;
  type: string;
  text: string;
}

soak('bad input', () => {
  let server: TestServer;
  let rows: Rows;
  let token = '';
  const agent = new Agent({ keepAlive: true });

  beforeAll(async () => {
    server = await TestServer.start({ pools: POOLS, legacy: { mode: 'guarded' } });
    await server.admin();
    const { body } = await (await server.admin()).post('/v1/tokens').send({ name: 'all', scopes: ['read', 'reserve', 'self', 'admin', 'identity:write'] });
    token = body.token as string;
    rows = new Rows(server.test.dataDir);
  });

  afterAll(() => {
    agent.destroy();
    rows.close();
  });

  const routes = () => server.routes.filter(({ path }) => path.startsWith('/v1/'));
  const named = ({ method, path }: Route) => `${method} ${path}`;

  it('every route that takes a body has one here', () => {
    expect(routes().filter((route) => route.body).map(named).sort().filter((name) => !BODIES[name])).toEqual([]);
  });

  it('is refused by every route with a body, naming the field, and nothing is written', async () => {
    let tried = 0;
    const faults: string[] = [];
    for (const route of routes()) {
      const good = BODIES[named(route)];
      const path = await pathOf(route);
      for (const mutation of route.body && good ? mutationsOf(good()) : BROKEN) {
        for (const key of [undefined, `key-${tried}`]) {
          if (route.method === 'get' && mutation.text !== '') continue;
          tried += 1;
          faults.push(...(await judged(route, mutation, { method: route.method, path, text: mutation.text, headers: { 'Content-Type': JSON_TYPE, ...(key ? { 'Idempotency-Key': key } : {}) } })));
        }
      }
    }
    say(`bad input: ${tried} bodies`);
    expect(faults.slice(0, 40)).toEqual([]);
    expect(unsound(rows)).toEqual([]);
  });

  it('is refused in paths, queries and headers', async () => {
    const faults: string[] = [];
    const odd = ['%00', '%FF', '%E0%A4%A', '..%2F..', 'x'.repeat(3_000), '%F0%9F%92%A9', "'; drop table users; --".replace(/ /g, '%20'), '%ED%A0%80'];
    const queries = ['nosuch=1', 'limit=0', 'limit=1e9', 'limit=x', 'limit=1&limit=2', 'cursor=%00', `cursor=${'A'.repeat(500)}`, 'wait=-1', 'wait=99999999999', '__proto__=1', '%=%', 'limit[]=1'];
    const headers: Record<string, string>[] = [{ 'If-Match': 'W/"1"' }, { 'If-Match': '"abc"' }, { 'Idempotency-Key': 'a b' }, { 'Idempotency-Key': 'x'.repeat(300) }, { Prefer: 'wait=99999999999999999999' }, { Authorization: 'Basic !!!' }, { Authorization: 'Bearer' }, { 'Content-Type': 'text/xml' }, { 'Content-Type': 'application/json; charset=utf-7' }, { 'Content-Encoding': 'gzip' }];
    for (const route of routes()) {
      const harmless = { what: '', text: '', refused: false };
      for (const part of odd) if (route.path.includes('{')) faults.push(...(await judged(route, { ...harmless, what: `path ${part.slice(0, 12)}` }, { method: route.method, path: route.path.replace(/\{\w+\}/, part) })));
      for (const query of queries) faults.push(...(await judged(route, { ...harmless, what: `query ${query.slice(0, 30)}` }, { method: route.method, path: `${await pathOf(route)}?${query}`, text: route.body ? '{}' : undefined, headers: route.body ? { 'Content-Type': JSON_TYPE } : {} })));
      for (const header of headers) faults.push(...(await judged(route, { ...harmless, what: JSON.stringify(header) }, { method: route.method, path: await pathOf(route), text: route.method === 'get' ? undefined : '{"a":1}', headers: { 'Content-Type': JSON_TYPE, ...header } })));
    }
    expect(faults.slice(0, 40)).toEqual([]);
    expect(unsound(rows)).toEqual([]);
  });

  /** What is wrong with the answer, in sentences. */
  async function judged(route: Route, { what, refused }: Mutation, sent: Sent): Promise<string[]> {
    const before = JSON.stringify(rows.sizes());
    const { status, type, text } = await send(sent);
    const fault = (why: string) => `${named(route)}, ${what}: ${why} (${status} ${text.slice(0, 200)})`;
    if (status >= 500) return [fault('a fault of ours')];
    if (/ at .*\.[jt]s:\d/.test(text)) return [fault('shows a stack')];
    if (status < 400) return refused && route.body && status !== 304 ? [fault('was taken')] : [];
    if (!type.startsWith('application/problem+json')) return [fault('is no problem')];
    const { code, field } = JSON.parse(text) as { code: string; field?: string };
    if (code === 'invalid' && field === undefined) return [fault('names no field')];
    return JSON.stringify(rows.sizes()) === before ? [] : [fault(`wrote something: ${before} ${JSON.stringify(rows.sizes())}`)];
  }

  /** The path with things that exist in it; made anew where the last call has used it up. */
  async function pathOf({ path }: Route): Promise<string> {
    if (path.startsWith('/v1/pools/')) return path.replace('{name}', 'lab');
    if (path.startsWith('/v1/resources/')) return path.replace('{id}', 'lab-1');
    if (path.startsWith('/v1/users/')) return path.replace('{id}', (await (await server.admin()).get('/v1/me')).body.id as string);
    return path.replace(/\{\w+\}/, 'x');
  }

  function send({ method, path, text, headers = {} }: Sent): Promise<Answered> {
    const { hostname, port } = new URL(server.url);
    const auth = { Authorization: `Bearer ${token}` };
    return new Promise((resolve, reject) => {
      const length = text === undefined ? {} : { 'Content-Length': Buffer.byteLength(text) };
      const outgoing = request({ agent, hostname, port, method: method.toUpperCase(), path, headers: { ...auth, ...length, ...headers } }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => resolve({ status: response.statusCode!, type: response.headers['content-type'] ?? '', text: Buffer.concat(parts).toString() }));
      });
      outgoing.on('error', reject);
      outgoing.end(text);
    });
  }
});
