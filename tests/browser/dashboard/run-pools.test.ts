import type { Browser } from 'playwright-core';
import dockerDriver from '../../../src/drivers/docker';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import type { Caller, TestServer } from '../../helpers/server';

jest.setTimeout(60_000);

const POOLS = `
pools:
  - { name: lab, kind: vm, driver: simulated, size: 3, labels: { zone: a } }
  - { name: phones, kind: account, driver: simulated, size: 2 }
`;

describeWithChromium('the pages of pools for admins in Chromium', () => {
  let browser: Browser;
  let server: TestServer;
  let admin: Caller;
  let dashboard: Dashboard;
  beforeAll(async () => {
    browser = await startChromium();
  });
  beforeEach(async () => {
    server = await startWithDashboard({ pools: POOLS, factories: [dockerDriver] });
    await server.test.settle();
    admin = await server.admin();
    dashboard = await Dashboard.open(browser, server, admin);
  });
  afterEach(async () => {
    expect(dashboard.faults).toEqual([]);
    await dashboard.close();
    await server.stop();
  });

  const pool = async (name: string) => (await admin.get(`/v1/pools/${name}`).expect(200)).body;
  const field = (name: string) => dashboard.page.getByLabel(name, { exact: true });
  const press = (name: string | RegExp) =>
    dashboard.page.getByRole('button', { name, exact: true }).click();
  /** A refused call is in the console of every browser. */
  const forgetRefusal = (status: number) => {
    const known = dashboard.faults.filter((fault) => fault.includes(`status of ${status}`));
    expect(known).not.toEqual([]);
    for (const fault of known) dashboard.faults.splice(dashboard.faults.indexOf(fault), 1);
  };

  test('a pool is resized in place, and Undo gives it the old size', async () => {
    await dashboard.goTo('/run/pools');
    await field('Size of lab').fill('5');
    await press('Save');
    await dashboard.shows('lab has the size 5; it had 3.');
    expect((await pool('lab')).size).toBe(5);
    await press('Undo');
    await dashboard.shows('lab has the size 3 again.');
    expect((await pool('lab')).size).toBe(3);
    expect(await field('Size of lab').inputValue()).toBe('3');
  });

  test('a size that somebody else has changed meanwhile is not overwritten', async () => {
    await dashboard.goTo('/run/pools');
    await field('Size of lab').fill('5');
    await admin.patch('/v1/pools/lab').send({ size: 4 }).expect(200);
    await press('Save');
    await dashboard.shows('Somebody else has set the size to 4; it was 3.');
    expect((await pool('lab')).size).toBe(4);
  });

  test('a size that is refused is named at its field', async () => {
    await dashboard.goTo('/run/pools');
    await field('Size of lab').fill('-1');
    await dashboard.page.evaluate('document.querySelector("form.size").noValidate = true');
    await press('Save');
    await dashboard.shows(/size.*must be a whole number/);
    expect(await field('Size of lab').getAttribute('aria-invalid')).toBe('true');
    expect((await pool('lab')).size).toBe(3);
    forgetRefusal(400);
  });

  test('a pool is made; a name that is refused is named at its field', async () => {
    await dashboard.goTo('/run/pools');
    await press('New pool');
    await field('Name').fill('Big Rack');
    await field('Size').fill('2');
    await field('Latency (ms)').fill('7');
    await press('Make the pool');
    await dashboard.shows(/name.*lower-case letter/);
    expect(await field('Name').getAttribute('aria-invalid')).toBe('true');
    forgetRefusal(400);
    await field('Name').fill('rack');
    await press('Make the pool');
    await dashboard.page.getByRole('heading', { name: 'rack' }).waitFor();
    expect(await pool('rack')).toMatchObject({
      ...{ kind: 'vm', driver: 'simulated', size: 2, origin: 'api' },
      settings: { latencyMs: 7 },
    });
  });

  test('settings as JSON are checked by the server, and named at their field', async () => {
    await dashboard.goTo('/run/pools');
    await press('New pool');
    await field('Name').fill('boxes');
    await field('Driver').selectOption('docker');
    await field('Settings (JSON)').fill('{"image": "a"');
    await press('Make the pool');
    await dashboard.shows(/The settings are no JSON/);
    await field('Settings (JSON)').fill('{"image": "a"}');
    await press('Make the pool');
    await dashboard.shows(/Only the pools file may set image/);
    expect(await field('Settings (JSON)').getAttribute('aria-invalid')).toBe('true');
    forgetRefusal(403);
  });

  test('a pool is deleted once it was said how many loans that waits for', async () => {
    await admin.post('/v1/reservations').send({ items: [{ pool: 'lab', count: 2 }] });
    await dashboard.goTo('/run/pools');
    await press('Delete lab');
    await dashboard.shows('It waits for 2 loans, which go on to their end.');
    await dashboard.picture('delete-pool');
    await press('Delete');
    await dashboard.shows('lab is being deleted.');
    await dashboard.shows('being deleted');
    expect((await pool('lab')).deleting).toBe(true);
  });

  test('a pool whose back end fails is on top, with the resources that it holds up', async () => {
    await admin
      .patch('/v1/pools/phones')
      .send({ settings: { backendDown: true } })
      .expect(200);
    await admin.post('/v1/resources/phones-1/clean').expect(202);
    await server.test.settle();
    expect((await pool('phones')).failing).not.toBeNull();
    await dashboard.goTo('/run/pools');
    const failing = dashboard.page.getByRole('region', { name: 'Pools that fail' });
    await failing.getByText(/phones fails since/).waitFor();
    await dashboard.picture('failing-pools');
    await failing.getByRole('link', { name: /\d being cleaned|\d to be cleaned/ }).click();
    await dashboard.page.getByRole('link', { name: 'phones-1' }).waitFor();
  });

  test('only what is changed in a policy is sent, and Undo puts it back', async () => {
    await dashboard.goTo('/run/pools/lab');
    const before = await pool('lab');
    await field('Default').fill('1h 30m');
    await field('Maximum').fill('never');
    await field('Pick').selectOption('random');
    await field('Share holders').check();
    await field('Labels (JSON)').fill('{"rack": "7"}');
    await press('Save');
    await dashboard.shows('lab is changed.');
    const after = await pool('lab');
    expect(after).toMatchObject({
      lease: { ...before.lease, default: 5400, maximum: null },
      ...{ pick: 'random', shareHolders: true, labels: { rack: '7' } },
    });
    await press('Undo');
    await dashboard.shows('lab is as it was before.');
    const { counts: _counts, ...again } = await pool('lab');
    expect(before).toMatchObject(again);
    await dashboard.page.waitForFunction(
      'document.querySelector("textarea").value.includes("zone")',
    );
  });

  test('a policy that is refused names the field', async () => {
    await dashboard.goTo('/run/pools/lab');
    await field('Deadline').fill('soon');
    await press('Save');
    await dashboard.shows(/cleaning\.deadline.*must be a duration/);
    expect(await field('Deadline').getAttribute('aria-invalid')).toBe('true');
    await dashboard.picture('refused-policy');
    forgetRefusal(400);
  });

  test('a form that is out of date overwrites nothing: it shows what was changed', async () => {
    const other = await Dashboard.open(browser, server, admin);
    await dashboard.goTo('/run/pools/lab');
    await field('Spares').fill('2');
    await other.goTo('/run/pools/lab');
    await other.page.getByLabel('Concurrency', { exact: true }).fill('7');
    await other.page.getByRole('button', { name: 'Save' }).click();
    await other.shows('lab is changed.');
    await dashboard.shows('Somebody else has changed this pool meanwhile: Concurrency.');
    expect(await dashboard.page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await dashboard.picture('stale-policy');
    await press('Keep my changes');
    expect(await field('Spares').inputValue()).toBe('2');
    expect(await field('Concurrency').inputValue()).toBe('7');
    await press('Save');
    await dashboard.shows('lab is changed.');
    expect(await pool('lab')).toMatchObject({ spares: 2, concurrency: 7 });
    expect(other.faults).toEqual([]);
  });
});
