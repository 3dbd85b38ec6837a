import { Holdfast } from '../../src/client';
import { ServerProcess } from '../helpers/process';
import { FaultyProxy } from './helpers/faulty-proxy';
import { overlaps } from './helpers/loans';
import { Caller, type Counts, type Hold } from './helpers/sdk-callers';
import { Dice, pause, say, size, soak } from './helpers/soak';

const LOANS = size('CLIENT_LOANS', 2_000);
/** Many at once, because a stall takes its whole half minute. */
const CALLERS = Math.min(400, Math.ceil(LOANS / 2));
const THINGS = Math.ceil(CALLERS / 2);
const CUT_OFF = Math.ceil(CALLERS / 50);
/** Leases and heartbeats as they are by default; the pool hands on at once, without any cleaning. */
const POOL = JSON.stringify({
  pools: [
    {
      ...{ name: 'rare', kind: 'host', driver: 'static' },
      resources: Array.from({ length: THINGS }, (_, index) => ({ name: `thing-${index + 1}` })),
    },
  ],
});
const FAULTS = { refuse: 40, drop: 40, tear: 20, duplicate: 60, reorder: 200, stall: 15 };
/** After this silence the server takes a loan back, in ms: the heartbeat of the client by default. */
const SILENCE = 60_000;
/**
 * How late the server may be to end a lease, in ms: it ends none before its time, and four hundred
 * callers keep the machine busy.
 */
const TICK = 1_000;
/** How far the clocks of a caller and of the server may be apart on one machine, in ms. */
const APART = 5;
/** Every loan has ended by then: a call that is late, its wait, and its silence. */
const ALL_OVER = 30_000 + 2 * SILENCE;

soak('loans of the client over a network that fails', () => {
  it('never overlap, end for their callers first, and none is leaked', async () => {
    const dice = Dice.thrown('client loans');
    const server = await ServerProcess.start({ pools: POOL });
    const admin = new Holdfast({ url: server.url, token: await server.setUp() });
    const proxy = await FaultyProxy.start(server.url, FAULTS, dice);
    const to = { url: proxy.url, token: await tokenOfAnn(server.url, admin) };
    const holds: Hold[] = [];
    const counts = { released: 0, lost: 0, cutOff: 0, notServed: 0, givenUp: 0, extended: 0 };
    const begun = performance.now();
    const revoked = await whileRevoking(admin, dice, () => lend(to, dice, holds, counts));
    const took = performance.now() - begun;
    proxy.faulty = false;
    expect(await liveAtTheEnd(admin)).toEqual({ active: 0, queued: 0 });

    const ends = await endsOf(admin);
    const ofOthers = holds.filter(({ reservation }) => !revoked.has(reservation));
    const notices = holds
      .filter(({ isLost, reservation }) => isLost && revoked.has(reservation))
      .map((hold) => ({ ...hold, notice: hold.toldAt - ends.get(hold.reservation)!.to }));
    const unseen = unseenIn(ends, holds);
    say(
      `client loans: ${LOANS} requests of ${CALLERS} callers in ${Math.round(took / 1000)} s, ` +
        `${JSON.stringify(counts)}, ${holds.length} holds of ${THINGS} things, ${revoked.size} ` +
        `revoked, faults ${JSON.stringify(proxy.struck)}; notice of a revocation in ms: by events ` +
        `${spread(notices, true)}, by heartbeats ${spread(notices, false)}; ` +
        `${unseen.length} lent and never seen, for ${Math.max(0, ...unseen)} ms at most`,
    );
    expect(overlaps(promisedOf(holds, revoked))).toEqual([]);
    expect(ofOthers.filter((hold) => hold.toldAt > ends.get(hold.reservation)!.to + APART)).toEqual(
      [],
    );
    expect(notices.filter(({ notice }) => notice > SILENCE)).toEqual([]);
    expect(unseen.filter((ms) => ms > SILENCE + TICK)).toEqual([]);
    expect(counts.released).toBeGreaterThan(LOANS / 4);
    expect(counts.lost).toBeGreaterThan(notices.length);
    expect(counts.cutOff).toBeGreaterThan(0);
    expect(notices.length).toBeGreaterThan(0);
    await server.stop();
  });
});

