import type { Browser } from 'playwright-core';
import { PAGES } from '../../../web/app/address/pages';
import { describeWithChromium, startChromium } from '../../helpers/chromium';
import { Dashboard, startWithDashboard, type Look } from '../../helpers/dashboard';
import { PASSWORD, type Caller, type TestServer } from '../../helpers/server';

jest.setTimeout(90_000);

/** The largest and the smallest screen, and a laptop at a zoom of 200 %. */
const EXTREMES: readonly Look[] = [
  { name: 'light-2560', colorScheme: 'light', viewport: { width: 2560, height: 1440 } },
  { name: 'dark-360', colorScheme: 'dark', viewport: { width: 360, height: 740 } },
  { name: 'light-zoomed', colorScheme: 'light', viewport: { width: 640, height: 400 } },
];

/** The longest name that a pool may have, without a place to break it. */
const LONG = `a${'very'.repeat(14)}long`.slice(0, 63);
const HEBREW = 'המעבדה של דנה, קומה שלישית – נא לא לגעת';
const ARABIC = 'مروحة معطلة منذ الأمس (fan #3) يرجى الانتظار';
const WORD = 'Donaudampfschiffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'
  .repeat(3)
  .slice(0, 200);

const POOLS = `
pools:
  - { name: big, kind: vm, driver: simulated, size: 500, shareHolders: true }
  - { name: single, kind: account, driver: simulated, size: 1, shareHolders: true }
  - { name: ${LONG}, kind: account, driver: simulated, size: 2, shareHolders: true }
`;

describeWithChromium('names that are long or right to left, 500 resources and one', () => {
  let browser: Browser;
  let server: TestServer;
  let dashboard: Dashboard;
  let examples: Record<string, string[]>;
  beforeAll(async () => {
    browser = await startChromium();
    server = await startWithDashboard({ pools: POOLS });
    await server.test.settle();
    const admin = await server.admin();
    examples = await fill(admin);
    dashboard = await Dashboard.open(browser, server, admin);
  });

  /** Loans, queues and reasons with awkward words. Gives addresses by page. */
  async function fill(admin: Caller): Promise<Record<string, string[]>> {
    const made = async (path: string, body: object) => {
      const answer = await admin.post(path).send(body);
      expect(answer.ok).toBe(true);
      return answer.body.id as string;
    };
    const people = ['dana@example.org', `${'long'.repeat(15)}@example.org`];
    await made('/v1/users', { name: HEBREW, email: people[0], password: PASSWORD });
    await made('/v1/users', { name: WORD.slice(0, 100), email: people[1], password: PASSWORD });
    const loans: string[] = [];
    for (const pool of ['big', 'single', LONG])
      for (const [index, onBehalfOf] of people.entries()) {
        const note = [ARABIC, WORD][index];
        const items = [{ pool, count: pool === 'big' ? 100 : 1 }];
        loans.push(await made('/v1/reservations', { items, note, onBehalfOf }));
        await server.test.settle();
      }
    for (const [index, reason] of [ARABIC, WORD].entries())
      await admin
        .patch(`/v1/resources/big-${index + 300}`)
        .send({ adminState: 'maintenance', reason })
        .expect(200);
    await made('/v1/tokens', { name: HEBREW, scopes: ['read'] });
    const url = `https://${'long'.repeat(15)}.example.org/${'path/'.repeat(40)}`;
    const webhook = await made('/v1/webhooks', { url, description: ARABIC });
    return {
      '/timeline': ['/timeline?pool=big', `/timeline?pool=${LONG}`],
      '/pools/:name': ['/pools/big', '/pools/single', `/pools/${LONG}`],
      '/run/pools/:name': [`/run/pools/${LONG}`],
      '/run/webhooks/:id': [`/run/webhooks/${webhook}`],
      '/resources/:id': ['/resources/big-1', '/resources/big-300', `/resources/${LONG}-1`],
      '/reservations/:id': [loans.at(0), loans.at(-1)].map((id) => `/reservations/${id}`),
    };
  }

  const signedIn = PAGES.filter(({ isPublic }) => !isPublic);
  test.each(signedIn)('$path', async ({ path }) => {
    for (const [index, each] of (examples[path] ?? [path]).entries()) {
      await dashboard.goTo(each);
      await dashboard.loaded();
      const words = path.replace(/\W+/g, '-').replace(/^-|-$/g, '') || 'now';
      await dashboard.expectGoodLooks(`awkward-${words}${index === 0 ? '' : index}`, EXTREMES);
    }
  });
});
