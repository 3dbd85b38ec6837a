import { randomUUID } from 'node:crypto';
import { importFile } from '../../src/api/import-file';
import { importAll } from '../../src/legacy/import';
import type { Caller } from '../helpers/server';
import { TestServer } from '../helpers/server';
import { account } from '../helpers/github';
import { signedIn, world } from '../github/support';

const GITHUB = 11368271;
const PATH = `/github-identifiers?githubId=${GITHUB}`;

let server: TestServer;
let [eve, bob, admin]: Caller[] = [];

beforeEach(async () => {
  const here = await world();
  server = await TestServer.start({
    legacy: { mode: 'guarded' },
    github: here.github.setup(),
    clock: here.server.test.clock,
  });
  [eve, bob, admin] = [await server.user('eve'), await server.user('bob'), await server.admin()];
  signIn = (who) => signedIn({ ...here, server }, who);
});
let signIn: (who: ReturnType<typeof account>) => Promise<Caller>;

const claim = (by: Caller, whose: Caller = by) =>
  by
    .post('/github-identifiers')
    .set('X-Request-ID', randomUUID())
    .send({ accountId: whose.userId, githubId: GITHUB });
const statusesOf = async (...callers: Caller[]) =>
  Promise.all(callers.map(async (caller) => (await caller.get(PATH)).status));
const ownerFor = async (caller: Caller) =>
  ((await caller.get(PATH)).body as { accountId?: string }).accountId;

test('a claim is shown to the user who made it, and to nobody else', async () => {
  await claim(eve!).expect(201);
  expect(await statusesOf(eve!, bob!, admin!)).toEqual([200, 403, 404]);
});

test('a claim gives way to that of another, who is not kept out by it', async () => {
  await claim(eve!).expect(201);
  await claim(eve!).expect(409);
  await claim(bob!).expect(201);
  expect(await statusesOf(eve!, bob!, admin!)).toEqual([403, 200, 404]);
});

test('a claim gives way to one who may write the identities of others, whom no claim overrules', async () => {
  await claim(eve!).expect(201);
  await claim(admin!, bob).expect(201);
  expect(await ownerFor(admin!)).toBe(bob!.userId);
  await claim(eve!).expect(409);
  await claim(admin!, eve).expect(409);
  expect(await statusesOf(bob!, eve!, admin!)).toEqual([200, 403, 200]);
});

test('a claim becomes proven by one who may write for others', async () => {
  await claim(bob!).expect(201);
  await claim(admin!, bob).expect(201);
  expect(await ownerFor(admin!)).toBe(bob!.userId);
});

test('a claim gives way to an import, and to GitHub itself', async () => {
  await claim(eve!).expect(201);
  const users = [{ name: 'dan', username: 'dan', githubIds: [GITHUB] }];
  await importAll(server.test.engine, server.services.passwords, importFile.parse({ users }));
  const dan = (await server.test.engine.store.read.usersByName('dan'))[0]!;
  expect(await ownerFor(admin!)).toBe(dan.id);
  const { userId } = await signIn(account(GITHUB, 'bob'));
  expect([userId, await ownerFor(admin!)]).toEqual([bob!.userId, bob!.userId]);
  await claim(eve!).expect(409);
});

test("others' addresses want the scope identity:write", async () => {
  const path = `/emails?accountId=${bob!.userId}`;
  const writer = await admin!.post('/v1/tokens').send({ name: 'w', scopes: ['read'] });
  const reader = server.bearer((writer.body as { token: string }).token);
  for (const [caller, status] of [
    [bob!, 200],
    [eve!, 403],
    [reader, 403],
    [admin!, 200],
  ] as const)
    expect((await caller.get(path)).status).toBe(status);
});
