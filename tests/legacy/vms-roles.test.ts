import { importFile } from '../../src/api/import-file';
import { VmPeople } from '../../src/legacy/vms/people';
import { importAll } from '../../src/legacy/import';
import { account } from '../helpers/github';
import { describeServer, expectRefused } from '../helpers/legacy';
import { signIn, signedIn, world, type World } from '../github/support';
import { problem, TestServer } from '../helpers/server';

const IMPORTED = {
  users: [
    { name: 'boss', email: 'boss@example.org', password: 'boss', vmRole: 'admin', vmNumber: 1 },
    { name: 'ann', email: 'ann@example.org', password: 'ann', vmRole: 'admin', vmNumber: 2 },
    { name: 'bob', email: 'bob@example.org', password: 'bob', vmRole: 'user', vmNumber: 3 },
  ],
};
const BOSS = { userid: 1, password: 'boss' };

const importInto = ({ test, services }: TestServer, file: unknown = IMPORTED) =>
  importAll(test.engine, services.passwords, importFile.parse(file));

describeServer(
  'an admin of the VM reservation API, over a user who is not of that API alone',
  { mode: 'guarded', jobs: false },
  (server) => {
    beforeAll(() => importInto(server().server));
    const patch = (set: object) =>
      server()
        .anybody.patch('/user')
        .send({ auth: BOSS, ...set });
    const remove = (n: number) => server().anybody.delete(`/user/id/${n}`).send({ auth: BOSS });
    const mayIn = (name: string) =>
      server().server.basic(`${name}@example.org`, name).get('/v1/me').expect(200);

    test.each([
      { password: 'taken over' },
      { email: 'eve@example.org' },
      { name: 'Eve' },
      { role: 'admin' },
      { role: 'user', password: 'taken over' },
    ])('sets nothing: %j', async (set) => {
      await expectRefused(server(), patch({ id: 3, ...set }), 401);
      await mayIn('bob');
    });

    test('takes away the role of an admin', async () => {
      await patch({ id: 2, role: 'user' }).expect(200, { message: 'Update done' });
      const call = server().anybody.post('/maintenance');
      await call.send({ auth: { userid: 2, password: 'ann' }, vmid: 1 }).expect(401);
    });

    test('takes away the user in that API, who stays one everywhere else', async () => {
      await remove(3).expect(200, { Message: 'Record Deleted' });
      await mayIn('bob');
      const users = await server().anybody.get('/user').auth('boss@example.org', 'boss');
      expect(Object.keys(users.body.User_Details)).toEqual(['1', '2']);
      for (const path of ['/checkout_vm', '/reserve?username=bob&count=1'])
        await expectRefused(
          server(),
          server()
            .anybody[path === '/checkout_vm' ? 'post' : 'get'](path)
            .send({ auth: { userid: 3, password: 'bob' } }),
          path === '/checkout_vm' ? 400 : 401,
        );
      await remove(3).expect(400, { message: 'Invalid user' });
    });

    test('gives the number of the removed user to nobody', async () => {
      const user = { name: 'new', email: 'new@example.org', password: 'new' };
      await server()
        .anybody.post('/user')
        .send({ auth: BOSS, ...user })
        .expect(201);
      await patch({ id: 4, password: 'newer' }).expect(200);
      await server().server.basic('new@example.org', 'newer').get('/v1/me').expect(200);
      await remove(4).expect(200);
      await server().server.basic('new@example.org', 'newer').get('/v1/me').expect(401);
    });
  },
);

describe('an admin of the VM reservation API who is demoted meanwhile', () => {
  let server: TestServer;
  let people: VmPeople;
  beforeEach(async () => {
    server = await TestServer.start({ legacy: { mode: 'guarded' } });
    await importInto(server);
    const { engine } = server.test;
    const { passwords } = server.services;
    const hash = async (password: string) => {
      await server.anybody.patch('/user').send({ auth: BOSS, id: 2, role: 'user' }).expect(200);
      return passwords.hash(password);
    };
    people = new VmPeople(engine, { ...passwords, hash });
  });
  const ann = () =>
    server.services.authentication.identify({ email: 'ann@example.org', password: 'ann' });
  const refused = { code: 'unauthenticated' };
  const lost = { name: 'lost', email: 'lost@example.org', password: 'lost' };

  test('adds nobody, though the password was being hashed before', async () => {
    await expect(people.create({ ...lost, role: 'user' }, await ann())).rejects.toMatchObject(
      refused,
    );
    expect(await people.findByEmail('lost@example.org')).toBeNull();
  });

  test('changes nobody else, and still themselves', async () => {
    const admin = await ann();
    const boss = { email: 'boss@example.org', password: 'boss' };
    const asBoss = await server.services.authentication.identify(boss);
    await people.create({ ...lost, role: 'user' }, asBoss);
    const { user } = (await people.findByEmail('lost@example.org'))!;
    const set = { password: 'taken over' };
    await expect(people.change(user.id, set, 'admin', admin)).rejects.toMatchObject(refused);
    await expect(people.delete(user.id, admin)).rejects.toMatchObject(refused);
    await people.change(admin.userId, { password: 'my own' }, 'self', admin);
    expect(await people.findByEmail('lost@example.org')).not.toBeNull();
  });
});

