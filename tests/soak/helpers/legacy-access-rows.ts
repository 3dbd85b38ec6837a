import { randomUUID } from 'node:crypto';
import { PASSWORD, type Caller } from '../../helpers/server';
import type { AccessRow, Ground, Target } from './access-rows';

const VMS = 70;
const as = (id: string): Target => ({ id });
const tokenMade = async ({ admin }: Ground) =>
  as((await admin.post('/api/token_pool/').expect(200)).body.token as string);

/** A block of the owner's: of a random token, so that one exists. */
const block = async (ground: Ground) => {
  await tokenMade(ground);
  return as(
    (await ground.owner.post('/api/block_token/').expect(200)).body.blocked_token as string,
  );
};

const account = async ({ owner }: Ground) => {
  const { headers } = await owner.post('/reservations?type=free').redirects(0).expect(302);
  return as(/^\/reservations\/([^?]+)/.exec(headers.location!)![1]!);
};

/** A user of the VM reservation API, with a token of every right that a user has. */
const vmUser = async ({ server, admin }: Ground): Promise<Target & { owner: Caller }> => {
  const email = `${randomUUID()}@example.org`;
  await admin.post('/user').send({ name: 'made here', email, password: PASSWORD }).expect(201);
  const found = (await admin.get(`/user/email/${email}`).expect(200)).body.User_Details as Record<
    string,
    { id: number }
  >;
  const { body } = await server.server
    .basic(email, PASSWORD)
    .post('/v1/tokens')
    .send({ name: 'vms', scopes: ['read', 'reserve', 'self'] })
    .expect(201);
  return {
    id: Object.keys(found)[0]!,
    owner: server.server.bearer(body.token as string, body.userId as string),
  };
};

const sized = async ({ admin }: Ground) => {
  await admin.post('/create_resource_pool').send({ pool_size: VMS }).expect(201);
  return as('');
};
const checkedOut = async (ground: Ground) => {
  await sized(ground);
  const { body } = await ground.owner.post('/checkout_vm').send({}).expect(201);
  return as(String((body as { 'VM Details': { 'vm-Id': number } })['VM Details']['vm-Id']));
};
const inMaintenance = async (ground: Ground) => {
  const vm = await checkedOut(ground);
  await ground.owner.post('/checkin_vm').send({ vmid: vm.id }).expect(201);
  return vm;
};
const idleVm = async (ground: Ground) => {
  await sized(ground);
  const vms = Object.values(
    (await ground.admin.get('/vmdetails').expect(200)).body.VM_details as Record<
      string,
      { id: number; vm_map_to: string }
    >,
  );
  return as(String(vms.find(({ vm_map_to: holder }) => holder === 'idle')!.id));
};

const identity = async ({ owner }: Ground) => as(owner.userId);
const named = async ({ admin }: Ground) => {
  const username = `u-${randomUUID()}`;
  const { body } = await admin
    .post('/account')
    .set('X-Request-ID', randomUUID())
    .send({ username })
    .expect(201);
  return { id: body.id as string, username };
};
const github = async (ground: Ground) => {
  const id = githubId();
  await ground.admin
    .post('/github-identifiers')
    .set('X-Request-ID', randomUUID())
    .send({ accountId: ground.owner.userId, githubId: id })
    .expect(201);
  return as(String(id));
};
let highest = 1_000;
const githubId = () => (highest += 1);
const headers = () => ({ 'X-Request-ID': randomUUID() });
const vmid = (_made: number, id: string) => ({ vmid: id });
const poolSize = () => ({ pool_size: VMS });

