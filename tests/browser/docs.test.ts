import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { assets } from '../../src/assets';
import type { Route } from '../../src/http/route';
import { describeWithChromium, startChromium } from '../helpers/chromium';
import { LegacyServer } from '../helpers/legacy';
import { TestServer } from '../helpers/server';

jest.setTimeout(60_000);

/** A picture of each page is kept here, if it is set. */
const PICTURES = process.env.PICTURES;

describeWithChromium('/docs in Chromium', () => {
  let browser: Browser;
  let page: Page;
  /** Errors on the console, and calls that left the server. */
  let faults: string[];

  /** Opens a page of the server at `origin`, and notes every fault from then on. */
  async function open(origin: string, path: string): Promise<void> {
    page = await (await browser.newContext()).newPage();
    faults = [];
    page.on('console', (line) => {
      if (line.type() === 'error' || line.type() === 'warning') faults.push(line.text());
    });
    page.on('pageerror', ({ message }) => faults.push(message));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) faults.push(url);
    });
    const asked = page.waitForResponse(`${origin}/`);
    await page.goto(origin + path);
    // The page asks which documents there are.
    await (await asked).finished();
    await page.locator('.opblock').first().waitFor();
  }

  /** Opens the POST at this path, which shows the example of its body. */
  async function showsExampleOf(routes: Route[], path: string): Promise<void> {
    const block = page.locator(`.opblock-post:has([data-path="${path}"])`);
    await block.locator('.opblock-summary-control').click();
    const example = block.locator('.body-param__example');
    await example.scrollIntoViewIfNeeded();
    const shown = await example.textContent();
    const { body } = routes.find((each) => each.path === path && each.method === 'post')!;
    expect(JSON.parse(shown!)).toEqual(body!.meta()!.example);
  }

  async function picture(name: string): Promise<void> {
    if (PICTURES) await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: false });
  }

  beforeAll(async () => (browser = await startChromium()));
  afterEach(() => page.context().close());

  test('both documents can be chosen, and a call shows its example', async () => {
    const server = await LegacyServer.start({ mode: 'guarded', pages: assets, jobs: false });
    await open(server.server.url, '/docs');
    const choice = page.getByRole('navigation', { name: 'API documents' });
    await choice.locator('[aria-current=page]').waitFor();
    await showsExampleOf(server.server.routes, '/v1/reservations');
    await picture('v1');
    await choice.getByText('Legacy APIs').click();
    await page.locator('#api').getByText('Holdfast: legacy APIs').waitFor();
    await showsExampleOf(server.server.routes, '/checkin_vm');
    await picture('legacy');
    await choice.getByText('v1', { exact: true }).click();
    await page.locator('#api').getByText('API tokens', { exact: true }).waitFor();
    expect(faults).toEqual([]);
    await server.stop();
  });

  test('where the legacy APIs are off, there is nothing to choose', async () => {
    const server = await TestServer.start({ pages: assets });
    await open(server.url, '/docs');
    expect(await page.locator('nav').isHidden()).toBe(true);
    expect(faults).toEqual([]);
  });
});
