import type { Browser } from 'playwright-core';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import type { Caller, TestServer } from '../../helpers/server';

jest.setTimeout(120_000);

const POOLS = `
pools:
  - { name: lab, kind: vm, driver: simulated, size: 12, labels: { zone: north },
      cleaning: { retries: 0 } }
  - { name: phones, kind: account, driver: simulated, size: 2, types: [{ name: android, share: 1 }] }
  - { name: plant, kind: item, driver: simulated, size: 250, settings: { latencyMs: 0 } }
`;

describeWithChromium('Now', () => {
  let browser: Browser;
  let server: TestServer;
  let admin: Caller;
  let bea: Caller;
  beforeAll(async () => {
    browser = await startChromium();
  });
  beforeEach(async () => {
    server = await startWithDashboard({ pools: POOLS });
    admin = await server.admin();
    bea = await server.user('bea');
  });
  afterEach(() => server.stop());

  const open = async (caller: Caller, path = '/', width = 1280) => {
    const viewport = { width, height: 900 };
    const dashboard = await Dashboard.open(browser, server, caller, { viewport });
    await dashboard.goTo(path);
    return dashboard;
  };

  async function lend(caller: Caller, pool: string): Promise<string> {
    const { body } = await caller.post('/v1/reservations').send({ items: [{ pool }] });
    return body.id as string;
  }

  test('two browsers see a loan begin and end, within a second', async () => {
    const dashboards = [await open(admin), await open(bea)];
    const seen = async (name: string) => {
      const since = performance.now();
      for (const { page } of dashboards)
        await page.getByRole('link', { name, exact: true }).waitFor();
      return performance.now() - since;
    };
    await seen('phones-1: available');
    const took: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const id = await lend(bea, 'phones');
      took.push(await seen('phones-1: lent'));
      await bea.delete(`/v1/reservations/${id}`).expect(204);
      await server.test.settle();
      await seen('phones-1: available');
    }
    // The best of three: a busy machine may hold up one of them.
    expect(Math.min(...took)).toBeLessThan(1_000);
    for (const { faults } of dashboards) expect(faults).toEqual([]);
  });

  test('the headline and each pool count, also those that are too large for cells', async () => {
    await lend(bea, 'phones');
    await lend(bea, 'phones');
    await lend(bea, 'phones');
    const { page, faults } = await open(bea);
    await page.getByRole('link', { name: '262 free' }).waitFor();
    await page.getByRole('link', { name: '2 lent' }).waitFor();
    await page.getByRole('link', { name: '1 waiting' }).waitFor();
    await page.getByRole('link', { name: '0 broken' }).waitFor();
    await page.getByRole('img', { name: 'plant: 250 available' }).waitFor();
    expect(await page.getByRole('link', { name: /^plant-/ }).count()).toBe(0);
    await page.getByText('1 waiting, the longest for').waitFor();
    expect(await page.getByText('simulated', { exact: true }).count()).toBe(3);
    expect(faults).toEqual([]);
  });

  test('a strip has one tab stop, and the arrows lead to a resource and back', async () => {
    await lend(bea, 'lab');
    const dashboard = await open(admin);
    const { page, faults } = dashboard;
    const focused = () => page.evaluate<string>('document.activeElement.ariaLabel');
    await page.getByRole('link', { name: 'Borrow from lab' }).focus();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('lab-1: lent');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('lab-2: available');
    await page.keyboard.press('End');
    expect(await focused()).toBe('lab-12: available');
    await page.keyboard.press('Tab');
    expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('phones');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    const beside = page.getByRole('complementary', { name: 'Resource' });
    await beside.getByRole('heading', { name: 'lab-1' }).waitFor();
    await beside.getByRole('link', { name: 'bea' }).first().waitFor();
    await dashboard.picture('now-beside');
    expect(await dashboard.axeFindings()).toEqual([]);
    expect(page.url()).toContain('resource=');
    await page.keyboard.press('Escape');
    await beside.waitFor({ state: 'detached' });
    expect(await focused()).toBe('lab-1: lent');
    expect(faults).toEqual([]);
  });

  test('a resource beside shows its way back as it happens, with the level at the end', async () => {
    const id = await lend(bea, 'lab');
    const { page, faults } = await open(admin);
    await page.getByRole('link', { name: 'lab-1: lent' }).click();
    const beside = page.getByRole('complementary', { name: 'Resource' });
    await beside.getByText('lent', { exact: true }).waitFor();
    await bea.delete(`/v1/reservations/${id}`).expect(204);
    await server.test.settle();
    await beside.getByText('available', { exact: true }).waitFor();
    await beside.getByText('the login of the last holder is refused').waitFor();
    expect(faults).toEqual([]);
  });

  test('only admins learn why a pool fails, and who has a resource', async () => {
    await server.test.cloud.setBackendDown('phones', true);
    const id = await lend(bea, 'phones');
    await bea.delete(`/v1/reservations/${id}`).expect(204);
    await server.test.settle();
    await lend(admin, 'lab');
    const forAdmin = await open(admin);
    await forAdmin.shows('The simulated back end is down.');
    await forAdmin.shows(/Next try in/);
    await forAdmin.shows('1 pool fails');
    await forAdmin.picture('now-failing');
    const forBea = await open(bea);
    await forBea.page.getByRole('link', { name: 'lab-1: lent' }).click();
    await forBea.shows('somebody else');
    expect(await forBea.page.getByText('back end is down').count()).toBe(0);
    expect(await forBea.page.getByText('Ada').count()).toBe(0);
    expect([...forAdmin.faults, ...forBea.faults]).toEqual([]);
  });

  test('filters find pools and resources, and stay in the address', async () => {
    await server.test.cloud.failNext('lab', 'clean', 1);
    await admin.post('/v1/resources/lab-7/clean').expect(202);
    await server.test.settle();
    const { page, faults } = await open(admin);
    const pools = () => page.getByRole('main').getByRole('heading', { level: 2 }).allInnerTexts();
    const fill = (text: string) => page.getByLabel('Find').fill(text);
    await page.getByRole('link', { name: 'lab-7: in quarantine' }).waitFor();
    await fill('android');
    expect(await pools()).toEqual(['phones']);
    await fill('zone=north');
    expect(await pools()).toEqual(['lab']);
    await fill('lab-7');
    expect(await pools()).toEqual(['lab']);
    expect(await page.locator('.cell:not(.dimmed)[href]').count()).toBe(1);
    await fill('nothing is called that');
    await page.getByText('No pool is like that.').waitFor();
    await page.getByRole('button', { name: 'Show all pools' }).click();
    await page.getByRole('heading', { name: 'plant' }).waitFor();
    expect(await pools()).toEqual(['lab', 'phones', 'plant']);
    await page.getByLabel('Only what needs attention').check();
    expect(await pools()).toEqual(['lab']);
    await page.getByLabel('Only what needs attention').uncheck();
    await page.getByLabel('Label').selectOption('zone=north');
    expect(page.url()).toContain('#/?label=zone%3Dnorth');
    const sent = await open(bea, new URL(page.url()).hash.slice(1));
    await sent.page.getByRole('link', { name: 'lab', exact: true }).waitFor();
    expect(await sent.page.getByRole('heading', { level: 2, name: 'phones' }).count()).toBe(0);
    await sent.page.getByLabel('State').selectOption('allocated');
    await sent.shows('No pool is like that.');
    expect([...faults, ...sent.faults]).toEqual([]);
  });

  test.each([360, 2560])('it fits %i px, with a resource beside', async (width) => {
    await lend(bea, 'lab');
    const dashboard = await open(admin, '/', width);
    await dashboard.page.getByRole('link', { name: 'lab-1: lent' }).click();
    await dashboard.page.getByRole('heading', { name: 'lab-1' }).waitFor();
    expect(await dashboard.isTooWide()).toBe(false);
    await dashboard.picture(`now-beside-${width}`);
    expect(dashboard.faults).toEqual([]);
  });
});

describeWithChromium('Now, without pools', () => {
  test('says what to do', async () => {
    const browser = await startChromium();
    const server = await startWithDashboard();
    const admin = await Dashboard.open(browser, server, await server.admin());
    await admin.goTo('/');
    await admin.page.getByRole('heading', { name: 'Make your first pool' }).waitFor();
    const bea = await Dashboard.open(browser, server, await server.user('bea'));
    await bea.goTo('/');
    await bea.shows('An admin makes the first one.');
    expect([...admin.faults, ...bea.faults]).toEqual([]);
  });
});
