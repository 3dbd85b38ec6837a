import { passwords } from '../../src/crypto/passwords';
import { Authentication } from '../../src/service/people/authentication';
import { Users } from '../../src/service/people/users';
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
