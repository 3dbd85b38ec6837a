import { TestServer } from '../helpers/server';
import { LegacyServer } from '../helpers/legacy';

const pools =
  'pools: [{ name: lab, kind: account, driver: simulated, size: 3, types: [{ name: free }] }]';

describe.each([
  ['https://example.org/lend/it/', '/lend/it'],
  ['https://example.org', ''],
  [undefined, ''],
])('with PUBLIC_URL=%s, links lead below "%s"', (publicUrl, base) => {
  test('in v1', async () => {
    const server = await TestServer.start({ pools, publicUrl });
    const admin = await server.admin();
    const made = await admin.post('/v1/reservations').send({ items: [{ pool: 'lab' }] });
    expect(made.headers.location).toBe(`${base}/v1/reservations/${made.body.id}`);
    const user = await admin.post('/v1/users').send({ name: 'x', username: 'x' });
    expect(user.headers.location).toBe(`${base}/v1/users/${user.body.id}`);
    const { headers } = await admin.get('/v1/resources?limit=1');
    expect(headers.link).toMatch(/^<.*>; rel="next"$/);
    expect(headers.link!.slice(1)).toMatch(new RegExp(`^${base}/v1/resources\\?limit=1&cursor=`));
    const { body } = await server.anybody.get('/');
    expect(body.links).toMatchObject({ docs: `${base}/docs`, health: `${base}/readyz` });
    const { body: document } = await server.anybody.get('/openapi.json');
    expect(document.servers).toMatchObject([{ url: base === '' ? '/' : base }]);
    await server.stop();
  });

  test('in acctpool', async () => {
    const server = await LegacyServer.start({ mode: 'guarded', jobs: false, pools, publicUrl });
    const token = await server.tokenOf(await server.admin());
    const { headers } = await server.anybody.post(`/reservations?token=${token}`).redirects(0);
    expect(headers.location).toMatch(new RegExp(`^${base}/reservations/[^/]+\\?token=${token}$`));
    await server.stop();
  });
});
