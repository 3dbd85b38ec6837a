import type { Browser } from 'playwright-core';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import type { Caller, TestServer } from '../../helpers/server';

jest.setTimeout(60_000);

const POOLS = 'pools: [{ name: lab, kind: vm, driver: simulated, size: 2 }]';

describeWithChromium('pages say who, what else and what then', () => {
  let browser: Browser;
  let server: TestServer;
  let admin: Caller;
  let bea: Caller;
  beforeAll(async () => (browser = await startChromium()));
  beforeEach(async () => {
    server = await startWithDashboard({ pools: POOLS });
    await server.test.settle();
    admin = await server.admin();
    bea = await server.user('bea');
  });

  const borrow = async (caller: Caller, body: object) => {
    const { body: made } = await caller.post('/v1/reservations').send(body);
    await server.test.settle();
    return made.id as string;
  };
  const open = async (caller: Caller, path: string) => {
    const dashboard = await Dashboard.open(browser, server, caller);
    await dashboard.goTo(path);
    return dashboard;
  };

  test('ending a loan names its holder, and what ends with it', async () => {
    await borrow(bea, { items: [{ pool: 'lab', count: 2 }] });
    const { page, faults } = await open(admin, '/resources/lab-1');
    await page.getByRole('button', { name: 'End its loan …' }).click();
    const words = 'bea has it, and under the same reservation lab-2, which ends with it.';
    await page.getByRole('dialog').getByText(words).waitFor();
    expect(faults).toEqual([]);
  });

  test('an ended loan follows its resources, and says what their return has to show', async () => {
    const id = await borrow(bea, { items: [{ pool: 'lab' }] });
    await bea.delete(`/v1/reservations/${id}`).expect(204);
    const { page, faults } = await open(bea, `/reservations/${id}`);
    const afterwards = page.getByRole('region', { name: 'Afterwards' });
    await afterwards.getByText('to be cleaned').waitFor();
    await afterwards.getByText('the login of the last holder is refused').waitFor();
    await server.test.settle();
    await afterwards.getByText('available').waitFor();
    expect(faults).toEqual([]);
  });

  test('a resource that was taken out says why, and by whom', async () => {
    const broken = { adminState: 'maintenance', reason: 'its fan is broken' };
    await admin.patch('/v1/resources/lab-1').send(broken).expect(200);
    const { page, faults } = await open(admin, '/resources/lab-1');
    const fact = page.locator('.fact', { hasText: 'Taken out' });
    await fact.getByText('its fan is broken').waitFor();
    await fact.getByText('by Ada').waitFor();
    expect(faults).toEqual([]);
  });

  test('a loan that an admin made for somebody says so, and one of their own does not', async () => {
    await borrow(admin, { items: [{ pool: 'lab' }], onBehalfOf: bea.userId });
    await borrow(bea, { items: [{ pool: 'lab' }] });
    const dashboard = await open(admin, '/events');
    await dashboard.shows(/^lab-1 was lent to bea, by Ada$/);
    await dashboard.shows(/^lab-2 was lent to bea$/);
    expect(dashboard.faults).toEqual([]);
  });
});