describe('an address that a user of the VM reservation API took', () => {
  let here: World;
  beforeEach(async () => {
    here = await world([], {}, {});
  });
  const owner = account(1, 'owner');

  test('signs nobody in with GitHub, not even once that API has begun anew', async () => {
    const legacy = await TestServer.start({
      legacy: { mode: 'guarded' },
      github: here.github.setup(),
      clock: here.server.test.clock,
    });
    const there: World = { ...here, server: legacy };
    await importInto(legacy);
    const email = 'owner@example.org';
    await legacy.anybody
      .patch('/user')
      .send({ auth: { userid: 3, password: 'bob' }, id: 3, email })
      .expect(200);
    const admin = await legacy.admin();
    await admin.get('/truncate_tables').expect(201);
    expect((await signIn(there, owner)).body).toEqual(problem(403, 'forbidden'));
    const bob = (await legacy.test.engine.store.read.userByEmail(email))!;
    expect(bob).toMatchObject({ name: 'bob', emailSelfDeclared: true });
    await admin.patch(`/v1/users/${bob.id}`).send({ email: 'bob@example.org' }).expect(200);
    const { body } = await admin.post('/v1/users').send({ name: 'owner', email });
    expect((await signedIn(there, owner)).userId).toBe(body.id);
  });

  test('does not keep its owner out: it goes to whom an admin, or GitHub, gives it', async () => {
    const legacy = await TestServer.start({
      legacy: { mode: 'guarded' },
      github: here.github.setup(['lab']),
      clock: here.server.test.clock,
    });
    await importInto(legacy);
    const admin = await legacy.admin();
    const bob = { userid: 3, password: 'bob' };
    const take = (email: string) =>
      legacy.anybody.patch('/user').send({ auth: bob, id: 3, email }).expect(200);
    const bobsAddress = async () =>
      (await legacy.test.engine.store.read.vmUser({ number: 3 }))!.user.email;

    await take('owner@example.org');
    const made = await admin.post('/v1/users').send({ name: 'owner', email: 'owner@example.org' });
    expect(made.status).toBe(201);
    expect(await bobsAddress()).toBeNull();
    const again = { auth: bob, id: 3, email: 'owner@example.org' };
    await legacy.anybody.patch('/user').send(again).expect(400);

    await take('new@example.org');
    const moved = admin.patch(`/v1/users/${made.body.id}`).send({ email: 'new@example.org' });
    expect((await moved).body).toMatchObject({ email: 'new@example.org' });
    expect(await bobsAddress()).toBeNull();

    await take('member@example.org');
    const member = await signedIn(
      { ...here, server: legacy },
      account(7, 'member', { orgs: ['lab'] }),
    );
    expect((await member.get('/v1/me')).body).toMatchObject({ email: 'member@example.org' });
    expect(await bobsAddress()).toBeNull();
  });

  test('stays with a user who is an admin of Holdfast by now', async () => {
    await importInto(here.server);
    const admin = await here.server.admin();
    const { store } = here.server.test.engine;
    const { id } = (await store.read.userByEmail('bob@example.org'))!;
    await admin.patch(`/v1/users/${id}`).send({ role: 'admin' }).expect(200);
    const { body } = await admin.post('/v1/users').send({ name: 'b', email: 'bob@example.org' });
    expect(body).toEqual(problem(409, 'conflict', 'email'));
    expect(await store.read.userByEmail('bob@example.org')).toMatchObject({ id });
  });

  test('gets nothing that an import has for its owner', async () => {
    await importInto(here.server, {
      users: [{ ...IMPORTED.users[2], email: 'owner@example.org' }],
    });
    const file = {
      users: [{ name: 'owner', email: 'owner@example.org', password: 'owner' }],
      apiTokens: [{ user: 'owner@example.org', name: 'ci', secret: 'an-old-secret' }],
    };
    await expect(importInto(here.server, file)).rejects.toMatchObject({
      code: 'conflict',
      field: 'users[0].email',
    });
    expect((await here.server.bearer('an-old-secret').get('/v1/me')).status).toBe(401);
  });
});
