import type { Scope } from '../../src/domain/user';
import type { Route } from '../../src/http/route';
import { TestServer, type Caller } from '../helpers/server';
import { ACCESS, nameOf, type AccessRow, type Ground } from './helpers/access-rows';
import { Rows, unsound } from './helpers/database';
import { say, soak } from './helpers/soak';

const POOLS = `
pools:
  - { name: lab, kind: vm, driver: simulated, size: 1 }
  - { name: open, kind: token, driver: simulated, size: 200, settings: { rotates: false, leavesNothing: true } }
  - { name: manual, kind: token, driver: simulated, sizing: manual, lease: { idleExpiry: 5m } }
`;
const EVERY: Scope[] = ['read', 'reserve', 'self', 'admin', 'identity:write'];
const OF_USERS: Scope[] = ['read', 'reserve', 'self'];

type Who = 'anonymous' | 'other' | 'owner' | 'admin' | 'expired' | 'revoked' | 'scopeless';
const WHO: Who[] = ['anonymous', 'other', 'owner', 'admin', 'expired', 'revoked', 'scopeless'];

soak('who may do what', () => {
  let server: TestServer;
  let ground: Ground;
  let callers: Omit<Record<Who, Caller>, 'scopeless'>;
  let made = 0;

  beforeAll(async () => {
    server = await TestServer.start({ pools: POOLS });
    const first = await server.admin();
    const fresh = async (caller: Caller, token: object) => (await caller.post('/v1/tokens').send({ name: 'test', ...token })).body as { id: string; token: string };
    const [owner, other] = [await server.user('owner', OF_USERS), await server.user('other', OF_USERS)];
    const admin = server.bearer((await fresh(first, { scopes: EVERY })).token);
    const [short, gone] = [await fresh(admin, { scopes: EVERY, expiresInSeconds: 1 }), await fresh(admin, { scopes: EVERY })];
    await admin.delete(`/v1/tokens/${gone.id}`).expect(204);
    server.test.clock.advance(1_000);
    ground = { server, admin, owner };
    callers = { anonymous: server.anybody, other, owner, admin, expired: server.bearer(short.token), revoked: server.bearer(gone.token) };
  });

  it('every route has its row, and every row its route', () => {
    expect(Object.keys(ACCESS).sort()).toEqual(server.routes.map(nameOf).sort());
  });

  it('is what each row says, for everybody', async () => {
    const faults: string[] = [];
    for (const route of server.routes) {
      for (const who of WHO) faults.push(...(await judged(route, ACCESS[nameOf(route)]!, who)));
    }
    say(`access: ${made} calls`);
    expect(faults).toEqual([]);
    const rows = new Rows(server.test.dataDir);
    expect(unsound(rows)).toEqual([]);
    rows.close();
  });

  async function judged(route: Route, row: AccessRow, who: Who): Promise<string[]> {
    const id = row.id ? await row.id(ground) : '';
    const caller = who === 'scopeless' ? await without(route) : callers[who];
    if (!caller) return [];
    const call = caller[route.method](route.path.replace(/\{\w+\}/, id));
    made += 1;
    const { status, text } = await (row.body ? call.send(row.body(made)) : call);
    return isRight(row, who, status) ? [] : [`${nameOf(route)} by ${who}: ${status} ${text.slice(0, 120)}`];
  }

  /** The admin with every scope but the one that the route asks for. */
  async function without({ access }: Route): Promise<Caller | null> {
    if (access === 'public') return null;
    const scopes = EVERY.filter((scope) => scope !== access);
    const { body } = await callers.admin.post('/v1/tokens').send({ name: 'lesser', scopes });
    return server.bearer(body.token as string);
  }
});

function isRight({ may, rightful = [] }: AccessRow, who: Who, status: number): boolean {
  const served = (status >= 200 && status < 300) || rightful.includes(status);
  if (may === 'public') return served || status === 401 || status === 503;
  if (who === 'anonymous' || who === 'expired' || who === 'revoked') return status === 401;
  if (who === 'scopeless') return status === 403;
  if (may === 'shared' || may === 'mine' || who === 'admin') return served;
  if (may === 'admin') return status === 403;
  return who === 'owner' ? served : status === 404 || (rightful.includes(403) && status === 403);
}
