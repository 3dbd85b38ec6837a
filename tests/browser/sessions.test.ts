import type { IncomingMessage, RequestListener } from 'node:http';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { assets } from '../../src/assets';
import { describeWithChromium, startChromium, startSite } from '../helpers/chromium';
import { PASSWORD, TestServer } from '../helpers/server';
import { Arrivals } from './arrivals';
import { asFunction, WAYS } from './ways';

jest.setTimeout(150_000);

/** The name of the server in its network: no browser sends Fetch Metadata there. */
const NAME = 'lab.example';
const BASIC = `Basic ${Buffer.from(`ada@example.org:${PASSWORD}`).toString('base64')}`;
const MARK = { 'X-Requested-With': 'holdfast' };
/** Calls that a session may make. */
const PATHS = { GET: '/v1/me', POST: '/v1/tokens', PATCH: '/v1/users/x', DELETE: '/v1/session' };
const BODY = JSON.stringify({ name: 'stolen', scopes: ['read'] });

describeWithChromium('a session in Chromium, over plain HTTP under a name of the network', () => {
  const arrivals = new Arrivals();
  const withCookie = new Set<string>();
  let browser: Browser;
  let sitePort: number;
  let server: TestServer;
  let own: string;
  let context: BrowserContext;

  const onRequest: RequestListener = (request, response) => {
    arrivals.note(request, response);
    if (request.headers.cookie?.includes('holdfast_session')) withCookie.add(caseOf(request));
  };

  beforeAll(async () => {
    browser = await startChromium();
    sitePort = await startSite();
    server = await TestServer.start({ onRequest, pages: assets });
    await server.admin();
    own = `http://${NAME}:${new URL(server.url).port}`;
  });

  beforeEach(async () => {
    context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${own}/docs`);
    const signIn = { method: 'POST', headers: { ...MARK, Authorization: BASIC } };
    expect(await statusIn(page, '/v1/session', signIn)).toBe(201);
    await page.close();
  });
  afterEach(() => context.close());

  const page = async (url: string): Promise<Page> => {
    const opened = await context.newPage();
    await opened.goto(url);
    return opened;
  };
  const statusIn = (of: Page, path: string, init: object = {}): Promise<number> =>
    of.evaluate(`fetch('${path}', ${JSON.stringify(init)}).then(({ status }) => status)`);
  const isOpen = async (of: Page) => (await statusIn(of, '/v1/me', { headers: MARK })) === 200;

  test('serves the page of this server, which no script can take the cookie from', async () => {
    const mine = await page(`${own}/docs`);
    expect(await mine.evaluate('document.cookie')).toBe('');
    expect(await isOpen(mine)).toBe(true);
    const json = { 'Content-Type': 'application/json' };
    const write = { method: 'POST', headers: json, body: JSON.stringify({ name: 'own' }) };
    expect(await statusIn(mine, '/v1/tokens', write)).toBe(201);
    const stream = { headers: { ...MARK, Accept: 'text/event-stream' } };
    expect(await statusIn(mine, '/v1/events', stream)).toBe(200);
    expect(await statusIn(mine, '/v1/session', { method: 'DELETE', headers: MARK })).toBe(204);
    expect(await isOpen(mine)).toBe(false);
  });

  test('serves images and streams of the page where the browser says who calls', async () => {
    const local = server.url.replace('127.0.0.1', 'localhost');
    const mine = await page(`${local}/docs`);
    const signIn = { method: 'POST', headers: { ...MARK, Authorization: BASIC } };
    expect(await statusIn(mine, '/v1/session', signIn)).toBe(201);
    const opened = await mine.evaluate(`new Promise((resolve) => {
      const events = new EventSource('/v1/events');
      events.onopen = () => (events.close(), resolve('open'));
      events.onerror = () => (events.close(), resolve('refused'));
    })`);
    expect(opened).toBe('open');
  });

  test.each([
    ['of another site', 'attacker.example'],
    ['on another port of the same host', NAME],
    ['on a host below it', `evil.${NAME}`],
  ])('does nothing for a page %s, whatever it calls in whichever way', async (where, host) => {
    const { read } = server.test.engine.store;
    const before = await read.lastSeq();
    const hostile = await page(`http://${host}:${sitePort}/`);
    const calls = WAYS.map((way) => {
      const id = `${where}: ${way.name}, ${way.method}`;
      const url = `${own}${PATHS[way.method]}?case=${encodeURIComponent(id)}`;
      return { id, way, script: `(${asFunction(way)})(${given(url, hostile)});` };
    });
    await hostile.evaluate(`{ ${calls.map(({ script }) => script).join('\n')} }`);
    const seen = await arrivals.of(calls.map(({ id }) => id));
    for (const { id, way } of calls)
      for (const { method, status, agreed } of seen.get(id)!)
        expect({ id, method, ok: status < 300, agreed }).toEqual({
          id,
          method: way.asksFirst ? 'OPTIONS' : way.method,
          ok: way.asksFirst === true,
          agreed: false,
        });
    expect(await read.lastSeq()).toBe(before);
    expect(await isOpen(await page(`${own}/docs`))).toBe(true);
    // The browser takes pages of the same site for friends, so that the server alone refuses them.
    const sent = calls.filter(({ id }) => withCookie.has(id));
    expect(sent.length > 0).toBe(host !== 'attacker.example');
  });

  test('is not lent to a page that shows ours in a frame', async () => {
    const hostile = await page(`http://attacker.example:${sitePort}/`);
    const refused = hostile.waitForEvent('requestfailed');
    await hostile.evaluate(`{
      const frame = Object.assign(document.createElement('iframe'), { src: '${own}/docs' });
      document.body.append(frame);
    }`);
    const request = await refused;
    expect([request.url(), request.failure()?.errorText]).toEqual([
      `${own}/docs`,
      'net::ERR_BLOCKED_BY_RESPONSE',
    ]);
  });
});

function given(url: string, hostile: Page): string {
  const site = new URL(hostile.url()).origin;
  const elsewhere = `(path, to) => '${site}' + path + '?to=' + encodeURIComponent(to)`;
  return `{ url: ${JSON.stringify(url)}, body: ${JSON.stringify(BODY)}, elsewhere: ${elsewhere} }`;
}

function caseOf({ url }: IncomingMessage): string {
  return new URL(url!, 'http://x').searchParams.get('case') ?? '';
}
