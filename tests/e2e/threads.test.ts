import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { temporaryDirectory } from '../helpers/engine';
import { ROOT, ServerProcess } from '../helpers/process';

jest.setTimeout(60_000);

/** Every thread writes down, when it ends, what it has loaded. */
const HOOK = `
  const { isMainThread, workerData } = require('node:worker_threads');
  const { writeFileSync } = require('node:fs');
  const name = isMainThread ? 'main' : workerData.job;
  process.on('exit', () => writeFileSync(require('node:path').join(__dirname, name + '.json'), JSON.stringify(Object.keys(require.cache))));
`;

/** The database, the log, and ids. */
const NEEDED = ['better-sqlite3', 'bindings', 'drizzle-orm', 'file-uri-to-path', 'pino', 'uuidv7'];
/** What pino brings. */
const OF_PINO = ['@pinojs/redact', 'atomic-sleep', 'on-exit-leak-free', 'pino-std-serializers', 'quick-format-unescaped', 'real-require', 'safe-stable-stringify', 'sonic-boom', 'thread-stream'];
const FOLDERS = ['src', 'src/backup', 'src/crypto', 'src/domain', 'src/drivers', 'src/service', 'src/sqlite', 'src/store', 'src/store/sqlite', 'src/store/sqlite/loads', 'src/store/sqlite/reads'];

interface Loaded {
  /** Packages. */
  packages: Set<string>;
  /** Folders of the project. */
  folders: Set<string>;
}

/** What each thread of a server loaded that became ready, and stopped. */
async function loadedBy(pools: string, env: Record<string, string> = {}): Promise<Record<string, Loaded>> {
  const directory = temporaryDirectory();
  const hook = join(directory, 'hook.cjs');
  writeFileSync(hook, HOOK);
  const server = await ServerProcess.start({ pools, env, nodeOptions: ['--require', hook] });
  await server.until('ready', async () => (await server.http.get('/readyz')).status === 200);
  await server.stop();
  const reports = readdirSync(directory).filter((name) => name.endsWith('.json'));
  return Object.fromEntries(reports.map((name) => [name.replace('.json', ''), sorted(JSON.parse(readFileSync(join(directory, name), 'utf8')) as string[])]));
}

function sorted(files: string[]): Loaded {
  const [packages, folders] = [new Set<string>(), new Set<string>()];
  for (const file of files) {
    const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file.replaceAll(sep, '/')) ?? [];
    if (name !== undefined) packages.add(name);
    else if (file.startsWith(join(ROOT, 'dist', 'src'))) folders.add(relative(join(ROOT, 'dist'), join(file, '..')));
  }
  return { packages, folders };
}

const beyond = (found: Set<string>, expected: string[]) => [...found].filter((each) => !expected.includes(each)).sort();

/** Every module that a thread loads stands in its memory, and keeps it from beginning: each of them has all its own. */
describe('a job thread loads what it needs', () => {
  test('without work: no driver, no schema, nothing of the HTTP side', async () => {
    const threads = await loadedBy('pools: []', { BACKUP_DIR: temporaryDirectory() });
    expect(Object.keys(threads).sort()).toEqual(['backup', 'expire', 'main', 'prune', 'reconcile', 'rotate', 'verify']);
    expect([...threads.main!.packages]).toEqual(expect.arrayContaining(['express', 'zod', ...NEEDED]));
    for (const [name, { packages, folders }] of Object.entries(threads).filter(([job]) => job !== 'main')) {
      expect({ name, missing: NEEDED.filter((each) => !packages.has(each)) }).toEqual({ name, missing: [] });
      expect({ name, packages: beyond(packages, [...NEEDED, ...OF_PINO]) }).toEqual({ name, packages: [] });
      expect({ name, folders: beyond(folders, FOLDERS) }).toEqual({ name, folders: [] });
    }
  });

  test('with work: the driver of the pool that there is, where it is called', async () => {
    const threads = await loadedBy('pools: [{ name: boxes, kind: container, driver: simulated, size: 1, settings: { opensAccess: true } }]');
    const more = Object.entries(threads).filter(([job]) => job !== 'main').map(([job, { packages, folders }]) => [job, [...beyond(packages, [...NEEDED, ...OF_PINO]), ...beyond(folders, FOLDERS)]]);
    expect(Object.fromEntries(more)).toEqual({ expire: [], prune: [], rotate: [], verify: [], reconcile: ['zod', 'src/drivers/simulated'] });
  });
});
