import type { Browser } from 'playwright-core';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import type { Caller, TestServer } from '../../helpers/server';

jest.setTimeout(60_000);

const POOLS = 'pools: [{ name: lab, kind: vm, driver: simulated, size: 1 }]';

/** Keeps the notifications that the page shows, as a browser that shows them would. */
const RECORDER = `
  window.shown = [];
  window.Notification = class {
    static permission = 'granted';
    static requestPermission = async () => 'granted';
    constructor(title, { body }) { window.shown.push(title + ' | ' + body); }
    close() {}
  };
`;

describeWithChromium('what a loan tells by itself', () => {
  let browser: Browser;
  let server: TestServer;
  let admin: Caller;
  let ann: Caller;
  beforeAll(async () => (browser = await startChromium()));
  beforeEach(async () => {
    server = await startWithDashboard({ pools: POOLS });
    await server.test.settle();
    admin = await server.admin();
    ann = await server.user('ann');
  });

  const borrow = async (caller: Caller) => {
    const { body } = await caller.post('/v1/reservations').send({ items: [{ pool: 'lab' }] });
    await server.test.settle();
    return body.id as string;
  };
  const open = async (path: string) => {
    const dashboard = await Dashboard.open(browser, server, ann);
    await dashboard.page.addInitScript(RECORDER);
    await dashboard.goTo(path);
    return dashboard;
  };
  /** Resolves once a notification with this text was shown. */
  const told = async ({ page }: Dashboard, text: string) => {
    await page.evaluate(`(async () => {
      while (!window.shown.some((each) => each.includes(${JSON.stringify(text)})))
        await new Promise(requestAnimationFrame);
    })()`);
  };

  test('its arrival, and its end if that is not its user’s own', async () => {
    const before = await borrow(admin);
    const waiting = await borrow(ann);
    const dashboard = await open(`/reservations/${waiting}`);
    await dashboard.shows('A notification tells when it is there.');
    await admin.delete(`/v1/reservations/${before}`).expect(204);
    await server.test.settle();
    await told(dashboard, 'lab-1 is yours');
    await admin.delete(`/v1/reservations/${waiting}?reason=needed+elsewhere`).expect(204);
    await told(dashboard, 'lab-1: revoked');
    await told(dashboard, 'needed elsewhere');
    expect(dashboard.faults).toEqual([]);
  });

  test('nothing of what its user does', async () => {
    const loan = await borrow(ann);
    const dashboard = await open(`/reservations/${loan}`);
    await dashboard.shows(/left/);
    await ann.delete(`/v1/reservations/${loan}`).expect(204);
    await dashboard.shows('The loan was released');
    expect(await dashboard.page.evaluate('window.shown')).toEqual([]);
  });

  test('a question about requests stays as it was asked when one of them is served', async () => {
    const before = await borrow(admin);
    const waiting = await borrow(ann);
    const dashboard = await open('/mine');
    const { page } = dashboard;
    await page.getByRole('checkbox', { name: /^Select lab/ }).check();
    await page.getByRole('button', { name: 'Cancel …' }).click();
    await page.getByRole('heading', { name: 'Cancel 1 request?' }).waitFor();
    await admin.delete(`/v1/reservations/${before}`).expect(204);
    await server.test.settle();
    expect((await ann.get(`/v1/reservations/${waiting}`)).body.status).toBe('active');
    await dashboard.shows('lab-1');
    await page.getByRole('heading', { name: 'Cancel 1 request?' }).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel', exact: true }).click();
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(dashboard.faults).toEqual([]);
  });
});
