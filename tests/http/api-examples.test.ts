import { randomUUID } from 'node:crypto';
import type { Test } from 'supertest';
import { generatedDocuments } from '../../src/docs/documents';
import { FakeGithub } from '../helpers/github';
import { LegacyServer } from '../helpers/legacy';
import { SETUP_TOKEN, TestServer, type Caller } from '../helpers/server';

/** The pools that the examples name, and some for the calls that change a pool. */
const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 9, simulate: true, lease: { maximum: 1h } }
  - { name: zoned, kind: vm, driver: simulated, size: 2, labels: { zone: x }, lease: { maximum: 1h } }
  - { name: manual, kind: token, driver: simulated, sizing: manual }
  - { name: changed, kind: vm, driver: simulated, size: 1 }
  - { name: vms, kind: vm, driver: simulated, size: 3, types: [{ name: small }],
      lease: { openEnded: true } }
  - { name: tokens, kind: token, driver: simulated, settings: { leavesNothing: true },
      sizing: manual, lease: { default: never, openEnded: true, heartbeat: 60s, idleExpiry: 5m } }
legacy: { vms: vms }
`;

interface Schema {
  $ref?: string;
  example?: unknown;
}
interface Operation {
  operationId: string;
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, object>;
}
interface Example {
  id: string;
  method: 'post' | 'patch' | 'delete';
  path: string;
  body: unknown;
  statuses: string[];
}

/** The example of every body of a document. */
function examplesOf(text: string): Example[] {
  const { paths, components } = JSON.parse(text) as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas?: Record<string, Schema> };
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId, requestBody, responses }]) => {
      const schema = requestBody?.content['application/json']?.schema;
      const whole = schema?.$ref ? components.schemas![schema.$ref.split('/').at(-1)!] : schema;
      return whole
        ? [
            {
              id: operationId,
              method: method as Example['method'],
              path,
              body: whole.example,
              statuses: Object.keys(responses),
            },
          ]
        : [];
    }),
  );
}

const documents = generatedDocuments('1.2.3');
const V1 = examplesOf(documents['openapi.json']!);
const LEGACY = examplesOf(documents['openapi-legacy.json']!);

let server: LegacyServer;
let admin: Caller;

/** Makes something by a call, and gives a text of its answer. */
async function made(call: Test, part: (body: Record<string, string>) => unknown): Promise<string> {
  const { status, body } = await call;
  expect(status < 300 ? 'made' : (body as unknown)).toBe('made');
  return String(part(body as Record<string, string>));
}

/** The thing that the path of a call names; all others have none. */
const THINGS: Record<string, () => Promise<string>> = {
  updateReservation: () =>
    made(
      admin.post('/v1/reservations').send({ items: [{ pool: 'lab' }], durationSeconds: 60 }),
      ({ id }) => id,
    ),
  updateUser: () => made(admin.post('/v1/users').send({ name: 'one' }), ({ id }) => id),
  updatePool: async () => 'changed',
  updateResource: async () => 'lab-9',
  replaceResourceCredential: async () => 'lab-8',
  updateWebhook: hook,
  replayWebhook: hook,
  vmsDeleteUser: async () => '2',
  vmsDeleteVm: async () => '3',
};

function hook(): Promise<string> {
  return made(
    admin.post('/v1/webhooks').send({ url: 'https://hooks.example.org/' }),
    ({ id }) => id,
  );
}

/** Parts of examples that nobody can know before: what is sent instead. */
const INSTEAD: Record<string, () => Promise<string>> = {
  'the setup token': async () => SETUP_TOKEN,
  'from the answer that began the sign-in': () =>
    made(server.anybody.post('/v1/auth/github/device'), ({ handle }) => handle),
};
const UUID = 'fa496c42-6100-4838-9774-6683b3688cd2';

/** A thing whose id an example of a legacy API shows as a UUID. */
function ofLegacy(id: string): Promise<string> {
  return id === 'tokenPoolDeleteToken'
    ? made(admin.post('/api/token_pool/'), ({ token }) => token)
    : made(
        admin
          .post('/account')
          .set('X-Request-ID', randomUUID())
          .send({ username: `for-${id}` }),
        (body) => body.id,
      );
}

/** The example, with what nobody can know filled in. */
async function bodyOf({ id, body }: Example): Promise<object> {
  let text = JSON.stringify(body);
  for (const [part, give] of Object.entries(INSTEAD))
    if (text.includes(part)) text = text.replace(part, await give());
  if (text.includes(UUID)) text = text.replace(UUID, await ofLegacy(id));
  return JSON.parse(text) as object;
}

/** Sends an example as it is documented. */
async function sent(caller: Caller, example: Example): Promise<{ status: number; text: string }> {
  const thing = (await THINGS[example.id]?.()) ?? '';
  const body = await bodyOf(example);
  return caller[example.method](example.path.replace(/\{\w+\}/, thing))
    .set('X-Request-ID', randomUUID())
    .send(body);
}

/** A server that nobody has set up. */
let fresh: TestServer;

beforeAll(async () => {
  fresh = await TestServer.start();
  const github = (await FakeGithub.start(fresh.test.clock)).setup();
  server = await LegacyServer.start({ mode: 'guarded', pools: POOLS, github, mcpIdle: 60_000 });
  admin = await server.admin();
  // The credential in the examples of the VM reservation API.
  const user1 = { name: 'user1', email: 'user1@email.com', password: 'user1' };
  await server.anybody
    .post('/user')
    .send({ ...user1, setupToken: SETUP_TOKEN })
    .expect(201);
  await server.until('resources to lend', async () => {
    const { resources } = (await admin.get('/v1/stats')).body as Record<string, Counts>;
    return resources!.available === resources!.total && resources!.total > 10;
  });
});
afterAll(() => server.stop());

interface Counts {
  total: number;
  available: number;
}

test('every call with a body has an example', () => {
  const all = [...V1, ...LEGACY];
  expect(all.length).toBeGreaterThan(25);
  expect(all.filter(({ body }) => body === undefined)).toEqual([]);
});

describe('the example of a body works', () => {
  test.each(V1.map((example) => [example.id, example] as const))('%s', async (id, example) => {
    const { status, text } = await sent(id === 'setUp' ? fresh.anybody : admin, example);
    expect(status < 300 ? 'works' : text).toBe('works');
    expect(example.statuses).toContain(String(status));
  });

  test.each(LEGACY.map((example) => [example.id, example] as const))('%s', async (id, example) => {
    // The examples of this API bear its own credential.
    const { status, text } = await sent(id.startsWith('vms') ? server.anybody : admin, example);
    expect(status < 300 ? 'works' : text).toBe('works');
    expect(example.statuses).toContain(String(status));
  });
});
