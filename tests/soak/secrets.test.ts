import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { temporaryDirectory } from '../helpers/engine';
import type { Reply } from '../helpers/http-client';
import { ServerProcess, SETUP_TOKEN } from '../helpers/process';
import { say, soak } from './helpers/soak';

const MASTER_KEY = Buffer.alloc(32, 'k').toString('base64');
const CANARIES = {
  'password of a user': 'canary-user-password-1b7f',
  'changed password of a user': 'canary-changed-password-5d21',
  'password of an account in the pools file': 'canary-account-password-93aa',
  'password brought by an admin': 'canary-brought-password-77c4',
  'password of an access': 'canary-access-password-0e5c',
  'password that was refused': 'canary-refused-password-4f4f',
};
const POOLS = `
pools:
  - name: imported
    kind: account
    driver: simulated
    settings: { provisions: false }
    size: 1
    accounts: [{ name: imported-1, username: kim, password: ${CANARIES['password of an account in the pools file']} }]
  - { name: boxes, kind: container, driver: simulated, size: 1, settings: { opensAccess: true } }
  - { name: tokens, kind: token, driver: simulated, size: 1 }
`;

soak('a secret', () => {
  it('is found nowhere but in the answer to its holder', async () => {
    const dataDir = temporaryDirectory();
    const server = await ServerProcess.start({ dataDir, pools: POOLS, env: { MASTER_KEY, LOG_LEVEL: 'trace' } });
    const secrets = new Map<string, string>(Object.entries(CANARIES));
    secrets.set('master key', MASTER_KEY).set('setup token', SETUP_TOKEN);
    const admin = await server.setUp();
    secrets.set('token of the first admin', admin);
    const seen = await everythingSeen(server, admin, secrets);
    await trouble(server, dataDir, admin, seen);
    const log = () => `${server.log.stdout}${server.stderr}`;
    // Killed, so that the write-ahead log is searched as well.
    await server.kill();
    expect(secrets.size).toBeGreaterThan(11);
    const places = new Map<string, Buffer>([['the log', Buffer.from(log())]]);
    seen.forEach((text, index) => places.set(`answer ${index}: ${text.slice(0, 80)}`, Buffer.from(text)));
    for (const name of readdirSync(dataDir)) places.set(name, readFileSync(join(dataDir, name)));
    expect(findings(secrets, places)).toEqual([]);
    say(`secrets: ${secrets.size} secrets looked for in ${places.size} places`);
  });
});

/** Goes through all that makes or uses a secret; gives every answer that is not the holder's own. */
async function everythingSeen({ http }: ServerProcess, admin: string, secrets: Map<string, string>): Promise<string[]> {
  const seen: string[] = [];
  const keep = (reply: Reply) => void seen.push(JSON.stringify([reply.body, [...reply.headers]]));
  const email = 'bea@example.org';
  keep(await http.post('/v1/users', { token: admin, body: { name: 'Bea', email, password: CANARIES['password of a user'] } }));
  const basic = (password: string) => ({ Authorization: `Basic ${Buffer.from(`${email}:${password}`).toString('base64')}` });
  const made = await http.post('/v1/tokens', { headers: { ...basic(CANARIES['password of a user']), 'Idempotency-Key': 'once' }, body: { name: 'mine', scopes: ['read', 'reserve', 'self'] } });
  const token = made.body.token as string;
  secrets.set('token of a user', token);
  keep(await http.post('/v1/tokens', { headers: { ...basic(CANARIES['password of a user']), 'Idempotency-Key': 'once' }, body: { name: 'mine', scopes: ['read', 'reserve', 'self'] } }));
  keep(await http.patch(`/v1/users/${made.body.userId}`, { token, body: { password: CANARIES['changed password of a user'] } }));
  keep(await http.get('/v1/me', { headers: basic(CANARIES['password that was refused']) }));
  keep(await http.post('/v1/setup', { body: { setupToken: SETUP_TOKEN, name: 'x', email: 'x@example.org', password: CANARIES['password that was refused'] } }));
  keep(await http.post('/v1/reservations', { token, body: { items: [{ pool: 'boxes' }], access: { username: 'B!', password: `${CANARIES['password that was refused']}\u0007` } } }));
  const loans: Reply[] = [];
  for (const [pool, access] of [['imported', undefined], ['boxes', { password: CANARIES['password of an access'] }], ['tokens', undefined]] as const) {
    const loan = await http.post('/v1/reservations?wait=30', { token, body: { items: [{ pool }], ...(access ? { access } : {}) } });
    expect(loan.body.status).toBe('active');
    loans.push(loan);
    const { credentials } = loan.body.resources[0];
    secrets.set(`credential of ${pool}`, (credentials.password ?? credentials.token) as string);
  }
  const paths = ['/v1/me', '/v1/users', '/v1/tokens', '/v1/pools', '/v1/resources', '/v1/reservations', '/v1/stats', '/readyz', '/openapi.json'];
  for (const path of [...paths, ...loans.map(({ body }) => `/v1/reservations/${body.id}`)]) keep(await http.get(path, { token: admin }));
  for (const path of paths) keep(await http.get(path, { token }));
  for (const { body } of loans) {
    await http.delete(`/v1/reservations/${body.id}`, { token });
    keep(await http.get(`/v1/reservations/${body.id}`, { token }));
  }
  keep(await http.post('/v1/resources/imported-1/credential', { token: admin, body: { username: 'kim', password: CANARIES['password brought by an admin'] } }));
  return seen;
}

/** Back ends and the database fail while secrets are under way: what is said of it says nothing of them. */
async function trouble(server: ServerProcess, dataDir: string, admin: string, seen: string[]): Promise<void> {
  const outside = new Database(join(dataDir, 'holdfast.db'), { timeout: 5_000 });
  outside.exec('ALTER TABLE events RENAME TO events_away');
  const broken = [
    await server.http.post('/v1/users', { token: admin, body: { name: 'Cid', email: 'cid@example.org', password: CANARIES['password of a user'] } }),
    await server.http.post('/v1/reservations', { token: admin, body: { items: [{ pool: 'boxes' }], access: { password: CANARIES['password of an access'] } } }),
    await server.http.post('/v1/tokens', { token: admin, body: { name: 'broken' } }),
  ];
  outside.exec('ALTER TABLE events_away RENAME TO events');
  outside.close();
  expect(broken.every(({ status }) => status >= 500)).toBe(true);
  for (const { body } of broken) seen.push(JSON.stringify(body));
  await server.until('all is calm again', async () => (await server.http.get('/v1/me', { token: admin })).status === 200);
}

function findings(secrets: Map<string, string>, places: Map<string, Buffer>): string[] {
  const found: string[] = [];
  for (const [what, secret] of secrets) {
    const bytes = Buffer.from(secret);
    const forms = [bytes, Buffer.from(bytes.toString('hex')), Buffer.from(bytes.toString('base64').replace(/=+$/, '').slice(0, -1)), Buffer.from(encodeURIComponent(secret))];
    for (const [where, content] of places) if (forms.some((form) => content.includes(form))) found.push(`${what} in ${where}`);
  }
  return found;
}
