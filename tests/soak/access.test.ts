import { PAGES } from '../../src/http/pages';
import type { Route } from '../../src/http/route';
import type { Scope } from '../../src/domain/people/user';
import { REPORTS, LegacyServer } from '../helpers/legacy';
import { FakeGithub } from '../helpers/github';
import { TestClock } from '../helpers/engine';
import type { Caller } from '../helpers/server';
import { ACCESS, ACCESS_POOLS, type AccessRow, type Ground } from './helpers/access-rows';
import { apiOf, nameOf, sentenceOf, type Api } from './helpers/apis';
import { Rows, unsound } from './helpers/database';
import { say, soak } from './helpers/soak';

const EVERY: Scope[] = ['read', 'reserve', 'self', 'admin', 'identity:write'];
const OF_USERS: Scope[] = ['read', 'reserve', 'self'];

/**
 * `lesser` and `scopeless`: the owner, and the admin, with a token that lacks the route's scope.
 */
const WHO = [
  'anonymous',
  'other',
  'owner',
  'admin',
  'expired',
  'revoked',
  'lesser',
  'scopeless',
] as const;
type Who = (typeof WHO)[number];
/** Callers whose credential is worthless. */
const STRANGERS: readonly Who[] = ['anonymous', 'expired', 'revoked'];

/** How each API refuses: a missing scope, a caller who is no admin, and another user's things. */
const REFUSALS: Record<Api, { scope: number; admin: number; own: number }> = {
  v1: { scope: 403, admin: 403, own: 404 },
  acctpool: { scope: 401, admin: 401, own: 404 },
  'Container manager': { scope: 403, admin: 403, own: 404 },
  'Token pool': { scope: 403, admin: 403, own: 400 },
  'VM reservation': { scope: 401, admin: 401, own: 401 },
  Identities: { scope: 403, admin: 403, own: 403 },
};
/** They answer whatever is shown. */
const PROBES = ['/livez', '/readyz'];
/** In open mode these act as a user of their own, whoever calls. */
const ANYBODYS: Api[] = ['Container manager', 'Token pool', 'Identities'];

