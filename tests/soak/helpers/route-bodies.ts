/** The admin of the VM reservation API. */
export const AUTH = { auth: { userid: 1, password: 'user1' } };

/**
 * A body that each route takes, by `method path`; in a path, `{…}` stands for something that
 * exists.
 */
export const BODIES: Record<string, () => Record<string, unknown>> = {
  'post /v1/setup': () => ({
    setupToken: 'wrong',
    name: 'Ada',
    email: 'ada@example.org',
    password: 'correct horse battery',
  }),
  'post /v1/users': () => ({
    name: 'Bea',
    email: 'bea@example.org',
    username: 'bea',
    password: 'correct horse battery',
    role: 'user',
  }),
  'patch /v1/users/{id}': () => ({
    name: 'Cid',
    email: 'cid@example.org',
    username: 'cid',
    password: 'correct horse battery',
    role: 'user',
  }),
  'post /v1/tokens': () => ({
    name: 'mine',
    scopes: ['read'],
    expiresInSeconds: 60,
    maxPriority: 0,
  }),
  'post /v1/pools': () => ({
    name: 'made',
    kind: 'vm',
    driver: 'simulated',
    settings: { latencyMs: 0 },
    types: [{ name: 'small', share: 1, spec: { cpu: 2 } }],
    size: 0,
    labels: { zone: 'a' },
    lease: { default: 60, maximum: 120, openEnded: false },
    cleaning: { retries: 3, backoff: 1, deadline: 5 },
    verification: { interval: 60 },
    rotation: { afterLease: true, interval: 60 },
    pick: 'lowest',
    concurrency: 4,
  }),
  'patch /v1/pools/{name}': () => ({
    size: 2,
    labels: { zone: 'b' },
    lease: { default: 60 },
    cleaning: { retries: 2 },
    pick: 'random',
    concurrency: 3,
  }),
  'post /v1/resources': () => ({ pool: 'manual', type: 'default' }),
  'patch /v1/resources/{id}': () => ({ adminState: 'in_service' }),
  'post /v1/resources/{id}/credential': () => ({ username: 'root', password: 'known outside' }),
  'post /v1/reservations': () => ({
    items: [
      { pool: 'lab', type: 'default', count: 1 },
      { kind: 'vm', labels: { zone: 'x' }, count: 1 },
    ],
    durationSeconds: 60,
    priority: 0,
    queueTimeoutSeconds: 0,
    onRelease: 'clean',
    note: 'for a test',
  }),
  'patch /v1/reservations/{id}': () => ({ extendSeconds: 10 }),
  'post /v1/auth/github/device/token': () => ({ handle: 'of nobody' }),

  'post /reservations': () => ({}),
  'delete /reservations/{id}': () => ({}),
  'post /api/token_pool/': () => ({}),
  'delete /api/token_pool/': () => ({
    token: 'fa496c42-6100-4838-9774-6683b3688cd2',
    token_uuid: 'x',
  }),
  'post /api/block_token/': () => ({}),
  'post /api/keep_alive/{uuid}': () => ({}),
  'post /api/unblock_token/{uuid}': () => ({}),
  'post /create_resource_pool': () => ({ ...AUTH, pool_size: '3' }),
  'patch /create_resource_pool': () => ({ ...AUTH, pool_size: '3' }),
  'post /resizevmpool': () => ({ ...AUTH, pool_size: 3 }),
  'post /user': () => ({
    ...AUTH,
    name: 'user2',
    email: 'user2@email.com',
    password: 'user2',
    role: 'user',
  }),
  'patch /user': () => ({
    ...AUTH,
    id: 1,
    name: 'user1',
    email: 'user1@email.com',
    password: 'user1',
    role: 'admin',
  }),
  'delete /user/id/{n}': () => AUTH,
  'post /checkout_vm': () => ({ ...AUTH, vmid: 1 }),
  'post /checkin_vm': () => ({ ...AUTH, vmid: '1' }),
  'post /maintenance': () => ({ ...AUTH, vmid: 1 }),
  'delete /vmdetails/id/{n}': () => AUTH,
  'post /account': () => ({ username: 'bobmarley' }),
  'post /emails': () => ({
    accountId: 'fa496c42-6100-4838-9774-6683b3688cd2',
    email: 'bob@example.com',
  }),
  'post /github-identifiers': () => ({
    accountId: 'fa496c42-6100-4838-9774-6683b3688cd2',
    githubId: 11368271,
  }),
};
