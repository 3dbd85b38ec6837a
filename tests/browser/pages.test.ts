import type { RequestListener } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { assets } from '../../src/assets';
import type { Route } from '../../src/http/route';
import { changes } from '../../src/http/web-pages';
import { describeWithChromium, startChromium, startSite } from '../helpers/chromium';
import { allowedContainer, ProxyOverTcp } from '../helpers/docker-proxy';
import { LegacyServer, REPORTS } from '../helpers/legacy';
import { PASSWORD } from '../helpers/server';
import { Arrivals } from './arrivals';
import { asFunction, WAYS, type Way } from './ways';

jest.setTimeout(150_000);

/** The name of the server in its network: no browser sends Fetch Metadata there. */
const NAME = 'lab.example';
const UUID = 'fa496c42-6100-4838-9774-6683b3688cd2';
/** A password that the browser remembers, as it adds it to every call of any page. */
const REMEMBERED = `Basic ${Buffer.from(`ada@example.org:${PASSWORD}`).toString('base64')}`;

/** Bodies that would do, with the password that the browser remembers as the credential. */
const BODIES: Readonly<Record<string, object>> = {
  '/create_resource_pool': { pool_size: '3' },
  '/resizevmpool': { pool_size: '3' },
  '/user': { name: 'eve', email: 'eve@example.org', password: 'eve' },
  '/checkout_vm': { vmid: 1 },
  '/checkin_vm': { vmid: 1 },
  '/maintenance': { vmid: 1 },
  '/account': { username: 'eve' },
  '/emails': { accountId: UUID, email: 'eve@example.org' },
  '/github-identifiers': { accountId: UUID, githubId: 7 },
};

/** How many pages may try before a call that never came is a fault. */
const MOST_PAGES = 4;

/** A call of a page: what it is, and what to give to its script. */
interface Attempt {
  id: string;
  way: Way;
  url: string;
  body: string;
}

let browser: Browser;
let sitePort: number;

/** A page of somebody else, under this name. */
async function hostilePage(host: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`http://${host}:${sitePort}/`);
  return page;
}

/** Does all of it in one page. */
async function attempt(page: Page, attempts: Attempt[]): Promise<void> {
  const site = new URL(page.url()).origin;
  const calls = attempts.map(({ way, url, body }) => {
    const given = `url: ${JSON.stringify(url)}, body: ${JSON.stringify(body)}`;
    return `(${asFunction(way)})({ ${given}, elsewhere });`;
  });
  const elsewhere = `const elsewhere = (path, to) => '${site}' + path + '?to=' + encodeURIComponent(to);`;
  await page.evaluate(`{ ${elsewhere} ${calls.join('\n')} }`);
}

