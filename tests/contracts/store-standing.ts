import type { Caps } from '../../src/domain/queue/caps';
import type { Change } from '../../src/domain/change';
import type { ReservationStatus } from '../../src/domain/loans/reservation';
import type { Store } from '../../src/store/store';
import { aReservation, apply, anEntry, makePool } from '../store/rows';
import type { Opened } from './store';
import { load } from './store-changes';

/** Caps that nobody reaches, so that everything is counted. */
const WIDE: Caps = { active: 1_000, queued: 1_000, queue: 1_000 };
const USERS = ['u1', 'u2', 'u3'];
const TYPES = ['free', 'lite'];
const AFTER: Record<ReservationStatus, ReservationStatus> = {
  queued: 'preparing',
  preparing: 'active',
  active: 'ended',
  ended: 'ended',
};
const KEPT = {
  events: 0,
  reservations: 0,
  tokens: 0,
  sessions: 0,
  idempotency: 0,
  operations: 0,
  unserved: 0,
  returns: 0,
  tallies: { hour: 0, day: 0 },
  mostEnded: 1_000,
  mostEvents: 1_000,
};

interface Waiting {
  classId: number;
  item: number;
  missing: number;
}
type Model = Map<string, { userId: string; status: ReservationStatus; queueEntries: Waiting[] }>;

/** The numbers that caps are compared with, after any sequence of changes. */
export function describeStanding(name: string, open: () => Opened): void {
  let store: Store;

  beforeEach(async () => {
    store = open().connect();
    const types = TYPES.map((type) => ({ name: type, share: 1, spec: {} }));
    await apply(store, ...makePool({ types }));
  });

  afterEach(() => store.close());

  const usage = async (userId: string, type: string, caps: Caps) =>
    (
      await load(store, {
        load: 'submission',
        items: [{ pool: 'pool', type, count: 1 }],
        userId,
        caps,
      })
    ).usage;

  describe(`${name}: the standing of a user and a line`, () => {
    it('equals a recount after every change', async () => {
      const model: Model = new Map();
      const next = chance(11);
      for (let step = 0; step < 150; step += 1) {
        await someChange(store, model, next, step);
        expect({
          step,
          seen: await seen(usage),
          live: await store.read.liveReservations(),
        }).toEqual({ step, seen: recount(model), live: liveOf(model) });
      }
      expect(new Set([...model.values()].map(({ status }) => status)).size).toBeGreaterThan(1);
    }, 60_000);

    it('has nothing that no cap needs, and nothing of an unknown user', async () => {
      await apply(
        store,
        { do: 'createReservation', reservation: aReservation('v1') },
        { do: 'createReservation', reservation: aReservation('v2', { status: 'queued' }) },
        { do: 'enqueue', entry: anEntry('v2') },
      );
      expect(await usage('u1', 'free', WIDE)).toEqual({ active: 1, queued: 1, queue: 1 });
      expect(await usage('u1', 'free', { active: null, queued: null, queue: null })).toEqual({
        active: 0,
        queued: 0,
        queue: 0,
      });
      expect(await usage('u1', 'free', { active: 5, queued: null, queue: null })).toEqual({
        active: 1,
        queued: 0,
        queue: 0,
      });
      expect(await usage('u1', 'free', { active: null, queued: 5, queue: null })).toEqual({
        active: 0,
        queued: 1,
        queue: 0,
      });
      expect(await usage('nobody', 'lite', WIDE)).toEqual({ active: 0, queued: 0, queue: 0 });
    });

    it('counts requests that name a resource, and none that lack nothing', async () => {
      await apply(
        store,
        { do: 'createReservation', reservation: aReservation('v1', { status: 'queued' }) },
        { do: 'enqueue', entry: anEntry('v1', { resourceId: 'r1' }) },
        { do: 'enqueue', entry: anEntry('v1', { item: 1, missing: 0 }) },
      );
      expect(await usage('u1', 'free', WIDE)).toEqual({ active: 0, queued: 1, queue: 1 });
    });
  });
}

