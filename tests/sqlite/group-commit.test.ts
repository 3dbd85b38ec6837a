import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { GroupCommit, type GroupCommitOptions } from '../../src/sqlite/group-commit';
import { LockWaiters } from '../../src/sqlite/lock-waiters';
import { openDatabase } from '../../src/sqlite/open';

let dir: string;
let connection: Database.Database;
let other: Database.Database;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-group-'));
  connection = openDatabase(join(dir, 'a.db'), { timeoutMs: 0 });
  other = openDatabase(join(dir, 'a.db'), { timeoutMs: 1_000 });
  connection.exec(`
    CREATE TABLE parents (id INTEGER PRIMARY KEY);
    CREATE TABLE rows (
      n INTEGER UNIQUE,
      parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED
    )`);
});
afterEach(() => {
  connection.close();
  other.close();
  rmSync(dir, { recursive: true, force: true });
});

const insert = (n: number, parent: number | null = null) =>
  connection.prepare('INSERT INTO rows VALUES (?, ?)').run(n, parent);
const committed = () => other.prepare('SELECT n FROM rows ORDER BY n').pluck().all();

function failing(code: string): never {
  throw Object.assign(new Error(`made up ${code}`), { code });
}

/** The number of commits and the content of each batch, counted by the hooks. */
function counting(options: GroupCommitOptions<number> = {}) {
  let begun = 0;
  let commits = 0;
  const group = new GroupCommit<number>(connection, {
    ...options,
    onBegin: () => ++begun,
    onCommit: () => commits++,
  });
  return { group, commits: () => commits, begun: () => begun };
}

test('tasks of one turn share one transaction and its context; the next turn gets another', async () => {
  const { group, commits } = counting();
  const first = await Promise.all(
    [1, 2, 3].map((n) => group.run((context) => (insert(n), context))),
  );
  expect(first).toEqual([1, 1, 1]);
  await expect(group.run((context) => context)).resolves.toBe(2);
  expect(commits()).toBe(2);
  expect(committed()).toEqual([1, 2, 3]);
});

test('what a task queues while it runs joins its batch', async () => {
  const { group, commits } = counting();
  let follower: Promise<number> | null = null;
  const context = await group.run((of) => {
    insert(1);
    follower = group.run((ofFollower) => (insert(2), ofFollower));
    return of;
  });
  await expect(follower).resolves.toBe(context);
  expect(commits()).toBe(1);
  expect(committed()).toEqual([1, 2]);
});

test('a follower that throws after it has written is undone alone', async () => {
  const { group } = counting();
  const followers: Promise<unknown>[] = [];
  const spoil = () => {
    insert(2);
    throw new Error('no');
  };
  await group.run(() => {
    insert(1);
    if (followers.length === 0)
      followers.push(
        group.run(spoil),
        group.run(() => insert(3)),
      );
  });
  const results = await Promise.allSettled(followers);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(committed()).toEqual([1, 3]);
});

test('nothing is answered before the COMMIT, and onCommit comes before the answers', async () => {
  const order: string[] = [];
  const group = new GroupCommit(connection, {
    onCommit: () => order.push(`committed ${committed().length}`),
  });
  const works = [1, 2].map((n) =>
    group
      .run(() => {
        insert(n);
        order.push(`ran ${n}, visible ${committed().length}`);
      })
      .then(() => order.push(`answered ${n}`)),
  );
  await Promise.all(works);
  expect(order).toEqual([
    'ran 1, visible 0',
    'ran 2, visible 0',
    'committed 2',
    'answered 1',
    'answered 2',
  ]);
});

test('a task that throws is undone alone; its neighbours commit', async () => {
  const { group, commits } = counting();
  const results = await Promise.allSettled([
    group.run(() => insert(1)),
    group.run(() => {
      insert(2);
      throw new Error('no');
    }),
    group.run(() => insert(1)),
    group.run(() => insert(3)),
  ]);
  expect(results.map((result) => result.status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ]);
  expect(committed()).toEqual([1, 3]);
  // Each for itself, after the batch that the second one had poisoned.
  expect(commits()).toBe(2);
});

test('a task that throws before it has written is refused, at no cost to its neighbours', async () => {
  const { group, commits } = counting();
  const runs: number[] = [];
  const results = await Promise.allSettled([
    group.run(() => (runs.push(1), insert(1))),
    group.run(() => {
      throw new Error('no');
    }),
    group.run(() => insert(1)),
    group.run(() => (runs.push(3), insert(3))),
  ]);
  expect(results.map((result) => result.status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ]);
  expect(committed()).toEqual([1, 3]);
  expect({ runs, commits: commits() }).toEqual({ runs: [1, 3], commits: 1 });
});