describeWithChromium('in Chromium, over plain HTTP under a name of the network', () => {
  beforeAll(async () => {
    browser = await startChromium();
    sitePort = await startSite();
  });

  describe.each(['open', 'guarded'] as const)('in %s mode', (mode) => {
    const arrivals = new Arrivals();
    let server: LegacyServer;
    let port: string;

    /** In guarded mode, every call of the browser has the password that it remembers. */
    const onRequest: RequestListener = (request, response) => {
      arrivals.note(request, response);
      if (mode === 'guarded' && request.headers['user-agent']?.startsWith('Mozilla/'))
        request.headers.authorization ??= REMEMBERED;
    };

    beforeAll(async () => {
      const hosts = ['localhost', '127.0.0.1', NAME];
      server = await LegacyServer.start({ mode, hosts, onRequest });
      ({ port } = new URL(server.server.url));
      const admin = await server.admin();
      await server.until('a reservation', async () => {
        return (await admin.get('/reserve?username=ann&count=2')).status === 200;
      });
      const { status } = await admin.post('/checkout_vm').send({ vmid: 1 });
      expect(status).toBe(201);
    });
    afterAll(() => server.stop());

    const routes = () =>
      server.server.routes.filter(
        (route) => changes(route) && !route.path.startsWith('/v1/') && route.formatError,
      );

    /** The address of a route as a page would call it. */
    function addressOf({ path }: Route, id: string): string {
      const query = path === '/reserve' ? 'username=eve&count=7&' : '';
      const filled = path.replace('{uuid}', UUID).replace(/\{\w+\}/g, '1');
      return `http://${NAME}:${port}${filled}?${query}case=${encodeURIComponent(id)}`;
    }

    function attemptsFrom(where: string, called: Route[]): Attempt[] {
      return called.flatMap((route) =>
        WAYS.filter(({ method }) => method === route.method.toUpperCase()).map((way) => {
          const id = `${where}: ${way.name}, ${way.method} ${route.path}`;
          const body = JSON.stringify(BODIES[route.path] ?? { x: 1 });
          return { id, way, url: addressOf(route, id), body };
        }),
      );
    }

    /** Does `work`, and checks that nothing was written. */
    async function changesNothing(work: () => Promise<void>): Promise<void> {
      const { read } = server.test.engine.store;
      const before = await read.lastSeq();
      await work();
      const events = await read.eventsAfter(before, 10_000);
      expect(events.filter(({ type }) => !REPORTS.includes(type))).toEqual([]);
    }

    /** Makes the attempts in a page under this name, and checks how they are answered. */
    async function isRefused(host: string, attempts: Attempt[]): Promise<void> {
      await changesNothing(async () => {
        // A browser that is short of time drops some of so many calls.
        let left = attempts;
        for (let pages = 0; left.length > 0 && pages < MOST_PAGES; pages += 1) {
          const page = await hostilePage(host);
          await attempt(page, left);
          const missing = await arrivals.missing(left.map(({ id }) => id));
          left = left.filter(({ id }) => missing.includes(id));
          await page.context().close();
        }
        const seen = await arrivals.of(attempts.map(({ id }) => id));
        for (const { id, way } of attempts)
          for (const { method, status, agreed } of seen.get(id)!)
            expect({ id, method, status, agreed }).toEqual({
              id,
              method: way.asksFirst ? 'OPTIONS' : way.method,
              status: way.asksFirst ? 204 : 403,
              agreed: false,
            });
      });
    }

    test('a page of another site changes nothing, whatever it calls in whichever way', async () => {
      const attempts = attemptsFrom('another site', routes());
      expect(attempts.length).toBeGreaterThan(300);
      await isRefused('attacker.example', attempts);
    });

    test.each([
      ['on another port of the same host', NAME],
      // Pages under this name are told apart by Fetch Metadata, if at all.
      ['on the own machine', 'localhost'],
    ])('nor does a page %s', async (where, host) => {
      const called = routes().filter(({ method }, index, all) => {
        return all.findIndex((other) => other.method === method) === index;
      });
      const attempts = attemptsFrom(where, called);
      expect(new Set(attempts.map(({ way }) => way)).size).toBe(WAYS.length);
      await isRefused(host, attempts);
    });

    test('nor does a service worker', async () => {
      const page = await hostilePage('localhost');
      await changesNothing(async () => {
        const attempts = routes()
          .filter(({ method }) => method === 'get' || method === 'post')
          .map((route) => {
            const id = `worker: ${route.method} ${route.path}`;
            return { id, route, url: addressOf(route, id), body: '{"x":1}' };
          });
        const sent = JSON.stringify(attempts.map(({ url, body }) => ({ url, body })));
        await page.evaluate(`navigator.serviceWorker.register('/worker.js')
          .then(() => navigator.serviceWorker.ready)
          .then(({ active }) => ${sent}.forEach((call) => active.postMessage(call)))`);
        const seen = await arrivals.of(attempts.map(({ id }) => id));
        for (const { id, route } of attempts) {
          const own = seen.get(id)!.filter(({ method }) => method === route.method.toUpperCase());
          for (const { status } of own) expect({ id, status }).toEqual({ id, status: 403 });
        }
      });
      await page.context().close();
    });

    test('somebody who types the address is told what to do', async () => {
      const page = await (await browser.newContext()).newPage();
      for (const host of [NAME, 'localhost']) {
        await changesNothing(async () => {
          const answer = await page.goto(`http://${host}:${port}/release_all`);
          expect(answer!.status()).toBe(403);
          expect(await answer!.text()).toContain('Use curl, or send the header X-Requested-With');
        });
      }
      await page.context().close();
    });
  });

  test('open mode does not answer a page whose name was made to lead here', async () => {
    const server = await LegacyServer.start({ mode: 'open', hosts: [NAME], jobs: false });
    const page = await (await browser.newContext()).newPage();
    const own = `http://rebound.example:${new URL(server.server.url).port}`;
    // Even an error is a page of that name.
    await page.goto(`${own}/available`);
    for (const path of ['/reserve?username=eve', '/available']) {
      const status = await page.evaluate(
        `fetch('${path}', { headers: { 'X-Requested-With': 'x' } }).then(({ status }) => status)`,
      );
      expect([path, status]).toEqual([path, 403]);
    }
    await page.context().close();
    await server.stop();
  });

  test('the own page calls what it shows', async () => {
    const server = await LegacyServer.start({ mode: 'open', hosts: [NAME], pages: assets });
    const page = await (await browser.newContext()).newPage();
    await page.goto(`http://${NAME}:${new URL(server.server.url).port}/docs?api=legacy`);
    for (const [method, path] of [
      ['get', '/release_all'],
      ['post', '/api/token_pool/'],
    ] as const) {
      const block = page.locator(`.opblock-${method}:has([data-path="${path}"])`);
      await block.locator('.opblock-summary-control').click();
      await block.locator('.try-out__btn').click();
      const answered = page.waitForResponse((response) => response.url().endsWith(path));
      await block.locator('.execute').click();
      expect([path, (await answered).status()]).toEqual([path, 200]);
    }
    await page.context().close();
    await server.stop();
  });

  test('docker-proxy passes nothing on', async () => {
    const proxy = await ProxyOverTcp.start(['localhost', NAME]);
    const path = '/v1.41/containers/create';
    const attempts = WAYS.filter(({ method }) => method === 'POST').map((way) => ({
      id: way.name,
      way,
      url: `http://${NAME}:${proxy.port}${path}?way=${encodeURIComponent(way.name)}`,
      body: JSON.stringify(allowedContainer()),
    }));
    for (const host of ['attacker.example', 'localhost']) {
      proxy.refused.splice(0);
      const called = proxy.calls(attempts.length);
      const page = await hostilePage(host);
      await attempt(page, attempts);
      await called;
      await page.context().close();
    }
    expect(proxy.passed).toEqual([]);
  });
});
