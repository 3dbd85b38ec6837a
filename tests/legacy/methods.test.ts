import { legacyApis } from '../../src/legacy';
import { LegacyServer } from '../helpers/legacy';

const METHODS = ['get', 'post', 'patch', 'delete'] as const;

const { routes } = legacyApis({ mode: 'guarded', openCidrs: [], hosts: [] });
const paths = [...new Set(routes.map(({ path }) => path))];
const vmPaths = new Set(
  routes.filter(({ tag }) => tag?.name === 'VM reservation').map(({ path }) => path),
);

describe('a method that a path of a legacy API lacks is refused in the words of that API', () => {
  let server: LegacyServer;
  beforeAll(async () => (server = await LegacyServer.start({ mode: 'guarded', jobs: false })));
  afterAll(() => server.stop());

  test.each(paths)('%s', async (path) => {
    const known = routes.filter((route) => route.path === path).map(({ method }) => method);
    const Allow = known.map((method) => method.toUpperCase()).join(', ');
    for (const method of METHODS.filter((each) => !known.includes(each))) {
      const { status, headers, body } = await server.anybody[method](path.replace(/\{\w+\}/g, '7'));
      const words = expect.stringContaining(`supports ${Allow}.`) as string;
      expect({ method, status, allow: headers.allow, body: body as unknown }).toEqual({
        method,
        status: 405,
        allow: Allow,
        body: vmPaths.has(path) ? { message: words } : { error: words },
      });
    }
  });
});
