import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, LOOKS, startWithDashboard } from '../../helpers/dashboard';
import { TestClock } from '../../helpers/engine';
import type { Caller, TestServer } from '../../helpers/server';

jest.setTimeout(120_000);

const PICTURES = join(__dirname, '../../../docs/pictures');
const MINUTE = 60_000;
const MORNING = Date.UTC(2026, 8, 7, 6);
const SMALL = { ...LOOKS[0]!, viewport: { width: 960, height: 640 } };

const POOLS = `
pools:
  - { name: vms, kind: vm, driver: simulated, size: 12, shareHolders: true }
  - name: boards
    kind: host
    driver: simulated
    size: 5
    shareHolders: true
    cleaning: { retries: 0 }
    settings: { failureRates: { clean: 1 } }
  - { name: licences, kind: item, driver: simulated, size: 3, shareHolders: true }
`;

/** What the team borrows: who, from which pool, how many, when and for how long, in minutes. */
const MORNING_OF_A_TEAM = [
  ['Chen', 'vms', 2, 0, 420],
  ['Dana', 'boards', 2, 10, 95],
  ['Emil', 'vms', 3, 20, 130],
  ['Chen', 'licences', 1, 35, 300],
  ['Farah', 'boards', 1, 45, 350],
  ['Dana', 'vms', 1, 60, 80],
  ['Farah', 'licences', 2, 75, 260],
  ['Emil', 'boards', 2, 120, 270],
  ['Dana', 'vms', 4, 165, 240],
  ['Emil', 'vms', 2, 180, 200],
  ['Chen', 'boards', 1, 200, 180],
  ['Emil', 'licences', 1, 215, 60],
  ['Farah', 'vms', 2, 225, 120],
] as const;

// `PICTURES=docs/pictures npm run test:browser -- readme-pictures` takes them anew.
describeWithChromium('the pictures of README', () => {
  let browser: Browser;
  let server: TestServer;
  let admin: Caller;
  const people = new Map<string, Caller>();
  beforeAll(async () => {
    browser = await startChromium();
    server = await startWithDashboard({ pools: POOLS, clock: new TestClock(MORNING) });
    admin = await server.admin();
    for (const name of ['Chen', 'Dana', 'Emil', 'Farah']) people.set(name, await server.user(name));
    await server.test.settle();
    await spendTheMorning();
  });

  async function spendTheMorning(): Promise<void> {
    let minutes = 0;
    for (const [who, pool, count, at, length] of MORNING_OF_A_TEAM) {
      for (; minutes < at; minutes += 5) {
        await server.test.after(5 * MINUTE);
        await server.test.expire();
      }
      const body = { items: [{ pool, count }], durationSeconds: length * 60 };
      const answer = await people.get(who)!.post('/v1/reservations').send(body);
      expect(answer.ok).toBe(true);
      await server.test.settle();
    }
    const broken = { adminState: 'maintenance', reason: 'a new fan' };
    await admin.patch('/v1/resources/vms-12').send(broken).expect(200);
  }

  async function take(caller: Caller, path: string, name: string, look = SMALL) {
    const dashboard = await Dashboard.open(browser, server, caller);
    await dashboard.look(look);
    await dashboard.goTo(path);
    await dashboard.loaded();
    return { dashboard, keep: () => dashboard.picture(name, false) };
  }

  test('Now: every resource, and what needs somebody', async () => {
    const { dashboard, keep } = await take(admin, '/', 'now');
    await dashboard.shows('2 in quarantine');
    await dashboard.shows(/1 waiting/);
    await keep();
    expect(dashboard.faults).toEqual([]);
  });

  test('Timeline: who has what until when', async () => {
    const dark = { ...LOOKS[1]!, viewport: SMALL.viewport };
    const { dashboard, keep } = await take(admin, '/timeline?pool=vms', 'timeline', dark);
    await dashboard.shows('Chen');
    await keep();
    expect(dashboard.faults).toEqual([]);
  });

  test('a loan: how to reach what is lent, and for how long', async () => {
    const chen = people.get('Chen')!;
    const { body } = await chen.get('/v1/reservations?status=active&pool=vms');
    const path = `/reservations/${body.items[0].id as string}`;
    const { dashboard, keep } = await take(chen, path, 'loan');
    await dashboard.shows(/left/);
    await keep();
    expect(dashboard.faults).toEqual([]);
  });

  test.each(['now', 'timeline', 'loan'])('%s is kept, and small', (name) => {
    expect(statSync(join(PICTURES, `${name}.png`)).size).toBeLessThan(100_000);
  });
});
