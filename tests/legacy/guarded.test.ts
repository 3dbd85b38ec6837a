import type { Route } from '../../src/http/route';
import { changes } from '../../src/http/web-pages';
import { LegacyServer } from '../helpers/legacy';
import { SETUP_TOKEN } from '../helpers/server';

/** Counts, and nothing about anybody. */
const OPEN = ['/vmpoolsize', '/create_resource_pool/basicstats', '/vmdetails/types/all'];

/** A path of the route, with a query that it takes. */
function pathOf({ path }: Route): string {
  if (path === '/reserve') return '/reserve?username=ann&count=1';
  return path.replace('{uuid}', 'fa496c42-6100-4838-9774-6683b3688cd2').replace(/\{\w+\}/g, '1');
}

test('guarded mode asks for a credential wherever something changes or anyone is shown', async () => {
  const server = await LegacyServer.start({ mode: 'guarded', jobs: false });
  const user = { name: 'eva', email: 'eva@example.org', password: 'eva', setupToken: SETUP_TOKEN };
  // Without a user, that API has nothing to lose and may be begun anew by anybody.
  await server.anybody.post('/user').send(user).expect(201);
  const legacy = server.server.routes.filter(({ formatError }) => formatError !== undefined);
  expect(legacy.length).toBeGreaterThan(40);
  expect(legacy.filter(changes).length).toBeGreaterThan(20);
  const open: string[] = [];
  for (const route of legacy) {
    const { status } = await server.anybody[route.method](pathOf(route)).redirects(0);
    if (status !== 401) open.push(route.path);
  }
  expect(open.sort()).toEqual([...OPEN].sort());
  await server.stop();
});

test('open mode opens nothing in v1', async () => {
  const server = await LegacyServer.start({ mode: 'open', jobs: false });
  await server.admin();
  const v1 = server.server.routes.filter(
    ({ path, access }) => path.startsWith('/v1/') && access !== 'public',
  );
  expect(v1.length).toBeGreaterThan(25);
  for (const route of v1)
    await server.anybody[route.method](pathOf(route)).redirects(0).expect(401);
  await server.stop();
});
