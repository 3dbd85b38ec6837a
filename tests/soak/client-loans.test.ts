import { setMaxListeners } from 'node:events';
import { Holdfast, HoldfastError, type Loan } from '../../src/client';
import { ServerProcess } from '../helpers/process';
import { FaultyProxy } from './helpers/faulty-proxy';
import { overlaps, type SeenLoan } from './helpers/loans';
import { Dice, pause, say, size, soak } from './helpers/soak';

const THINGS = 24;
const CALLERS = 64;
const LOANS = size('CLIENT_LOANS', 2_000);
/** Short terms, so that many loans are lost; the pool hands on at once, without any cleaning. */
const POOL = JSON.stringify({
  pools: [
    {
      ...{ name: 'rare', kind: 'host', driver: 'static' },
      lease: { default: '4s', maximum: '10s' },
      resources: Array.from({ length: THINGS }, (_, index) => ({ name: `thing-${index + 1}` })),
    },
  ],
});
const FAULTS = { refuse: 40, drop: 40, tear: 20, duplicate: 60, reorder: 200, stall: 15 };
/** Every loan has ended by then: its lease, and the time a heartbeat may take. */
const ALL_OVER = 15_000;

type Counts = Record<'released' | 'lost' | 'unserved' | 'givenUp' | 'extended', number>;

/** No stream of events: nothing but the time tells in time that a loan has ended. */
const deaf = ((url: string, init: RequestInit) =>
  url.includes('/v1/events')
    ? Promise.reject(new TypeError('fetch failed'))
    : fetch(url, init)) as typeof fetch;

soak('loans of the client over a network that fails', () => {
  it('never overlap, and none is leaked', async () => {
    const dice = Dice.thrown('client loans');
    const server = await ServerProcess.start({ pools: POOL });
    const token = await server.setUp();
    const proxy = await FaultyProxy.start(server.url, FAULTS, dice);
    const options = { url: proxy.url, token, retryFor: 3_000 };
    const clients = [new Holdfast(options), new Holdfast({ ...options, fetch: deaf })];
    const seen: SeenLoan[] = [];
    const counts: Counts = { released: 0, lost: 0, unserved: 0, givenUp: 0, extended: 0 };
    let left = LOANS;
    const callers = Array.from({ length: CALLERS }, async (_, caller) => {
      while (left-- > 0) await once(clients[caller % 2]!, dice, seen, counts);
    });
    await Promise.all(callers);
    proxy.faulty = false;
    expect(overlaps(seen)).toEqual([]);
    const { active, queued } = await liveAtTheEnd(new Holdfast({ url: server.url, token }));
    say(
      `client loans: ${LOANS} requests, ${JSON.stringify(counts)}, ${seen.length} holds of ` +
        `${THINGS} things, faults ${JSON.stringify(proxy.struck)}; live at the end: ${active + queued}`,
    );
    expect({ active, queued }).toEqual({ active: 0, queued: 0 });
    expect(counts.released).toBeGreaterThan(LOANS / 4);
    expect(counts.lost).toBeGreaterThan(0);
    await server.stop();
  });
});

/** One loan, held for a while, extended at times, given back or lost; or a wait that is given up. */
async function once(
  holdfast: Holdfast,
  dice: Dice,
  seen: SeenLoan[],
  counts: Counts,
): Promise<void> {
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), dice.between(500, 20_000));
  try {
    const loan = await holdfast.borrow({
      ...{ items: [{ pool: 'rare' }], heartbeat: dice.pick(['2s', '3s']), for: '4s' },
      ...{ wait: '20s', signal: given.signal },
    });
    await use(loan, dice, seen, counts);
  } catch (error) {
    if (given.signal.aborted) counts.givenUp += 1;
    else if (error instanceof HoldfastError) counts.unserved += 1;
    else throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function use(loan: Loan, dice: Dice, seen: SeenLoan[], counts: Counts): Promise<void> {
  const { signal } = loan;
  setMaxListeners(0, signal);
  if (signal.aborted) return void (counts.lost += 1);
  const from = performance.now();
  const over = new Promise<number>((resolve) =>
    signal.addEventListener('abort', () => resolve(performance.now()), { once: true }),
  );
  let isLost = false;
  void loan.lost.then(() => (isLost = true));
  if (dice.between(1, 3) === 1)
    await loan.extend('2s').then(
      () => (counts.extended += 1),
      () => {},
    );
  await Promise.race([over, pause(dice.between(0, 8_000))]);
  // The signal aborts before the server hears of it.
  const released = loan.release().catch(() => {});
  const to = await over;
  const { name, generation } = loan.resources[0]!;
  seen.push({ resource: name, reservation: loan.id, generation, priority: 0, from, to });
  counts[isLost ? 'lost' : 'released'] += 1;
  await released;
}

/** The live reservations, once every lease must be over. */
async function liveAtTheEnd(holdfast: Holdfast): Promise<{ active: number; queued: number }> {
  const until = performance.now() + ALL_OVER;
  for (;;) {
    const { reservations } = await holdfast.stats.get();
    const isOver = reservations.active + reservations.queued === 0;
    if (isOver || performance.now() > until) return reservations;
    await pause(200);
  }
}
