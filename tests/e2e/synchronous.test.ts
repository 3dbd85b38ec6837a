import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JOB_NAMES } from '../../src/service/jobs/jobs';
import { temporaryDirectory } from '../helpers/engine';
import { ready } from '../helpers/outputs';
import { ServerProcess } from '../helpers/process';

jest.setTimeout(60_000);

const LAB = 'pools: [{ name: lab, kind: account, driver: simulated, size: 2 }]';

/** What one connection of the server reported when it was closed, after all its writes. */
interface Connection {
  file: string;
  /** The job whose thread it was, or main. */
  thread: string;
  synchronous: number;
  /** Rows that it wrote. */
  written: number;
}

/**
 * Loaded before the server, into its main thread and every worker: any connection, however it is
 * opened, reports its settings when it is closed.
 */
function witness(report: string): string {
  return `
    const { appendFileSync } = require('node:fs');
    const { isMainThread, workerData } = require('node:worker_threads');
    const Database = require(${JSON.stringify(require.resolve('better-sqlite3'))});
    const { close } = Database.prototype;
    Database.prototype.close = function () {
      if (this.open) {
        const thread = isMainThread ? 'main' : workerData.job;
        const synchronous = this.pragma('synchronous', { simple: true });
        const written = this.prepare('SELECT total_changes()').pluck().get();
        const seen = { file: this.name, thread, synchronous, written };
        appendFileSync(${JSON.stringify(report)}, JSON.stringify(seen) + '\\n');
      }
      return close.call(this);
    };`;
}

async function connectionsOfALoan(): Promise<Connection[]> {
  const directory = temporaryDirectory();
  const [hook, report] = [join(directory, 'witness.js'), join(directory, 'connections')];
  writeFileSync(hook, witness(report));
  const server = await ServerProcess.start({ pools: LAB, nodeOptions: ['--require', hook] });
  const token = await server.setUp();
  const lent = await server.http.post('/v1/reservations?wait=60', {
    token,
    body: { items: [{ pool: 'lab' }], durationSeconds: 1 },
  });
  expect(lent.status).toBe(201);
  await server.until('expired and cleaned', async () => {
    const { counts } = (await server.http.get('/v1/pools/lab', { token })).body;
    return counts.available === 2;
  });
  // Every job has ticked.
  await ready(server.url);
  await server.stop();
  const lines = readFileSync(report, 'utf8').trim().split('\n');
  return lines
    .map((line) => JSON.parse(line) as Connection)
    .filter(({ file }) => file !== ':memory:');
}

/** The simulated driver's resources stand for something elsewhere. */
const ELSEWHERE = 'simulated.db';

test(
  'every connection of a running server, worker threads included, syncs every commit, ' +
    'even after it has written',
  async () => {
    const connections = await connectionsOfALoan();
    expect(
      connections.filter(({ file, synchronous }) => synchronous !== 2 && !file.endsWith(ELSEWHERE)),
    ).toEqual([]);
    const wrote = new Set(
      connections
        .filter(({ file, written }) => file.endsWith('holdfast.db') && written > 0)
        .map(({ thread }) => thread),
    );
    expect([...wrote].sort()).toEqual(['main', ...JOB_NAMES].sort());
  },
);
