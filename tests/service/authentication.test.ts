import { passwords } from '../../src/crypto/passwords';
import { Authentication } from '../../src/service/people/authentication';
import { Users } from '../../src/service/people/users';
import type { Store } from '../../src/store/store';
import { somebody, TestEngine } from '../helpers/engine';

const NO_CONTEXT = { requestId: null, idempotencyKey: null };
const PASSWORD = 'correct horse';

/** Kate, who signs in; `meanwhile` happens while her password is being checked, which takes time. */
async function signIn(
  meanwhile: (users: Users, id: string) => Promise<void>,
  email = 'kate@example.org',
) {
  const { engine } = await TestEngine.start();
  const hashes = passwords(Buffer.alloc(32, 1), { cost: 4 });
  const users = new Users(engine, hashes, 'setup token');
  const id = await users.create(
    { name: 'Kate', email: 'kate@example.org', password: PASSWORD },
    NO_CONTEXT,
  );
  const verify = async (password: string, stored: string | null) => {
    await meanwhile(users, id);
    return hashes.verify(password, stored);
  };
  return new Authentication(engine, { ...hashes, verify }).identify({ email, password: PASSWORD });
}

describe('the last use of a token', () => {
  /** Ann's token, on a store whose transactions are watched. */
  async function watched() {
    const { engine, clock } = await TestEngine.start();
    const users = new Users(engine, passwords(Buffer.alloc(32, 1), { cost: 4 }), 'setup token');
    const userId = await users.create({ name: 'Ann', email: 'ann@example.org' }, NO_CONTEXT);
    const made = await users.createToken({ ...somebody(), userId }, { name: 'ci' }, NO_CONTEXT);
    const transact = jest.fn<Promise<unknown>, unknown[]>((...given) =>
      engine.store.transact(...(given as Parameters<Store['transact']>)),
    );
    const store = Object.create(engine.store, { transact: { value: transact } }) as Store;
    const authentication = new Authentication({ ...engine, store }, passwords(Buffer.alloc(32)));
    return {
      transact,
      clock,
      call: () => authentication.identify({ token: made.secret! }),
      written: async () => {
        const notes = transact.mock.results.map(({ value }) => value as Promise<unknown>);
        await Promise.allSettled(notes);
        await new Promise(setImmediate);
      },
      lastUsedAt: async () => (await engine.store.read.tokenById(made.id))!.lastUsedAt,
    };
  }

  it('is noted once in a minute, however many calls come at once', async () => {
    const { transact, clock, call, written, lastUsedAt } = await watched();
    const notes: number[] = [];
    for (const later of [0, 59_999, 1]) {
      clock.advance(later);
      transact.mockClear();
      await Promise.all(Array.from({ length: 20 }, call));
      notes.push(transact.mock.calls.length);
      await written();
    }
    expect(notes).toEqual([1, 0, 1]);
    expect(await lastUsedAt()).toBe(clock.at);
  });

  it('is noted by the next call if it could not be written', async () => {
    const { transact, clock, call, written, lastUsedAt } = await watched();
    transact.mockRejectedValueOnce(new Error('busy'));
    await call();
    await written();
    expect(await lastUsedAt()).toBeNull();
    await call();
    await written();
    expect(await lastUsedAt()).toBe(clock.at);
  });
});

it('accepts the right password', async () => {
  await expect(signIn(async () => undefined)).resolves.toMatchObject({
    userName: 'Kate',
    role: 'user',
  });
});

it.each<[string, (users: Users, id: string) => Promise<void>]>([
  ['been shut out', (users, id) => users.delete(id)],
  [
    'got another password',
    (users, id) =>
      users.change(somebody('ada', 'admin'), id, { password: 'another password' }, null),
  ],
])('rejects a user who has %s while the password was checked', async (_what, meanwhile) => {
  await expect(signIn(meanwhile)).rejects.toMatchObject({ code: 'unauthenticated' });
});

it('accepts the right password whose hash was made anew while it was checked', async () => {
  let isDone = false;
  const hashAnew = async (users: Users, id: string) => {
    if (isDone) return;
    isDone = true;
    await users.change(somebody('ada', 'admin'), id, { password: PASSWORD }, null);
  };
  await expect(signIn(hashAnew)).resolves.toMatchObject({ userName: 'Kate' });
});

it('gives the role that the user has by then', async () => {
  await expect(
    signIn((users, id) => users.change(somebody('ada', 'admin'), id, { role: 'admin' }, null)),
  ).resolves.toMatchObject({ role: 'admin' });
});

it('takes an address in any case, but no letter that only looks like one of hers', async () => {
  const nothing = async () => undefined;
  await expect(signIn(nothing, 'KATE@Example.org')).resolves.toMatchObject({ userName: 'Kate' });
  const kelvin = '\u212Aate@example.org';
  await expect(signIn(nothing, kelvin)).rejects.toMatchObject({ code: 'unauthenticated' });
});
