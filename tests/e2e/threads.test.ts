import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { ResourceLimits } from 'node:worker_threads';
import { temporaryDirectory } from '../helpers/engine';
import { ready } from '../helpers/outputs';
import { ROOT, ServerProcess } from '../helpers/process';

jest.setTimeout(60_000);

/**
 * Every thread records, as it happens, that it exists and that it is up, and at its end what it has
 * loaded.
 */
const HOOK = `
  const { isMainThread, parentPort, resourceLimits, workerData } = require('node:worker_threads');
  const { appendFileSync, writeFileSync } = require('node:fs');
  const { join } = require('node:path');
  const name = isMainThread ? 'main' : workerData.job;
  const note = (what) => appendFileSync(join(__dirname, 'order'), what + ' ' + name + '\\n');
  note('there');
  if (parentPort) {
    const { postMessage } = parentPort;
    parentPort.postMessage = (message) => {
      note(message);
      postMessage.call(parentPort, message);
    };
  }
  process.on('exit', () => {
    const report = { modules: Object.keys(require.cache), limits: resourceLimits };
    writeFileSync(join(__dirname, name + '.json'), JSON.stringify(report));
  });
`;

/** The database, the log, and ids. */
const NEEDED = ['better-sqlite3', 'canonicalize', 'drizzle-orm', 'pino', 'uuidv7'];
/** The packages that pino loads. */
const OF_PINO = [
  '@pinojs/redact',
  'atomic-sleep',
  'on-exit-leak-free',
  'pino-std-serializers',
  'quick-format-unescaped',
  'real-require',
  'safe-stable-stringify',
  'sonic-boom',
  'thread-stream',
];
const LIBRARY = '@prometheus-io/client';
const FOLDERS = [
  'src',
  'src/backup',
  'src/crypto',
  'src/domain',
  // `prune` counts what it forgets.
  'src/domain/history',
  'src/domain/lifecycle',
  'src/domain/loans',
  // A deleted user leaves once their loans are over.
  'src/domain/people',
  'src/domain/pools',
  'src/domain/queue',
  'src/domain/returns',
  'src/domain/webhooks',
  'src/drivers',
  'src/service',
  // A webhook gets events as the API shows them.
  'src/service/events',
  'src/service/installation',
  'src/service/jobs',
  'src/service/lifecycle',
  'src/service/loans',
  'src/service/pools',
  'src/service/webhooks',
  'src/sqlite',
  'src/store',
  'src/store/sqlite',
  'src/store/sqlite/loads',
  'src/store/sqlite/queries',
  'src/store/sqlite/reads',
];

interface Thread {
  /** Packages. */
  packages: Set<string>;
  /** Folders of the project. */
  folders: Set<string>;
  /** Of its heap, in MB. */
  limits: ResourceLimits;
}

interface Run {
  threads: Record<string, Thread>;
  /** The events, in order. */
  order: string[];
}

/** The threads of a server that became ready and stopped. */
async function run(pools: string, env: Record<string, string> = {}): Promise<Run> {
  const directory = temporaryDirectory();
  const hook = join(directory, 'hook.cjs');
  writeFileSync(hook, HOOK);
  const server = await ServerProcess.start({ pools, env, nodeOptions: ['--require', hook] });
  await ready(server.url);
  await server.stop();
  const reports = readdirSync(directory).filter((name) => name.endsWith('.json'));
  const threads = Object.fromEntries(
    reports.map((name) => [
      name.replace('.json', ''),
      threadOf(readFileSync(join(directory, name), 'utf8')),
    ]),
  );
  return { threads, order: readFileSync(join(directory, 'order'), 'utf8').trim().split('\n') };
}

function threadOf(report: string): Thread {
  const { modules, limits } = JSON.parse(report) as { modules: string[]; limits: ResourceLimits };
  return { ...sorted(modules), limits };
}

function sorted(files: string[]): Pick<Thread, 'packages' | 'folders'> {
  const [packages, folders] = [new Set<string>(), new Set<string>()];
  for (const file of files) {
    const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file.replaceAll(sep, '/')) ?? [];
    if (name !== undefined) packages.add(name);
    else if (file.startsWith(join(ROOT, 'dist', 'src')))
      folders.add(relative(join(ROOT, 'dist'), join(file, '..')));
  }
  return { packages, folders };
}

