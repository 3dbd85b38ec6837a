import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { whenDone } from '../helpers/cleanups';
import { temporaryDirectory } from '../helpers/engine';
import { ready } from '../helpers/outputs';
import { ServerProcess } from '../helpers/process';

jest.setTimeout(90_000);

// These tests mostly wait, each for a server of its own: they do so side by side.

/** A claim lasts for half an hour here: whoever waits for its end is never seen by a test. */
const SLOW =
  'pools: [{ name: vms, kind: vm, driver: simulated, size: 1, cleaning: { deadline: 10m }, ' +
  'settings: { latencyMs: 2000 } }]';

/** On SIGUSR2, the thread of the job `reconcile` ends in the middle of whatever it does. */
const KILLER = `
  const threads = require('node:worker_threads');
  if (threads.isMainThread) {
    let reconcile;
    threads.Worker = class extends threads.Worker {
      constructor(path, options) {
        super(path, options);
        if (options.workerData.job === 'reconcile') reconcile = this;
      }
    };
    process.on('SIGUSR2', () => void reconcile.terminate());
  }
`;

/**
 * The thread of the job \`verify\` does not hear that it is to stop, and would never end. The ten
 * seconds that it has for that are four here.
 */
const DEAFENER = `
  const { isMainThread, parentPort, workerData } = require('node:worker_threads');
  const { setTimeout } = globalThis;
  if (isMainThread)
    globalThis.setTimeout = (then, ms, ...more) =>
      setTimeout(then, ms === 10_000 ? 4_000 : ms, ...more);
  else if (workerData.job === 'verify') {
    parentPort.on = () => parentPort;
    setInterval(() => {}, 1_000);
  }
`;

/** The thread of the job `verify` dies as soon as it starts. */
const DYING = `
  const { isMainThread, workerData } = require('node:worker_threads');
  if (!isMainThread && workerData.job === 'verify') throw new Error('stillborn');
`;

/** A server whose every thread loads `hook` first. */
function start(hook: string, pools: string): Promise<ServerProcess> {
  const file = join(temporaryDirectory(), 'hook.cjs');
  writeFileSync(file, hook);
  return ServerProcess.start({ pools, nodeOptions: ['--require', file] });
}

interface Row {
  id: string;
  attempt: number;
  outcome: string | null;
  claimed: number;
}

/** The first operation, which makes the one resource, read from the database itself. */
function watched(server: ServerProcess): () => Row | undefined {
  const db = new Database(join(server.dataDir, 'holdfast.db'), { readonly: true });
  whenDone(() => void db.close());
  const rows = db.prepare<[], Row>(
    'select id, attempt, outcome, claimed_until > 0 as claimed from operations order by id limit 1',
  );
  return () => rows.get();
}

test.concurrent(
  'a job whose thread ends is started again, and takes up what it had under way',
  async () => {
    const server = await start(KILLER, SLOW);
    const operation = watched(server);
    const first = await server.until('a call under way', async () => {
      const row = operation();
      return row?.claimed === 1 && row;
    });
    expect(first).toMatchObject({ attempt: 1, outcome: null });
    server.signal('SIGUSR2');
    const last = await server.until('the call made', async () => {
      const row = operation();
      return row?.outcome === 'done' && row;
    });
    expect(last).toMatchObject({ id: first.id, attempt: 2 });
    await server.until('available', async () => {
      const vm = await server.store.read.resource('vms-1');
      return vm?.resource.status === 'available';
    });
    await server.stop();
  },
);

test.concurrent('a job that dies again and again is started ever more seldom', async () => {
  const server = await start(DYING, 'pools: []');
  const failures = () =>
    server.log.lines.filter(({ msg, job }) => msg === 'job failed' && job === 'verify');
  await server.log.line(({ restartAfterMs }) => restartAfterMs === 4_000, 'a third end');
  expect(failures()).toMatchObject(
    [1_000, 2_000, 4_000].map((restartAfterMs) => {
      return { restartAfterMs, err: { message: 'stillborn' } };
    }),
  );
  const [first, second, third] = failures().map(({ time }) => Number(time));
  expect(second! - first!).toBeGreaterThanOrEqual(1_000);
  expect(third! - second!).toBeGreaterThanOrEqual(2_000);
  await server.stop();
});

test.concurrent(
  'a job that does not hear that it is to stop is ended, and the server stops cleanly',
  async () => {
    const server = await start(DEAFENER, 'pools: []');
    await ready(server.url);
    await server.stop();
    expect(server.log.lines.filter(({ level }) => Number(level) >= 50)).toMatchObject([
      { msg: 'jobs did not stop in time and were terminated', jobs: ['verify'] },
      { msg: 'job failed', job: 'verify', err: { message: expect.stringContaining('exited') } },
    ]);
  },
);
