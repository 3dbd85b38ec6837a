import { gzipSync } from 'node:zlib';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';

jest.setTimeout(60_000);

/** In bytes, compressed. */
const MOST = 60_000;

const POOLS = `
pools:
  - { name: lab, kind: vm, driver: simulated, size: 3 }
  - { name: plant, kind: item, driver: simulated, size: 210, settings: { latencyMs: 0 } }
`;

describeWithChromium('the first page', () => {
  test('loads at most 60 kB of script and style, compressed', async () => {
    const server = await startWithDashboard({ pools: POOLS });
    const browser = await startChromium();
    const dashboard = await Dashboard.open(browser, server, await server.admin());
    const { page, faults } = dashboard;
    const sizes = new Map<string, number>();
    const loaded: Promise<void>[] = [];
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (!/\.(js|css)$/.test(pathname)) return;
      loaded.push(response.body().then((body) => void sizes.set(pathname, gzipSync(body).length)));
    });
    await dashboard.goTo('/');
    await page.getByRole('link', { name: 'lab-1: available' }).waitFor();
    await page.waitForLoadState('load');
    await Promise.all(loaded);
    const sum = [...sizes.values()].reduce((total, size) => total + size, 0);
    process.stderr.write(`first page: ${sum} bytes of script and style in ${sizes.size} files\n`);
    // The page, its styles, and the code of Now.
    expect(sizes.size).toBeGreaterThanOrEqual(3);
    expect(sum).toBeLessThanOrEqual(MOST);
    expect(faults).toEqual([]);
  });
});