const beyond = (found: Set<string>, expected: string[]) =>
  [...found].filter((each) => !expected.includes(each)).sort();

/** Of a server without work. */
let idle: Run;
beforeAll(async () => void (idle = await run('pools: []', { BACKUP_DIR: temporaryDirectory() })));

/**
 * Every module that a thread loads takes up its memory and delays its start: each thread has its
 * own copy.
 */
describe('a job thread loads only what it needs', () => {
  test('without work: no driver, no schema, nothing of the HTTP side', () => {
    const { threads } = idle;
    expect(Object.keys(threads).sort()).toEqual([
      'backup',
      'expire',
      'main',
      'prune',
      'reconcile',
      'rotate',
      'verify',
      'webhooks',
    ]);
    expect([...threads.main!.packages]).toEqual(
      expect.arrayContaining(['express', 'zod', ...NEEDED]),
    );
    for (const [name, { packages, folders }] of Object.entries(threads).filter(
      ([job]) => job !== 'main',
    )) {
      expect({ name, missing: NEEDED.filter((each) => !packages.has(each)) }).toEqual({
        name,
        missing: [],
      });
      expect({ name, packages: beyond(packages, [...NEEDED, ...OF_PINO]) }).toEqual({
        name,
        packages: [],
      });
      expect({ name, folders: beyond(folders, FOLDERS) }).toEqual({ name, folders: [] });
    }
  });

  test('without METRICS: no thread loads the library for metrics, nor what counts', () => {
    for (const [name, { packages, folders }] of Object.entries(idle.threads))
      expect({
        name,
        loads: [packages.has(LIBRARY), folders.has('src/metrics') && name !== 'main'],
      }).toEqual({ name, loads: [false, false] });
  });

  test('with METRICS: only the main thread loads the library', async () => {
    const { threads } = await run('pools: []', { METRICS: 'true' });
    const loading = Object.entries(threads).filter(([, { packages }]) => packages.has(LIBRARY));
    expect(loading.map(([name]) => name)).toEqual(['main']);
    expect(threads.expire!.folders).toContain('src/metrics');
  });

  test('with work: the driver of the existing pool, where it is called', async () => {
    const { threads } = await run(
      'pools: [{ name: boxes, kind: container, driver: simulated, size: 1, settings: { ' +
        'opensAccess: true } }]',
    );
    const more = Object.entries(threads)
      .filter(([job]) => job !== 'main')
      .map(([job, { packages, folders }]) => [
        job,
        [...beyond(packages, [...NEEDED, ...OF_PINO]), ...beyond(folders, FOLDERS)],
      ]);
    expect(Object.fromEntries(more)).toEqual({
      expire: [],
      prune: [],
      rotate: [],
      verify: [],
      webhooks: [],
      reconcile: ['zod', 'src/drivers/simulated'],
    });
  });
});

describe('job threads', () => {
  test('have a bounded heap, and a small one if they do little at a time', () => {
    const found = Object.entries(idle.threads)
      .filter(([name]) => name !== 'main')
      .map(([name, { limits }]) => [
        name,
        [limits.maxYoungGenerationSizeMb, limits.maxOldGenerationSizeMb],
      ]);
    expect(Object.fromEntries(found)).toEqual({
      reconcile: [16, 512],
      verify: [6, 512],
      rotate: [6, 512],
      expire: [6, 512],
      prune: [6, 512],
      webhooks: [6, 512],
      backup: [6, 512],
    });
  });

  test('start with those that people wait for', () => {
    const { order } = idle;
    const at = (what: string) => order.indexOf(what);
    expect(order).toEqual(
      expect.arrayContaining([
        'there verify',
        'there rotate',
        'there prune',
        'up expire',
        'up reconcile',
      ]),
    );
    for (const later of ['verify', 'rotate', 'prune'])
      expect(at(`there ${later}`)).toBeGreaterThan(Math.max(at('up expire'), at('up reconcile')));
  });

  test('are not started any more once the server is told to stop', async () => {
    const server = await ServerProcess.start({ pools: 'pools: []' });
    await server.stop();
    expect(server.log.lines.map(({ msg }) => msg).filter((msg) => msg.startsWith('job'))).toEqual(
      [],
    );
  });
});
