import type { Change } from '../../src/domain/change';
import { promotedRank } from '../../src/domain/queue/ranks';
import type { Resource } from '../../src/domain/lifecycle/resource';
import { wayBackFrom } from '../../src/domain/returns/way-back';
import type { Store } from '../../src/store/store';
import { anEntry, aReservation, aResource, aReturn, apply, makePool } from '../store/rows';
import type { Opened } from './store';

/** The look-ups of the metrics. */
export function describeMetrics(name: string, open: () => Opened): void {
  let store: Store;
  let now: number;

  beforeEach(async () => {
    const opened = open();
    store = opened.connect();
    now = opened.clock.now();
    await apply(store, ...makePool());
  });
  afterEach(() => store.close());

  const queued = (id: string, fields: Parameters<typeof anEntry>[1]): Change[] => [
    { do: 'createReservation', reservation: aReservation(id, { status: 'queued' }) },
    { do: 'enqueue', entry: anEntry(id, fields) },
  ];

  describe(`${name}: the state of the queues`, () => {
    it('has the oldest request of each, also if it was promoted', async () => {
      expect(await store.read.queueStates()).toEqual([]);
      await apply(
        store,
        ...queued('w1', { requestedAt: 30, rank: 20 }),
        ...queued('w2', { requestedAt: 25, rank: 25 }),
      );
      const state = { poolId: 'p1', length: 2, oldest: 25 };
      expect(await store.read.queueStates()).toEqual([state]);
      await apply(store, ...queued('w0', { requestedAt: 10, rank: promotedRank(90) }));
      expect(await store.read.queueStates()).toEqual([{ ...state, length: 3, oldest: 10 }]);
      expect(await store.read.queueStates('p1')).toEqual([{ ...state, length: 3, oldest: 10 }]);
      expect(await store.read.queueStates('p2')).toEqual([]);
    });

    it('has no request that misses nothing more', async () => {
      await apply(store, ...queued('w1', { missing: 0 }));
      expect(await store.read.queueStates()).toEqual([]);
    });
  });

  describe(`${name}: dirty resources`, () => {
    it('are those on their way back, page by page, since it began', async () => {
      const resources: [string, Partial<Resource>][] = [
        ['r1', { status: 'dirty', changedAt: 5 }],
        ['r2', { status: 'available' }],
        ['r3', { status: 'cleaning', changedAt: 9, wayBack: wayBackFrom('loan', 7) }],
        ['r4', { status: 'quarantined' }],
        ['r5', { status: 'dirty', changedAt: 8 }],
      ];
      await apply(
        store,
        ...resources.map(([id, fields]): Change => {
          return { do: 'createResource', resource: aResource(id, fields) };
        }),
      );
      const found = [
        { id: 'r1', poolId: 'p1', since: 5 },
        { id: 'r3', poolId: 'p1', since: 7 },
        { id: 'r5', poolId: 'p1', since: 8 },
      ];
      expect(await store.read.dirtyResources(null, 2)).toEqual(found.slice(0, 2));
      expect(await store.read.dirtyResources('r3', 2)).toEqual(found.slice(2));
    });
  });

  describe(`${name}: happenings`, () => {
    const NOTHING = {
      to: null,
      reason: null,
      level: null,
      outcome: null,
      loanEndedAt: null,
      cleaned: null,
      requestedAt: null,
      startsAt: null,
    };

    it('are the events that count, with the times of their reservation', async () => {
      const reservation = aReservation('v1', { requestedAt: 3, startsAt: 4 });
      const places = { poolId: 'p1', resourceId: 'r1', reservationId: 'v1' };
      const before = await store.read.lastSeq();
      await apply(
        store,
        { do: 'createReservation', reservation },
        { do: 'append', event: { type: 'user.changed', userId: 'u1' } },
        { do: 'append', event: { type: 'resource.freed', ...places, data: { to: 'dirty' } } },
        {
          do: 'append',
          event: { type: 'reservation.ended', reservationId: 'gone', data: { reason: 'expired' } },
        },
      );
      const last = await store.read.lastSeq();
      const freed = {
        ...NOTHING,
        ...{ type: 'resource.freed', at: now, poolId: 'p1', resourceId: 'r1', to: 'dirty' },
        ...{ requestedAt: 3, startsAt: 4 },
      };
      const ended = {
        ...NOTHING,
        ...{ type: 'reservation.ended', at: now, poolId: null, resourceId: null },
        reason: 'expired',
      };
      expect(await store.read.happenings(before, last)).toEqual([freed, ended]);
      expect(await store.read.happenings(before, last - 1)).toEqual([freed]);
      expect(await store.read.happenings(last, last)).toEqual([]);
    });

    it('have the end of the loan and the cleaning of a return', async () => {
      const step = { calls: 1, failures: 0, failure: null };
      const record = aReturn('r1', {
        since: 100,
        cause: 'loan',
        level: 'R2',
        outcome: 'returned',
        steps: [
          { ...step, step: 'closeAccess', since: 100, until: 110 },
          { ...step, step: 'clean', since: 110, until: 150 },
        ],
      });
      const before = await store.read.lastSeq();
      await apply(store, { do: 'addReturn', record });
      expect(await store.read.happenings(before, before + 9)).toMatchObject([
        { type: 'resource.returned', level: 'R2', loanEndedAt: 100, cleaned: 40 },
      ]);
      await apply(store, { do: 'addReturn', record: { ...record, cause: 'new', steps: [] } });
      expect(await store.read.happenings(before + 1, before + 9)).toMatchObject([
        { type: 'resource.returned', level: 'R2', loanEndedAt: null, cleaned: null },
      ]);
    });
  });
}
