import type { Browser } from 'playwright-core';
import { PAGES } from '../../web/app/address/pages';
import { fillLab, LAB_POOLS } from '../helpers/busy-lab';
import { describeWithChromium, startChromium } from '../helpers/chromium';
import { Dashboard } from '../helpers/dashboard';
import { ServerProcess } from '../helpers/process';
import { Caller, PASSWORD } from '../helpers/server';
import { BINARY } from './support/binary';

const start = (env: Record<string, string> = {}) =>
  ServerProcess.start({ pools: LAB_POOLS, program: { command: [BINARY, 'serve'] }, env });

describeWithChromium('the dashboard of the executable', () => {
  let browser: Browser;
  beforeAll(async () => (browser = await startChromium()));

  test('leads from the link that serve prints to credentials', async () => {
    const server = await start({ SETUP_TOKEN: '' });
    const [, link] = await server.told(/Set up in a browser: (\S+)/);
    const dashboard = await Dashboard.open(browser, server, null);
    const { page } = dashboard;
    await page.goto(link!);
    await page.getByLabel('Your name').fill('Ada');
    await page.getByLabel('E-mail address').fill('ada@example.org');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Make the admin' }).click();
    await page.getByRole('link', { name: 'lab' }).first().waitFor();
    await dashboard.goTo('/borrow?pool=lab');
    await page.getByRole('button', { name: 'Borrow', exact: true }).click();
    await page.waitForURL(/#\/reservations\//);
    await page.getByRole('button', { name: /^Show/ }).first().click();
    await dashboard.shows('password');
    expect(dashboard.faults).toEqual([]);
    await dashboard.close();
    await server.stop();
  });

  describe('with people at work', () => {
    let server: ServerProcess;
    let admin: Caller;
    let bea: Caller;
    let addresses: Record<string, string>;
    beforeAll(async () => {
      server = await start();
      admin = Caller.bearer(server.url, await server.setUp());
      bea = await admin.makes('bea', ['read', 'reserve', 'self']);
      await free('lab', 12);
      await free('phones', 3);
      addresses = await fillLab(admin, bea, async () => {
        await free('lab', 11);
        await free('phones', 0);
      });
    });
    afterAll(() => server.stop());

    /** Resolves once so many of a pool are available. */
    const free = (pool: string, count: number) =>
      server.until(`${count} of ${pool} available`, async () => {
        const { body } = await admin.get(`/v1/pools/${pool}`);
        return body.counts.available === count;
      });

    const open = async (caller: Caller | null, path: string) => {
      const dashboard = await Dashboard.open(browser, server, caller);
      await dashboard.goTo(path);
      return dashboard;
    };

    test.each(PAGES)('shows $path', async ({ path, isPublic }) => {
      const dashboard = await open(isPublic ? null : admin, addresses[path] ?? path);
      await dashboard.loaded();
      const words = path.replace(/\W+/g, '-').replace(/^-|-$/g, '') || 'now';
      await dashboard.expectGoodLooks(`binary-${words}`);
      await dashboard.close();
    });

    test('a loan goes from the queue to its end, and another browser sees it', async () => {
      const beas = await open(bea, '/borrow?pool=phones&note=a+probe');
      const adas = await open(admin, '/run/pools');
      const { page } = beas;
      const press = (name: string | RegExp) =>
        page.getByRole('button', { name, exact: true }).click();
      await press('Borrow');
      await page.waitForURL(/#\/reservations\//);
      await beas.shows('#2');

      await adas.page.getByLabel('Size of phones', { exact: true }).fill('5');
      await adas.page.getByRole('button', { name: 'Save', exact: true }).click();
      await adas.shows('phones has the size 5; it had 3.');
      await page.getByText(/left/).first().waitFor();
      await press(/^Show credentials of phones-/);
      await beas.shows('password');

      await adas.goTo('/events');
      await press('Release');
      await press('Release 1 loan');
      await beas.shows('The loan was released');
      await adas.shows('The request or loan of bea ended');
      expect([...beas.faults, ...adas.faults]).toEqual([]);
      await beas.close();
      await adas.close();
    });

    test('signing out ends the page of every tab', async () => {
      const dashboard = await open(bea, '/me');
      const other = await dashboard.context.newPage();
      await other.goto(dashboard.page.url());
      await other.locator('h1').first().waitFor();
      await dashboard.page.getByRole('button', { name: 'Sign out', exact: true }).first().click();
      for (const page of [dashboard.page, other])
        await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await dashboard.close();
    });
  });
});
