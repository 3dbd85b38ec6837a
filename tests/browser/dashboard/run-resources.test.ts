import type { Browser } from 'playwright-core';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import type { Caller, TestServer } from '../../helpers/server';

jest.setTimeout(90_000);

const POOLS = `
pools:
  - { name: lab, kind: vm, driver: simulated, size: 3, settings: { opensAccess: true } }
  - { name: phones, kind: account, driver: simulated, size: 2 }
`;

describeWithChromium('the page of resources for admins in Chromium', () => {
  let browser: Browser;
  let server: TestServer;
  let admin: Caller;
  let dashboard: Dashboard;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterEach(async () => {
    expect(dashboard.faults).toEqual([]);
    await dashboard.close();
    await server.stop();
  });

  async function open(pools: string, path = '/run/resources') {
    server = await startWithDashboard({ pools });
    await server.test.settle();
    admin = await server.admin();
    dashboard = await Dashboard.open(browser, server, admin);
    await dashboard.goTo(path);
  }

  const resource = async (name: string) =>
    (await admin.get(`/v1/resources/${name}`).expect(200)).body;
  const button = (name: string | RegExp) =>
    dashboard.page.getByRole('button', { name, exact: true });
  const press = (name: string | RegExp) => button(name).click();
  const select = (name: string) => dashboard.page.getByLabel(`Select ${name}`).check();
  const inDialog = (name: string | RegExp) =>
    dashboard.page.getByRole('dialog').getByRole('button', { name });

  test('filters stand in the address, so that a view can be sent', async () => {
    await open(POOLS);
    await dashboard.page.getByRole('link', { name: 'phones-1' }).waitFor();
    await dashboard.page.getByLabel('Pool').selectOption('lab');
    await dashboard.page.getByLabel('Name or reason').fill('LAB-2');
    await dashboard.shows('1 resource');
    expect(dashboard.page.url()).toContain('pool=lab&text=LAB-2');
    const other = await Dashboard.open(browser, server, admin);
    await other.page.goto(dashboard.page.url());
    await other.page.getByRole('link', { name: 'lab-2' }).waitFor();
    expect(await other.page.getByRole('row').count()).toBe(2);
    await dashboard.page.getByLabel('Name or reason').fill('nothing');
    await dashboard.shows('No resource matches.');
  });

  test('maintenance has a reason and an end, and can be undone', async () => {
    await open(POOLS);
    await select('lab-1');
    await select('lab-2');
    await press('Maintenance …');
    await dashboard.page.getByLabel('Reason', { exact: true }).fill('a new fan');
    await dashboard.page.getByLabel('Until').fill('2030-01-31T12:00');
    await dashboard.picture('batch-asks');
    await inDialog('Maintenance: 2 resources').click();
    await dashboard.shows('2 of 2 done (in maintenance)');
    // The browser of this test is in Berlin.
    const until = '2030-01-31T11:00:00.000Z';
    expect(await resource('lab-1')).toMatchObject({
      ...{ adminState: 'maintenance', maintenanceUntil: until },
    });
    await inDialog('Undo 2').click();
    await dashboard.shows('2 of 2 done (as before)');
    expect(await resource('lab-1')).toMatchObject({ adminState: 'in_service' });
    await inDialog('Close').last().click();
  });

  test('a time that has passed is named for each, and what failed can be tried again', async () => {
    await open(POOLS);
    await select('lab-1');
    await press('Maintenance …');
    await dashboard.page.getByLabel('Until').fill('2001-01-01T12:00');
    await inDialog('Maintenance: 1 resource').click();
    await dashboard.shows('0 of 1 done (in maintenance), 1 failed');
    await dashboard.shows(/That time has passed/);
    expect(await inDialog('Try 1 again').isVisible()).toBe(true);
    dashboard.faults.splice(0, 1);
  });

  test('what is selected is drained, cleaned and deleted', async () => {
    await open(POOLS);
    await select('lab-1');
    await press('Clean again …');
    await inDialog('Clean again: 1 resource').click();
    await dashboard.shows('1 of 1 done (to be cleaned)');
    expect((await resource('lab-1')).status).toBe('dirty');
    await inDialog('Close').last().click();
    await press('Clear');
    await select('lab-2');
    await press('Drain …');
    await inDialog('Drain: 1 resource').click();
    await dashboard.shows('1 of 1 done (draining)');
    // Nobody has it, so it is being removed.
    expect(await inDialog(/^Undo/).count()).toBe(0);
    expect((await resource('lab-2')).adminState).toBe('draining');
    await inDialog('Close').last().click();
    await press('Clear');
    await select('phones-1');
    await press('Delete …');
    await inDialog('Delete: 1 resource').click();
    await dashboard.shows('1 of 1 done (being removed)');
    await server.test.settle();
    expect((await admin.get('/v1/pools/phones')).body).toMatchObject({ size: 1 });
    await inDialog('Close').last().click();
  });

  test('draining can be taken back while somebody has the resource', async () => {
    await open(POOLS);
    await admin.post('/v1/reservations').send({ items: [{ resource: 'lab-3' }] });
    await dashboard.shows('its loan');
    await select('lab-2');
    await select('lab-3');
    await press('Drain …');
    await inDialog('Drain: 2 resources').click();
    await dashboard.shows('2 of 2 done (draining)');
    await inDialog('Undo 1').click();
    await dashboard.shows('1 of 1 done (as before)');
    expect((await resource('lab-3')).adminState).toBe('in_service');
    expect((await resource('lab-2')).adminState).toBe('draining');
  });

  test('the loan of a selected resource is ended, with a reason', async () => {
    await open(POOLS);
    const bea = await server.user('bea');
    const { body } = await bea
      .post('/v1/reservations')
      .send({ items: [{ pool: 'phones', count: 2 }] });
    await dashboard.shows('its loan');
    await select('phones-1');
    await select('phones-2');
    await press('End its loan …');
    await dashboard.shows('1 more of what is selected is left out');
    await dashboard.page.getByLabel('Reason', { exact: true }).fill('needed for the demo');
    await inDialog('End its loan: 1 resource').click();
    await dashboard.shows('1 of 1 done (taken back)');
    const ended = (await admin.get(`/v1/reservations/${body.id}`)).body;
    expect(ended).toMatchObject({ status: 'ended', endReason: 'revoked' });
    const events = (await admin.get(`/v1/events?reservation=${body.id}&type=reservation.ended`))
      .body;
    expect(JSON.stringify(events)).toContain('needed for the demo');
  });

  test('a quarantined resource is tried again', async () => {
    await open(POOLS);
    const broken = { settings: { failureRates: { clean: 1 } }, cleaning: { retries: 0 } };
    await admin.patch('/v1/pools/lab').send(broken).expect(200);
    await admin.post('/v1/resources/lab-3/clean').expect(202);
    await server.test.settle();
    await dashboard.goTo('/run/resources?status=quarantined');
    await select('lab-3');
    await press('Retry …');
    await inDialog('Retry: 1 resource').click();
    await dashboard.shows(/^1 of 1 done \(being tried again/);
    await admin
      .patch('/v1/pools/lab')
      .send({ settings: { failureRates: null } })
      .expect(200);
    await server.test.settle();
    await inDialog('Close').last().click();
    await dashboard.shows('No resource matches.');
    expect(await resource('lab-3')).toMatchObject({ status: 'available' });
  });

  test('a batch takes all that match, not only those shown; one that fails is named', async () => {
    await open('pools: [{ name: big, kind: item, driver: simulated, size: 250 }]');
    await admin.patch('/v1/resources/big-7').send({ adminState: 'maintenance' }).expect(200);
    await dashboard.shows('The first 100 resources are shown.');
    await press('Select all that match');
    await press('Maintenance …');
    await dashboard.shows('This is for 249 resources, one by one.');
    // Somebody drains one between the count and the call.
    await admin.patch('/v1/resources/big-9').send({ adminState: 'draining' }).expect(200);
    await inDialog('Maintenance: 249 resources').click();
    await dashboard.shows('248 of 249 done (in maintenance), 1 failed');
    await dashboard.page.getByRole('list', { name: 'Failed' }).getByText('big-9').waitFor();
    await dashboard.picture('batch-failed');
    const { body } = await admin.get('/v1/pools/big');
    expect(body.counts).toMatchObject({ maintenance: 249, draining: 1 });
    await inDialog('Undo 248').click();
    await dashboard.shows('248 of 248 done (as before)');
    expect((await admin.get('/v1/pools/big')).body.counts).toMatchObject({ maintenance: 1 });
    // The browser notes the refused call.
    expect(dashboard.faults.splice(0)).toEqual([expect.stringContaining('412')]);
  });

  test('a batch can be stopped', async () => {
    await open('pools: [{ name: big, kind: item, driver: simulated, size: 60 }]');
    let calls = 0;
    let more = () => undefined as void;
    const isHeld = new Promise<void>((resolve) => (more = resolve));
    await dashboard.page.route('**/v1/resources/*', async (route) => {
      if (route.request().method() === 'PATCH' && ++calls > 10) await isHeld;
      await route.continue();
    });
    await press('Select all that match');
    await press('Maintenance …');
    await inDialog('Maintenance: 60 resources').click();
    await dashboard.shows('10 of 60 done (in maintenance)');
    await inDialog('Stop').click();
    more();
    await dashboard.shows(/Stopped\. 1\d of 60 done/);
    const { counts } = (await admin.get('/v1/pools/big')).body;
    expect(counts.maintenance).toBe(16);
    await dashboard.page.unrouteAll({ behavior: 'wait' });
  });
});
