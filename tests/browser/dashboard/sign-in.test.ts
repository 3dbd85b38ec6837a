import type { Browser } from 'playwright-core';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import { PASSWORD, type TestServer } from '../../helpers/server';

jest.setTimeout(60_000);

describeWithChromium('signing in in Chromium', () => {
  let browser: Browser;
  let server: TestServer;
  let dashboard: Dashboard;
  beforeAll(async () => {
    browser = await startChromium();
    server = await startWithDashboard();
    await server.user('bea');
  });
  beforeEach(async () => {
    dashboard = await Dashboard.open(browser, server, null);
  });
  afterEach(() => dashboard.close());

  const heading = (name: string) => dashboard.page.getByRole('heading', { name, level: 1 });

  async function signIn(name: string, password: string): Promise<void> {
    const { page } = dashboard;
    await page.getByLabel('E-mail address').fill(name);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  test('by a password: wrong ones say so and keep the name; then one is where one wanted to be', async () => {
    await dashboard.goTo('/me');
    await heading('Sign in').waitFor();
    await signIn('bea@example.org', 'wrong password');
    await dashboard.page.getByRole('alert').waitFor();
    expect(await dashboard.page.getByLabel('E-mail address').inputValue()).toBe('bea@example.org');
    await dashboard.page.getByLabel('Password').fill(PASSWORD);
    await dashboard.page.keyboard.press('Enter');
    await heading('bea').waitFor();
    expect(dashboard.page.url()).toMatch(/#\/me$/);
  });

  test('by a token: the session may do what the token may', async () => {
    const { body } = await server
      .basic('bea@example.org', PASSWORD)
      .post('/v1/tokens')
      .send({ name: 'wall', scopes: ['read'] });
    await dashboard.goTo('/');
    await dashboard.page.getByRole('button', { name: 'Use a token' }).click();
    await dashboard.page.getByLabel('API token').fill(body.token as string);
    await dashboard.page.getByRole('button', { name: 'Sign in' }).click();
    await dashboard.shows('may only look');
    expect(await dashboard.page.getByRole('link', { name: 'Borrow' }).count()).toBe(0);
    expect(dashboard.faults).toEqual([]);
  });

  test('a session that is ended elsewhere leads to the sign-in, and back to the same view', async () => {
    await dashboard.goTo('/me');
    await signIn('bea@example.org', PASSWORD);
    await heading('bea').waitFor();
    const other = await Dashboard.open(browser, server, server.basic('bea@example.org', PASSWORD));
    await other.goTo('/me');
    await other.page.getByRole('button', { name: 'Sign out all others' }).click();
    await other.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await dashboard.shows('Your session has ended. Sign in to go on.');
    await signIn('bea@example.org', PASSWORD);
    await heading('bea').waitFor();
    await other.close();
  });

  test('signing out leads every page of this browser to the sign-in', async () => {
    await dashboard.goTo('/me');
    await signIn('bea@example.org', PASSWORD);
    await heading('bea').waitFor();
    const second = await dashboard.context.newPage();
    await second.goto(`${server.url}/#/me`);
    await second.getByRole('heading', { name: 'bea' }).waitFor();
    await second.getByRole('button', { name: 'Sign out', exact: true }).first().click();
    await heading('Sign in').waitFor();
    expect(await dashboard.page.getByText('has ended').count()).toBe(0);
  });
});
