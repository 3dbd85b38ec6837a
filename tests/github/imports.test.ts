import { addEmail } from '../../src/legacy/identities/rules';
import { account, address } from '../helpers/github';
import type { Caller } from '../helpers/server';
import { signedIn, world, type World } from './support';

const [ONE, TWO, THREE] = ['1', '2', '3'].map(
  (last) =>
    `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc${last}`,
) as [string, string, string];
const POOLS = `
pools:
  - { name: boxes, kind: container, driver: simulated, settings: { opensAccess: true }, size: 1 }
`;

let here: World;
beforeEach(async () => {
  here = await world([], { pools: POOLS });
  await here.server.user('ann');
});

const me = async (who: Caller) =>
  (await who.get('/v1/me')).body as { emails: unknown[]; sshKeys: { key: string }[] };
const keysOf = async (who: Caller) => (await me(who)).sshKeys.map(({ key }) => key).sort();

describe('addresses and keys', () => {
  test('are taken over at each sign-in, except unverified addresses and malformed keys', async () => {
    const emails = [
      address('ann@example.org'),
      address('Ann@Home.example', { primary: false }),
      address('no@example.org', { primary: false, verified: false }),
    ];
    const first = await signedIn(
      here,
      account(1, 'ann', {
        emails,
        keys: [ONE, TWO, 'command="reboot" ssh-ed25519 AAAA', `${ONE}\n${THREE}`, 'not a key'],
      }),
    );
    expect((await me(first)).emails).toEqual([
      { email: 'ann@example.org', verified: true },
      { email: 'ann@home.example', verified: true },
    ]);
    expect(await keysOf(first)).toEqual([ONE, TWO]);
    const second = await signedIn(
      here,
      account(1, 'ann', { emails: [address('new@example.org')], keys: [TWO, THREE] }),
    );
    expect((await me(second)).emails).toEqual([{ email: 'new@example.org', verified: true }]);
    expect(await keysOf(second)).toEqual([TWO, THREE]);
  });

  test('are shown to their user only', async () => {
    const ann = await signedIn(here, account(1, 'ann', { keys: [ONE] }));
    const bob = await here.server.user('bob');
    expect(await me(bob)).toMatchObject({ emails: [], sshKeys: [] });
    const { body } = await (await here.server.admin()).get(`/v1/users/${ann.userId}`);
    expect(Object.keys(body as object)).not.toEqual(expect.arrayContaining(['sshKeys']));
  });

  test('of someone else stay theirs', async () => {
    await here.server.user('bob');
    const bob = await signedIn(here, account(2, 'bob', { keys: [ONE] }));
    const ann = await signedIn(here, account(1, 'ann', { keys: [ONE] }));
    await signedIn(here, account(1, 'ann', { keys: [] }));
    expect([await keysOf(ann), await keysOf(bob)]).toEqual([[], [ONE]]);
  });

  test('an address that was written earlier becomes verified, and stays when GitHub forgets it', async () => {
    const { engine } = here.server.test;
    const eve = await here.server.user('eve');
    await engine.store.transact(
      {
        load: 'identity',
        userId: eve.userId,
        githubId: null,
        email: 'eve@example.org',
      },
      (found, createdAt) =>
        addEmail(
          found.user,
          found.email,
          {
            id: engine.newId(),
            userId: eve.userId,
            email: 'eve@example.org',
            verifiedAt: null,
            createdAt,
          },
          found.addresses,
        ),
    );
    await signedIn(here, account(1, 'eve'));
    expect((await me(eve)).emails).toEqual([{ email: 'eve@example.org', verified: true }]);
    await signedIn(here, account(1, 'eve', { emails: [] }));
    expect((await me(eve)).emails).toHaveLength(1);
  });
});

describe('imported keys', () => {
  const letsIn = async (username: string, key: string) =>
    here.server.test.cloud.tryLogin(
      (await here.server.test.resource('boxes-1')).handle!,
      username,
      key,
    );

  /** Borrows the box; gives its holder's login. */
  async function borrow(
    who: Caller,
    access?: Record<string, string>,
  ): Promise<{ id: string; username: string; password?: string }> {
    const { body } = await who
      .post('/v1/reservations')
      .send({ items: [{ pool: 'boxes' }], ...(access ? { access } : {}) });
    await here.server.test.settle();
    const { body: loan } = await who.get(`/v1/reservations/${body.id as string}`);
    expect(loan).toMatchObject({ status: 'active' });
    return { id: loan.id, ...loan.resources[0].credentials };
  }

  test('open everything their user borrows, beside the password, and nothing afterwards', async () => {
    const ann = await signedIn(here, account(1, 'ann', { keys: [ONE, TWO] }));
    const { id, username, password, ...rest } = await borrow(ann);
    expect([
      await letsIn(username, ONE),
      await letsIn(username, TWO),
      await letsIn(username, password!),
    ]).toEqual([true, true, true]);
    expect(JSON.stringify(rest)).not.toContain('ssh-ed25519');
    await ann.delete(`/v1/reservations/${id}`).expect(204);
    await here.server.test.settle();
    expect([await letsIn(username, ONE), await letsIn(username, password!)]).toEqual([
      false,
      false,
    ]);
  });

  test('are the ones at the time when access is opened', async () => {
    const bob = await here.server.user('bob');
    const ann = await signedIn(here, account(1, 'ann', { keys: [ONE] }));
    const first = await borrow(bob);
    const { body } = await ann
      .post('/v1/reservations')
      .send({ items: [{ pool: 'boxes' }], access: { username: 'ann' } });
    expect(body).toMatchObject({ status: 'queued' });
    await signedIn(here, account(1, 'ann', { keys: [TWO] }));
    await bob.delete(`/v1/reservations/${first.id}`).expect(204);
    await here.server.test.settle();
    expect([await letsIn('ann', ONE), await letsIn('ann', TWO)]).toEqual([false, true]);
  });

  test("leave the caller's own choice alone", async () => {
    const ann = await signedIn(here, account(1, 'ann', { keys: [ONE] }));
    const byPassword = await borrow(ann, { username: 'ann', password: 'my own one' });
    expect(byPassword.password).toBe('my own one');
    expect([await letsIn('ann', 'my own one'), await letsIn('ann', ONE)]).toEqual([true, true]);
    await ann.delete(`/v1/reservations/${byPassword.id}`).expect(204);
    await here.server.test.settle();
    const byKey = await borrow(ann, { username: 'ann', publicKey: THREE });
    expect(byKey.password).toBeUndefined();
    expect([await letsIn('ann', THREE), await letsIn('ann', ONE)]).toEqual([true, true]);
  });

  test('cannot be used by a caller for someone else', async () => {
    const ann = await signedIn(here, account(1, 'ann', { keys: [ONE] }));
    await ann
      .post('/v1/reservations')
      .send({ items: [{ pool: 'boxes' }], access: { authorizedKeys: [TWO] } })
      .expect(400);
  });
});
