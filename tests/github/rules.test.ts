import { addEmail, addGithubIdentifier } from '../../src/legacy/identities/rules';
import type { UserOrigin } from '../../src/domain/people/user';
import { importFile } from '../../src/api/import-file';
import { importAll } from '../../src/legacy/import';
import { VmPeople } from '../../src/legacy/vms/people';
import { account, address, type Account } from '../helpers/github';
import { somebody } from '../helpers/engine';
import { problem } from '../helpers/server';
import { eventsOf, signedIn, signIn, world, type World } from './support';

let here: World;
beforeEach(async () => {
  here = await world(['Lab-1', 'lab-2']);
});

const engine = () => here.server.test.engine;
const userById = async (id: string) => (await engine().store.read.userById(id))!;
const linkOf = (githubId: number) => engine().store.read.githubIdentifier(String(githubId));

/** A user whom nobody invites: of another origin, as the legacy APIs make them. */
async function made(origin: UserOrigin, username: string, email?: string): Promise<string> {
  return here.server.services.users.create(
    { name: username, username, origin, ...(email === undefined ? {} : { email }) },
    { requestId: null, idempotencyKey: null },
  );
}

/** The identities API writes this: a link that nobody has verified. */
async function claim(userId: string, githubId: string): Promise<void> {
  const { store, newId } = engine();
  await store.transact({ load: 'identity', userId, githubId, email: null }, (found, createdAt) =>
    addGithubIdentifier(found.user, found.githubIdentifier, {
      id: newId(),
      userId,
      githubId,
      verifiedAt: null,
      createdAt,
    }),
  );
}

async function expectRefused(who: Account): Promise<void> {
  const before = await engine().store.read.users({ after: null, limit: 100 });
  expect((await signIn(here, who)).body).toEqual(problem(403, 'forbidden'));
  expect(await engine().store.read.users({ after: null, limit: 100 })).toEqual(before);
}

describe('an invited user', () => {
  test('is recognised by a verified address, and linked from then on', async () => {
    const { userId } = await here.server.user('ann');
    expect(
      (
        await signedIn(
          here,
          account(1, 'Annie', {
            emails: [address('x@example.org'), address('ANN@Example.org', { primary: false })],
          }),
        )
      ).userId,
    ).toBe(userId);
    expect(await linkOf(1)).toMatchObject({ userId, verifiedAt: here.server.test.clock.now() });
    expect((await signedIn(here, account(1, 'renamed', { emails: [] }))).userId).toBe(userId);
    expect((await eventsOf(here, userId)).filter((type) => type === 'user.linked')).toHaveLength(1);
    expect(await userById(userId)).toMatchObject({
      name: 'ann',
      email: 'ann@example.org',
      username: null,
      origin: 'v1',
    });
  });

  test('is recognised by the primary address if two are invited', async () => {
    await here.server.user('ann');
    const { userId } = await here.server.user('bob');
    const emails = [address('ann@example.org', { primary: false }), address('bob@example.org')];
    expect((await signedIn(here, account(1, 'bob', { emails }))).userId).toBe(userId);
  });

  test('is not recognised by an address that GitHub has not verified', async () => {
    await here.server.user('ann');
    await expectRefused(
      account(1, 'mallory', { emails: [address('ann@example.org', { verified: false })] }),
    );
  });

  test('is not recognised by a similar address, nor by one in the emails table', async () => {
    const { userId } = await here.server.user('kim');
    const { store, newId } = engine();
    await store.transact(
      { load: 'identity', userId, githubId: null, email: 'k@example.org' },
      (found, createdAt) =>
        addEmail(
          found.user,
          found.email,
          {
            id: newId(),
            userId,
            email: 'k@example.org',
            verifiedAt: null,
            createdAt,
          },
          found.addresses,
        ),
    );
    const kelvin = '\u212a';
    expect(`${kelvin}im@example.org`.toLowerCase()).toBe('kim@example.org');
    await expectRefused(
      account(1, 'mallory', {
        emails: [address(`${kelvin}im@example.org`), address('k@example.org')],
      }),
    );
  });

  test('is not handed over with an address that has changed hands', async () => {
    await here.server.user('ann');
    await signedIn(here, account(1, 'ann'));
    await expectRefused(account(2, 'newcomer', { emails: [address('ann@example.org')] }));
  });

  test("gets an admin's token if they are an admin", async () => {
    const admin = await here.server.admin();
    const ada = await signedIn(here, account(1, 'ada'));
    expect((await ada.get('/v1/me')).body).toMatchObject({
      id: (await admin.get('/v1/me')).body.id,
      scopes: ['read', 'reserve', 'self', 'admin'],
      maxPriority: 100,
    });
    await ada.get('/v1/users').expect(200);
  });

  test('who was deleted does not come back, even as a member, until invited again', async () => {
    const { userId } = await here.server.user('ann');
    const ann = account(1, 'ann', { orgs: ['lab-1'] });
    await signedIn(here, ann);
    await (await here.server.admin()).delete(`/v1/users/${userId}`).expect(204);
    await expectRefused(ann);
    const { userId: again } = await here.server.user('ann');
    expect((await signedIn(here, ann)).userId).toBe(again);
    expect(await linkOf(1)).toMatchObject({ userId: again });
  });

  test('may have been imported', async () => {
    const userId = await made('import', 'ann', 'ann@example.org');
    expect((await signedIn(here, account(1, 'ann'))).userId).toBe(userId);
  });
});

