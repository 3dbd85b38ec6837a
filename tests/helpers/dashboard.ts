import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { assets } from '../../src/assets';
import { whenDone } from './cleanups';
import { TestClock } from './engine';
import { TestServer, type Caller, type TestServerOptions } from './server';

/** Pictures of the pages are kept there; git ignores it. */
const PICTURES = process.env.PICTURES;

/** A way to look at a page. */
export interface Look {
  name: string;
  colorScheme: 'light' | 'dark';
  viewport: { width: number; height: number };
}

/** The ways in which every page is looked at. */
export const LOOKS: readonly Look[] = [
  { name: 'light-wide', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { name: 'dark-wide', colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  { name: 'light-narrow', colorScheme: 'light', viewport: { width: 360, height: 740 } },
  { name: 'dark-narrow', colorScheme: 'dark', viewport: { width: 360, height: 740 } },
];

/** A server with the dashboard, whose clock shows the time of this machine until it is moved. */
export function startWithDashboard(options: TestServerOptions = {}): Promise<TestServer> {
  return TestServer.start({ clock: new TestClock(Date.now()), pages: assets, ...options });
}

/** A dashboard that somebody has open, and everything that goes wrong in it. */
export class Dashboard {
  /** Errors on the console, refused contents, and calls that left the server. */
  readonly faults: string[] = [];

  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
    private readonly url: string,
  ) {}

  /** Opens a browser window; `caller` is signed in by their token, without one nobody is. */
  static async open(
    browser: Browser,
    { url }: Pick<TestServer, 'url'>,
    caller: Caller | null,
    options: BrowserContextOptions = {},
  ): Promise<Dashboard> {
    const context = await browser.newContext({ timezoneId: 'Europe/Berlin', ...options });
    whenDone(() => context.close());
    if (caller !== null) {
      const headers = { ...caller.headers, 'X-Requested-With': 'test' };
      const answer = await context.request.post(`${url}/v1/session`, { headers });
      expect(answer.status()).toBe(201);
    }
    const dashboard = new Dashboard(await context.newPage(), context, url);
    dashboard.watch();
    return dashboard;
  }

  private watch(): void {
    const { page, faults, url } = this;
    page.on('console', (line) => {
      if (line.type() === 'error' || line.type() === 'warning') faults.push(line.text());
    });
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${url}/`)) faults.push(`left the server: ${request.url()}`);
    });
  }

  /** Goes to a page of the dashboard, such as `/pools/lab`, and waits until it has a heading. */
  async goTo(path: string): Promise<void> {
    const there = `${this.url}/#${path}`;
    await this.page.goto(there);
    await this.page.locator('h1').first().waitFor();
  }

  /** Sees the page as in this look from now on. */
  async look({ colorScheme, viewport }: Look): Promise<void> {
    await this.page.emulateMedia({ colorScheme });
    await this.page.setViewportSize(viewport);
  }

  /** Waits until nothing on the page is being loaded any more. */
  async loaded(): Promise<void> {
    const busy = this.page.locator('.busy');
    while ((await busy.count()) > 0) await busy.first().waitFor({ state: 'detached' });
  }

  /** Waits until a text is on the page. */
  async shows(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** What axe finds on the page as it is: the rule, and the elements that break it. */
  async axeFindings(): Promise<string[]> {
    await this.page.evaluate(AXE);
    const found = await this.page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
      'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
    );
    return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }

  /**
   * Looks at the page in all these ways: keeps a picture of each, and fails if axe finds anything,
   * if the page needs scrolling sideways, or if anything went wrong on it until now.
   */
  async expectGoodLooks(words: string, looks: readonly Look[] = LOOKS): Promise<void> {
    for (const each of looks) {
      await this.look(each);
      await this.picture(`${words}-${each.name}`);
      const found = await this.axeFindings();
      const isTooWide = await this.isTooWide();
      expect({ look: each.name, found, isTooWide }).toEqual({
        look: each.name,
        found: [],
        isTooWide: false,
      });
    }
    expect(this.faults.splice(0)).toEqual([]);
  }

  /** Does the page need scrolling sideways? */
  isTooWide(): Promise<boolean> {
    return this.page.evaluate<boolean>(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth',
    );
  }

  /** Keeps a picture of the whole page, or of what is seen of it, if PICTURES names a folder. */
  async picture(name: string, fullPage = true): Promise<void> {
    if (PICTURES === undefined) return;
    mkdirSync(PICTURES, { recursive: true });
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage });
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
