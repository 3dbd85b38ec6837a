import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../helpers/engine';
import { ServerProcess } from '../helpers/process';
import { Witness } from './helpers/acknowledged';
import { Rows, unsound } from './helpers/database';
import { pause, say, size, soak } from './helpers/soak';
import { straceOf } from './helpers/trace';

const FAULTS = size('FAULTS', 200);
const CLIENTS = size('FAULT_CLIENTS', 8);
/** Longest time for that many faults to occur, in ms. */
const PATIENCE = size('FAULT_PATIENCE_MS', 120_000);
const RECOVERY = 5_000;
const POOLS = 'pools: [{ name: accounts, kind: account, driver: simulated, size: 12 }]';

interface Trouble {
  name: string;
  /** In strace(1)'s notation, each thread counting for itself. */
  inject: string[];
}

const SINGLE: Trouble[] = [
  { name: 'EIO at fsync', inject: ['fsync,fdatasync:error=EIO:when=3+7'] },
  { name: 'ENOSPC at write', inject: ['pwrite64:error=ENOSPC:when=5+41'] },
];
const LASTING: Trouble[] = [
  { name: 'a disk that fails', inject: ['fsync,fdatasync:error=EIO'] },
  { name: 'a disk that is full', inject: ['pwrite64:error=ENOSPC'] },
];

const injected = (trace: string): number =>
  readFileSync(trace, 'latin1').split('(INJECTED)').length - 1;

async function loaded() {
  const server = await ServerProcess.start({ pools: POOLS });
  const token = await server.setUp();
  const witnesses = Array.from({ length: CLIENTS }, () => new Witness(token, 'accounts'));
  const working = witnesses.map((witness) => witness.work(server.http));
  const trace = join(temporaryDirectory(), 'trace');
  const files = ['holdfast.db', 'holdfast.db-wal'].map((name) => join(server.dataDir, name));
  return { server, token, witnesses, working, trace, files };
}

/** Nothing that was answered with success is missing, and nothing is damaged. */
function expectSound(dataDir: string, witnesses: Witness[]): void {
  const rows = new Rows(dataDir, false);
  expect({
    unsound: unsound(rows),
    lost: witnesses.flatMap((witness) => witness.lost(rows)),
  }).toEqual({ unsound: [], lost: [] });
  rows.close();
}

function statuses(witnesses: Witness[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of witnesses.flatMap(({ answers }) => answers))
    counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

soak('a disk with faults', () => {
  test.each(SINGLE)(
    `$name, at ${FAULTS} moments: every success is on the disk`,
    async ({ name, inject }) => {
      const { server, witnesses, working, trace, files } = await loaded();
      const strace = straceOf(server.pid, trace, files, { inject });
      await strace.attached;
      const queueTimeout = performance.now() + PATIENCE;
      while (injected(trace) < FAULTS && performance.now() < queueTimeout) await pause(200);
      strace.child.kill('SIGINT');
      await strace.ended;
      const calm = Date.now();
      await pause(RECOVERY);
      const late = witnesses
        .flatMap(({ answers }) => answers)
        .filter(({ at, status }) => at > calm + RECOVERY - 1_000 && status >= 500);
      witnesses.forEach((witness) => witness.stop());
      await Promise.all(working);
      await server.kill();
      say(
        `disk faults, ${name}: ${injected(trace)} faults, answers ${JSON.stringify(statuses(witnesses))}`,
      );
      expect(injected(trace)).toBeGreaterThanOrEqual(FAULTS);
      expect(late).toEqual([]);
      expect(
        Object.keys(statuses(witnesses))
          .map(Number)
          .filter((status) => ![201, 202, 204, 503].includes(status)),
      ).toEqual([]);
      expectSound(server.dataDir, witnesses);
    },
  );

  test.each(LASTING)(
    '$name: 503 meanwhile, and service by itself within 5 s after',
    async ({ name, inject }) => {
      const { server, witnesses, working, trace, files } = await loaded();
      await server.until('ready', async () => (await server.http.get('/readyz')).status === 200);
      const strace = straceOf(server.pid, trace, files, { inject });
      await strace.attached;
      const begun = Date.now();
      await pause(3_000);
      const during = await server.http.get('/readyz');
      const calm = Date.now();
      strace.child.kill('SIGINT');
      await strace.ended;
      await pause(RECOVERY + 1_000);
      const ready = await server.http.get('/readyz');
      witnesses.forEach((witness) => witness.stop());
      await Promise.all(working);
      await server.kill();
      const answers = witnesses.flatMap((witness) => witness.answers);
      const first =
        Math.min(
          ...answers.filter(({ at, status }) => at > calm && status < 300).map(({ at }) => at),
        ) - calm;
      say(
        `disk faults, ${name}: ${injected(trace)} faults, answers ` +
          `${JSON.stringify(statuses(witnesses))}, first success ${first} ms after`,
      );
      expect(during).toMatchObject({
        status: 503,
        body: { failing: ['the database cannot be written'] },
      });
      expect(
        answers.filter(({ at, status }) => at > begun + 500 && at < calm && status < 300),
      ).toEqual([]);
      expect(first).toBeLessThan(RECOVERY);
      expect(ready).toMatchObject({ status: 200 });
      expectSound(server.dataDir, witnesses);
    },
  );
});
