import type { Browser } from 'playwright-core';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import { TestClock } from '../../helpers/engine';
import { apply } from '../../store/rows';
import type { TestServer } from '../../helpers/server';

jest.setTimeout(60_000);

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 2, lease: { default: 2h, maximum: 2h } }
  - { name: phones, kind: account, driver: simulated, size: 1 }
`;
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const PLANS = ['In use', 'Waiting', 'Cleaning', 'Failures'];

/** Now, or a little later if the loans of a test would cross midnight (UTC); epoch ms. */
function awayFromMidnight(): number {
  const now = Date.now();
  return DAY - (now % DAY) > 15 * MINUTE ? now : now + 15 * MINUTE;
}

describeWithChromium('the history in Chromium', () => {
  let browser: Browser;
  let server: TestServer;
  beforeAll(async () => {
    browser = await startChromium();
  });
  beforeEach(async () => {
    server = await startWithDashboard({ pools: POOLS, clock: new TestClock(awayFromMidnight()) });
    await server.test.settle();
  });

  async function open(path: string): Promise<Dashboard> {
    const dashboard = await Dashboard.open(browser, server, await server.admin());
    await dashboard.goTo(path);
    await dashboard.loaded();
    return dashboard;
  }

  /** Two loans of the pool lab: one at once, one after a wait of ten minutes. */
  async function use(): Promise<void> {
    const [ann, bob] = [await server.user('ann'), await server.user('bob')];
    const items = { items: [{ pool: 'lab', count: 2 }] };
    const { body } = await ann.post('/v1/reservations').send(items);
    await bob.post('/v1/reservations').send({ ...items, queueTimeoutSeconds: 3_600 });
    await server.test.after(10 * MINUTE);
    await ann.delete(`/v1/reservations/${body.id}`).expect(204);
    await server.test.settle();
    await fail('clean', 'verify', 'clean');
    await server.test.after(MINUTE);
  }

  /** Calls of the driver for the pool lab fail. */
  async function fail(...operations: string[]): Promise<void> {
    const { store } = server.test.engine;
    const { id: poolId } = (await store.read.pool('lab'))!;
    const events = operations.map((operation) => ({
      do: 'append' as const,
      event: { type: 'resource.failed' as const, poolId, data: { operation, scope: 'resource' } },
    }));
    await apply(store, ...events);
  }

  const chartOf = ({ page }: Dashboard, title: string) =>
    page.getByRole('region', { name: title, exact: true });
  const toggle = (dashboard: Dashboard, title: string) =>
    dashboard.page.getByRole('button', { name: `Table of ${title}` });

  test('each chart says the same as its table, which keyboards reach and the address keeps', async () => {
    await use();
    const dashboard = await open('/history?pool=lab');
    const { page } = dashboard;
    for (const title of PLANS) {
      const chart = chartOf(dashboard, title);
      const over = chart.locator('.u-over');
      await over.scrollIntoViewIfNeeded();
      const { width, height } = (await over.boundingBox())!;
      await over.hover({ position: { x: width - 2, y: height / 2 } });
      const drawn = await chart.locator('.u-legend .u-value').allTextContents();
      await toggle(dashboard, title).focus();
      await page.keyboard.press('Enter');
      const newest = await chart.getByRole('row').nth(1).getByRole('cell').allTextContents();
      // Bars are drawn from the last to the first.
      const [time, ...values] = drawn;
      const inOrder = title === 'Failures' ? values.toReversed() : values;
      expect([time, ...inOrder]).toEqual(newest);
      expect(await toggle(dashboard, title).getAttribute('aria-pressed')).toBe('true');
    }
    const shown = await chartOf(dashboard, 'Waiting').getByRole('row').nth(1).innerText();
    expect(shown).toContain('10 min');
    expect(page.url()).toContain('table=use%2Cwaits%2Ccleaning%2Cfailures');
    await page.reload();
    await chartOf(dashboard, 'Waiting').getByRole('table').waitFor();
    const failures = chartOf(dashboard, 'Failures').getByRole('row').nth(1);
    expect((await failures.getByRole('cell').allTextContents()).slice(1)).toEqual([
      ...['2', '1', '0', '0'],
    ]);
    await toggle(dashboard, 'Failures').click();
    await chartOf(dashboard, 'Failures').locator('canvas').waitFor();
    expect(dashboard.faults).toEqual([]);
  });

  test('the numbers are those of the API', async () => {
    await use();
    const { body } = await (await server.admin()).get('/v1/pools/lab/history?days=7');
    const dashboard = await open('/history?pool=lab&days=7&table=use');
    const cells = chartOf(dashboard, 'In use').getByRole('row');
    expect(await cells.count()).toBe(8);
    const [day, share] = await cells.nth(1).getByRole('cell').allTextContents();
    expect(day).toBe((body.steps[6].since as string).slice(0, 10));
    expect(share).toBe(`${Number((body.steps[6].use.share * 100).toFixed(1))} %`);
  });

  test('a pool and a time are chosen, and stay in the address', async () => {
    const dashboard = await open('/history');
    const { page } = dashboard;
    await page.getByLabel('Pool').selectOption('phones');
    await page.getByLabel('Days').selectOption('1');
    await page.waitForURL(/pool=phones.*days=1|days=1.*pool=phones/);
    await toggle(dashboard, 'In use').click();
    const rows = chartOf(dashboard, 'In use').getByRole('row');
    await rows.nth(24).waitFor();
    expect(await rows.count()).toBe(25);
    expect(await rows.nth(1).innerText()).toMatch(/\d\d-\d\d \d\d:00/);
    expect(dashboard.faults).toEqual([]);
  });

  test('where nothing was, it says so and draws nothing', async () => {
    await server.test.after(MINUTE);
    const dashboard = await open('/history?pool=phones');
    await dashboard.shows('Nobody was served in this time.');
    await dashboard.shows('Nothing came back in this time.');
    await dashboard.shows('Nothing failed in this time.');
    await dashboard.page.locator('canvas').waitFor();
    expect(await dashboard.page.locator('canvas').count()).toBe(1);
    expect(dashboard.faults).toEqual([]);
  });

  test.each([360, 2560])(
    'at %i px, of 90 days, nothing is cut off, in either colours',
    async (width) => {
      await use();
      const dashboard = await open('/history?days=90');
      const { page } = dashboard;
      await page.setViewportSize({ width, height: 900 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.locator('canvas').first().waitFor();
        await dashboard.picture(`history-90-${width}-${colorScheme}`);
        expect(await dashboard.isTooWide()).toBe(false);
        expect(await dashboard.axeFindings()).toEqual([]);
      }
      for (const title of PLANS) await toggle(dashboard, title).click();
      expect(await dashboard.isTooWide()).toBe(false);
      expect(await dashboard.axeFindings()).toEqual([]);
      expect(dashboard.faults).toEqual([]);
    },
  );
});
