import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { takesKey, type Route } from '../../src/http/route';
import { FakeGithub } from '../helpers/github';
import { LegacyServer, REPORTS } from '../helpers/legacy';
import { SETUP_TOKEN } from '../helpers/server';
import { TestClock } from '../helpers/engine';
import { apiOf, nameOf, sentenceOf } from './helpers/apis';
import { Rows, unsound } from './helpers/database';
import { BROKEN, mutationsOf, type Mutation } from './helpers/mutations';
import { ODD_HEADERS, oddPaths, oddQueries } from './helpers/odd-parts';
import { PlainCaller, type PlainAnswer, type PlainCall } from '../helpers/plain-caller';
import { bodyOf } from '../helpers/route-bodies';
import { say, soak } from './helpers/soak';

const POOLS = `
pools:
  - { name: lab, kind: vm, driver: simulated, size: 2, labels: { zone: x } }
  - { name: manual, kind: token, driver: simulated, sizing: manual }
  - { name: free, kind: account, driver: simulated, types: [{ name: free }], size: 1 }
  - { name: alpine, kind: container, driver: simulated, settings: { opensAccess: true }, size: 2 }
  - { name: vms, kind: vm, driver: simulated, types: [{ name: small }], size: 3, lease: { openEnded: true } }
  - { name: tokens, kind: token, driver: simulated, settings: { leavesNothing: true }, sizing: manual,
      lease: { default: never, openEnded: true, heartbeat: 60s, idleExpiry: 5m } }
`;
const JSON_TYPE = 'application/json';

/**
 * Fields that take several types: durations, values that a driver or a holder interprets, and texts
 * for people.
 */
const MANY_TYPES = new RegExp(
  '^(' +
    [
      String.raw`lease\.(default|maximum)`,
      String.raw`cleaning\.(backoff|deadline)`,
      String.raw`(verification|rotation)\.interval`,
      'settings',
      String.raw`types\[0\]\.(spec|share)`,
      'durationSeconds',
      'expiresInSeconds',
    ].join('|') +
    ')',
);
/** By contract, the legacy APIs word these errors without the name of the field that was sent. */
const CONTRACTS = new RegExp(
  '^(' +
    [
      'Invalid (VM|user|token id)',
      'User with same email .*',
      'VM not available for use.*',
      String.raw`Only \d+ containers available`,
      String.raw`X-Request-ID is to be a UUID\.`,
      'There is no account type .*',
    ].join('|') +
    ')$',
);
/** Parameters whose errors are reported after those of another. */
const FIRST_ANOTHER = ['get /v1/auth/github/callback'];

/** The expected answer to something bad. */
interface Expected {
  what: string;
  /** Must it be refused? */
  refused: boolean;
  /** The field that must be named. */
  at?: string;
}

