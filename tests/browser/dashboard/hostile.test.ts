import type { Browser } from 'playwright-core';
import { DriverError, type DriverFactory } from '../../../src/drivers/driver';
import { simulatedSettings } from '../../../src/drivers/simulated/settings';
import { simulatedDriver } from '../../../src/drivers/simulated';
import staticDriver from '../../../src/drivers/static';
import { PAGES } from '../../../web/app/address/pages';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard } from '../../helpers/dashboard';
import { PASSWORD, type Caller, type TestServer } from '../../helpers/server';
import { hostileTexts } from './hostile-texts';

jest.setTimeout(240_000);

/** How many of the texts stand in which place; 500 in all. */
const PLACES = {
  users: 100,
  notes: 100,
  tokens: 60,
  labels: 60,
  fields: 60,
  reasons: 60,
  failures: 60,
};

/** Cleans nothing, and says why in hostile words. */
function hostileDriver(texts: readonly string[]): DriverFactory {
  return {
    ...simulatedDriver,
    name: 'hostile',
    create: (settings, env) => {
      const driver = simulatedDriver.create(simulatedSettings.parse(settings), env);
      let calls = 0;
      driver.clean = () =>
        Promise.reject(new DriverError('resource', texts[calls++ % texts.length]!));
      return driver;
    },
  };
}

describeWithChromium('500 hostile texts in Chromium', () => {
  let browser: Browser;
  let server: TestServer;
  let admin: Caller;
  let left: string[];
  const take = (count: number) => left.splice(0, count);

  beforeAll(async () => {
    browser = await startChromium();
    left = hostileTexts(500);
    const failures = take(PLACES.failures);
    server = await startWithDashboard({
      factories: [hostileDriver(failures), staticDriver],
      pools: poolsWith(take(PLACES.labels)),
    });
    admin = await server.admin();
    await server.test.settle();
    await fill();
    await server.test.settle();
    expect(left).toEqual([]);
  });

  /** Labels are kept by pool, ten each. */
  function poolsWith(labels: string[]): string {
    const pools = ['lab', 'failing', 'listed', 'p4', 'p5', 'p6'].map((name, index) => ({
      name,
      kind: name === 'listed' ? 'item' : 'account',
      driver: { failing: 'hostile', listed: 'static' }[name] ?? 'simulated',
      ...(name === 'listed' ? { sizing: 'manual' } : { size: name === 'failing' ? 60 : 3 }),
      ...(name === 'failing' ? { cleaning: { retries: 1 } } : {}),
      shareHolders: true,
      labels: Object.fromEntries(
        labels.slice(10 * index, 10 * index + 10).map((text, number) => [`l${number}`, text]),
      ),
    }));
    return JSON.stringify({ pools });
  }

  async function fill(): Promise<void> {
    const made = async (path: string, body: object) => {
      const answer = await admin.post(path).send(body);
      expect(answer.ok).toBe(true);
      return answer.body as { id: string };
    };
    for (const [index, name] of take(PLACES.users).entries()) {
      const email = `user-${index}@example.org`;
      await made('/v1/users', { name, email, password: PASSWORD });
    }
    for (const [index, note] of take(PLACES.notes).entries()) {
      const onBehalfOf = `user-${index}@example.org`;
      await made('/v1/reservations', { items: [{ pool: 'lab' }], note, onBehalfOf });
    }
    for (const name of take(PLACES.tokens)) await made('/v1/tokens', { name, scopes: ['read'] });
    for (const [index, url] of take(PLACES.fields).entries())
      await made('/v1/resources', { pool: 'listed', name: `thing-${index}`, fields: { url } });
    await server.test.settle();
    for (const [index, reason] of take(PLACES.reasons).entries())
      await admin
        .patch(`/v1/resources/thing-${index}`)
        .send({ adminState: 'maintenance', reason })
        .expect(200);
    const { id } = await made('/v1/reservations', { items: [{ pool: 'failing', count: 60 }] });
    await server.test.settle();
    await admin.delete(`/v1/reservations/${id}`).expect(204);
  }

  /** Addresses of every page, and of several things each where a page shows one. */
  async function addresses(): Promise<string[]> {
    const first = async (path: string) =>
      ((await admin.get(path)).body.items as { id: string }[]).slice(0, 5).map(({ id }) => id);
    const pools = ['lab', 'failing', 'listed'];
    const some: Record<string, string[]> = {
      '/pools/:name': pools,
      '/run/pools/:name': pools,
      '/run/webhooks/:id': [(await madeWebhook()).id],
      '/resources/:id': [
        ...(await first('/v1/resources?pool=failing')),
        ...(await first('/v1/resources?pool=listed')),
        ...(await first('/v1/resources?pool=lab')),
      ],
      '/reservations/:id': await first('/v1/reservations?limit=5'),
    };
    const chosen = ['/timeline', '/history', '/queue', '/events', '/returns', '/borrow'];
    return [
      ...PAGES.flatMap(({ path }) =>
        (some[path] ?? ['']).map((value) => path.replace(/:\w+/, value)),
      ),
      ...chosen.flatMap((path) => pools.map((pool) => `${path}?pool=${pool}`)),
    ];
  }

  async function madeWebhook(): Promise<{ id: string }> {
    const url = 'https://hooks.example.org/%22%3E%3Cimg%20src=x%20onerror=canary()%3E';
    return (await admin.post('/v1/webhooks').send({ url }).expect(201)).body as { id: string };
  }

  test('run nothing on any page, and are shown as they are', async () => {
    const dashboard = await Dashboard.open(browser, server, admin);
    const { page } = dashboard;
    let alarms = 0;
    await page.exposeFunction('canary', () => alarms++);
    page.on('dialog', () => alarms++);
    let shown = 0;
    for (const address of await addresses()) {
      await dashboard.goTo(address);
      await dashboard.loaded();
      const seen = await page.evaluate<{ own: boolean; traps: number; text: string }>(`({
        own: [...document.scripts].every(({ src }) => src.startsWith(location.origin + '/dashboard/')),
        traps: document.querySelectorAll('iframe, object, embed, base, [onerror], [onload], ' +
          '[href^="javascript:" i], [src^="javascript:" i], [href^="data:" i], [src*="evil"]').length,
        text: document.body.innerText,
      })`);
      expect({ address, own: seen.own, traps: seen.traps }).toEqual({
        address,
        own: true,
        traps: 0,
      });
      shown += seen.text.split('canary()').length - 1;
    }
    process.stdout.write(`hostile texts: shown ${shown} times as they are, ${alarms} alarms\n`);
    expect(shown).toBeGreaterThan(500);
    expect(alarms).toBe(0);
    expect(dashboard.faults).toEqual([]);
  });
});
