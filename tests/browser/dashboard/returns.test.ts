import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Browser } from 'playwright-core';
import { PAGES } from '../../../web/app/address/pages';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import type { Caller, TestServer } from '../../helpers/server';

jest.setTimeout(60_000);

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 1, settings: { proves: R3 } }
  - { name: boxes, kind: container, driver: simulated, size: 1,
      settings: { opensAccess: true, replaces: true } }
`;

describeWithChromium('the returns in Chromium', () => {
  let browser: Browser;
  let server: TestServer;
  let ann: Caller;
  beforeAll(async () => {
    browser = await startChromium();
  });
  beforeEach(async () => {
    server = await startWithDashboard({ pools: POOLS });
    await server.test.settle();
    ann = await server.user('ann');
  });

  async function lendAndReturn(pool: string): Promise<string> {
    const { body } = await ann.post('/v1/reservations').send({ items: [{ pool }] });
    await server.test.settle();
    await ann.delete(`/v1/reservations/${body.id}`).expect(204);
    await server.test.settle();
    return body.id as string;
  }

  async function open(path: string): Promise<Dashboard> {
    const dashboard = await Dashboard.open(browser, server, await server.admin());
    await dashboard.goTo(path);
    return dashboard;
  }

  test('a record shows its level, its evidence and its steps, and leads on', async () => {
    const loan = await lendAndReturn('lab');
    const dashboard = await open('/returns?pool=lab');
    const { page } = dashboard;
    const first = page.getByRole('listitem').filter({ hasText: 'after a loan' });
    await first.getByText('R3 of R3').waitFor();
    await first.getByRole('button', { name: /^Show the record of lab-1/ }).click();
    await dashboard.shows(/was refused \d+ times in a row/);
    await dashboard.shows(/Everything was searched 2 times/);
    await page.getByRole('cell', { name: 'Clean', exact: true }).waitFor();
    expect(await page.getByRole('link', { name: loan }).getAttribute('href')).toBe(
      `#/reservations/${loan}`,
    );
    const { body } = await (await server.admin()).get('/v1/resources/lab-1');
    expect(await first.getByRole('link', { name: 'lab-1' }).getAttribute('href')).toBe(
      `#/resources/${body.id}`,
    );
    expect(dashboard.faults).toEqual([]);
  });

  test('a filter by pool and level is in the address, and survives a reload', async () => {
    await lendAndReturn('lab');
    await lendAndReturn('boxes');
    const dashboard = await open('/returns');
    const { page } = dashboard;
    const records = page.getByRole('listitem').filter({ hasText: 'after a loan' });
    await records.nth(1).waitFor();
    await page.getByLabel('Level').selectOption('R4');
    await page.getByLabel('Pool').fill('boxes');
    await page.getByLabel('Pool').press('Enter');
    await page.waitForURL(/level=R4&pool=boxes/);
    await records.nth(1).waitFor({ state: 'detached' });
    await page.reload();
    await records.first().waitFor();
    expect(await records.allInnerTexts()).toEqual([expect.stringContaining('boxes-1')]);
    expect(await page.getByLabel('Level').inputValue()).toBe('R4');
    await page.getByLabel('From').fill('2100-01-01T00:00');
    await page.getByLabel('From').blur();
    await dashboard.shows('No return fits the filter.');
    expect(dashboard.faults).toEqual([]);
  });

  test('a return appears within a second while one looks', async () => {
    const dashboard = await open('/returns?pool=boxes&level=R4');
    await dashboard.shows('No return fits the filter.');
    const records = dashboard.page.getByRole('listitem').filter({ hasText: 'boxes-1' });
    const took: number[] = [];
    for (let round = 0; round < 3; round++) {
      await lendAndReturn('boxes');
      const since = performance.now();
      await records.nth(round).waitFor();
      took.push(performance.now() - since);
    }
    // The best of three: a busy machine may hold up one of them.
    expect(Math.min(...took)).toBeLessThan(1_000);
    expect(dashboard.faults).toEqual([]);
  });

  test('older records come on demand, each once', async () => {
    for (let count = 0; count < 55; count++) await lendAndReturn('lab');
    const dashboard = await open('/returns?pool=lab&level=R3');
    const { page } = dashboard;
    const records = page.getByRole('listitem').filter({ hasText: 'after a loan' });
    await records.nth(49).waitFor();
    expect(await records.count()).toBe(50);
    await page.getByRole('button', { name: 'Show more' }).click();
    await records.nth(54).waitFor();
    await lendAndReturn('lab');
    await records.nth(55).waitFor();
    expect(await records.count()).toBe(56);
    expect(dashboard.faults).toEqual([]);
  });

  test('a check of the chain tells its state as the API does', async () => {
    await lendAndReturn('lab');
    const dashboard = await open('/returns');
    const { page } = dashboard;
    await page.getByRole('button', { name: 'Check the chain' }).click();
    const { body } = await (await server.admin()).get('/v1/audit/verify');
    await dashboard.shows(`The chain is whole: ${body.records} records.`);
    await dashboard.shows(body.head.hash as string);
    const database = new Database(join(server.test.dataDir, 'holdfast.db'));
    database.exec(`update returns set record = replace(record, '"R3"', '"R4"')`);
    database.close();
    await page.getByRole('button', { name: 'Check the chain' }).click();
    await dashboard.shows(/at fault/);
    await dashboard.shows(/Record \d+ was altered/);
    expect(dashboard.faults).toEqual([]);
  });

  test('only admins find the page', async () => {
    expect(PAGES.find(({ path }) => path === '/returns')?.needs).toBe('admin');
    const dashboard = await Dashboard.open(browser, server, ann);
    await dashboard.page.goto(`${server.url}/#/returns`);
    await dashboard.shows('Only admins see this page.');
    expect(await dashboard.page.getByRole('link', { name: 'Returns' }).count()).toBe(0);
    expect(dashboard.faults).toEqual([]);
  });
});
