import type { Event } from '../../src/domain/event';
import type { Engine } from '../../src/service/engine';
import { Waiting } from '../../src/service/loans/waiting';

/** Answers that are held are given on the event that they wait for; a minute is a failure here. */

const MINUTE = 60_000;

/** A store whose events a test writes, and whose readers it may hold up. */
function aStore() {
  const events: Event[] = [];
  const looks: { after: number; limit: number }[] = [];
  let changed = () => {};
  let held: { reached: () => void; gone: Promise<void> } | null = null;
  let fails = false;
  const read = {
    lastSeq: async () => events.length,
    eventNamesAfter: async (after: number, limit: number) => {
      looks.push({ after, limit });
      if (fails) throw new Error('busy');
      const found = events.slice(after, after + limit);
      const stop = held;
      held = null;
      stop?.reached();
      await stop?.gone;
      return found;
    },
  };
  const onChange = (listener: () => void) => {
    changed = listener;
    return () => (changed = () => {});
  };
  return {
    engine: { store: { read, onChange } } as unknown as Engine,
    looks,
    /** Commits events of these reservations. */
    commit: (ids: (string | null)[], type: Event['type'] = 'reservation.active') => {
      for (const reservationId of ids)
        events.push({ seq: events.length + 1, type, reservationId } as Event);
      changed();
    },
    /** Holds up the next look, after it has read. */
    hold: () => {
      let release = () => {};
      const gone = new Promise<void>((resolve) => (release = resolve));
      const reached = new Promise<void>((resolve) => (held = { reached: resolve, gone }));
      return { reached, release: () => release() };
    },
    fail: (now: boolean) => (fails = now),
  };
}

/** A caller who waits for `v1`; `isDone` says whether it is there. */
async function someone(store = aStore()) {
  const waiting = new Waiting(store.engine);
  await waiting.start();
  const gone = new AbortController();
  const caller = { isDone: false, checks: 0, answered: false };
  const checked: (() => void)[] = [];
  const until = (id = 'v1', timeout = MINUTE) =>
    waiting
      .until(
        id,
        async () => {
          caller.checks += 1;
          checked.splice(0).forEach((tell) => tell());
          return caller.isDone;
        },
        timeout,
        gone.signal,
      )
      .then(() => void (caller.answered = true));
  return {
    store,
    waiting,
    caller,
    until,
    gone,
    nextCheck: () => new Promise<void>((r) => checked.push(r)),
  };
}

/** Resolves when everything that can happen by itself has happened. */
const quiet = () => new Promise<void>((resolve) => setImmediate(resolve));

it('a change of the reservation wakes its caller, and only a change of that one', async () => {
  const { store, caller, until } = await someone();
  const held = until();
  await quiet();
  store.commit(['v2', null]);
  store.commit(['v1'], 'resource.freed');
  await quiet();
  expect(caller.checks).toBe(1);
  store.commit(['v1']);
  await quiet();
  expect([caller.checks, caller.answered]).toEqual([2, false]);
  caller.isDone = true;
  store.commit(['v1']);
  await held;
});

it('a commit that comes while the events are being read is read as well', async () => {
  const { store, caller, until } = await someone();
  const held = until();
  await quiet();
  const look = store.hold();
  store.commit(['v2']);
  await look.reached;
  caller.isDone = true;
  store.commit(['v1']);
  look.release();
  await held;
  // One look after the other: none reads again what the one before it is reading.
  expect(store.looks.map(({ after }) => after)).toEqual([0, 1]);
});

it.each([499, 500, 501, 1_000, 1_001])('the last of %i events at once is seen', async (count) => {
  const { store, caller, until } = await someone();
  const held = until();
  await quiet();
  caller.isDone = true;
  store.commit([...Array.from({ length: count - 1 }, () => 'v2'), 'v1']);
  await held;
  await quiet();
  expect(store.looks.map(({ after }) => after)).toEqual(
    Array.from({ length: Math.floor(count / 500) + 1 }, (_, page) => page * 500),
  );
});

it('events are read once, and none from before anybody waited', async () => {
  const { store, caller, until } = await someone();
  store.commit(['v1', 'v1']);
  await quiet();
  expect(store.looks).toEqual([]);
  const held = until();
  await quiet();
  store.commit(['v1']);
  await quiet();
  caller.isDone = true;
  store.commit(['v1']);
  await held;
  expect(store.looks.map(({ after }) => after)).toEqual([2, 3]);
});

it('a look that fails is made up for by the next', async () => {
  const { store, caller, until } = await someone();
  const held = until();
  await quiet();
  caller.isDone = true;
  store.fail(true);
  store.commit(['v1']);
  await quiet();
  expect(caller.answered).toBe(false);
  store.fail(false);
  store.commit([]);
  await held;
});

it('a change between going to sleep and checking is not missed', async () => {
  const { store, waiting } = await someone();
  let checks = 0;
  await waiting.until(
    'v1',
    async () => {
      checks += 1;
      if (checks === 1) {
        store.commit(['v1']);
        await quiet();
      }
      return checks === 2;
    },
    MINUTE,
    new AbortController().signal,
  );
  expect(checks).toBe(2);
});

it('a caller is answered at once if nothing is to be waited for, and sleeps no longer', async () => {
  const { store, caller, until } = await someone();
  caller.isDone = true;
  await until();
  store.commit(['v1']);
  await quiet();
  expect([caller.checks, store.looks.length]).toEqual([1, 0]);
});

it('a caller is answered when the time is up, when it hangs up, and when the server stops', async () => {
  const short = await someone();
  await short.until('v1', 1);
  expect(short.caller.answered).toBe(true);

  const left = await someone();
  const abandoned = left.until();
  await quiet();
  left.gone.abort();
  await abandoned;
  await left.until();

  const stopped = await someone();
  const all = [stopped.until(), stopped.until(), stopped.until('v2')];
  await quiet();
  stopped.waiting.stop();
  await Promise.all(all);
  await stopped.until();
});

it('an error of the check is that of the call', async () => {
  const { waiting } = await someone();
  const { signal } = new AbortController();
  const held = waiting.until('v1', () => Promise.reject(new Error('busy')), 1, signal);
  await expect(held).rejects.toThrow('busy');
});