test('tasks after a poisoned batch form one batch again, and nothing is lost or done twice', async () => {
  const { group, commits } = counting();
  const spoil = () => {
    insert(2);
    throw new Error('no');
  };
  const first = [group.run(() => insert(1)), group.run(spoil), group.run(() => insert(3))];
  await Promise.allSettled(first);
  await Promise.all([4, 5, 6].map((n) => group.run(() => insert(n))));
  expect(committed()).toEqual([1, 3, 4, 5, 6]);
  expect(commits()).toBe(3);
});

test('a nested transaction of the library works inside a task', async () => {
  const { group } = counting();
  await group.run(() => connection.transaction(() => insert(9))());
  expect(committed()).toEqual([9]);
});

test('an asynchronous task is refused and undone', async () => {
  const { group } = counting();
  const refused = group.run(async () => insert(1));
  await expect(refused).rejects.toThrow('must be synchronous');
  expect(committed()).toEqual([]);
});

test('a failed COMMIT fails the whole batch, and the next batch works', async () => {
  const { group, commits } = counting();
  const results = await Promise.allSettled([
    group.run(() => insert(1)),
    group.run(() => insert(2, 77)),
    group.run(() => insert(3)),
  ]);
  expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect((results[0] as PromiseRejectedResult).reason).toMatchObject({
    code: 'SQLITE_CONSTRAINT_FOREIGNKEY',
  });
  expect(commits()).toBe(0);
  await group.run(() => insert(4));
  expect(committed()).toEqual([4]);
});

test.each(['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_CORRUPT'])(
  '%s in a task fails the whole batch',
  async (code) => {
    const { group } = counting();
    const results = await Promise.allSettled([
      group.run(() => insert(1)),
      group.run(() => failing(code)),
      group.run(() => insert(2)),
    ]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(committed()).toEqual([]);
  },
);

test('a real full disk fails the whole batch and leaves the connection usable', async () => {
  const { group } = counting();
  const pages = Number(connection.pragma('page_count', { simple: true }));
  connection.pragma(`max_page_count = ${pages}`);
  connection.exec('PRAGMA cache_size = 10');
  const fill = () => {
    for (let n = 100; n < 20_000; n++) insert(n);
  };
  const results = await Promise.allSettled([group.run(() => insert(1)), group.run(fill)]);
  expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
  expect((results[0] as PromiseRejectedResult).reason).toMatchObject({ code: 'SQLITE_FULL' });
  connection.pragma(`max_page_count = ${pages + 100}`);
  await group.run(() => insert(2));
  expect(committed()).toEqual([2]);
});

test('a hook that throws at BEGIN fails the batch and leaves no transaction open', async () => {
  const group = new GroupCommit<number>(connection, { onBegin: () => failing('CLOCK') });
  await expect(group.run(() => insert(1))).rejects.toThrow('made up CLOCK');
  expect(connection.inTransaction).toBe(false);
});

test('whoever read in a transaction that was undone is told, before anything runs again', async () => {
  const told: string[] = [];
  const group = new GroupCommit(connection, {
    onBegin: () => void told.push('begin'),
    onCommit: () => void told.push('commit'),
    onUndo: () => void told.push('undo'),
  });
  const poison = () => {
    insert(1);
    failing('LATE');
  };
  const [kept] = [group.run(() => insert(2)), expect(group.run(poison)).rejects.toThrow('LATE')];
  await kept;
  await group.idle();
  expect(told).toEqual(['begin', 'undo', 'begin', 'commit', 'begin', 'undo']);
});

test('whoever measures hears of each commit, with its tasks, and of nothing that was undone', async () => {
  const heard: number[] = [];
  const { group } = counting({
    onMeasured: (tasks, ms) => void heard.push(ms >= 0 ? tasks : NaN),
  });
  await Promise.all([1, 2, 3].map((n) => group.run(() => insert(n))));
  await expect(group.run(() => (insert(4), failing('SQLITE_FULL')))).rejects.toThrow('made up');
  await group.run(() => insert(5));
  expect(heard).toEqual([3, 1]);
});

test('a batch holds at most maxBatch tasks; the rest follow in order', async () => {
  const { group, commits } = counting({ maxBatch: 4 });
  const contexts = await Promise.all(
    Array.from({ length: 10 }, (_, n) => group.run((context) => (insert(n), context))),
  );
  expect(contexts).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3]);
  expect(commits()).toBe(3);
});

test(
  'while another connection holds the lock, the event loop continues, and the task ' +
    'runs afterwards',
  async () => {
    const { group } = counting();
    other.exec('BEGIN IMMEDIATE');
    const waiting = group.run(() => insert(1));
    // Turns of the event loop pass until the task has surely met the lock: it cannot have been
    // answered.
    const turns: number[] = [];
    for (let turn = 0; turn < 50; turn++)
      turns.push(await new Promise<number>((resolve) => setImmediate(resolve, turn)));
    expect(turns).toHaveLength(50);
    other.exec('COMMIT');
    await waiting;
    expect(committed()).toEqual([1]);
  },
);