/** The legacy APIs in guarded mode. */
export const LEGACY_ACCESS: Record<string, AccessRow> = {
  'post /reservations': { may: 'mine', query: () => 'type=free' },
  'get /reservations/{id}': { may: 'holder', thing: account },
  'delete /reservations/{id}': { may: 'holder', thing: account },

  'get /reserve': { may: 'mine', query: (made) => `username=user${made}` },
  'get /available': { may: 'shared' },
  'get /reservations': { may: 'mine' },
  'get /release_all': { may: 'admin' },

  'post /api/token_pool/': { may: 'admin' },
  'delete /api/token_pool/': {
    may: 'admin',
    thing: tokenMade,
    body: (_made, token) => ({ token }),
  },
  'post /api/block_token/': { may: 'mine', thing: tokenMade },
  'post /api/keep_alive/{uuid}': { may: 'own', thing: block },
  'post /api/unblock_token/{uuid}': { may: 'own', thing: block },

  'post /create_resource_pool': { may: 'admin', body: poolSize },
  'patch /create_resource_pool': { may: 'admin', body: poolSize },
  'post /resizevmpool': { may: 'admin', body: poolSize },
  'get /vmpoolsize': { may: 'public' },
  'get /create_resource_pool/basicstats': { may: 'public' },
  // Public while there is nothing to lose, which is why the table says so.
  'get /truncate_tables': { may: 'admin', thing: sized, scope: 'admin' },
  // The first user needs no credential: here, one exists already.
  'post /user': {
    may: 'admin',
    thing: vmUser,
    body: (made) => ({ name: 'new', email: `new-${made}@example.org`, password: 'new' }),
  },
  'patch /user': { may: 'own', thing: vmUser, body: (_made, id) => ({ id, name: 'changed' }) },
  'delete /user/id/{n}': { may: 'admin', thing: vmUser },
  'get /user': { may: 'shared' },
  'get /user/id/{n}': { may: 'shared', thing: vmUser },
  'get /user/email/{email}': { may: 'shared', thing: async () => as('owner@example.org') },
  'post /checkout_vm': { may: 'mine', thing: sized, body: () => ({}) },
  'post /checkin_vm': { may: 'holder', thing: checkedOut, body: vmid },
  'post /maintenance': { may: 'admin', thing: inMaintenance, body: vmid },
  'get /maintenance': { may: 'shared' },
  'get /checkout_vm/user/{n}': { may: 'shared', thing: vmUser },
  'get /checkout_vm/vm/{n}': { may: 'shared', thing: idleVm },
  'get /vmdetails': { may: 'shared' },
  'get /vmdetails/id/{n}': { may: 'shared', thing: idleVm },
  'get /vmdetails/status/{status}': { may: 'shared', thing: async () => as('running') },
  'get /vmdetails/type/{type}': { may: 'shared', thing: async () => as('small') },
  'get /vmdetails/types/all': { may: 'public' },
  'get /vmdetails/maped_to/{user}': { may: 'shared', thing: async () => as('owner@example.org') },
  'delete /vmdetails/id/{n}': { may: 'admin', thing: idleVm },

  'post /account': {
    may: 'admin',
    headers,
    body: (made) => ({ username: `account-${made}` }),
    scope: 'identity:write',
  },
  'post /emails': {
    may: 'own',
    thing: identity,
    headers,
    body: (made, accountId) => ({ accountId, email: `e-${made}@example.org` }),
    scope: 'identity:write',
  },
  'post /github-identifiers': {
    may: 'own',
    thing: identity,
    headers,
    body: (_made, accountId) => ({ accountId, githubId: githubId() }),
    scope: 'identity:write',
  },
  'get /accounts/{id}': { may: 'shared', thing: named },
  'get /accounts': {
    may: 'shared',
    thing: async (ground) => as((await named(ground)).username),
    query: (_made, username) => `username=${username}`,
  },
  'get /github-identifiers': {
    may: 'own',
    thing: github,
    query: (_made, id) => `githubId=${id}`,
    scope: 'identity:write',
  },
  'get /emails': {
    may: 'own',
    thing: identity,
    query: (_made, id) => `accountId=${id}`,
    scope: 'identity:write',
  },
};
