import type { Browser } from 'playwright-core';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import type { TestServer } from '../../helpers/server';

jest.setTimeout(120_000);

const POOLS = `
pools:
  - { name: lab, kind: vm, driver: simulated, size: 3 }
  - { name: plant, kind: item, driver: simulated, size: 210, settings: { latencyMs: 0 } }
`;

describeWithChromium('the palette', () => {
  let browser: Browser;
  let server: TestServer;
  beforeAll(async () => {
    browser = await startChromium();
    server = await startWithDashboard({ pools: POOLS });
  });

  const open = async (caller: Parameters<typeof Dashboard.open>[2]) => {
    const dashboard = await Dashboard.open(browser, server, caller);
    await dashboard.goTo('/');
    await dashboard.page.getByRole('link', { name: 'lab', exact: true }).waitFor();
    const field = dashboard.page.getByRole('combobox', { name: 'Find a page, pool or resource' });
    const options = dashboard.page.getByRole('listbox', { name: 'Found' }).getByRole('option');
    return { dashboard, page: dashboard.page, field, options };
  };

  test('leads to pages, pools and resources by the keyboard', async () => {
    const { dashboard, page, field, options } = await open(await server.admin());
    await page.keyboard.press('Control+k');
    await field.waitFor();
    await page.keyboard.type('lab');
    expect(await options.first().innerText()).toContain('lab');
    expect(await page.getByRole('option', { name: 'Borrow from lab' }).count()).toBe(1);
    await dashboard.picture('palette');
    expect(await dashboard.axeFindings()).toEqual([]);
    await page.keyboard.press('ArrowDown');
    const second = options.nth(1);
    expect(await second.getAttribute('aria-selected')).toBe('true');
    expect(await field.getAttribute('aria-activedescendant')).toBe(await second.getAttribute('id'));
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/pools\/lab$/);
    await page.keyboard.press('Meta+k');
    await field.fill('lab-2');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'lab-2' }).waitFor();
    await page.keyboard.press('Control+k');
    await field.fill('borrow lab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/borrow\?pool=lab$/);
    expect(dashboard.faults).toEqual([]);
  });

  test('opens a resource of a large pool by its exact name', async () => {
    const { dashboard, page, field } = await open(await server.admin());
    await page.keyboard.press('Control+k');
    await field.fill('plant-209');
    await page.getByRole('option', { name: 'plant-209' }).click();
    await page.getByRole('heading', { level: 1, name: 'plant-209' }).waitFor();
    await page.getByText('available', { exact: true }).first().waitFor();
    expect(dashboard.faults).toEqual([]);
  });

  test('Escape closes it, and the focus goes back', async () => {
    const { dashboard, page, field } = await open(await server.admin());
    const button = page.getByRole('button', { name: /^Go to/ });
    await button.focus();
    await page.keyboard.press('Enter');
    await field.waitFor();
    await page.keyboard.press('Escape');
    await field.waitFor({ state: 'detached' });
    expect(await button.evaluate((element) => element.matches(':focus'))).toBe(true);
    expect(dashboard.faults).toEqual([]);
  });

  test('has only what one may do, and signs out', async () => {
    const { dashboard, page, field, options } = await open(await server.user('cid', ['read']));
    await page.keyboard.press('Control+k');
    await field.fill('lab');
    await options.first().waitFor();
    expect(await options.filter({ hasText: 'Borrow from' }).count()).toBe(0);
    await field.fill('no users');
    await page.getByText('Nothing is called that.').waitFor();
    await field.fill('sign');
    expect(await options.first().innerText()).toContain('Sign out');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(dashboard.faults).toEqual([]);
  });
});