describe('a user of the VM reservation API, taken over by an import', () => {
  const ann = account(1, 'ann');
  let userId: string;
  beforeEach(async () => {
    const users = [{ name: 'ann', email: 'ann@example.org', vmRole: 'user' }];
    await importAll(engine(), here.server.services.passwords, importFile.parse({ users }));
    userId = (await engine().store.read.userByEmail('ann@example.org'))!.id;
  });
  const people = () => new VmPeople(engine(), here.server.services.passwords);
  const setEmail = async (email: string) =>
    (await here.server.admin()).patch(`/v1/users/${userId}`).send({ email }).expect(200);

  test('is not known by the address, which they may have chosen themselves', async () => {
    await expectRefused(ann);
  });

  test('is not known by it after leaving that API either', async () => {
    await people().clear();
    await expectRefused(ann);
  });

  test('is known by an address that an admin of this server has set', async () => {
    await setEmail('ann@example.org');
    expect((await signedIn(here, ann)).userId).toBe(userId);
  });

  test('is no longer known once they have changed it in that API', async () => {
    await setEmail('other@example.org');
    const self = { ...somebody(), userId };
    await people().change(userId, { email: 'ann@example.org' }, 'self', self);
    await expectRefused(ann);
  });
});

describe('a user without an invitation', () => {
  test.each<UserOrigin>(['identities', 'system', 'vms', 'github'])(
    'of origin %s is not recognised by an address',
    async (origin) => {
      await made(origin, 'ann', 'ann@example.org');
      await expectRefused(account(1, 'ann'));
    },
  );

  test.each<UserOrigin>(['identities', 'system'])(
    'of origin %s is never an admin, whatever the row says',
    async (origin) => {
      const userId = await made(origin, 'ann');
      const { store } = engine();
      const set = { do: 'setUser', id: userId, set: { role: 'admin' } } as const;
      const link = {
        do: 'linkGithub',
        identifier: { id: 'l', userId, githubId: '1', verifiedAt: 1, createdAt: 1 },
      } as const;
      await store.transact({ load: 'token', id: null }, () => ({
        changes: [set, link],
        value: null,
      }));
      expect((await (await signedIn(here, account(1, 'ann'))).get('/v1/me')).body).toMatchObject({
        id: userId,
        scopes: ['read', 'reserve', 'self'],
        maxPriority: 0,
      });
    },
  );
});

describe('an unverified link', () => {
  test('signs nobody in', async () => {
    const { userId } = await here.server.user('ann');
    await claim(userId, '7');
    await expectRefused(account(7, 'mallory'));
    expect(await linkOf(7)).toMatchObject({ userId, verifiedAt: null });
  });

  test('does not block the owner of the account', async () => {
    const squatter = await made('identities', 'squatter');
    await claim(squatter, '7');
    const { userId } = await here.server.user('ann');
    expect((await signedIn(here, account(7, 'ann'))).userId).toBe(userId);
    expect(await linkOf(7)).toMatchObject({ userId, verifiedAt: here.server.test.clock.now() });
  });

  test('of the same user becomes a verified one', async () => {
    const { userId } = await here.server.user('ann');
    await claim(userId, '7');
    expect((await signedIn(here, account(7, 'ann'))).userId).toBe(userId);
    expect(await linkOf(7)).toMatchObject({ userId, verifiedAt: here.server.test.clock.now() });
  });
});

describe('a member of a listed organisation', () => {
  const bob = account(2, 'Bob', { name: 'Robert', orgs: ['other', 'LAB-2'] });

  test('becomes a user, once', async () => {
    const first = await signedIn(here, bob);
    expect(await userById(first.userId)).toMatchObject({
      name: 'Robert',
      username: 'Bob',
      email: 'bob@example.org',
      role: 'user',
      origin: 'github',
      passwordHash: null,
    });
    expect(await eventsOf(here, first.userId)).toEqual([
      'user.created',
      'user.linked',
      'token.created',
    ]);
    expect((await signedIn(here, { ...bob, login: 'bobby' })).userId).toBe(first.userId);
  });

  test('does not get a name or an address that is taken, nor one of our own', async () => {
    await made('vms', 'Bob', 'bob@example.org');
    const { userId } = await signedIn(here, bob);
    expect(await userById(userId)).toMatchObject({ username: null, email: null });
    const sly = await signedIn(here, account(3, 'system-vms', { name: ' ', orgs: ['lab-1'] }));
    expect(await userById(sly.userId)).toMatchObject({ username: null, name: 'system-vms' });
  });

  test('remains one as long as they are a member', async () => {
    const { userId } = await signedIn(here, bob);
    await expectRefused({ ...bob, orgs: ['other'] });
    expect((await signedIn(here, bob)).userId).toBe(userId);
  });

  test('is made once if two sign in at the same moment', async () => {
    const both = await Promise.all([signedIn(here, bob), signedIn(here, bob)]);
    expect(both[0].userId).toBe(both[1].userId);
  });
});

test('nobody else gets in', async () => {
  await expectRefused(account(9, 'mallory', { orgs: ['lab', 'lab-11', 'xlab-1'] }));
  const alone = await world();
  expect((await signIn(alone, account(9, 'mallory', { orgs: ['lab-1'] }))).body).toEqual(
    problem(403, 'forbidden'),
  );
  expect(alone.github.asked.map(({ path }) => path)).not.toContain('/api/v3/user/orgs');
});
