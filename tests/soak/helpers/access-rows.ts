import type { Scope } from '../../../src/domain/people/user';
import type { LegacyServer } from '../../helpers/legacy';
import type { Caller } from '../../helpers/server';
import { LEGACY_ACCESS } from './legacy-access-rows';

/** The pools that the rows are about. */
export const ACCESS_POOLS = `
pools:
  - { name: lab, kind: vm, driver: simulated, size: 1 }
  - { name: open, kind: token, driver: simulated, size: 200,
      settings: { rotates: false, leavesNothing: true } }
  - { name: manual, kind: token, driver: simulated, sizing: manual, lease: { idleExpiry: 5m } }
  - { name: free, kind: account, driver: simulated, types: [{ name: free }], size: 2 }
  - { name: alpine, kind: container, driver: simulated, settings: { opensAccess: true }, size: 30 }
  - { name: vms, kind: vm, driver: simulated, types: [{ name: small }], size: 70, lease: { openEnded: true } }
  - { name: tokens, kind: token, driver: simulated, settings: { leavesNothing: true }, sizing: manual,
      lease: { default: never, openEnded: true, heartbeat: 60s, idleExpiry: 5m } }
`;

/**
 * The callers that a route is tried with, made anew for each try, because most routes use them up.
 */
export interface Ground {
  server: LegacyServer;
  admin: Caller;
  owner: Caller;
}

/**
 * What a route is tried on: an id for its path or body, and its owner, if that is not the owner of
 * the ground.
 */
export interface Target {
  id: string;
  owner?: Caller;
}

/**
 * Who may do what with the thing that a route is tried on. `shared`: anyone with the scope. `own`:
 * its owner, and an admin. `holder`: its owner alone. `mine`: only the caller's own, a different
 * thing for each. `admin`: admins. `public`: anyone.
 */
export interface AccessRow {
  may: 'shared' | 'own' | 'holder' | 'mine' | 'admin' | 'public';
  /** Made on the spot. */
  thing?: (ground: Ground) => Promise<Target>;
  query?: (made: number, id: string) => string;
  body?: (made: number, id: string) => object;
  headers?: () => Record<string, string>;
  /** The answer to an authorised caller when the thing is in the wrong state for it. */
  rightful?: number[];
  /** The scope without which an admin is refused, if it is not the one in the table. */
  scope?: Scope;
}

const id = (give: string | ((ground: Ground) => Promise<string>)) => async (ground: Ground) => ({
  id: typeof give === 'string' ? give : await give(ground),
});
const made = async (caller: Caller, path: string, body: object) =>
  (await caller.post(path).send(body)).body as { id: string; resources: { id: string }[] };

const reservation = id(
  async ({ owner }) => (await made(owner, '/v1/reservations', { items: [{ pool: 'open' }] })).id,
);
const user = id(async ({ owner }) => owner.userId);
const token = id(
  async ({ owner }) => (await made(owner, '/v1/tokens', { name: 'one', scopes: ['read'] })).id,
);
const madeUser = id(
  async ({ admin }) => (await made(admin, '/v1/users', { name: 'gone soon' })).id,
);
const lab = id('lab');
const resource = id(async ({ admin }) => {
  const { items } = (await admin.get('/v1/resources?pool=lab')).body as { items: { id: string }[] };
  return items[0]?.id ?? 'lab-1';
});
const session = id(async ({ owner }) => {
  const { body } = await owner.post('/v1/session');
  return (body as { session: { id: string } }).session.id;
});
const doomedPool = id(async ({ admin }) => {
  await made(admin, '/v1/pools', { name: 'doomed', kind: 'token', driver: 'simulated', size: 0 });
  return 'doomed';
});
const addedResource = id(
  async ({ admin }) => (await made(admin, '/v1/resources', { pool: 'manual' })).id,
);
const lentResource = id(
  async ({ owner }) =>
    (await made(owner, '/v1/reservations', { items: [{ pool: 'open' }] })).resources[0]!.id,
);

const HOOK = { url: 'https://hooks.example.org/', everybody: false };
const webhook = id(async ({ owner, admin }) => {
  const { id: made } = (await owner.post('/v1/webhooks').send(HOOK)).body as { id: string };
  if (made !== undefined) return made;
  // A user may have few.
  const { items } = (await owner.get('/v1/webhooks')).body as { items: { id: string }[] };
  for (const each of items) await admin.delete(`/v1/webhooks/${each.id}`);
  return ((await owner.post('/v1/webhooks').send(HOOK)).body as { id: string }).id;
});