test('a task that waits for a lock retries as soon as it hears that the lock may be free', async () => {
  const { group } = counting();
  other.exec('BEGIN IMMEDIATE');
  const paused = new Promise<void>((resolve) => {
    jest.spyOn(global, 'setTimeout').mockImplementationOnce(() => {
      resolve();
      return {} as NodeJS.Timeout;
    });
  });
  const written = group.run(() => insert(1));
  await paused;
  other.exec('COMMIT');
  group.retry();
  await written;
  expect(committed()).toEqual([1]);
  jest.restoreAllMocks();
});

test('past the deadline, a locked database is SQLITE_BUSY, and later tasks succeed', async () => {
  const { group } = counting({ busyDeadlineMs: 20 });
  other.exec('BEGIN IMMEDIATE');
  const results = await Promise.allSettled([
    group.run(() => insert(1)),
    group.run(() => insert(2)),
  ]);
  for (const result of results)
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'SQLITE_BUSY' } });
  other.exec('ROLLBACK');
  await group.idle();
  await group.run(() => insert(3));
  expect(committed()).toEqual([3]);
});

test(
  'idle resolves at once without tasks, otherwise when all are done, including those ' +
    'they queued',
  async () => {
    const { group } = counting({ maxBatch: 1 });
    await group.idle();
    void group.run(() => {
      insert(1);
      void group.run(() => insert(2));
    });
    await group.idle();
    expect(committed()).toEqual([1, 2]);
  },
);

test('two groups on two connections both finish', async () => {
  const busy = openDatabase(join(dir, 'a.db'), { timeoutMs: 0 });
  const groups = [new GroupCommit(connection), new GroupCommit(busy)];
  const into = [connection, busy].map((each) => each.prepare('INSERT INTO rows (n) VALUES (?)'));
  await Promise.all(
    Array.from({ length: 400 }, (_, n) => groups[n % 2]!.run(() => into[n % 2]!.run(n))),
  );
  expect(committed()).toHaveLength(400);
  busy.close();
});

test(
  'a yielding connection leaves the lock free for as long as it held it; tasks ' +
    'meanwhile share a batch',
  async () => {
    const { group, commits } = counting({ yields: true });
    const busy = () => {
      const end = performance.now() + 10;
      while (performance.now() < end);
      return end;
    };
    const ended = await group.run(busy);
    const works = [1, 2].map((n) => group.run(() => (insert(n), performance.now())));
    await new Promise((resolve) => setImmediate(resolve));
    works.push(group.run(() => (insert(3), performance.now())));
    other.prepare('INSERT INTO rows VALUES (4, NULL)').run();
    const begun = await Promise.all(works);
    // Timers count whole milliseconds.
    expect(Math.min(...begun) - ended).toBeGreaterThan(8);
    expect(commits()).toBe(2);
    expect(committed()).toEqual([1, 2, 3, 4]);
  },
);

describe('among connections that know who waits', () => {
  /** Holds the lock for a while, so that a rest after it would be long. */
  const busy = () => {
    for (const end = performance.now() + 15; performance.now() < end;);
  };

  it('a yielding one rests only while another waits, and until that has committed', async () => {
    const waiters = new LockWaiters();
    const { group } = counting({ yields: true, waiters });
    const timers = jest.spyOn(globalThis, 'setTimeout');
    const restsAfterBusy = async () => {
      await group.run(busy);
      timers.mockClear();
      const next = group.run(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
      const rests = timers.mock.calls.map(([, ms]) => ms);
      // The other connection has committed.
      group.retry();
      await next;
      return rests;
    };
    expect(await restsAfterBusy()).toEqual([]);
    waiters.add(1);
    expect(await restsAfterBusy()).toEqual([expect.any(Number)]);
    timers.mockRestore();
  });

  it('one counts as waiting while the lock is held by another, and no longer', async () => {
    const waiters = new LockWaiters();
    const { group } = counting({ waiters, busyDeadlineMs: 5_000 });
    other.exec('BEGIN IMMEDIATE');
    const task = group.run(() => insert(1));
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(waiters.any()).toBe(true);
    other.exec('COMMIT');
    group.retry();
    await task;
    expect(waiters.any()).toBe(false);
  });

  it('one that gives up waits no more', async () => {
    const waiters = new LockWaiters();
    const { group } = counting({ waiters, busyDeadlineMs: 1 });
    other.exec('BEGIN IMMEDIATE');
    await expect(group.run(() => insert(1))).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
    await group.idle();
    other.exec('ROLLBACK');
    expect(waiters.any()).toBe(false);
  });

  it('the count is shared through memory', () => {
    const waiters = new LockWaiters();
    new LockWaiters(waiters.memory).add(1);
    expect(waiters.any()).toBe(true);
  });
});
