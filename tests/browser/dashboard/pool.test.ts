import type { Browser } from 'playwright-core';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import type { Caller, TestServer } from '../../helpers/server';

jest.setTimeout(120_000);

const POOLS = `
pools:
  - { name: lab, kind: vm, driver: simulated, size: 2, shareHolders: true,
      types: [{ name: small, share: 1 }, { name: large, share: 1 }],
      lease: { default: 1h, maximum: 8h, heartbeat: 5m } }
  - { name: quiet, kind: account, driver: simulated, size: 1 }
  - { name: plant, kind: item, driver: simulated, size: 230, settings: { latencyMs: 0 } }
`;

describeWithChromium('Pool', () => {
  let browser: Browser;
  let server: TestServer;
  let admin: Caller;
  let bea: Caller;
  let cid: Caller;
  beforeAll(async () => {
    browser = await startChromium();
    server = await startWithDashboard({ pools: POOLS });
    admin = await server.admin();
    bea = await server.user('bea');
    cid = await server.user('cid', ['read']);
  });

  const open = async (caller: Caller, path: string) => {
    const dashboard = await Dashboard.open(browser, server, caller);
    await dashboard.goTo(path);
    return dashboard;
  };
  const lend = async (caller: Caller, pool: string, more = {}) =>
    (await caller.post('/v1/reservations').send({ items: [{ pool }], ...more })).body.id as string;

  test('shows who has what, who waits, and what changes', async () => {
    const first = await lend(bea, 'lab');
    await lend(bea, 'lab');
    const waiting = await lend(admin, 'lab');
    const dashboard = await open(admin, '/pools/lab');
    const { page, faults } = dashboard;
    const rows = (name: string) => page.getByRole('region', { name }).getByRole('row');
    await page.getByRole('link', { name: 'lab-1: lent' }).waitFor();
    await rows('Lent').nth(2).waitFor();
    expect(await rows('Lent').nth(1).innerText()).toContain('bea');
    await rows('Queue').nth(1).waitFor();
    expect(await rows('Queue').nth(1).innerText()).toMatch(/^1\s+you/);
    await dashboard.shows('1 h unless asked otherwise, 8 h at most');
    await dashboard.shows('At least every 5 min, with');
    await dashboard.shows('R1: the login of the last holder is refused');
    await bea.delete(`/v1/reservations/${first}`).expect(204);
    await server.test.settle();
    await page.getByText('Nobody waits for it.').waitFor();
    expect(await rows('Lent').nth(1).innerText()).toContain('you');
    await admin.delete(`/v1/reservations/${waiting}`).expect(204);
    await server.test.settle();
    await page.getByRole('link', { name: 'lab-1: available' }).waitFor();
    expect(faults).toEqual([]);
  });

  test('filters by status and type, in the address', async () => {
    const { page, faults } = await open(bea, '/pools/lab?type=large');
    const names = page.getByRole('region', { name: 'Resources' }).getByRole('link');
    await names.first().waitFor();
    expect(await names.count()).toBe(1);
    await page.getByLabel('Status').selectOption('quarantined');
    await page.getByText('No resource is like that.').waitFor();
    expect(page.url()).toContain('type=large&status=quarantined');
    await page.getByLabel('Status').selectOption('');
    await page.getByLabel('Type').selectOption('');
    await names.nth(1).waitFor();
    expect(faults).toEqual([]);
  });

  test('shows a large pool by the hundred', async () => {
    const { page, faults } = await open(bea, '/pools/plant');
    const rows = page.getByRole('region', { name: 'Resources' }).getByRole('link');
    const more = page.getByRole('button', { name: 'Show more' });
    await more.waitFor();
    expect(await rows.count()).toBe(100);
    await more.click();
    await rows.nth(199).waitFor();
    await more.click();
    await rows.nth(229).waitFor();
    await more.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: '230 available' }).click();
    await page.waitForURL(/status=available/);
    expect(faults).toEqual([]);
  });

  test('leads on to what the reader may do with it', async () => {
    const links = async (caller: Caller) => {
      const { page, faults } = await open(caller, '/pools/quiet');
      await page.getByText('Nothing of it is lent.').waitFor();
      expect(faults).toEqual([]);
      const all = page.getByRole('main').locator('.page-head-actions a');
      return all.evaluateAll((found) => found.map((link) => link.getAttribute('href')));
    };
    const [borrow, timeline] = ['#/borrow?pool=quiet', '#/timeline?pool=quiet'];
    const past = '#/history?pool=quiet';
    expect(await links(cid)).toEqual([timeline, past]);
    expect(await links(bea)).toEqual([borrow, timeline, past]);
    expect(await links(admin)).toEqual([borrow, timeline, past, '#/run/pools/quiet']);
  });

  test('hides who holds what where the pool does not share it', async () => {
    const id = await lend(bea, 'quiet');
    const forCid = await open(cid, '/pools/quiet');
    await forCid.page.getByRole('region', { name: 'Lent' }).getByText('somebody').waitFor();
    expect(await forCid.page.getByText('bea', { exact: true }).count()).toBe(0);
    await bea.delete(`/v1/reservations/${id}`).expect(204);
    await server.test.settle();
    expect(forCid.faults).toEqual([]);
  });
});