soak.each(['guarded', 'open'] as const)('who may do what, with the legacy APIs %s', (mode) => {
  let server: LegacyServer;
  let ground: Ground;
  let tokens: Record<Exclude<Who, 'anonymous' | 'lesser' | 'scopeless'>, string>;
  let made = 0;

  beforeAll(async () => {
    const clock = new TestClock();
    server = await LegacyServer.start({
      mode,
      pools: ACCESS_POOLS,
      clock,
      github: (await FakeGithub.start(clock)).setup(),
    });
    const first = await server.admin();
    const [owner, other] = [
      await server.user('owner', OF_USERS),
      await server.user('other', OF_USERS),
    ];
    const [expired, revoked] = [
      await fresh(first, EVERY, { expiresInSeconds: 1 }),
      await fresh(first, EVERY),
    ];
    tokens = {
      owner: await fresh(owner, OF_USERS),
      other: await fresh(other, OF_USERS),
      admin: await fresh(first, EVERY),
      expired,
      revoked,
    };
    // acctpool compares the token itself.
    ground = {
      server,
      admin: server.server.bearer(tokens.admin),
      owner: server.server.bearer(tokens.owner, owner.userId),
    };
    const { body } = await server.server.bearer(revoked).get('/v1/me').expect(200);
    await first.delete(`/v1/tokens/${body.apiTokenId as string}`).expect(204);
    clock.advance(1_000);
  });

  afterAll(() => server.stop());

  it('every route has its row, and every row its route', () => {
    expect(Object.keys(ACCESS).sort()).toEqual(server.server.routes.map(nameOf).sort());
  });

  it('every caller gets what the row says', async () => {
    const faults: string[] = [];
    // v1 is the same in both modes.
    const routes = server.server.routes.filter((route) => mode === 'guarded' || route.formatError);
    for (const route of routes) {
      for (const who of WHO) {
        for (const way of route.formatError
          ? (['header', 'query'] as const)
          : (['header'] as const))
          faults.push(...(await judged(route, who, way)));
      }
    }
    say(`access, ${mode}: ${made} calls of ${routes.length} routes`);
    expect(faults).toEqual([]);
    const rows = new Rows(server.test.dataDir);
    expect(unsound(rows)).toEqual([]);
    rows.close();
  });

  it('pages are public', async () => {
    for (const { path } of PAGES) {
      for (const token of [null, ...Object.values(tokens)])
        await (token === null ? server.anybody : server.server.bearer(token)).get(path).expect(200);
    }
  });

  /** The faults of an answer, in sentences. */
  async function judged(route: Route, who: Who, way: 'header' | 'query'): Promise<string[]> {
    const row = ACCESS[nameOf(route)]!;
    const { id, owner = ground.owner } = (await row.thing?.(ground)) ?? { id: '' };
    const token = await tokenFor(route, row, who, owner);
    if (token === undefined) return [];
    made += 1;
    const { read } = server.test.engine.store;
    const before = await read.lastSeq();
    const { status, text, type } = await send(route, row, id, token, way);
    const fault = (why: string) => [
      `${nameOf(route)} by ${who} (${way}): ${why}: ${status} ${text.slice(0, 160)}`,
    ];
    const right = rightFor(route, row, who);
    if (right === 'served')
      return status < 400 || row.rightful?.includes(status) ? [] : fault('should be served');
    if (status !== right) return fault(`should be ${right}`);
    if (sentenceOf(apiOf(route), type, text) === null) return fault('is no refusal of its API');
    const written = (await read.eventsAfter(before, 1000)).filter(
      (event) => !REPORTS.includes(event.type),
    );
    return written.length === 0 ? [] : fault(`wrote ${written.map((event) => event.type).join()}`);
  }

  /** The secret to show; null: none; undefined: this route has no such caller. */
  async function tokenFor(
    route: Route,
    row: AccessRow,
    who: Who,
    owner: Caller,
  ): Promise<string | null | undefined> {
    if (who === 'anonymous') return null;
    if (who === 'owner' && owner !== ground.owner) return fresh(owner, OF_USERS);
    if (who !== 'lesser' && who !== 'scopeless') return tokens[who];
    const needed = (who === 'scopeless' ? row.scope : undefined) ?? route.access;
    if (needed === 'public') return undefined;
    const [caller, scopes] = who === 'lesser' ? [owner, OF_USERS] : [ground.admin, EVERY];
    return fresh(
      caller,
      scopes.filter((scope) => scope !== needed),
    );
  }

  function send(
    route: Route,
    row: AccessRow,
    id: string,
    token: string | null,
    way: 'header' | 'query',
  ) {
    const query = [
      ...(row.query ? [row.query(made, id)] : []),
      ...(token !== null && way === 'query' ? [`token=${token}`] : []),
    ].join('&');
    const caller =
      token !== null && way === 'header' ? server.server.bearer(token) : server.anybody;
    const call = caller[route.method](
      `${route.path.replace(/\{\w+\}/, id)}${query ? `?${query}` : ''}`,
    )
      .redirects(0)
      .set(row.headers?.() ?? {});
    return row.body ? call.send(row.body(made, id)) : call;
  }

  async function fresh(caller: Caller, scopes: Scope[], more: object = {}): Promise<string> {
    const { body } = await caller
      .post('/v1/tokens')
      .send({ name: 'test', scopes, ...more })
      .expect(201);
    return body.token as string;
  }

  /** The right answer for this caller: to be served, or this refusal. */
  function rightFor(route: Route, { may }: AccessRow, who: Who): 'served' | number {
    const api = apiOf(route);
    const refusal = REFUSALS[api];
    const isOpen =
      mode === 'open' &&
      (ANYBODYS.includes(api) || (api === 'VM reservation' && route.method === 'get'));
    // Whoever needs no credential and shows a wrong one is refused, but by a probe.
    const showsWrong = STRANGERS.includes(who) && who !== 'anonymous';
    const isRefused = showsWrong && !PROBES.includes(route.path);
    if (may === 'public' || isOpen) return isRefused ? 401 : 'served';
    // In open mode, this API says so in the words of its contract.
    if (STRANGERS.includes(who))
      return mode === 'open' && api === 'VM reservation' && who === 'anonymous' ? 400 : 401;
    if (who === 'lesser' || who === 'scopeless') return refusal.scope;
    if (may === 'shared' || may === 'mine') return 'served';
    if (may === 'admin') return who === 'admin' ? 'served' : refusal.admin;
    return who === 'owner' || (may === 'own' && who === 'admin') ? 'served' : refusal.own;
  }
});
