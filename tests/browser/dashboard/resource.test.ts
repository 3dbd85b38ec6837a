import type { Browser } from 'playwright-core';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, LOOKS, startWithDashboard } from '../../helpers/dashboard';
import type { Caller, TestServer } from '../../helpers/server';

jest.setTimeout(120_000);

const POOLS = `
pools:
  - { name: lab, kind: vm, driver: simulated, size: 4, cleaning: { retries: 0 } }
`;
/** A name in a script that runs from right to left, with what looks like markup. */
const HOSTILE = 'אריאל <img src=x onerror=alert(1)>';

describeWithChromium('Resource', () => {
  let browser: Browser;
  let server: TestServer;
  let admin: Caller;
  let bea: Caller;
  beforeAll(async () => {
    browser = await startChromium();
    server = await startWithDashboard({ pools: POOLS });
    admin = await server.admin();
    bea = await server.user('bea');
  });

  const open = async (caller: Caller, path: string) => {
    const dashboard = await Dashboard.open(browser, server, caller);
    await dashboard.goTo(path);
    return dashboard;
  };
  const lend = async (caller: Caller, resource: string, note?: string) =>
    (await caller.post('/v1/reservations').send({ items: [{ resource }], note })).body.id as string;

  test('shows its holder, its loans and what each return has shown, as they come', async () => {
    const { page, faults } = await open(admin, '/resources/lab-1');
    await page.getByText('It has not been lent yet.').waitFor();
    const id = await lend(bea, 'lab-1', 'for a demo');
    await page.getByText('for a demo').waitFor();
    const loans = page.getByRole('region', { name: 'Loans' });
    await loans.getByRole('cell', { name: 'it is given back' }).waitFor();
    await bea.delete(`/v1/reservations/${id}`).expect(204);
    await server.test.settle();
    await loans.getByRole('cell', { name: 'it is given back' }).waitFor({ state: 'detached' });
    await page.getByText('after a loan, in').waitFor();
    await page
      .getByText(/^Login refused \d+ times/)
      .first()
      .waitFor();
    await page
      .getByRole('cell', { name: /was lent to/ })
      .first()
      .waitFor();
    expect(faults).toEqual([]);
  });

  test('tells admins why it is in quarantine, and nobody else', async () => {
    await server.test.cloud.failNext('lab', 'clean', 1);
    await admin.post('/v1/resources/lab-2/clean').expect(202);
    await server.test.settle();
    const { reason } = (await admin.get('/v1/resources/lab-2')).body as { reason: string };
    const forAdmin = await open(admin, '/resources/lab-2');
    await forAdmin.shows('in quarantine');
    await forAdmin.shows(reason);
    const forBea = await open(bea, '/resources/lab-2');
    await forBea.shows('in quarantine');
    expect(await forBea.page.getByText(reason).count()).toBe(0);
    expect(await forBea.page.getByRole('heading', { name: 'Loans' }).count()).toBe(0);
    expect([...forAdmin.faults, ...forBea.faults]).toEqual([]);
  });

  test('shows others their own loan, and of other loans only that there is one', async () => {
    await lend(bea, 'lab-3');
    await lend(admin, 'lab-4');
    const own = await open(bea, '/resources/lab-3');
    await own.page.getByRole('link', { name: 'you' }).waitFor();
    const other = await open(bea, '/resources/lab-4');
    await other.shows('somebody else');
    expect([...own.faults, ...other.faults]).toEqual([]);
  });

  test.each(LOOKS)('sets names of every kind apart ($name)', async ({ name, ...look }) => {
    const users = `/v1/users/${bea.userId}`;
    await admin.patch(users).send({ name: HOSTILE }).expect(200);
    const dashboard = await Dashboard.open(browser, server, admin, look);
    await dashboard.goTo('/resources/lab-3');
    await dashboard.page.getByRole('link', { name: HOSTILE }).first().waitFor();
    await dashboard.picture(`resource-hostile-${name}`);
    expect(await dashboard.axeFindings()).toEqual([]);
    expect(await dashboard.isTooWide()).toBe(false);
    expect(dashboard.faults).toEqual([]);
  });

  test('says when there is no such resource', async () => {
    const { page } = await open(bea, '/resources/nothing');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('nothing');
  });
});
