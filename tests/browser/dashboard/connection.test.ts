import type { Browser, Route } from 'playwright-core';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import type { Caller, TestServer } from '../../helpers/server';

jest.setTimeout(60_000);

const POOLS = 'pools: [{ name: lab, kind: vm, driver: simulated, size: 3 }]';
const LOST = 'The connection is gone';

/** As a proxy answers while the server behind it restarts. */
const AWAY = [404, 502, 503].map((status) => ({
  ...{ status, contentType: 'text/html', body: '<h1>Away</h1>' },
}));

describeWithChromium('a dashboard whose server comes and goes', () => {
  let browser: Browser;
  let server: TestServer;
  let admin: Caller;
  let dashboard: Dashboard;
  beforeAll(async () => {
    browser = await startChromium();
  });
  beforeEach(async () => {
    server = await startWithDashboard({ pools: POOLS });
    await server.test.settle();
    admin = await server.admin();
    dashboard = await Dashboard.open(browser, server, admin);
  });
  afterEach(async () => {
    await dashboard.page.unrouteAll({ behavior: 'ignoreErrors' });
    await dashboard.close();
    await server.stop();
  });

  const isStream = (route: Route) =>
    route.request().headers().accept?.includes('text/event-stream') === true;

  /** Has the first streams of a path answered so, one by one, and the others by the server. */
  const answerFirst = (path: string, answers: Parameters<Route['fulfill']>[0][]) => {
    const left = [...answers];
    return dashboard.page.route(path, (route) => {
      const answer = isStream(route) ? left.shift() : undefined;
      return answer ? route.fulfill(answer) : route.continue();
    });
  };

  test('tries again whatever a proxy has answered, and is live then', async () => {
    await answerFirst('**/v1/overview', AWAY);
    await dashboard.goTo('/');
    await dashboard.shows(LOST);
    await dashboard.shows('3 free');
    await dashboard.page.getByText(LOST).waitFor({ state: 'detached' });
  });

  test('the page of events goes on by itself as well', async () => {
    await answerFirst('**/v1/events?**', AWAY.slice(0, 1));
    await answerFirst('**/v1/events', AWAY.slice(0, 1));
    await dashboard.goTo('/events');
    await dashboard.page.getByRole('alert').waitFor();
    await dashboard.page.getByRole('alert').waitFor({ state: 'detached' });
    await admin.patch('/v1/pools/lab').send({ size: 2 }).expect(200);
    await dashboard.shows('size: 3 → 2');
  });

  test('a pool that was deleted and made again under its name stays', async () => {
    const { body } = await admin.get('/v1/overview').expect(200);
    const [pool] = body.pools as { id: string; name: string }[];
    const made = { ...pool!, id: '01900000-0000-7000-8000-000000000000' };
    const told = [
      ['overview', body],
      ['pool', made],
      ['pool.removed', { id: pool!.id, name: pool!.name }],
    ].map(([event, data]) => `event: ${String(event)}\ndata: ${JSON.stringify(data)}\n\n`);
    let isFirst = true;
    await dashboard.page.route('**/v1/overview', (route) => {
      if (!isFirst) return;
      isFirst = false;
      return route.fulfill({ contentType: 'text/event-stream', body: told.join('') });
    });
    await dashboard.goTo('/');
    await dashboard.shows(LOST);
    expect(await dashboard.page.getByRole('link', { name: 'lab', exact: true }).count()).toBe(1);
  });

  test('six hidden tabs that wait leave a seventh its connections', async () => {
    await admin.post('/v1/reservations').send({ items: [{ pool: 'lab', count: 3 }] });
    const { body } = await admin.post('/v1/reservations').send({ items: [{ pool: 'lab' }] });
    const { context, page } = dashboard;
    const held: string[] = [];
    context.on('request', (request) => {
      if (/[?&]wait=60/.test(request.url())) held.push(request.url());
    });
    for (let tab = 0; tab < 6; tab++) {
      const hidden = await context.newPage();
      await hidden.addInitScript(
        "Object.defineProperty(document, 'visibilityState', { value: 'hidden' })",
      );
      await hidden.goto(`${server.url}/#/reservations/${body.id}`);
      await hidden.getByText('#1').first().waitFor();
    }
    await dashboard.goTo('/pools/lab');
    await page.getByRole('heading', { name: 'lab' }).waitFor();
    expect(held).toHaveLength(2);
    await admin.delete(`/v1/reservations/${body.id}`).expect(204);
    for (const tab of context.pages().filter((each) => each !== page))
      await tab.getByText('cancelled').first().waitFor();
  });
});
