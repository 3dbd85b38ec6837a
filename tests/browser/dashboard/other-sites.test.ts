import type { Browser, BrowserContext } from 'playwright-core';
import { assets } from '../../../src/assets';
import { describeWithChromium, startChromium, startSite } from '../../helpers/chromium';
import { PASSWORD, TestServer } from '../../helpers/server';
import { Arrivals } from '../arrivals';
import { asFunction, WAYS } from '../ways';

jest.setTimeout(120_000);

/** The name of the server in its network, over plain HTTP: browsers say least there. */
const NAME = 'lab.example';
/** Calls that the pages make, by what an attacker would like to have done. */
const WANTED = {
  GET: '/v1/reservations',
  POST: '/v1/reservations',
  PATCH: '/v1/pools/lab',
  DELETE: '/v1/pools/lab',
};
const BODY = JSON.stringify({ items: [{ pool: 'lab' }], size: 0 });

describeWithChromium('other sites and a dashboard in which somebody is signed in', () => {
  const arrivals = new Arrivals();
  let browser: Browser;
  let server: TestServer;
  let context: BrowserContext;
  let own: string;
  let foreign: string;

  beforeAll(async () => {
    browser = await startChromium();
    const sitePort = await startSite();
    server = await TestServer.start({
      pages: assets,
      pools: 'pools: [{ name: lab, kind: account, driver: simulated, size: 2 }]',
      onRequest: (request, response) => arrivals.note(request, response),
    });
    await server.admin();
    own = `http://${NAME}:${new URL(server.url).port}`;
    foreign = `http://attacker.example:${sitePort}`;
    context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${own}/#/me`);
    await page.getByLabel('E-mail address').fill('ada@example.org');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Ada' }).waitFor();
  });
  afterAll(() => context.close());

  test('no page of another site can frame it, so nobody clicks in it unawares', async () => {
    const page = await context.newPage();
    await page.goto(foreign);
    const refused = page.waitForEvent('requestfailed');
    await page.evaluate(`document.body.append(
      Object.assign(document.createElement('iframe'), { src: '${own}/' }),
    )`);
    const request = await refused;
    expect([request.url(), request.failure()?.errorText]).toEqual([
      `${own}/`,
      'net::ERR_BLOCKED_BY_RESPONSE',
    ]);
    await page.close();
  });

  test('no call of a page of another site does or reads anything', async () => {
    const before = await server.test.engine.store.read.lastSeq();
    const page = await context.newPage();
    await page.goto(foreign);
    const calls = WAYS.map((way) => {
      const id = `dashboard: ${way.name}, ${way.method}`;
      const url = `${own}${WANTED[way.method]}?case=${encodeURIComponent(id)}`;
      const given = `{ url: ${JSON.stringify(url)}, body: ${JSON.stringify(BODY)},
        elsewhere: (path, to) => '${foreign}' + path + '?to=' + encodeURIComponent(to) }`;
      return { id, way, script: `(${asFunction(way)})(${given});` };
    });
    await page.evaluate(`{ ${calls.map(({ script }) => script).join('\n')} }`);
    const seen = await arrivals.of(calls.map(({ id }) => id));
    const done = [...seen].filter(([, each]) =>
      each.some(({ method, status, agreed }) => agreed || (status < 300 && method !== 'OPTIONS')),
    );
    expect(done).toEqual([]);
    expect(await server.test.engine.store.read.lastSeq()).toBe(before);
    await page.close();
  });

  test('another site that has it opened reads nothing of it', async () => {
    const page = await context.newPage();
    await page.goto(foreign);
    const opened = context.waitForEvent('page');
    await page.evaluate(`window.victim = window.open('${own}/#/me')`);
    await (await opened).getByRole('heading', { name: 'Ada' }).waitFor();
    const read = await page.evaluate<string>(
      `(() => { try { return victim.document.body.innerText } catch (error) { return error.name } })()`,
    );
    expect(read).toBe('SecurityError');
    await page.close();
  });
});