soak('bad input', () => {
  let server: LegacyServer;
  let rows: Rows;
  let token = '';
  let userId = '';
  const caller = new PlainCaller();

  beforeAll(async () => {
    const clock = new TestClock();
    server = await LegacyServer.start({
      mode: 'guarded',
      pools: POOLS,
      clock,
      github: (await FakeGithub.start(clock)).setup(),
    });
    const admin = await server.admin();
    const { body } = await admin
      .post('/v1/tokens')
      .send({ name: 'all', scopes: ['read', 'reserve', 'self', 'admin', 'identity:write'] });
    [token, userId] = [body.token as string, body.userId as string];
    await server.anybody
      .post('/user')
      .send({ setupToken: SETUP_TOKEN, name: 'user1', email: 'user1@email.com', password: 'user1' })
      .expect(201);
    // The one job that does not run here.
    await server.test.engine.store.beat('prune');
    rows = new Rows(server.test.dataDir);
  });

  afterAll(async () => {
    caller.close();
    rows.close();
    await server.stop();
  });

  const routes = () => server.server.routes;

  it('is refused by every route with a body, which names the field and writes nothing', async () => {
    const faults: string[] = [];
    let tried = 0;
    for (const route of routes()) {
      for (const mutation of bodiesFor(route)) {
        const keys: Record<string, string>[] = takesKey(route)
          ? [{}, { 'Idempotency-Key': `key-${tried}` }]
          : [{}];
        for (const headers of keys) {
          tried += 1;
          const expected = {
            what: mutation.what,
            refused: mustRefuse(route, mutation),
            at: mutation.at,
          };
          faults.push(
            ...(await judged(route, expected, {
              method: route.method,
              path: pathOf(route),
              body: mutation.text,
              headers: { 'Content-Type': JSON_TYPE, ...headers },
            })),
          );
        }
      }
    }
    say(`bad input: ${tried} bodies to ${routes().length} routes`);
    expect(faults.slice(0, 40)).toEqual([]);
  });

  it('is refused in paths, queries and headers', async () => {
    const faults: string[] = [];
    let tried = 0;
    for (const route of routes()) {
      const body = route.body ? JSON.stringify(bodyOf(route)) : undefined;
      const good = pathOf(route);
      const parts = [
        ...oddPaths(route, good),
        ...oddQueries(route),
        ...ODD_HEADERS.map((headers) => ({ what: JSON.stringify(headers).slice(0, 60), headers })),
      ];
      for (const { what, path = good, query, headers, at, refused = false } of parts.map(
        (part) => ({
          path: undefined,
          query: undefined,
          headers: undefined,
          at: undefined,
          refused: undefined,
          ...part,
        }),
      )) {
        tried += 1;
        const sent = {
          method: route.method,
          path: query === undefined ? path : `${path}?${query}`,
          body,
          headers: { ...(body === undefined ? {} : { 'Content-Type': JSON_TYPE }), ...headers },
        };
        faults.push(...(await judged(route, { what, refused, at }, sent)));
      }
    }
    say(`bad input: ${tried} paths, queries and headers`);
    expect(faults.slice(0, 40)).toEqual([]);
  });

  it('is refused in a credential in the body', async () => {
    const faults: string[] = [];
    for (const route of routes().filter((each) => apiOf(each) === 'VM reservation' && each.body)) {
      const good = bodyOf(route);
      for (const { what, at, text } of mutationsOf({ auth: good.auth }).filter((mutation) =>
        mutation.at?.startsWith('auth'),
      )) {
        if (what === 'auth.userid is a text' || !what.includes(' is ')) continue;
        const sent = {
          method: route.method,
          path: pathOf(route),
          body: text,
          headers: { 'Content-Type': JSON_TYPE, Authorization: '' },
        };
        faults.push(...(await judged(route, { what, at, refused: true }, sent)));
      }
    }
    expect(faults.slice(0, 40)).toEqual([]);
  });

  it('is not unpacked without limit', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20, ' '));
    for (const route of routes().filter(({ body }) => body)) {
      const sent = {
        method: route.method,
        path: pathOf(route),
        body: bomb,
        headers: { 'Content-Type': JSON_TYPE, 'Content-Encoding': 'gzip' },
      };
      expect(await judged(route, { what: 'a bomb', refused: true }, sent)).toEqual([]);
    }
  });

  it('leaves a sound database', async () => {
    await server.stopJobs();
    expect(unsound(rows)).toEqual([]);
  });

  /** v1 refuses every field that it does not know, and every type but the documented one. */
  function mustRefuse(route: Route, { kind, what, at = '' }: Mutation): boolean {
    if (kind === 'odd') return false;
    // A call that takes no body does not read one; some legacy calls read only their credential.
    if (kind === 'broken') return what !== 'nothing';
    if (apiOf(route) !== 'v1') return kind === 'unfit';
    // In a merge patch, null removes a label.
    if (
      nameOf(route) === 'patch /v1/pools/{name}' &&
      at.startsWith('labels.') &&
      what.endsWith(' null')
    )
      return false;
    return kind === 'unknown'
      ? !at.startsWith('settings')
      : kind === 'unfit' || !MANY_TYPES.test(at);
  }

  /** The faults of the answer, in sentences. */
  async function judged(
    route: Route,
    { what, refused, at }: Expected,
    sent: PlainCall,
  ): Promise<string[]> {
    const [before, seq] = [tables(), await server.test.engine.store.read.lastSeq()];
    const { status, type, text } = await send(route, sent);
    const fault = (why: string) => [
      `${nameOf(route)}, ${what}: ${why} (${status} ${text.slice(0, 200)})`,
    ];
    if (status >= 500) return fault('a fault of ours');
    if (/ at .*\.[jt]s:\d/.test(text)) return fault('shows a stack');
    if (status < 400) {
      if (route.method !== 'get' || route.formatError) await calm();
      return refused && status !== 304 ? fault('was taken') : [];
    }
    // Where no route exists, v1 answers.
    const sentence =
      sentenceOf(apiOf(route), type, text) ??
      (status === 404 ? sentenceOf('v1', type, text) : null);
    if (sentence === null) return fault('is no refusal of its API');
    if (!FIRST_ANOTHER.includes(nameOf(route)) && !namesField(status, type, text, sentence, at))
      return fault(`does not name ${at ?? 'a field'}`);
    const written = (await server.test.engine.store.read.eventsAfter(seq, 1000)).filter(
      (event) => !REPORTS.includes(event.type),
    );
    return tables() === before && written.length === 0
      ? []
      : fault(
          `wrote something: ${before} ${tables()} ${written.map((event) => event.type).join()}`,
        );
  }

  function send(route: Route, { headers = {}, ...sent }: PlainCall): Promise<PlainAnswer> {
    const own = {
      Authorization: `Bearer ${token}`,
      ...(apiOf(route) === 'Identities' ? { 'X-Request-ID': randomUUID() } : {}),
    };
    return caller.send(server.server.url, { ...sent, headers: { ...own, ...headers } });
  }

  /** Resolves when the jobs have done what the last call asked for. */
  async function calm(): Promise<void> {
    const sql =
      "select count(*) from resources where status in ('provisioning', 'dirty', " +
      "'cleaning', 'destroying')";
    await server.test.reconcile();
    await server.until('calm', async () => rows.count(sql) === 0);
    // A deleted pool goes with its last resource.
    await server.test.reconcile();
  }

  /** How many rows exist in tables that jobs do not touch by themselves. */
  function tables(): string {
    const {
      operations: _o,
      events: _e,
      credentials: _c,
      job_heartbeats: _j,
      class_counts: _l,
      webhook_deliveries: _w,
      ...sizes
    } = rows.sizes();
    return JSON.stringify(sizes);
  }

  /** The path with existing ids filled in. */
  function pathOf({ path }: Route): string {
    const known: Record<string, string> = {
      '/v1/pools/': 'lab',
      '/v1/resources/': 'lab-1',
      '/v1/users/': userId,
      '/accounts/': userId,
      '/user/id/': '1',
      '/vmdetails/id/': '1',
      '/checkout_vm/': '1',
    };
    const [, id = 'x'] = Object.entries(known).find(([start]) => path.startsWith(start)) ?? [];
    return path.replace(/\{\w+\}/, id);
  }
});

