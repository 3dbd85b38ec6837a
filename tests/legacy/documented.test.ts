import { contract } from '../helpers/answers';
import { LegacyServer } from '../helpers/legacy';

/** The errors that any call may meet, with the bodies of each API. */
const SIGNS: [string, string, object][] = [
  ['acctpool', 'post /reservations', { error: 'Busy.' }],
  ['containers', 'get /available', { error: 'Busy.' }],
  ['tokens', 'post /api/block_token/', { error: 'Busy.' }],
  ['VM reservation', 'get /vmpoolsize', { message: 'Busy.' }],
  ['identities', 'get /accounts', { error: 'Busy.' }],
];

test.each(SIGNS)('%s documents the errors that any call may meet', (_, name, body) => {
  const [method, path] = name.split(' ') as [string, string];
  const text = JSON.stringify(body);
  for (const status of [403, 429, 503])
    expect(contract().faultOf({ method, path, status, type: 'application/json', text })).toBeNull();
  const odd = { method, path, status: 503, type: 'application/json', text: '{"odd":1}' };
  expect(contract().faultOf(odd)).toContain(`${name} answered 503: `);
});

test('an API that words one status in two ways documents both', async () => {
  const server = await LegacyServer.start({ mode: 'guarded', jobs: false });
  const admin = await server.admin();
  const path = '/api/token_pool/';
  const unknown = await admin.delete(path).send({ token: 'of nobody' }).expect(400);
  const unread = await admin.delete(path).type('text/plain').send('token').expect(400);
  expect([unknown.body, unread.body]).toEqual([
    ['Invalid token id'],
    { error: expect.any(String) as string },
  ]);
});

test('a path that cannot be decoded is refused in the words of the API that it is meant for', async () => {
  const server = await LegacyServer.start({ mode: 'guarded', jobs: false });
  const admin = await server.admin();
  const said = async (path: string) => {
    const { status, body } = await admin.get(path);
    return { status, body: body as unknown };
  };
  const sentence = 'is not UTF-8, percent-encoded.';
  expect(await said('/reservations/%FF')).toEqual({
    status: 400,
    body: { error: `id: ${sentence}` },
  });
  expect(await said('/user/id/%FF')).toEqual({
    status: 400,
    body: { message: `n: ${sentence}` },
  });
  expect((await admin.post('/api/unblock_token/%FF')).body).toEqual(['Invalid token id']);
  expect((await said('/v1/pools/%FF')).body).toMatchObject({
    code: 'invalid',
    field: 'request',
  });
});
