import { temporaryDirectory } from '../helpers/engine';
import type { HttpClient, Reply } from '../helpers/http-client';
import { ServerProcess } from '../helpers/process';
import { isCut } from './helpers/borrower';
import { Rows, unsound } from './helpers/database';
import { Dice, pause, say, size, soak } from './helpers/soak';

const KEYS = size('KEYS', 600);
const RESTARTS = size('KEY_RESTARTS', 5);
const POOLS = `
pools:
  - { name: p, kind: account, driver: simulated, size: 5, lease: { default: 1h } }
  - { name: m, kind: token, driver: simulated, sizing: manual }
`;

/** A request that may come again, and how to count what came of it. */
interface Repeated {
  path: string;
  body: (key: string) => unknown;
  effects: string;
}

const KINDS: Repeated[] = [
  { path: '/v1/reservations', body: (key) => ({ items: [{ pool: 'p' }], note: key }), effects: 'select count(*) from reservations where note = ?' },
  { path: '/v1/tokens', body: (key) => ({ name: key }), effects: 'select count(*) from api_tokens where name = ?' },
  { path: '/v1/users', body: (key) => ({ name: key, email: `${key}@example.org` }), effects: 'select count(*) from users where name = ?' },
  { path: '/v1/pools', body: (key) => ({ name: key, kind: 'token', driver: 'simulated', size: 0 }), effects: 'select count(*) from pools where name = ?' },
  { path: '/v1/resources', body: () => ({ pool: 'm' }), effects: "select count(*) from resources where id = (select result_id from idempotency_keys where key = ?)" },
];

soak('the same request, again and again', () => {
  it(`happens once for each of ${KEYS} keys, with connections cut and ${RESTARTS} kills between`, async () => {
    const dice = Dice.thrown('idempotency');
    const dataDir = temporaryDirectory();
    const start = () => ServerProcess.start({ dataDir, pools: POOLS });
    let server = await start();
    const token = await server.setUp();
    const before = new Rows(dataDir).count('select count(*) from resources where pool_id = (select id from pools where name = ?)', 'm');
    const keys = Array.from({ length: KEYS }, (_, index) => ({ key: `key-${index}`, kind: KINDS[index % KINDS.length]!, ids: new Set<string>() }));
    const wrong: string[] = [];
    const tryOnce = async (http: HttpClient, { key, kind, ids }: (typeof keys)[number], cutAfter: number | null) => {
      const signal = cutAfter === null ? undefined : AbortSignal.timeout(cutAfter);
      try {
        const reply = await http.post(kind.path, { token, body: kind.body(key), headers: { 'Idempotency-Key': key }, signal });
        note(reply, ids, wrong);
      } catch (error) {
        if (!isCut(error) && (error as Error).name !== 'TimeoutError') throw error;
      }
    };
    const lot = Math.ceil(KEYS / (RESTARTS + 1));
    for (let from = 0; from < KEYS; from += lot) {
      const { http } = server;
      // Those of the lot before come again as well: after a restart.
      const now = keys.slice(Math.max(0, from - lot), from + lot);
      const tries = now.flatMap((entry) => Array.from({ length: dice.between(1, 10) }, () => ({ entry, cut: dice.fraction() < 0.3 ? dice.between(0, 30) : null })));
      const working = inTurns(shuffled(tries, dice), 40, ({ entry, cut }) => tryOnce(http, entry, cut));
      if (from + lot < KEYS) {
        await pause(dice.between(50, 800));
        await server.kill();
        await working;
        server = await start();
      } else {
        await working;
      }
    }
    await inTurns(keys, 40, (entry) => tryOnce(server.http, entry, null));
    expect(wrong).toEqual([]);
    const rows = new Rows(dataDir);
    const effects = keys.filter(({ key, kind, ids }) => ids.size !== 1 || rows.count(kind.effects, key) !== 1).map(({ key, kind, ids }) => `${key} ${kind.path}: ${[...ids].join()} ${rows.count(kind.effects, key)}`);
    expect(effects).toEqual([]);
    const added = rows.count("select count(*) from resources where pool_id = (select id from pools where name = ?)", 'm') - before;
    expect(added).toBe(keys.filter(({ kind }) => kind.path === '/v1/resources').length);
    expect(unsound(rows)).toEqual([]);
    say(`idempotency: ${KEYS} keys, one effect each`);
    rows.close();
    await server.stop();
  });
});

function note({ status, body }: Reply, ids: Set<string>, wrong: string[]): void {
  if (status >= 300) return void wrong.push(`${status} ${JSON.stringify(body)}`);
  ids.add(body.id as string);
}

/** All of them, so many at once. */
async function inTurns<T>(all: T[], atOnce: number, work: (entry: T) => Promise<void>): Promise<void> {
  const left = [...all];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let entry = left.shift(); entry !== undefined; entry = left.shift()) await work(entry);
    }),
  );
}

function shuffled<T>(list: T[], dice: Dice): T[] {
  return list.map((entry) => ({ entry, at: dice.fraction() })).sort((a, b) => a.at - b.at).map(({ entry }) => entry);
}