/**
 * Does the refusal name the wrong field? Only if one is wrong: the call may be refused for what it
 * asks.
 */
function namesField(
  status: number,
  type: string,
  text: string,
  sentence: string,
  at: string | undefined,
): boolean {
  if (type.startsWith('application/problem+json')) {
    const { code, field } = JSON.parse(text) as { code: string; field?: string };
    if (code !== 'invalid') return true;
    return (
      field !== undefined &&
      (at === undefined ||
        ['body', 'request'].includes(field) ||
        field.startsWith(at) ||
        at.startsWith(field) ||
        (parentOf(at) !== null && parentOf(field) === parentOf(at)))
    );
  }
  if (status !== 400 || at === undefined || CONTRACTS.test(sentence)) return true;
  const [first = ''] = at.split(/[.[]/);
  return sentence.includes(first) || /^(The body|body)/.test(sentence);
}

/** Two fields may contradict each other: then either may be named. */
function parentOf(path: string): string | null {
  const [, parent] = /^(.+)\.\w+$/.exec(path) ?? [];
  return parent ?? null;
}

/** A route without a body refuses any; those of the legacy APIs ignore it, as the originals do. */
function bodiesFor(route: Route): Mutation[] {
  if (route.body) return mutationsOf(bodyOf(route));
  return route.ignoresUnread ? [] : BROKEN;
}
