import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Browser } from 'playwright-core';
import { inTurns } from '../../../bench/ground';
import { SCOPES, type Principal } from '../../../src/domain/people/user';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import type { TestServer } from '../../helpers/server';

/** Pools of this many resources are shown as cells. */
const SMALL_POOLS = 10;
const IN_SMALL = 100;

/** How large an installation is. */
export interface Size {
  resources: number;
  /** Requests that wait. */
  waiting: number;
}

/**
 * A server with so many resources, ready without a driver having been asked, and so many requests
 * that wait: ten pools of a hundred, one with the rest, and one that is lent out.
 */
export async function startInstallation({ resources, waiting }: Size): Promise<TestServer> {
  const server = await startWithDashboard();
  const pool = (name: string, size: number) =>
    `  - { name: ${name}, kind: item, driver: simulated, size: ${size} }`;
  const small = Array.from({ length: SMALL_POOLS }, (_, index) => pool(`bench${index}`, IN_SMALL));
  const pools = ['pools:', ...small, pool('plant', restOf(resources)), pool('scarce', 1)].join(
    '\n',
  );
  await server.test.load(pools);
  await server.test.reconcile();
  makeReady(server);
  await wait(server, waiting);
  return server;
}

/** The size of the one large pool. */
function restOf(resources: number): number {
  return resources - SMALL_POOLS * IN_SMALL - 1;
}

function makeReady({ test }: TestServer): void {
  const connection = new Database(join(test.dataDir, 'holdfast.db'));
  connection.exec(
    "UPDATE resources SET status = 'available', next_operation = NULL, due_at = NULL, handle = id",
  );
  connection.close();
}

/** One request has the scarce one, and the others wait for it. */
async function wait(server: TestServer, count: number): Promise<void> {
  const { userId } = await server.user('waiter');
  const waiter: Principal = {
    ...{ userId, userName: 'waiter', role: 'user', apiTokenId: null },
    ...{ scopes: SCOPES, maxPriority: 100 },
  };
  await inTurns(count + 1, 64, async () => {
    await server.test.reserve(waiter, { pool: 'scarce' });
  });
}

/** What the first page of an installation costs a browser. */
export interface PageCost {
  /** When something was painted, and when all pools were there, in ms since the navigation. */
  painted: number;
  shown: number;
  /** The time that scripts ran, in ms. */
  script: number;
  /** The heap of the page after a collection of garbage, in bytes. */
  heap: number;
}

/** Opens the first page anew, sees that it counts everything, and measures it. */
async function costOfFirstPage(
  browser: Browser,
  server: TestServer,
  { resources, waiting }: Size,
): Promise<PageCost> {
  const dashboard = await Dashboard.open(browser, server, await server.admin());
  const { page, context, faults } = dashboard;
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable');
  await dashboard.goTo('/');
  const words = (count: number) => count.toLocaleString('en');
  await page.getByRole('img', { name: `plant: ${words(restOf(resources))} available` }).waitFor();
  const shown = await page.evaluate<number>('performance.now()');
  const painted = await page.evaluate<number>(
    'performance.getEntriesByName("first-contentful-paint")[0].startTime',
  );
  await session.send('HeapProfiler.collectGarbage');
  for (const name of [`${words(resources - 1)} free`, `${words(waiting)} waiting`])
    expect(await page.getByRole('link', { name }).count()).toBe(1);
  const { metrics } = await session.send('Performance.getMetrics');
  const metric = (name: string) => metrics.find((each) => each.name === name)!.value;
  expect(faults).toEqual([]);
  await dashboard.picture('now-huge');
  await dashboard.close();
  const cost = { shown, painted, script: metric('ScriptDuration') * 1_000 };
  return { ...cost, heap: metric('JSHeapUsedSize') };
}

/** The cost in words. */
export function costInWords({ painted, shown, script, heap }: PageCost): string {
  const ms = (value: number) => `${Math.round(value)} ms`;
  return (
    `painted after ${ms(painted)}, all pools after ${ms(shown)}, ` +
    `${ms(script)} of script, heap ${(heap / 1e6).toFixed(1)} MB`
  );
}

/** The best of three: a busy machine may hold up one of them. */
export async function bestCost(
  browser: Browser,
  server: TestServer,
  size: Size,
): Promise<PageCost> {
  const costs: PageCost[] = [];
  for (let round = 0; round < 3; round += 1)
    costs.push(await costOfFirstPage(browser, server, size));
  return costs.reduce((best, each) => (each.shown < best.shown ? each : best));
}
