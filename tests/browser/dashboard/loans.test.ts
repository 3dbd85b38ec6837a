import type { Browser, Page } from 'playwright-core';
import { announceEnds } from '../../../src/service/loans/ending-notices';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import type { Caller, TestServer } from '../../helpers/server';

jest.setTimeout(60_000);

const POOLS = `
pools:
  - name: lab
    kind: vm
    driver: simulated
    size: 1
    shareHolders: true
    settings: { opensAccess: true }
    lease: { default: 3600, maximum: 7200 }
  - { name: phones, kind: account, driver: simulated, size: 3 }
  - name: ticks
    kind: vm
    driver: simulated
    size: 1
    lease: { heartbeat: 120 }
`;

describeWithChromium('borrowing on the dashboard', () => {
  let browser: Browser;
  let server: TestServer;
  let ann: Caller;
  let bob: Caller;
  beforeAll(async () => {
    browser = await startChromium();
  });
  beforeEach(async () => {
    server = await startWithDashboard({ pools: POOLS });
    await server.test.settle();
    ann = await server.user('ann');
    bob = await server.user('bob');
  });
  afterEach(() => server.stop());

  const open = async (caller: Caller, path: string, options = {}) => {
    const dashboard = await Dashboard.open(browser, server, caller, options);
    await dashboard.goTo(path);
    return dashboard;
  };
  const press = (page: Page, name: string | RegExp) =>
    page.getByRole('button', { name, exact: true }).click();
  const reservationsOf = async (caller: Caller, query = '') =>
    (await caller.get(`/v1/reservations${query}`).expect(200)).body.items as {
      id: string;
      status: string;
      note: string | null;
      endsAt: string | null;
    }[];
  const borrowed = async (caller: Caller, body: object) => {
    const { body: made } = await caller.post('/v1/reservations').send(body);
    await server.test.settle();
    return made.id as string;
  };
  const secretsOf = async (caller: Caller, id: string) => {
    const { body } = await caller.get(`/v1/reservations/${id}`).expect(200);
    return body.resources[0].credentials as Record<string, string>;
  };
  /** Everything that the page keeps or shows, in one text. */
  const keptIn = (page: Page) =>
    page.evaluate<string>(
      'JSON.stringify([document.documentElement.outerHTML, { ...localStorage }, ' +
        '{ ...sessionStorage }, location.href, document.title])',
    );

  test('a link fills in the form; the loan waits, arrives live, is used and given back', async () => {
    const held = await borrowed(bob, { items: [{ pool: 'lab' }] });
    const dashboard = await open(ann, '/borrow?pool=lab&for=30m&note=a+probe', {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = dashboard;
    await dashboard.shows('By default 1 h, at most 2 h.');
    await dashboard.picture('borrow-filled');
    await page.getByRole('button', { name: 'Borrow', exact: true }).dblclick();
    await page.waitForURL(/#\/reservations\//);
    await dashboard.shows('#1');
    await dashboard.shows('1 is lent (back in ');
    await dashboard.picture('loan-waiting');
    const mine = await reservationsOf(ann);
    expect(mine).toMatchObject([{ status: 'queued', note: 'a probe' }]);
    const id = mine[0]!.id;

    const others = await open(bob, `/reservations/${held}`);
    await press(others.page, 'Release');
    await press(others.page, 'Release 1 loan');
    await others.shows('Its credentials no longer work.');
    const before = Date.now();
    await server.test.settle();
    await page.getByText(/left/).first().waitFor();
    expect(Date.now() - before).toBeLessThan(5_000);
    expect(await page.title()).toBe('● lab-1 is yours · Holdfast');

    const { password, username } = await secretsOf(ann, id);
    expect(await keptIn(page)).not.toContain(password);
    await press(page, 'Show credentials of lab-1');
    await page.getByText(password!, { exact: true }).waitFor();
    await dashboard.picture('loan-shown');
    await press(page, 'Copy: password of lab-1');
    await press(page, 'Copied: password of lab-1');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(password);
    await press(page, 'Copy all: all credentials of lab-1');
    await press(page, 'Copied: all credentials of lab-1');
    expect(await page.evaluate('navigator.clipboard.readText()')).toContain(
      `username=${username}\n`,
    );

    const [first] = await reservationsOf(ann);
    await press(page, 'Extend');
    await press(page, '+1 h');
    await press(page, 'Extend 1 loan');
    await dashboard.shows(/^1 loan extended, until \d/);
    const [after] = await reservationsOf(ann);
    expect(Date.parse(after!.endsAt!) - Date.parse(first!.endsAt!)).toBe(3_600_000);

    await press(page, 'Release');
    await dashboard.shows('This cannot be undone.');
    await press(page, 'Release 1 loan');
    await dashboard.shows('The loan was released');
    expect(await keptIn(page)).not.toContain(password);
    expect(await reservationsOf(ann, '?status=active')).toEqual([]);
    await dashboard.picture('loan-ended');
    expect([...dashboard.faults, ...others.faults]).toEqual([]);
  });

  test('a secret is gone when the page is left or hidden, and nothing keeps it', async () => {
    const id = await borrowed(ann, { items: [{ pool: 'lab' }] });
    const { password } = await secretsOf(ann, id);
    const dashboard = await open(ann, `/reservations/${id}`);
    const { page } = dashboard;
    const show = async () => {
      await press(page, 'Show credentials of lab-1');
      await page.getByText(password!, { exact: true }).waitFor();
    };
    await show();
    await page.getByRole('link', { name: 'Mine' }).click();
    await page.getByRole('heading', { name: 'Mine' }).waitFor();
    expect(await keptIn(page)).not.toContain(password);
    await page.goBack();
    await page.getByRole('button', { name: 'Show credentials of lab-1' }).waitFor();
    expect(await keptIn(page)).not.toContain(password);
    await show();
    await page.evaluate(`
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    `);
    await page.getByText(password!, { exact: true }).waitFor({ state: 'detached' });
    expect(dashboard.faults).toEqual([]);
  });

  test('a secret is hidden again after a minute', async () => {
    const id = await borrowed(ann, { items: [{ pool: 'lab' }] });
    const { password } = await secretsOf(ann, id);
    const dashboard = await Dashboard.open(browser, server, ann);
    const { page } = dashboard;
    await page.clock.install();
    await dashboard.goTo(`/reservations/${id}`);
    await press(page, 'Show credentials of lab-1');
    await page.getByText(password!, { exact: true }).waitFor();
    await page.clock.runFor(61_000);
    await page.getByText(password!, { exact: true }).waitFor({ state: 'detached' });
    expect(dashboard.faults).toEqual([]);
  });

  test('copies without the clipboard of the browser, as over plain HTTP', async () => {
    const id = await borrowed(ann, { items: [{ pool: 'lab' }] });
    const { password } = await secretsOf(ann, id);
    const dashboard = await Dashboard.open(browser, server, ann);
    const { page } = dashboard;
    await page.addInitScript(`
      Object.defineProperty(navigator, 'clipboard', { value: undefined });
      document.addEventListener('copy', () => (window.copied = String(document.activeElement.value)));
    `);
    await dashboard.goTo(`/reservations/${id}`);
    await press(page, 'Show credentials of lab-1');
    await press(page, 'Copy: password of lab-1');
    await page.getByRole('button', { name: 'Copied: password of lab-1' }).waitFor();
    expect(await page.evaluate('window.copied')).toBe(password);
    expect(dashboard.faults).toEqual([]);
  });

  test('a refused request names its field, and the form stays as it was', async () => {
    const dashboard = await open(ann, '/borrow?pool=lab&for=5h');
    const { page } = dashboard;
    await press(page, 'Borrow');
    await dashboard.shows('How long: A lease can last at most 7200 seconds.');
    expect(await page.evaluate('document.activeElement.labels[0].textContent')).toBe('Duration');
    await dashboard.picture('borrow-refused');
    await page.getByLabel('Duration').fill('soon');
    await press(page, 'Borrow');
    await dashboard.shows('How long: Write a duration such as 30m or 2 h.');
    await page.getByLabel('Duration').fill('90 min');
    await page.getByLabel('How many').fill('2');
    await press(page, 'Borrow');
    await page.getByRole('alert').waitFor();
    expect(await reservationsOf(ann)).toEqual([]);
    await page.getByLabel('How many').fill('1');
    await press(page, 'Borrow');
    await page.waitForURL(/#\/reservations\//);
    const [made] = await reservationsOf(ann);
    await server.test.settle();
    const { body } = await ann.get(`/v1/reservations/${made!.id}`);
    expect(Date.parse(body.endsAt) - Date.parse(body.startsAt)).toBe(5_400_000);
    // The browser reports each refused call on its console.
    expect(dashboard.faults.every((fault) => fault.includes('status of 4'))).toBe(true);
  });

  test('several items are lent at once, and an admin borrows for somebody', async () => {
    const dashboard = await open(await server.admin(), '/borrow?pool=lab&pool=phones&count=2');
    const { page } = dashboard;
    await page.getByText('More', { exact: true }).click();
    await page.getByLabel('Lend to').fill('bob@example.org');
    await dashboard.picture('borrow-several');
    await press(page, 'Borrow');
    await page.waitForURL(/#\/reservations\//);
    await server.test.settle();
    await dashboard.shows('lab-1, phones-1, phones-2');
    await dashboard.shows('asked for by an admin');
    const [made] = await reservationsOf(bob);
    expect(made).toMatchObject({ status: 'active', resources: { length: 3 } });
    expect(await page.getByRole('button', { name: /^Show credentials/ }).count()).toBe(0);
    expect(dashboard.faults).toEqual([]);
  });

  test('a pool that asks for heartbeats gets them from the page that borrowed', async () => {
    const dashboard = await open(ann, '/borrow?pool=ticks');
    const { page } = dashboard;
    await dashboard.shows('Such a loan ends after 2 min without a heartbeat.');
    const beat = page.waitForResponse(/\/heartbeat$/);
    await press(page, 'Borrow');
    await page.waitForURL(/heartbeats=on/);
    await server.test.settle();
    expect((await beat).status()).toBe(200);
    const box = page.getByLabel('Send heartbeats while this page is open');
    expect(await box.isChecked()).toBe(true);
    await box.uncheck();
    await page.waitForURL((url) => !url.hash.includes('heartbeats'));
    await dashboard.shows('This page sends none');
    expect(dashboard.faults).toEqual([]);
  });

  test('the end of a loan is announced, and told', async () => {
    const id = await borrowed(ann, { items: [{ pool: 'lab' }], durationSeconds: 1_000 });
    const dashboard = await open(ann, `/reservations/${id}`);
    const { page } = dashboard;
    await dashboard.shows(/1[56] min left/);
    await server.test.after(960_000);
    await announceEnds(server.test.engine);
    await dashboard.shows('This loan ends in');
    expect(await page.title()).toMatch(/^⚠ \d+ s left: lab-1 · Holdfast$/);
    await dashboard.picture('loan-ending');
    await server.test.after(60_000);
    await dashboard.shows('The time of the loan is over.');
    await dashboard.shows('Its credentials no longer work.');
    expect(await page.title()).toBe('lab-1: ran out · Holdfast');
    expect(dashboard.faults).toEqual([]);
  });

  test('whoever may only look sees loans, and no buttons', async () => {
    const { body } = await ann
      .post('/v1/tokens')
      .send({ name: 'look', scopes: ['read'] })
      .expect(201);
    const reader = server.bearer(body.token as string);
    const id = await borrowed(ann, { items: [{ pool: 'lab' }] });
    await borrowed(ann, { items: [{ pool: 'lab' }] });
    const dashboard = await open(reader, `/reservations/${id}`);
    const { page } = dashboard;
    await dashboard.shows(/(1 h|59 min) left/);
    const buttons = page.getByRole('button', { name: /Release|Extend|note|Cancel/ });
    expect(await buttons.count()).toBe(0);
    await dashboard.goTo('/mine');
    await dashboard.shows('lab-1');
    await dashboard.goTo('/queue');
    await dashboard.shows('ann');
    expect(await buttons.count()).toBe(0);
    expect(await page.getByRole('checkbox').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Borrow' }).count()).toBe(0);
    expect(dashboard.faults).toEqual([]);
  });

  test('signing out in another tab leads to the sign-in', async () => {
    const id = await borrowed(ann, { items: [{ pool: 'lab' }] });
    const dashboard = await open(ann, `/reservations/${id}`);
    await dashboard.shows(/(1 h|59 min) left/);
    const other = await dashboard.context.newPage();
    await other.goto(`${server.url}/#/mine`);
    await other.getByRole('button', { name: 'Sign out' }).click();
    await dashboard.page.getByLabel('Password').waitFor();
  });

  test('several of my loans are extended and released after a question', async () => {
    for (let count = 0; count < 3; count += 1) await borrowed(ann, { items: [{ pool: 'phones' }] });
    await borrowed(ann, { items: [{ pool: 'phones', count: 2 }] });
    const dashboard = await open(ann, '/mine');
    const { page } = dashboard;
    await dashboard.shows('2 × phones');
    await dashboard.picture('mine-full');
    await page.getByRole('checkbox', { name: 'Select phones-1' }).check();
    await page.getByRole('checkbox', { name: 'Select phones-2' }).check();
    await dashboard.shows('2 selected');
    await press(page, 'Release …');
    await page.getByRole('heading', { name: 'Release 2 loans?' }).waitFor();
    await dashboard.picture('mine-release');
    await press(page, 'Release 2 loans');
    await dashboard.shows('2 loans released.');
    await server.test.settle();
    expect(await reservationsOf(ann, '?status=active')).toHaveLength(2);
    await page.getByRole('checkbox', { name: 'Select phones-3' }).waitFor();
    await dashboard.shows('released');
    expect(dashboard.faults).toEqual([]);
  });

  test('an admin cancels a request in the queue with a reason, and its user sees it go', async () => {
    await borrowed(ann, { items: [{ pool: 'lab' }] });
    const id = await borrowed(bob, { items: [{ pool: 'lab' }] });
    const bobs = await open(bob, `/reservations/${id}`);
    await bobs.shows('#1');
    const dashboard = await open(await server.admin(), '/queue?pool=lab');
    const { page } = dashboard;
    await press(page, 'Cancel request #1 of bob');
    await page.getByLabel('Reason').fill('the lab closes');
    await dashboard.picture('queue-cancel');
    await press(page, 'Cancel 1 request');
    await dashboard.shows('Nobody waits for anything of this pool.');
    await bobs.shows(/The request was (cancelled|revoked)/);
    expect((await reservationsOf(bob))[0]).toMatchObject({ status: 'ended' });
    expect([...dashboard.faults, ...bobs.faults]).toEqual([]);
  });

  test('a long queue is shown as a window that grows', async () => {
    await borrowed(ann, { items: [{ pool: 'lab' }] });
    const admin = await server.admin();
    for (let count = 0; count < 60; count += 1)
      await admin
        .post('/v1/reservations')
        .send({ items: [{ pool: 'lab' }] })
        .expect(202);
    const mine = await bob.post('/v1/reservations').send({ items: [{ pool: 'lab' }] });
    expect(mine.status).toBe(202);
    const dashboard = await open(bob, '/queue');
    const { page } = dashboard;
    const rows = page.getByRole('row');
    await dashboard.shows('61 requests wait.');
    await page.getByText('#10', { exact: true }).waitFor();
    expect(await rows.count()).toBe(11);
    await press(page, 'Show more of lab');
    await page.getByText('#20', { exact: true }).waitFor();
    await page.getByLabel('Pool').selectOption('lab');
    await page.waitForURL(/pool=lab/);
    await page.getByText('#50', { exact: true }).waitFor();
    expect(await page.getByText('mine', { exact: true }).count()).toBe(0);
    await press(page, 'Show more of lab');
    await page.getByText('mine', { exact: true }).waitFor();
    await dashboard.picture('queue-long');
    expect(dashboard.faults).toEqual([]);
  });
});
