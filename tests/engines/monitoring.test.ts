import { spawnSync } from 'node:child_process';
import { readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SimulatedCloud } from '../../src/drivers/simulated';
import { whenDone } from '../helpers/cleanups';
import { temporaryDirectory } from '../helpers/engine';
import { ready } from '../helpers/outputs';
import { ServerProcess } from '../helpers/process';
import { describeWithPrometheus, Prometheus, promtool } from '../helpers/prometheus';

/** examples/monitoring with a real Prometheus, which scrapes a real server. */

jest.setTimeout(180_000);

const EXAMPLE = resolve(__dirname, '../../examples/monitoring');
const MIB = 2 ** 20;

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 2, verification: { interval: never },
      cleaning: { retries: 0, backoff: 1s, quarantineRetry: 1h } }
  - { name: vms, kind: vm, driver: simulated, size: 1, verification: { interval: never } }
  - { name: scarce, kind: account, driver: simulated, size: 1, verification: { interval: never } }
`;

/** On SIGUSR2, the thread of the job `verify` blocks for good; every thread loads this first. */
const BLOCKER = `
  const threads = require('node:worker_threads');
  const { isMainThread, parentPort, workerData } = threads;
  if (isMainThread) {
    let verify;
    threads.Worker = class extends threads.Worker {
      constructor(path, options) {
        super(path, options);
        if (options.workerData.job === 'verify') verify = this;
      }
    };
    process.on('SIGUSR2', () => verify.postMessage('block'));
  } else if (workerData.job === 'verify')
    parentPort.on('message', (message) => {
      if (message === 'block') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });
`;

/** The rules of the example, which need not wait as long, and one that says when to begin. */
function quickRules(): string {
  const rules = readFileSync(join(EXAMPLE, 'alerts.yml'), 'utf8')
    .replaceAll(/for: \d+m/g, 'for: 1s')
    .replaceAll(/\[\d+m\]/g, '[8s]')
    .replace('> 1800', '> 4')
    .replace('_age_seconds) > 30', '_age_seconds) > 15');
  const begin = 'max(count_over_time(holdfast_pool_size[1m])) > 9';
  return `${rules}      - alert: Begin\n        expr: ${begin}\n`;
}

interface Panel {
  title: string;
  targets?: { expr: string }[];
}

/** Every query of the dashboard, with its variables filled in. */
function dashboardQueries(): { title: string; expression: string }[] {
  const { panels } = JSON.parse(readFileSync(join(EXAMPLE, 'dashboard.json'), 'utf8')) as {
    panels: Panel[];
  };
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      title,
      expression: expr
        .replaceAll('$__rate_interval', '1m')
        .replaceAll('$job', 'holdfast')
        .replaceAll('$pool', '.*'),
    })),
  );
}

/** A file system of its own, so that filling it harms nobody. */
function smallDisk(): string {
  const directory = temporaryDirectory();
  const size = `size=${64 * MIB}`;
  const mount = ['-t', 'tmpfs', '-o', size, 'tmpfs', directory];
  const { status, stderr } = spawnSync('mount', mount, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`This needs root: ${stderr}`);
  whenDone(() => void spawnSync('umount', ['-l', directory]));
  return directory;
}

describeWithPrometheus('examples/monitoring', () => {
  test('the rules and the configuration are right, and the rules pass their tests', () => {
    expect(promtool(['check', 'config', 'prometheus.yml'], '', EXAMPLE)).toContain('SUCCESS');
    expect(promtool(['check', 'rules', 'alerts.yml'], '', EXAMPLE)).toContain('7 rules found');
    expect(promtool(['test', 'rules', 'alerts.test.yml'], '', EXAMPLE)).toContain('SUCCESS');
  });

  test('each fault fires its alert, none fires before, and the dashboard shows something', async () => {
    const hook = join(temporaryDirectory(), 'hook.cjs');
    writeFileSync(hook, BLOCKER);
    const server = await ServerProcess.start({
      nodeOptions: ['--require', hook],
      dataDir: smallDisk(),
      pools: POOLS,
      env: { METRICS: '127.0.0.1:0', MIN_FREE_DISK_MB: '16' },
    });
    const { url } = await server.log.line(({ msg }) => msg === 'serving metrics', 'metrics');
    await ready(server.url);
    const token = await server.setUp();
    const lend = async (pool: string) => {
      const body = { items: [{ pool }] };
      const answer = await server.http.post('/v1/reservations?wait=30', { body, token });
      return (answer.body as { id: string }).id;
    };
    const giveBack = async (id: string) => {
      const { status } = await server.http.delete(`/v1/reservations/${id}`, { token });
      expect(status).toBe(204);
    };
    const held = await lend('scarce');
    await giveBack(await lend('lab'));
    const prometheus = await Prometheus.start(new URL(url as string).host, quickRules());
    await giveBack(await lend('lab'));
    await prometheus.fires('Begin');
    expect(await prometheus.firing()).toEqual(['Begin']);
    expect(promtool(['check', 'metrics'], await (await fetch(url as string)).text())).toBe('');
    for (const { title, expression } of dashboardQueries())
      expect({ title, shows: (await prometheus.query(expression)).length > 0 }).toEqual({
        title,
        shows: true,
      });

    server.signal('SIGUSR2');
    const cloud = SimulatedCloud.open(server.dataDir);
    whenDone(() => cloud.close());
    await cloud.failNext('lab', 'clean', 10);
    await giveBack(await lend('lab'));
    await prometheus.fires('HoldfastQuarantine lab');
    await cloud.setBackendDown('vms', true);
    await giveBack(await lend('vms'));
    await prometheus.fires('HoldfastBackEndFailing vms');
    await prometheus.fires('HoldfastDirtyTooLong vms');
    await server.http.post('/v1/reservations', { body: { items: [{ pool: 'scarce' }] }, token });
    await prometheus.fires('HoldfastQueueStuck scarce');
    await prometheus.fires('HoldfastJobSilent');
    const { bavail, bsize } = statfsSync(server.dataDir);
    writeFileSync(join(server.dataDir, 'ballast'), Buffer.alloc(bavail * bsize - 8 * MIB));
    await prometheus.fires('HoldfastDiskFull');
    expect(await prometheus.firing()).toEqual(
      [
        'Begin',
        'HoldfastBackEndFailing vms',
        'HoldfastDirtyTooLong vms',
        'HoldfastDiskFull',
        'HoldfastJobSilent',
        'HoldfastQuarantine lab',
        'HoldfastQueueStuck scarce',
      ].sort(),
    );
    expect(held).not.toBe('');
    await server.kill();
    await prometheus.fires('HoldfastDown');
  });
});
