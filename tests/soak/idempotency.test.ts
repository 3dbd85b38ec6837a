import { temporaryDirectory } from '../helpers/engine';
import type { HttpClient, Reply } from '../helpers/http-client';
import { ServerProcess } from '../helpers/process';
import { isCut } from './helpers/borrower';
import { Rows, unsound } from './helpers/database';
import { Dice, say, size, soak } from './helpers/soak';

const KEYS = size('KEYS', 2_000);
const RESTARTS = size('KEY_RESTARTS', 20);
/** Keys in progress together, each with one to ten simultaneous attempts. */
const AT_ONCE = 8;
/** The share of attempts that the client cuts off, and after how many ms at most. */
const CUTS = 0.3;
const CUT_AFTER = 30;
const POOLS = `
pools:
  - { name: p, kind: account, driver: simulated, size: 5, lease: { default: 1h } }
  - { name: m, kind: token, driver: simulated, sizing: manual }
`;

/** A request that may be repeated, and how to count its effects. */
interface Repeated {
  path: string;
  body: (key: string) => unknown;
  effects: string;
}

const KINDS: Repeated[] = [
  {
    path: '/v1/reservations',
    body: (key) => ({ items: [{ pool: 'p' }], note: key }),
    effects: 'select count(*) from reservations where note = ?',
  },
  {
    path: '/v1/tokens',
    body: (key) => ({ name: key }),
    effects: 'select count(*) from api_tokens where name = ?',
  },
  {
    path: '/v1/users',
    body: (key) => ({ name: key, email: `${key}@example.org` }),
    effects: 'select count(*) from users where name = ?',
  },
  {
    path: '/v1/pools',
    body: (key) => ({ name: key, kind: 'token', driver: 'simulated', size: 0 }),
    effects: 'select count(*) from pools where name = ?',
  },
  {
    path: '/v1/resources',
    body: () => ({ pool: 'm' }),
    effects:
      'select count(*) from resources where id = (select result_id from idempotency_keys where key = ?)',
  },
];

soak('the same request, again and again', () => {
  it(`happens once for each of ${KEYS} keys, with cut connections and ${RESTARTS} kills`, async () => {
    const dice = Dice.thrown('idempotency');
    const dataDir = temporaryDirectory();
    const start = () => ServerProcess.start({ dataDir, pools: POOLS });
    let server = await start();
    const token = await server.setUp();
    const before = new Rows(dataDir).count(
      'select count(*) from resources where pool_id = (select id from pools where name = ?)',
      'm',
    );
    const keys = Array.from({ length: KEYS }, (_, index) => ({
      key: `key-${index}`,
      kind: KINDS[index % KINDS.length]!,
      ids: new Set<string>(),
    }));
    const wrong: string[] = [];
    const tries = { made: 0, answered: 0 };
    const tryOnce = async (
      http: HttpClient,
      { key, kind, ids }: (typeof keys)[number],
      cutAfter: number | null,
    ) => {
      const signal = cutAfter === null ? undefined : AbortSignal.timeout(cutAfter);
      tries.made += 1;
      try {
        const reply = await http.post(kind.path, {
          token,
          body: kind.body(key),
          headers: { 'Idempotency-Key': key },
          signal,
        });
        tries.answered += 1;
        note(reply, ids, wrong);
      } catch (error) {
        if (!isCut(error) && (error as Error).name !== 'TimeoutError') throw error;
      }
    };
    /** One to ten simultaneous attempts, some of which are cut off. */
    const burst = (http: HttpClient, entry: (typeof keys)[number]) =>
      Promise.all(
        Array.from({ length: dice.between(1, 10) }, () =>
          tryOnce(http, entry, dice.fraction() < CUTS ? dice.between(0, CUT_AFTER) : null),
        ),
      );
    const tried = new Set<(typeof keys)[number]>();
    const lot = Math.ceil(KEYS / (RESTARTS + 1));
    for (let from = 0; from < KEYS; from += lot) {
      // Those of the lot before are repeated too: after a restart.
      const now = shuffled(keys.slice(Math.max(0, from - lot), from + lot), dice);
      const killAt = from + lot < KEYS ? dice.between(1, now.length) : Infinity;
      let done = 0;
      const kills: Promise<void>[] = [];
      await inTurns(now, AT_ONCE, async (entry) => {
        if (kills.length > 0) return;
        await burst(server.http, entry);
        tried.add(entry);
        done += 1;
        if (done === killAt) kills.push(server.kill());
      });
      if (kills.length === 0) continue;
      await kills[0];
      server = await start();
    }
    await inTurns(
      keys.filter((entry) => !tried.has(entry)),
      AT_ONCE,
      async (entry) => void (await burst(server.http, entry)),
    );
    await inTurns(keys, 40, (entry) => tryOnce(server.http, entry, null));
    expect(wrong).toEqual([]);
    const rows = new Rows(dataDir);
    const effects = keys
      .filter(({ key, kind, ids }) => ids.size !== 1 || rows.count(kind.effects, key) !== 1)
      .map(
        ({ key, kind, ids }) =>
          `${key} ${kind.path}: ${[...ids].join()} ${rows.count(kind.effects, key)}`,
      );
    expect(effects).toEqual([]);
    const added =
      rows.count(
        'select count(*) from resources where pool_id = (select id from pools where name = ?)',
        'm',
      ) - before;
    expect(added).toBe(keys.filter(({ kind }) => kind.path === '/v1/resources').length);
    expect(unsound(rows)).toEqual([]);
    say(
      `idempotency: ${KEYS} keys, ${tries.made} tries, ${tries.answered} of them answered, ` +
        `${RESTARTS} kills between: one effect each`,
    );
    rows.close();
    await server.stop();
  });
});

function note({ status, body }: Reply, ids: Set<string>, wrong: string[]): void {
  if (status >= 300) return void wrong.push(`${status} ${JSON.stringify(body)}`);
  ids.add(body.id as string);
}

/** All of them, that many at once. */
async function inTurns<T>(
  all: T[],
  atOnce: number,
  work: (entry: T) => Promise<void>,
): Promise<void> {
  const left = [...all];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let entry = left.shift(); entry !== undefined; entry = left.shift()) await work(entry);
    }),
  );
}

function shuffled<T>(list: T[], dice: Dice): T[] {
  return list
    .map((entry) => ({ entry, at: dice.fraction() }))
    .sort((a, b) => a.at - b.at)
    .map(({ entry }) => entry);
}
