import type { Browser } from 'playwright-core';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import type { Caller, TestServer } from '../../helpers/server';

jest.setTimeout(60_000);

const POOLS = `
pools:
  - { name: lab, kind: vm, driver: simulated, size: 3 }
  - name: phones
    kind: account
    driver: simulated
    size: 2
    lease: { default: 3600, maximum: 7200 }
`;

describeWithChromium('the dialogs of the dashboard in Chromium', () => {
  let browser: Browser;
  let server: TestServer;
  let admin: Caller;
  let dashboard: Dashboard;
  beforeAll(async () => {
    browser = await startChromium();
  });
  beforeEach(async () => {
    server = await startWithDashboard({ pools: POOLS });
    await server.test.settle();
    admin = await server.admin();
    dashboard = await Dashboard.open(browser, server, admin);
  });
  afterEach(async () => {
    await dashboard.close();
    await server.stop();
  });

  const dialog = () => dashboard.page.getByRole('dialog');
  const press = (name: string | RegExp) =>
    dashboard.page.getByRole('button', { name, exact: true }).click();
  const inDialog = (name: string | RegExp) => dialog().getByRole('button', { name });
  const closed = () => dialog().waitFor({ state: 'detached' });

  /** Holds calls of this method and path back until the function that it gives is called. */
  async function hold(method: string, path: string): Promise<() => void> {
    let letGo = () => undefined as void;
    const isHeld = new Promise<void>((resolve) => (letGo = resolve));
    await dashboard.page.route(path, async (route) => {
      if (route.request().method() === method) await isHeld;
      await route.continue();
    });
    return letGo;
  }

  test('the first field has the focus, so that one can type at once', async () => {
    await dashboard.goTo('/resources/lab-1');
    await press('Maintenance …');
    await dialog().waitFor();
    await dashboard.page.keyboard.type('its fan is broken');
    await inDialog('Maintenance').click();
    await dashboard.shows('lab-1 is in maintenance.');
    const { body } = await admin.get('/v1/events?type=resource.admin_state').expect(200);
    expect(JSON.stringify(body)).toContain('"its fan is broken"');
    expect(dashboard.faults).toEqual([]);
  });

  test('without a field the safe button has it; Enter changes nothing', async () => {
    await dashboard.goTo('/resources/lab-1');
    await press('Delete …');
    await dialog().waitFor();
    expect(await dashboard.page.evaluate('document.activeElement.textContent')).toBe('Cancel');
    await dashboard.page.keyboard.press('Enter');
    await closed();
    await dashboard.goTo('/run/resources');
    await dashboard.page.getByLabel('Select lab-1').check();
    await press('Clean again …');
    await inDialog('Clean again: 1 resource').waitFor();
    await dashboard.page.waitForFunction('document.activeElement.textContent === "Cancel"');
  });

  test('neither Escape nor a click beside it drops the outcome of what is under way', async () => {
    await dashboard.goTo('/resources/lab-1');
    await press('Maintenance …');
    await dialog().waitFor();
    // Somebody drains it while the question is open.
    await admin.patch('/v1/resources/lab-1').send({ adminState: 'draining' }).expect(200);
    const letGo = await hold('PATCH', '**/v1/resources/*');
    const { page } = dashboard;
    await inDialog('Maintenance').click();
    await page.locator('[aria-busy=true]').waitFor();
    for (let count = 0; count < 3; count++) await page.keyboard.press('Escape');
    await page.mouse.click(5, 5);
    await inDialog('Close').click();
    expect(await inDialog('Cancel').isDisabled()).toBe(true);
    letGo();
    await dialog().getByRole('alert').waitFor();
    await page.keyboard.press('Escape');
    await closed();
  });

  test('a refusal that comes after its page was left is told in a corner', async () => {
    await dashboard.goTo('/resources/lab-1');
    await press('Maintenance …');
    await dialog().waitFor();
    await admin.patch('/v1/resources/lab-1').send({ adminState: 'draining' }).expect(200);
    const letGo = await hold('PATCH', '**/v1/resources/*');
    await inDialog('Maintenance').click();
    await dashboard.page.locator('[aria-busy=true]').waitFor();
    await dashboard.goTo('/pools/lab');
    await closed();
    letGo();
    await dashboard.page.locator('.toast.bad').waitFor();
  });

  test('of several loans, only those that were refused are extended again', async () => {
    const borrowed = async (durationSeconds: number) => {
      const body = { items: [{ pool: 'phones' }], durationSeconds };
      return (await admin.post('/v1/reservations').send(body)).body.id as string;
    };
    const [short, long] = [await borrowed(3_600), await borrowed(7_200)];
    await server.test.settle();
    const endOf = async (id: string) =>
      Date.parse((await admin.get(`/v1/reservations/${id}`).expect(200)).body.endsAt as string);
    const before = await endOf(short);
    await dashboard.goTo('/mine');
    await dashboard.page.getByRole('checkbox', { name: 'Select phones-1' }).check();
    await dashboard.page.getByRole('checkbox', { name: 'Select phones-2' }).check();
    await press('Extend …');
    await inDialog('Extend 2 loans').click();
    await dashboard.shows(/^1 of 2 failed/);
    const refused = dashboard.page.waitForResponse((answer) => answer.url().includes(long));
    await inDialog('Extend 1 loan').click();
    await refused;
    await dialog().getByRole('alert').waitFor();
    expect((await endOf(short)) - before).toBe(1_800_000);
  });
});
