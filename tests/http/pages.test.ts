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
        pages: assets,
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

describe('the dashboard', () => {
  const asPage = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

  test('browsers get it at /, under a policy without unsafe parts', async () => {
    const { headers, text } = await request(server).get('/').set(asPage).expect(200);
    expect(text).toContain('<div id="app">');
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-frame-options': 'DENY',
      vary: 'Accept',
    });
    const policy = headers['content-security-policy']!;
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types 'none'");
    expect(policy).not.toContain('unsafe');
  });

  test.each(['application/json', '*/*', undefined])(
    'programs do not: Accept %s',
    async (accept) => {
      const asked = request(server).get('/');
      const { headers } = await (accept ? asked.set('Accept', accept) : asked).expect(404);
      expect(headers.vary).toBe('Accept');
    },
  );

  test('every file of it is served, and may be kept for ever', async () => {
    const files = assets.dashboard().filter((file) => file !== 'index.html');
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      const { headers } = await request(server).get(`/${file}`).expect(200);
      expect(headers).toMatchObject({
        'content-type': typeOf(file),
        'cache-control': 'public, max-age=31536000, immutable',
      });
    }
  });

  test('nothing in it is inline, and nothing comes from elsewhere', async () => {
    const page = assets.page('index.html').toString();
    expect(page).not.toMatch(/<script(?![^>]*src=)|<style|style=|\son\w+=/);
    const places = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, place]) => place!);
    expect(places.length).toBeGreaterThan(2);
    expect(places.filter((place) => !/^(\.\/dashboard\/|docs$)/.test(place))).toEqual([]);
  });
});

test('only listed files are served', async () => {
  for (const path of ['/docs/index.html', '/docs/../package.json', '/docs/%2e%2e/package.json'])
    await request(server).get(path).expect(404);
});

test('the type of an unknown file is not guessed', () => {
  expect(() => typeOf('docs/film.mov')).toThrow('src/http/pages.ts');
});
