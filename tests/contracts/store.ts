import type { Author } from '../../src/domain/author';
import type { Change } from '../../src/domain/change';
import { nothing } from '../../src/domain/change';
import type { ResourceStatus } from '../../src/domain/lifecycle/resource';
import type { Store } from '../../src/store/store';
import type { TestClock } from '../helpers/engine';
import { codeOf } from '../helpers/engine';
import {
  aPool,
  aReservation,
  aResource,
  anAllocation,
  anOperation,
  apply,
  aToken,
  aUser,
  furnish,
  makePool,
} from '../store/rows';

/** A fresh database; each `connect` is another connection to it, with this clock. */
export interface Opened {
  clock: TestClock;
  connect(): Store;
}

const NOTHING = { load: 'classes', classIds: [] as number[] } as const;
const AUTHOR: Author = {
  actorKind: 'token',
  actorId: 'u2',
  actorName: 'Bea',
  actorToken: 't2',
  requestId: 'request-1',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  address: '192.0.2.1',
};
const EVENT: Change = { do: 'append', event: { type: 'user.changed', userId: 'u1' } };

/** What every store must do, whatever it stores rows in. */
export function describeStore(name: string, open: () => Opened): void {
  let clock: TestClock;
  let connect: () => Store;
  let store: Store;
  const stores: Store[] = [];

  beforeEach(() => {
    const opened = open();
    clock = opened.clock;
    connect = () => {
      const made = opened.connect();
      stores.push(made);
      return made;
    };
    store = connect();
  });

  afterEach(async () => {
    for (const each of stores.splice(0)) await each.close();
  });

  const eventCount = async () => (await store.read.eventsAfter(0, 1_000)).length;

  describe(`${name}: a token`, () => {
    it('is read again once anyone has written, through this connection or another', async () => {
      const other = connect();
      const seen = async (by: Store) => {
        const { token, user } = (await by.read.tokenByHash('hash-t1'))!;
        return [token.revokedAt, user.disabledAt];
      };
      await apply(
        store,
        { do: 'createUser', user: aUser('u1') },
        { do: 'createToken', token: aToken('t1', 'u1') },
      );
      expect([await seen(store), await seen(store), await seen(other)]).toEqual(
        Array(3).fill([null, null]),
      );
      await apply(other, { do: 'setToken', id: 't1', set: { revokedAt: 5 } });
      expect([await seen(store), await seen(other)]).toEqual(Array(2).fill([5, null]));
      await apply(store, { do: 'setUser', id: 'u1', set: { disabledAt: 6 } });
      expect([await seen(store), await seen(other)]).toEqual(Array(2).fill([5, 6]));
      expect(await store.read.tokenByHash('hash-t2')).toBeNull();
    });
  });

  describe(`${name}: a decision`, () => {
    it('is applied as a whole or not at all', async () => {
      await furnish(store);
      const twice: Change[] = [
        EVENT,
        { do: 'setResource', id: 'r1', set: { status: 'dirty' } },
        { do: 'createResource', resource: aResource('r2') },
      ];
      expect(await codeOf(apply(store, ...twice))).not.toBe('none');
      expect((await store.read.resource('r1'))!.resource.status).toBe('available');
      expect(await eventCount()).toBe(0);
    });

    it('has an author, whom each of its events bears; the server is the one of others', async () => {
      const decide = () => ({ changes: [EVENT, EVENT], value: null });
      await store.transact(NOTHING, decide, undefined, AUTHOR);
      await Promise.all([
        store.transact(NOTHING, decide),
        store.transact(NOTHING, decide, undefined, AUTHOR),
      ]);
      const events = await store.read.eventsAfter(0, 9);
      expect(events.slice(0, 2)).toEqual([
        expect.objectContaining(AUTHOR),
        expect.objectContaining(AUTHOR),
      ]);
      expect(events.map(({ actorId }) => actorId)).toEqual([
        'u2',
        'u2',
        'server',
        'server',
        'u2',
        'u2',
      ]);
    });

    it('that throws leaves nothing, and does not disturb its neighbours in the batch', async () => {
      const broken = store.transact(NOTHING, (): never => {
        throw new Error('no');
      });
      const results = await Promise.allSettled([apply(store, EVENT), broken, apply(store, EVENT)]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await eventCount()).toBe(2);
    });

    it('that cannot be applied does not disturb its neighbours in the batch', async () => {
      await furnish(store);
      const results = await Promise.allSettled([
        apply(store, EVENT),
        apply(store, EVENT, { do: 'createPool', pool: aPool() }),
        apply(store, EVENT),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await eventCount()).toBe(2);
    });

    it('sees what the one before it in the batch has done', async () => {
      await furnish(store);
      const take = () =>
        store.transact({ load: 'resource', idOrName: 'r1' }, (snapshot) =>
          snapshot!.resource.status === 'available'
            ? { changes: [{ do: 'setResource', id: 'r1', set: { status: 'dirty' } }], value: true }
            : nothing(false),
        );
      expect(await Promise.all([take(), take(), take()])).toEqual([true, false, false]);
    });

    it('on several connections runs one after the other', async () => {
      await furnish(store);
      const others = [store, connect(), connect()];
      const count = (each: Store) =>
        each.transact({ load: 'resource', idOrName: 'r1' }, (snapshot) => ({
          changes: [
            { do: 'setResource', id: 'r1', set: { generation: snapshot!.resource.generation + 1 } },
          ],
          value: null,
        }));
      await Promise.all(Array.from({ length: 60 }, (_, index) => count(others[index % 3]!)));
      expect((await store.read.resource('r1'))!.resource.generation).toBe(60);
    });
  });

  describe(`${name}: time`, () => {
    const nowOf = (each: Store) => each.transact(NOTHING, (_snapshot, now) => nothing(now));

    it('comes from the clock, and stamps events', async () => {
      clock.advance(5);
      expect(await nowOf(store)).toBe(clock.at);
      await apply(store, EVENT);
      expect((await store.read.eventsAfter(0, 1))[0]!.at).toBe(clock.at);
    });

    it('never falls behind what has happened, here or in another process', async () => {
      await apply(store, EVENT);
      const before = clock.at;
      clock.advance(-60_000);
      expect(await nowOf(store)).toBe(before);
      expect(store.now()).toBe(before);
      const other = connect();
      expect(await nowOf(other)).toBe(before);
      expect(other.now()).toBe(before);
    });
  });

  describe(`${name}: one holder`, () => {
    it('a resource has one live allocation, and any number of ended ones', async () => {
      await furnish(store);
      await apply(
        store,
        { do: 'createReservation', reservation: aReservation('v1') },
        { do: 'allocate', allocation: anAllocation('r1', 'v1') },
      );
      const second: Change = {
        do: 'allocate',
        allocation: anAllocation('r1', 'v1', { id: 'r1.3', generation: 3 }),
      };
      expect(await codeOf(apply(store, second))).not.toBe('none');
      await apply(store, { do: 'setAllocation', id: 'r1.1', set: { endedAt: 2 } }, second);
      expect(await store.read.holdings('v1')).toHaveLength(2);
    });

    it('a resource has one live operation', async () => {
      await furnish(store);
      await apply(store, { do: 'createOperation', operation: anOperation('o1', 'r1') });
      const second: Change = { do: 'createOperation', operation: anOperation('o2', 'r1') };
      expect(await codeOf(apply(store, second))).not.toBe('none');
      await apply(
        store,
        { do: 'setOperation', id: 'o1', set: { outcome: 'superseded', finishedAt: 2 } },
        second,
      );
    });

    it('two live resources cannot have the same name', async () => {
      await furnish(store);
      const same: Change = { do: 'createResource', resource: aResource('r9', { name: 'pool-r1' }) };
      expect(await codeOf(apply(store, same))).not.toBe('none');
      await apply(
        store,
        { do: 'setResource', id: 'r1', set: { status: 'destroyed', destroyedAt: 2 } },
        same,
      );
      expect((await store.read.resource('pool-r1'))!.resource.id).toBe('r9');
    });
  });

  describe(`${name}: counters`, () => {
    /** A small linear congruential generator: the same changes every time. */
    const chance = (seed: number) => () =>
      (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
    const STATUSES: ResourceStatus[] = [
      'provisioning',
      'dirty',
      'cleaning',
      'available',
      'allocated',
      'quarantined',
      'destroying',
    ];
    const ADMIN = ['in_service', 'maintenance', 'draining'] as const;

    it('always equal a recount', async () => {
      const next = chance(7);
      const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
      const ids = Array.from({ length: 20 }, (_, index) => `r${index + 1}`);
      await apply(
        store,
        ...makePool(),
        ...ids.map((id): Change => ({ do: 'createResource', resource: aResource(id) })),
      );
      for (let round = 0; round < 60; round += 1) {
        const set = {
          status: pick(STATUSES),
          adminState: pick(ADMIN),
          heldFor: pick([null, 'v1', 'v2']),
        };
        await apply(
          store,
          { do: 'setResource', id: pick(ids), set },
          { do: 'setResource', id: pick(ids), set: { status: pick(STATUSES) } },
        );
        const recount: Record<string, number> = {};
        for (const { resource } of await store.read.resources({}, { after: null, limit: 100 })) {
          const key = [resource.status, resource.adminState, resource.heldFor !== null].join();
          recount[key] = (recount[key] ?? 0) + 1;
        }
        expect(
          Object.fromEntries(
            (await store.read.counts()).map(({ status, adminState, held, count }) => [
              [status, adminState, held].join(),
              count,
            ]),
          ),
        ).toEqual(recount);
      }
    });
  });

  describe(`${name}: facts`, () => {
    it('are claimed once: of several writers one wins, and all get its value', async () => {
      const stores = [store, connect(), connect()];
      const said = await Promise.all(
        stores.map((each, index) => each.claimMetadata('id', `of ${index}`)),
      );
      expect(new Set(said).size).toBe(1);
      expect(await store.metadata('id')).toBe(said[0]);
      expect(await store.metadata('other')).toBeNull();
    });

    it('can be set any number of times', async () => {
      await store.setMetadata('a', '1');
      await store.setMetadata('a', '2');
      expect(await store.metadata('a')).toBe('2');
    });

    it('tell when a job was last alive', async () => {
      await store.beat('expire');
      clock.advance(5);
      await store.beat('verify');
      expect(await store.heartbeats()).toEqual({ expire: clock.at - 5, verify: clock.at });
    });
  });

  describe(`${name}: changes are told`, () => {
    /** Resolves at the next call of the listener. */
    const told = (each: Store) =>
      new Promise<void>((resolve) => {
        const stop = each.onChange(() => {
          stop();
          resolve();
        });
      });

    it('to this connection and to another', async () => {
      const both = Promise.all([told(store), told(connect())]);
      await apply(store, EVENT);
      await both;
    });

    it('only to those whom they concern', async () => {
      // Whoever is told of a commit is told in the next turn.
      const turn = () => new Promise((resolve) => setImmediate(resolve));
      await furnish(store);
      await turn();
      const calls: string[] = [];
      const stops = (['reservations', 'work', undefined] as const).map((concern) =>
        store.onChange(() => calls.push(concern ?? 'all'), concern),
      );
      const after = async (change: Change) => {
        calls.length = 0;
        await apply(store, change);
        await turn();
        return calls;
      };
      const ended = { type: 'reservation.ended', reservationId: 'v1', userId: 'u1' } as const;
      expect(await after({ do: 'append', event: ended })).toEqual(['reservations', 'all']);
      const due = { status: 'dirty', dueAt: clock.at } as const;
      expect(await after({ do: 'setResource', id: 'r1', set: due })).toEqual(['work', 'all']);
      expect(await after(EVENT)).toEqual(['all']);
      stops.forEach((stop) => stop());
    });

    it('but not when a decision changed nothing: nobody is woken to look again', async () => {
      let calls = 0;
      const stop = store.onChange(() => (calls += 1));
      await store.transact(NOTHING, () => nothing(null));
      await store.transact(NOTHING, () => nothing(null));
      expect(calls).toBe(0);
      const next = told(store);
      await apply(store, EVENT);
      await next;
      expect(calls).toBe(1);
      stop();
    });
  });
}