/** All loans, by so many callers at once; a few of them lose their network first. */
async function lend(
  to: { url: string; token: string },
  dice: Dice,
  holds: Hold[],
  counts: Counts,
): Promise<void> {
  let left = LOANS;
  const callers = Array.from({ length: CALLERS }, async (_, index) => {
    const caller = new Caller(to, index % 2 === 0, dice, holds, counts);
    for (let turn = 0; left-- > 0; turn += 1)
      await (turn === 0 && index < CUT_OFF ? caller.borrowAndLoseNetwork() : caller.borrowOnce());
  });
  await Promise.all(callers);
}

/** The secret of a token of an ordinary user: a holder who ends a loan does not revoke it. */
async function tokenOfAnn(url: string, admin: Holdfast): Promise<string> {
  const password = 'correct horse';
  const email = 'ann@example.org';
  await admin.users.create({ name: 'Ann', email, password });
  const ann = new Holdfast({ url, username: email, password });
  return (await ann.tokens.create({ name: 'client' })).token!;
}

/**
 * Lets an admin, whose network is well, revoke loans at random until `work` is done. Gives when each
 * was asked for, by the clock of `performance.now()`.
 */
async function whileRevoking(
  admin: Holdfast,
  dice: Dice,
  work: () => Promise<void>,
): Promise<Map<string, number>> {
  const revoked = new Map<string, number>();
  let isDone = false;
  const done = work().finally(() => (isDone = true));
  while (!isDone) {
    await Promise.race([done, pause(dice.between(500, 3_000))]);
    const { items } = await admin.reservations.list({ status: 'active', limit: 100 }).page();
    if (isDone || items.length === 0) continue;
    const { id } = dice.pick(items);
    revoked.set(id, performance.now());
    await admin.reservations.delete(id, { reason: 'needed' });
  }
  await done;
  return revoked;
}

/**
 * A revocation ends a hold without notice: whatever comes later is no promise of the client. An answer
 * that the network held back may even begin a hold that was revoked before.
 */
function promisedOf(holds: readonly Hold[], revoked: ReadonlyMap<string, number>): Hold[] {
  const revokedAt = ({ reservation }: Hold) => revoked.get(reservation) ?? Infinity;
  return holds
    .filter((hold) => hold.from < revokedAt(hold))
    .map((hold) => ({ ...hold, to: Math.min(hold.to, revokedAt(hold)) }));
}

type Ends = Map<string, { from: number | null; to: number }>;

/** When each lease began and ended by the server, in epoch ms. */
async function endsOf(admin: Holdfast): Promise<Ends> {
  const all = await admin.reservations.list({ limit: 500 }).all();
  return new Map(
    all.map(({ id, startsAt, endedAt }) => [
      id,
      { from: startsAt === null ? null : Date.parse(startsAt), to: Date.parse(endedAt!) },
    ]),
  );
}

/** For how long each thing was lent to a caller who never learned of it, in ms. */
function unseenIn(ends: Ends, holds: readonly Hold[]): number[] {
  const seen = new Set(holds.map(({ reservation }) => reservation));
  const lent = [...ends].filter(([id, { from }]) => from !== null && !seen.has(id));
  return lent.map(([, { from, to }]) => to - from!);
}

/** The median and the most. */
function spread(notices: readonly (Hold & { notice: number })[], hears: boolean): string {
  const sorted = notices.filter((one) => one.hears === hears).map(({ notice }) => notice);
  sorted.sort((a, b) => a - b);
  return `${sorted[Math.floor(sorted.length / 2)] ?? '-'} to ${sorted.at(-1) ?? '-'}`;
}

/** The live reservations, once every lease must be over. */
async function liveAtTheEnd(admin: Holdfast): Promise<{ active: number; queued: number }> {
  const until = performance.now() + ALL_OVER;
  for (;;) {
    const { active, queued } = (await admin.stats.get()).reservations;
    if (active + queued === 0 || performance.now() > until) return { active, queued };
    await pause(200);
  }
}
