import type { Browser } from 'playwright-core';
import { describeWithChromium, startChromium } from '../helpers/chromium';
import { Dashboard } from '../helpers/dashboard';
import { ServerProcess } from '../helpers/process';
import { PASSWORD } from '../helpers/server';
import { BINARY } from './support/binary';

const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 2 }]';

describeWithChromium('the dashboard of the executable', () => {
  let browser: Browser;
  beforeAll(async () => (browser = await startChromium()));

  test('leads from the link that serve prints to credentials', async () => {
    const server = await ServerProcess.start({
      pools: POOLS,
      program: { command: [BINARY, 'serve'] },
      env: { SETUP_TOKEN: '' },
    });
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
});
