import type { Browser } from 'playwright-core';
import { PAGES, type Page } from '../../../web/app/address/pages';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import type { Caller, TestServer } from '../../helpers/server';

jest.setTimeout(60_000);

const POOLS = `
pools:
  - { name: lab, kind: vm, driver: simulated, size: 12, shareHolders: true }
  - { name: phones, kind: account, driver: simulated, size: 3 }
`;

/** Somebody's work: loans, a queue, a thing in maintenance, a webhook. Gives what is shown by id. */
async function fill(server: TestServer): Promise<Record<string, string>> {
  const admin = await server.admin();
  const bea = await server.user('bea');
  const made = async (caller: Caller, path: string, body: object) => {
    const answer = await caller.post(path).send(body);
    expect(answer.ok).toBe(true);
    return answer.body.id as string;
  };
  const reservation = await made(admin, '/v1/reservations', { items: [{ pool: 'lab' }] });
  await made(bea, '/v1/reservations', { items: [{ pool: 'phones', count: 3 }], note: 'a test' });
  await server.test.settle();
  await made(bea, '/v1/reservations', { items: [{ pool: 'phones' }] });
  const webhook = await made(admin, '/v1/webhooks', { url: 'https://hooks.example.org/a' });
  const broken = { adminState: 'maintenance', reason: 'its fan is broken' };
  await admin.patch('/v1/resources/lab-12').send(broken).expect(200);
  const { body } = await admin.get('/v1/resources/lab-1');
  return {
    '/pools/:name': '/pools/lab',
    '/run/pools/:name': '/run/pools/lab',
    '/run/webhooks/:id': `/run/webhooks/${webhook}`,
    '/resources/:id': `/resources/${body.id}`,
    '/reservations/:id': `/reservations/${reservation}`,
  };
}

describeWithChromium('every page of the dashboard in Chromium', () => {
  let browser: Browser;
  let server: TestServer;
  let bare: TestServer;
  let examples: Record<string, string>;
  beforeAll(async () => {
    browser = await startChromium();
    server = await startWithDashboard({ pools: POOLS });
    await server.test.settle();
    examples = await fill(server);
    bare = await startWithDashboard();
  });

  /** Looks at a page in every way, as an admin, or as nobody where that is how it is seen. */
  async function look(of: TestServer, page: Page, prefix = '') {
    const dashboard = await windowOf(of, page.isPublic ? null : await of.admin());
    await dashboard.goTo(examples[page.path] ?? page.path);
    await dashboard.loaded();
    const words = page.path.replace(/\W+/g, '-').replace(/^-|-$/g, '') || 'now';
    await dashboard.expectGoodLooks(`${prefix}${words}`);
  }

  const windows = new Map<string, Promise<Dashboard>>();
  /** One window for each server and caller. */
  function windowOf(of: TestServer, caller: Caller | null): Promise<Dashboard> {
    const name = `${of.url} ${caller === null}`;
    const opened = windows.get(name) ?? Dashboard.open(browser, of, caller);
    windows.set(name, opened);
    return opened;
  }

  test.each(PAGES)('$path', (page) => look(server, page));

  test.each(PAGES.filter(({ path }) => !path.includes(':')))(
    '$path, where there is nothing yet',
    (page) => look(bare, page, 'bare-'),
  );
});
