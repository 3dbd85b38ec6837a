import type { Route } from '../../src/http/route';
import { legacyApis } from '../../src/legacy';
import { LegacyServer } from '../helpers/legacy';
import type { Caller } from '../helpers/server';

const { routes } = legacyApis({ mode: 'guarded', openCidrs: [], hosts: [] });

/** Texts that a client may send where nothing is read, with their types. */
const UNREAD: [what: string, type: string, text: string][] = [
  ['an object', 'application/json', '{"pool_size":"3","x":{"y":[1]}}'],
  ['a list', 'application/json', '[1]'],
  ['text with NUL', 'application/json', '{"x":"\\u0000"}'],
  ['broken JSON', 'application/json', '{"x":'],
  ['an odd charset', 'application/json; charset=koi8-r', '{"x":1}'],
  ['a form', 'application/x-www-form-urlencoded', 'x=1'],
];

/** A path of the route that names nothing, with the query that it needs. */
function pathOf({ path }: Route): string {
  if (path === '/reserve') return '/reserve?username=ann&count=9999';
  if (path === '/accounts') return '/accounts?username=nobody';
  if (path === '/github-identifiers') return '/github-identifiers?githubId=7';
  if (path === '/emails') return '/emails?accountId=fa496c42-6100-4838-9774-6683b3688cd2';
  return path.replace(/\{\w+\}/g, '7');
}

describe('a body that a legacy call does not read changes nothing', () => {
  let server: LegacyServer;
  let admin: Caller;

  beforeAll(async () => {
    server = await LegacyServer.start({ mode: 'guarded' });
    admin = await server.admin();
  });
  afterAll(() => server.stop());

  /** The status and, of a refusal, the words. */
  async function answerTo(route: Route, type?: string, text?: string): Promise<[number, string]> {
    const call = admin[route.method as 'get' | 'post' | 'delete'](pathOf(route)).redirects(0);
    if (type !== undefined)
      void call.set({ 'Content-Type': type, 'If-Match': 'W/x', 'Idempotency-Key': 'a b' });
    const answer = await (text === undefined ? call : call.send(text));
    return [answer.status, answer.status < 400 ? '' : answer.text];
  }

  test.each(routes.filter(({ body }) => !body).map((route) => [route.summary, route] as const))(
    '%s',
    async (_summary, route) => {
      const expected = await answerTo(route);
      for (const [what, type, text] of UNREAD)
        expect([what, await answerTo(route, type, text)]).toEqual([what, expected]);
    },
  );

  test.each(['/v1/me', '/v1/pools'])('while v1 stays strict: %s', async (path) => {
    await admin.get(path).send({ x: 1 }).expect(400);
  });
});
