import { legacyApis } from '../../src/legacy';
import { LegacyServer } from '../helpers/legacy';

const { routes } = legacyApis({ mode: 'guarded', openCidrs: [], hosts: [] });
const WORDS = 'Send the body as JSON, with Content-Type: application/json.';

describe.each(['open', 'guarded'] as const)('in %s mode, a body without a type of JSON', (mode) => {
  let server: LegacyServer;
  beforeAll(async () => (server = await LegacyServer.start({ mode, jobs: false })));
  afterAll(() => server.stop());

  /** Supertest would add a type. */
  async function answerTo(method: string, path: string, type?: string) {
    const body = Buffer.from('{"auth":{"userid":1,"password":"x"},"token":"x","vmid":1}');
    const headers = type === undefined ? undefined : { 'Content-Type': type };
    const url = server.server.url + path.replace(/\{\w+\}/g, '7');
    const answer = await fetch(url, { method: method.toUpperCase(), body, headers });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  test.each(routes.filter(({ body }) => body).map(({ summary, ...route }) => [summary, route]))(
    '%s: is told so',
    async (_summary, { method, path }) => {
      for (const type of [undefined, 'text/plain', 'application/x-www-form-urlencoded']) {
        const { status, body } = await answerTo(method, path, type);
        expect({ type, status, words: Object.values(body) }).toEqual({
          type,
          status: 400,
          words: [WORDS],
        });
      }
    },
  );
});