/** A small linear congruential generator: the same changes every time. */
function chance(seed: number): (below: number) => number {
  return (below) =>
    Math.floor(((seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31) * below);
}

/** One thing that happens to a reservation, in the store and in the model. */
async function someChange(
  store: Store,
  model: Model,
  next: (below: number) => number,
  step: number,
): Promise<void> {
  const live = [...model.entries()].filter(([, { status }]) => status !== 'ended');
  const [id, known] = live[next(live.length)] ?? [];
  const what = next(8);
  if (id === undefined || known === undefined || what < 3)
    return submit(store, model, next, `v${String(step).padStart(4, '0')}`);
  if (what === 3) {
    const missing = next(2);
    for (const wait of known.queueEntries.filter(({ item }) => item === 0)) wait.missing = missing;
    return apply(store, { do: 'setMissing', reservationId: id, item: 0, missing });
  }
  if (what === 4) {
    for (const wait of known.queueEntries.filter(({ item }) => item === 1)) wait.missing += 1;
    return apply(store, { do: 'releaseHold', reservationId: id, item: 1 });
  }
  if (what === 5) {
    for (const [each, { status }] of model) if (status === 'ended') model.delete(each);
    return void (await store.prune({ ...KEPT, reservations: 1e15 }, 1_000));
  }
  const status = what === 6 ? AFTER[known.status] : 'ended';
  Object.assign(known, { status, queueEntries: [] });
  await apply(
    store,
    { do: 'dequeue', reservationId: id },
    { do: 'setReservation', id, set: { status, endedAt: status === 'ended' ? 5 : null } },
  );
}

async function submit(
  store: Store,
  model: Model,
  next: (below: number) => number,
  id: string,
): Promise<void> {
  const userId = USERS[next(USERS.length)]!;
  const queueEntries =
    next(3) === 0
      ? []
      : [
          { item: 0, classId: 1, missing: 1 },
          { item: 0, classId: 2, missing: 1 },
          { item: 1, classId: 1 + next(2), missing: 2 },
        ];
  const status = queueEntries.length === 0 ? 'active' : 'queued';
  model.set(id, { userId, status, queueEntries });
  await apply(
    store,
    { do: 'createReservation', reservation: aReservation(id, { userId, status }) },
    ...queueEntries.map((wait): Change => ({ do: 'enqueue', entry: anEntry(id, wait) })),
  );
}

type Usage = (
  userId: string,
  type: string,
  caps: Caps,
) => Promise<{ active: number; queued: number; queue: number }>;

/** What the store says of every user and every class. */
async function seen(usage: Usage): Promise<Record<string, number>> {
  const entries: [string, number][] = [];
  for (const userId of USERS) {
    const { active, queued } = await usage(userId, 'free', WIDE);
    entries.push([`${userId} active`, active], [`${userId} queued`, queued]);
  }
  for (const type of TYPES) entries.push([type, (await usage('u1', type, WIDE)).queue]);
  return Object.fromEntries(entries);
}

/** The same from the model. */
function recount(model: Model): Record<string, number> {
  const all = [...model.values()];
  const having = (userId: string, ...statuses: ReservationStatus[]) =>
    all.filter((each) => each.userId === userId && statuses.includes(each.status)).length;
  const users = USERS.flatMap((userId) => [
    [`${userId} active`, having(userId, 'active', 'preparing')],
    [`${userId} queued`, having(userId, 'queued')],
  ]);
  const classes = TYPES.map((type, index) => [
    type,
    all
      .flatMap(({ queueEntries }) => queueEntries)
      .filter(({ classId, missing }) => classId === index + 1 && missing > 0).length,
  ]);
  return Object.fromEntries([...users, ...classes]);
}

function liveOf(model: Model): Record<string, number> {
  const count = (status: ReservationStatus) =>
    [...model.values()].filter((each) => each.status === status).length;
  return { queued: count('queued'), preparing: count('preparing'), active: count('active') };
}