const V1_ACCESS: Record<string, AccessRow> = {
  'post /v1/setup': {
    may: 'public',
    body: () => ({
      setupToken: 'wrong',
      name: 'x',
      email: 'x@example.org',
      password: 'long enough',
    }),
    rightful: [401],
  },
  'post /v1/users': { may: 'admin', body: (n) => ({ name: `new ${n}` }) },
  'get /v1/users': { may: 'admin' },
  'get /v1/users/{id}': { may: 'own', thing: user },
  'patch /v1/users/{id}': { may: 'own', thing: user, body: () => ({ name: 'other' }) },
  'delete /v1/users/{id}': { may: 'admin', thing: madeUser },
  'get /v1/me': { may: 'mine' },
  'post /v1/session': { may: 'mine' },
  'get /v1/session': { may: 'public' },
  // A token is no session.
  'delete /v1/session': { may: 'mine', rightful: [404] },
  'get /v1/me/sessions': { may: 'mine' },
  'delete /v1/me/sessions/{id}': { may: 'holder', thing: session },
  'post /v1/tokens': { may: 'mine', body: (n) => ({ name: `token ${n}`, scopes: ['self'] }) },
  'get /v1/tokens': { may: 'mine' },
  'delete /v1/tokens/{id}': { may: 'own', thing: token },
  'post /v1/pools': {
    may: 'admin',
    body: (n) => ({ name: `pool-${n}`, kind: 'token', driver: 'simulated', size: 0 }),
  },
  'get /v1/overview': { may: 'shared' },
  'get /v1/pools': { may: 'shared' },
  'get /v1/pools/{name}': { may: 'shared', thing: lab },
  'get /v1/pools/{name}/holders': { may: 'shared', thing: lab },
  'get /v1/pools/{name}/queue': { may: 'shared', thing: lab },
  'get /v1/pools/{name}/history': { may: 'shared', thing: lab },
  'get /v1/history': { may: 'shared' },
  'get /v1/pools/{name}/timeline': { may: 'shared', thing: lab },
  'get /v1/pools/{name}/timeline.svg': { may: 'shared', thing: lab },
  'patch /v1/pools/{name}': { may: 'admin', thing: lab, body: () => ({ labels: { a: 'b' } }) },
  'delete /v1/pools/{name}': { may: 'admin', thing: doomedPool },
  'get /v1/resources': { may: 'shared' },
  'get /v1/resources/{id}': { may: 'shared', thing: resource },
  'get /v1/resources/{id}/loans': { may: 'admin', thing: resource },
  'get /v1/resources/{id}/returns': { may: 'admin', thing: resource },
  'get /v1/returns': { may: 'admin' },
  'get /v1/audit/verify': { may: 'admin' },
  'get /v1/events': { may: 'mine' },
  'post /v1/webhooks': { may: 'mine', body: () => HOOK, rightful: [409] },
  'get /v1/webhooks': { may: 'mine' },
  'get /v1/webhooks/{id}': { may: 'own', thing: webhook },
  'patch /v1/webhooks/{id}': {
    may: 'own',
    thing: webhook,
    body: (n) => ({ description: `hook ${n}` }),
  },
  'delete /v1/webhooks/{id}': { may: 'own', thing: webhook },
  'post /v1/webhooks/{id}/secret': { may: 'holder', thing: webhook },
  'post /v1/webhooks/{id}/test': { may: 'own', thing: webhook },
  'post /v1/webhooks/{id}/replay': { may: 'own', thing: webhook, body: () => ({ from: 1 }) },
  'get /v1/webhooks/{id}/deliveries': { may: 'own', thing: webhook },
  'post /v1/resources': { may: 'admin', body: () => ({ pool: 'manual' }) },
  'patch /v1/resources/{id}': {
    may: 'admin',
    thing: resource,
    body: () => ({ adminState: 'in_service' }),
  },
  'delete /v1/resources/{id}': { may: 'admin', thing: addedResource },
  'post /v1/resources/{id}/keep-alive': { may: 'own', thing: lentResource },
  'post /v1/resources/{id}/clean': { may: 'admin', thing: resource },
  'post /v1/resources/{id}/unquarantine': { may: 'admin', thing: resource, rightful: [409] },
  'post /v1/resources/{id}/credential': {
    may: 'admin',
    thing: resource,
    body: () => ({ username: 'a', password: 'b' }),
    rightful: [409, 422],
  },
  'post /v1/reservations': { may: 'mine', body: () => ({ items: [{ pool: 'open' }] }) },
  'get /v1/reservations': { may: 'mine' },
  'get /v1/reservations/{id}': { may: 'own', thing: reservation },
  'get /v1/reservations/{id}/before': { may: 'own', thing: reservation },
  'patch /v1/reservations/{id}': {
    may: 'own',
    thing: reservation,
    body: () => ({ extendSeconds: 1 }),
  },
  'post /v1/reservations/{id}/heartbeat': { may: 'own', thing: reservation },
  'delete /v1/reservations/{id}': { may: 'own', thing: reservation },
  'get /v1/auth/github': { may: 'public' },
  'get /v1/auth/github/callback': { may: 'public', rightful: [400] },
  'post /v1/auth/github/device': { may: 'public' },
  'post /v1/auth/github/device/token': {
    may: 'public',
    body: () => ({ handle: 'of nobody' }),
    rightful: [400],
  },
  'get /v1/stats': { may: 'shared' },
  'get /': { may: 'public' },
  'get /livez': { may: 'public' },
  'get /readyz': { may: 'public', rightful: [503] },
  'get /version': { may: 'public' },
  'get /openapi.json': { may: 'public' },
  'get /openapi-legacy.json': { may: 'public' },
};

/** Every route of the table, by `method path`. */
export const ACCESS: Readonly<Record<string, AccessRow>> = { ...V1_ACCESS, ...LEGACY_ACCESS };
