import type { Browser } from 'playwright-core';
import { PAGES, type Page } from '../../../web/app/address/pages';
import { fillLab, LAB_POOLS } from '../../helpers/busy-lab';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import type { Caller, TestServer } from '../../helpers/server';

jest.setTimeout(60_000);

describeWithChromium('every page of the dashboard in Chromium', () => {
  let browser: Browser;
  let server: TestServer;
  let bare: TestServer;
  let examples: Record<string, string>;
  beforeAll(async () => {
    browser = await startChromium();
    server = await startWithDashboard({ pools: LAB_POOLS });
    await server.test.settle();
    examples = await fillLab(await server.admin(), await server.user('bea'), () =>
      server.test.settle(),
    );
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
