import type { Browser } from 'playwright-core';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import { PASSWORD, type Caller, type TestServer } from '../../helpers/server';

jest.setTimeout(60_000);

const POOLS = 'pools: [{ name: lab, kind: vm, driver: simulated, size: 2 }]';

describeWithChromium('whose page it is, and what they may do', () => {
  let browser: Browser;
  let server: TestServer;
  let admin: Caller;
  let bea: Caller;
  beforeAll(async () => {
    browser = await startChromium();
  });
  beforeEach(async () => {
    server = await startWithDashboard({ pools: POOLS });
    await server.test.settle();
    admin = await server.admin();
    bea = await server.user('bea');
  });
  afterEach(() => server.stop());

  const open = async (caller: Caller, path: string) => {
    const dashboard = await Dashboard.open(browser, server, caller);
    await dashboard.goTo(path);
    return dashboard;
  };
  /** As GitHub does it in another tab: this one is not told. */
  const signInElsewhere = async ({ context }: Dashboard, caller: Caller) => {
    const headers = { ...caller.headers, 'X-Requested-With': 'test' };
    const answer = await context.request.post(`${server.url}/v1/session`, { headers });
    expect(answer.status()).toBe(201);
  };

  test('a page that is looked at again is that of whoever has signed in meanwhile', async () => {
    const dashboard = await open(admin, '/me');
    await dashboard.page.getByRole('heading', { name: 'Ada' }).waitFor();
    await signInElsewhere(dashboard, bea);
    await dashboard.page.evaluate(
      "dispatchEvent(new Event('blur')); dispatchEvent(new Event('focus'))",
    );
    await dashboard.page.getByRole('heading', { name: 'bea' }).waitFor();
    await dashboard.shows('You are signed in as bea now.');
  });

  test('nothing that one user has begun is done as another', async () => {
    const dashboard = await open(admin, '/borrow?pool=lab');
    await dashboard.page.evaluate("dispatchEvent(new Event('blur'))");
    await signInElsewhere(dashboard, bea);
    await dashboard.page.getByRole('button', { name: 'Borrow', exact: true }).click();
    await dashboard.shows('Nothing was done: this browser is signed in as somebody else now.');
    const { body } = await admin.get('/v1/reservations').expect(200);
    expect(body.items).toEqual([]);
  });

  test('an open page notices that its user is no admin any more', async () => {
    const { userId } = await server.user('cid');
    await admin.patch(`/v1/users/${userId}`).send({ role: 'admin' }).expect(200);
    const cid = server.basic('cid@example.org', PASSWORD);
    const dashboard = await open(cid, '/run/users');
    await dashboard.shows('cid@example.org');
    await admin.patch(`/v1/users/${userId}`).send({ role: 'user' }).expect(200);
    await dashboard.shows('Only admins see this page.');
    await dashboard.goTo('/');
    for (const path of ['/run/pools/lab', '/run/pools'])
      await dashboard.page
        .goto(`${server.url}/#${path}`)
        .then(() => dashboard.shows('Only admins'));
  });

  test('the scope that is missing is named', async () => {
    const { body } = await bea.post('/v1/tokens').send({ name: 'wall', scopes: ['read'] });
    const dashboard = await Dashboard.open(browser, server, server.bearer(body.token as string));
    for (const [path, scope] of [
      ['/borrow', 'reserve'],
      ['/run/webhooks/some', 'self'],
    ]) {
      await dashboard.page.goto(`${server.url}/#${path!}`);
      await dashboard.shows(`This page needs the scope “${scope!}”.`);
    }
  });

  test('signing out takes away what could be undone', async () => {
    const dashboard = await open(admin, '/resources/lab-1');
    const press = (name: string) =>
      dashboard.page.getByRole('button', { name, exact: true }).first().click();
    await press('Maintenance …');
    await dashboard.page.getByRole('dialog').getByRole('button', { name: 'Maintenance' }).click();
    const undo = dashboard.page.getByRole('button', { name: 'Undo' });
    await undo.waitFor();
    await press('Sign out');
    await dashboard.page.getByLabel('Password').waitFor();
    expect(await undo.count()).toBe(0);
  });

  test('a loan that has ended already is not taken back from its next holder', async () => {
    const one = { items: [{ resource: 'lab-1' }] };
    const { body: first } = await bea.post('/v1/reservations').send(one).expect(201);
    await server.test.settle();
    const dashboard = await open(admin, '/resources/lab-1');
    const { page } = dashboard;
    await page.getByRole('button', { name: 'End its loan …' }).click();
    await page.getByRole('dialog').waitFor();
    await bea.delete(`/v1/reservations/${first.id}`).expect(204);
    await server.test.settle();
    const { body: next } = await bea.post('/v1/reservations').send(one);
    await server.test.settle();
    await page.getByRole('dialog').getByRole('button', { name: 'End its loan' }).click();
    await dashboard.shows('Its loan had ended already.');
    const { body } = await bea.get(`/v1/reservations/${next.id}`).expect(200);
    expect(body.status).toBe('active');
  });

  test('an address that leads elsewhere is no page; a value may hold a question mark', async () => {
    const dashboard = await open(admin, '/');
    for (const path of ['/resources/.', '/pools/..', '/run/webhooks/%2E']) {
      await dashboard.page.goto(`${server.url}/#${path}`);
      await dashboard.shows('There is no such page.');
      await dashboard.goTo('/');
    }
    await dashboard.goTo('/borrow?pool=lab&note=why?&for=1h');
    await dashboard.page.getByLabel('Note').waitFor();
    expect(await dashboard.page.getByLabel('Note').inputValue()).toBe('why?');
    expect(await dashboard.page.getByLabel('Duration').inputValue()).toBe('1h');
  });

  test('after an upgrade, a page whose code is gone offers to load all anew', async () => {
    const dashboard = await open(admin, '/');
    const { page } = dashboard;
    await page.route('**/dashboard/queue-*.js', (route) => route.fulfill({ status: 404 }));
    await page.goto(`${server.url}/#/queue`);
    await dashboard.shows('Holdfast was updated.');
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.getByRole('heading', { name: 'Queue' }).waitFor();
  });

  test.each([
    ['/me', '/v1/tokens', 'New token', 'Name', 'it cannot be shown any more', 'token'],
    [
      '/run/webhooks',
      '/v1/webhooks',
      'New webhook',
      'Address',
      'cannot be shown any more',
      'secret',
    ],
  ])('%s: a secret whose answer was lost is missed, not waited for', async (...given) => {
    const [path, route, button, field, words, secret] = given;
    const dashboard = await open(admin, path);
    const { page } = dashboard;
    await page.route(`**${route}`, async (each) => {
      if (each.request().method() !== 'POST') return each.continue();
      const answer = await each.fetch();
      const body = (await answer.json()) as object;
      return each.fulfill({ response: answer, json: { ...body, [secret]: null } });
    });
    await page.getByRole('button', { name: button }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(field, { exact: true }).fill('https://hooks.example.org/a');
    await dialog.getByRole('button', { name: /^Make the/ }).click();
    await dashboard.shows(words);
    await page.mouse.click(5, 5);
    expect(await dialog.count()).toBe(1);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });
});
