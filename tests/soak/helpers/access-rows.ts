import type { Route } from '../../../src/http/route';
import type { Caller } from '../../helpers/server';
import type { TestServer } from '../../helpers/server';

/** What a route is tried on: made anew for each try, for most routes use it up. */
export interface Ground {
  server: TestServer;
  admin: Caller;
  owner: Caller;
}

/**
 * Who may do what with the thing that a route is tried on. `shared`: whoever has the scope. `own`: its owner, and an
 * admin; for others it is not there. `mine`: the caller's own only, another thing for each. `admin`: admins. `public`: anybody.
 */
export interface AccessRow {
  may: 'shared' | 'own' | 'mine' | 'admin' | 'public';
  /** Ids in the path, made on the spot. */
  id?: (ground: Ground) => Promise<string>;
  body?: (made: number) => object;
  /** What whoever may gets where the thing is in no state for it. */
  rightful?: number[];
}

const reservation = async ({ owner }: Ground) => (await owner.post('/v1/reservations').send({ items: [{ pool: 'open' }] })).body.id as string;
const user = async ({ owner }: Ground) => owner.userId;
const token = async ({ owner }: Ground) => (await owner.post('/v1/tokens').send({ name: 'one', scopes: ['read'] })).body.id as string;
const madeUser = async ({ admin }: Ground) => (await admin.post('/v1/users').send({ name: 'gone soon' })).body.id as string;
const madePool = (name: string) => async ({ admin }: Ground) => {
  await admin.post('/v1/pools').send({ name, kind: 'token', driver: 'simulated', size: 0 });
  return name;
};
const resource = async () => 'lab-1';
const addedResource = async ({ admin }: Ground) => (await admin.post('/v1/resources').send({ pool: 'manual' })).body.id as string;
const lentResource = async ({ owner, server }: Ground) => {
  const { body } = await owner.post('/v1/reservations').send({ items: [{ pool: 'open' }] });
  await server.test.settle();
  return body.resources[0].id as string;
};

export const ACCESS: Record<string, AccessRow> = {
  'post /v1/setup': { may: 'public', body: () => ({ setupToken: 'wrong', name: 'x', email: 'x@example.org', password: 'long enough' }) },
  'post /v1/users': { may: 'admin', body: (made) => ({ name: `new ${made}` }) },
  'get /v1/users': { may: 'admin' },
  'get /v1/users/{id}': { may: 'own', id: user },
  'patch /v1/users/{id}': { may: 'own', id: user, body: () => ({ name: 'other' }) },
  'delete /v1/users/{id}': { may: 'admin', id: madeUser },
  'get /v1/me': { may: 'mine' },
  'post /v1/tokens': { may: 'mine', body: (made) => ({ name: `token ${made}`, scopes: ['self'] }) },
  'get /v1/tokens': { may: 'mine' },
  'delete /v1/tokens/{id}': { may: 'own', id: token },
  'post /v1/pools': { may: 'admin', body: (made) => ({ name: `pool-${made}`, kind: 'token', driver: 'simulated', size: 0 }) },
  'get /v1/pools': { may: 'shared' },
  'get /v1/pools/{name}': { may: 'shared', id: async () => 'lab' },
  'patch /v1/pools/{name}': { may: 'admin', id: async () => 'lab', body: () => ({ labels: { a: 'b' } }) },
  'delete /v1/pools/{name}': { may: 'admin', id: madePool('doomed') },
  'get /v1/resources': { may: 'shared' },
  'get /v1/resources/{id}': { may: 'shared', id: resource },
  'post /v1/resources': { may: 'admin', body: () => ({ pool: 'manual' }) },
  'patch /v1/resources/{id}': { may: 'admin', id: resource, body: () => ({ adminState: 'in_service' }) },
  'delete /v1/resources/{id}': { may: 'admin', id: addedResource },
  'post /v1/resources/{id}/keep-alive': { may: 'own', id: lentResource, rightful: [403, 409] },
  'post /v1/resources/{id}/clean': { may: 'admin', id: resource },
  'post /v1/resources/{id}/unquarantine': { may: 'admin', id: resource, rightful: [409] },
  'post /v1/resources/{id}/credential': { may: 'admin', id: resource, body: () => ({ username: 'a', password: 'b' }), rightful: [409, 422] },
  'post /v1/reservations': { may: 'mine', body: () => ({ items: [{ pool: 'open' }] }) },
  'get /v1/reservations': { may: 'mine' },
  'get /v1/reservations/{id}': { may: 'own', id: reservation },
  'patch /v1/reservations/{id}': { may: 'own', id: reservation, body: () => ({ extendSeconds: 1 }) },
  'post /v1/reservations/{id}/heartbeat': { may: 'own', id: reservation },
  'delete /v1/reservations/{id}': { may: 'own', id: reservation },
  'get /v1/stats': { may: 'shared' },
  'get /': { may: 'public' },
  'get /livez': { may: 'public' },
  'get /readyz': { may: 'public' },
  'get /version': { may: 'public' },
  'get /openapi.json': { may: 'public' },
};

export function nameOf({ method, path }: Route): string {
  return `${method} ${path}`;
}
