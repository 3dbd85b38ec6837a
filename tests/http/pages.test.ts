import { createServer, type Server } from 'node:http';
import request from 'supertest';
import { assets } from '../../src/assets';
import { createApp } from '../../src/http/app';
import { PAGES, typeOf } from '../../src/http/pages';
import { newId } from '../../src/ids';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
let server: Server;
beforeAll(
  () =>
    (server = createServer(
      createApp({
        routes: [],
        services: {} as never,
        logger: silent,
        newId,
        trustProxy: false,
        page: assets.page,
      }),
    )),
);

test.each(PAGES)('$path is served, and loads nothing from elsewhere', async ({ path, file }) => {
  const { status, headers } = await request(server).get(path);
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': typeOf(file),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  const policy = headers['content-security-policy']!;
  expect(policy).toContain("default-src 'none'; script-src 'self';");
  const sources = policy.split(';').flatMap((directive) => directive.trim().split(' ').slice(1));
  const near = ["'none'", "'self'", 'data:', "'unsafe-inline'"];
  expect(sources.filter((source) => !near.includes(source))).toEqual([]);
});

test('a page is not sent again to a client that has it', async () => {
  const { headers } = await request(server).get('/docs').expect(200);
  const again = await request(server).get('/docs').set('If-None-Match', headers.etag!);
  expect({ status: again.status, text: again.text }).toEqual({ status: 304, text: '' });
});

test('HEAD gives its size, and other methods are refused', async () => {
  const { status, headers } = await request(server).head('/docs/swagger-ui-bundle.js');
  expect({ status, length: Number(headers['content-length']) }).toEqual({
    status: 200,
    length: assets.page('docs/swagger-ui-bundle.js').length,
  });
  await request(server).post('/docs').expect(405).expect('Allow', 'GET, HEAD');
});

test.each(PAGES.filter(({ file }) => file.endsWith('.html')))(
  '$path with a trailing slash is the same page',
  async ({ path }) => {
    const { headers } = await request(server).get(`${path}/`).expect(308);
    expect(new URL(headers.location!, `http://holdfast.test/below${path}/`).pathname).toBe(
      `/below${path}`,
    );
  },
);

test('only listed files are served', async () => {
  for (const path of ['/docs/index.html', '/docs/../package.json', '/docs/%2e%2e/package.json'])
    await request(server).get(path).expect(404);
});

test('the type of an unknown file is not guessed', () => {
  expect(() => typeOf('docs/film.mov')).toThrow('src/http/pages.ts');
});
