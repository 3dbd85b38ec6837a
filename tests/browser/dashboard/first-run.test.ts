import type { Browser } from 'playwright-core';
import staticDriver from '../../../src/drivers/static';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import { PASSWORD, SETUP_TOKEN, type TestServer } from '../../helpers/server';

jest.setTimeout(60_000);

describeWithChromium('the first run in Chromium', () => {
  let browser: Browser;
  let server: TestServer;
  let dashboard: Dashboard;
  beforeAll(async () => (browser = await startChromium()));
  beforeEach(async () => {
    server = await startWithDashboard({ factories: [staticDriver] });
    dashboard = await Dashboard.open(browser, server, null);
  });
  afterEach(() => dashboard.close());

  /** Fills in the form of the first admin. */
  async function makeAdmin(): Promise<void> {
    const { page } = dashboard;
    await page.getByLabel('Your name').fill('Ada');
    await page.getByLabel('E-mail address').fill('ada@example.org');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Make the admin' }).click();
  }

  test('leads from the link that serve prints to a loan', async () => {
    const { page } = dashboard;
    let clicks = 0;
    await page.exposeFunction('clicked', () => clicks++);
    await page.addInitScript("addEventListener('click', () => window.clicked(), true)");
    await dashboard.goTo(`/setup?token=${SETUP_TOKEN}`);
    await page.waitForURL(/#\/setup$/);
    await makeAdmin();
    await page.getByRole('heading', { name: 'Make your first pool' }).waitFor();
    await server.test.settle();
    await page.getByRole('button', { name: 'Make the pool' }).click();
    await page.waitForURL(/#\/borrow\?pool=lab$/);
    await server.test.settle();
    const { body } = await (await adminOf(server)).get('/v1/pools/lab').expect(200);
    expect(body.counts.available).toBe(5);
    process.stdout.write(`first run: ${clicks} clicks from the link to the form that borrows\n`);
    expect(clicks).toBeLessThanOrEqual(4);
    expect(dashboard.faults).toEqual([]);
  });

  test('keeps no token: the one that comes with the admin is revoked', async () => {
    await dashboard.goTo(`/setup?token=${SETUP_TOKEN}`);
    await makeAdmin();
    await dashboard.shows('Make your first pool');
    const { body } = await (await adminOf(server)).get('/v1/tokens').expect(200);
    const open = body.items.filter(({ revokedAt }: { revokedAt: unknown }) => revokedAt === null);
    expect(open).toEqual([]);
    const kept = await dashboard.page.evaluate<string>(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, history.length])',
    );
    expect(kept).not.toContain(SETUP_TOKEN);
  });

  test('asks for the setup token where the address has none, and names what is wrong', async () => {
    await dashboard.goTo('/');
    await dashboard.page.getByRole('link', { name: 'Set it up' }).click();
    await dashboard.page.getByLabel('Setup token').fill('wrong');
    await makeAdmin();
    await dashboard.page.getByRole('alert').waitFor();
    await dashboard.page.getByLabel('Setup token').fill(SETUP_TOKEN);
    await dashboard.page.getByRole('button', { name: 'Make the admin' }).click();
    await dashboard.shows('Make your first pool');
  });

  test('lists things that exist, and leaves no half of a pool behind', async () => {
    await server.admin();
    dashboard = await Dashboard.open(browser, server, await server.admin());
    const { page } = dashboard;
    await dashboard.goTo('/');
    await page.getByLabel('What to lend').selectOption('static');
    await page.getByLabel('Name of the pool').fill('phones');
    await page.getByLabel('The things').fill('phone 1\n');
    await page.getByRole('button', { name: 'Make the pool' }).click();
    await page.getByRole('alert').waitFor();
    const admin = await server.admin();
    await server.test.settle();
    await admin.get('/v1/pools/phones').expect(404);
    await page.getByLabel('The things').fill('phone-1\nphone-2\n');
    await page.getByRole('button', { name: 'Make the pool' }).click();
    await page.waitForURL(/#\/borrow\?pool=phones$/);
    await server.test.settle();
    const { body } = await admin.get('/v1/pools/phones').expect(200);
    expect(body.counts.available).toBe(2);
  });

  test('a server that has an admin says so', async () => {
    await server.admin();
    await dashboard.goTo('/setup');
    await dashboard.shows('This server has an admin already.');
  });
});

/** The admin whom the page has made. */
async function adminOf(server: TestServer) {
  return server.basic('ada@example.org', PASSWORD);
}
