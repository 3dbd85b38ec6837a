import { comparable, isSystemName, mayBeAdmin } from '../../src/domain/people/user';

test('users that anybody can make, and the server itself, are never admins', () => {
  expect(['v1', 'vms', 'github', 'import'].map((origin) => mayBeAdmin(origin as 'v1'))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(mayBeAdmin('identities')).toBe(false);
  expect(mayBeAdmin('system')).toBe(false);
});

test("the server's own usernames are recognised in any case", () => {
  expect(['system-vms', 'SYSTEM-x', 'system', 'my-system-x'].map(isSystemName)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('only ASCII letters of an address are lower-cased', () => {
  expect(comparable('ANN@Example.org')).toBe('ann@example.org');
  const kelvin = '\u212Aate@example.org';
  expect(comparable(kelvin)).toBe(kelvin);
});
