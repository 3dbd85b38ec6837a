import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { temporaryDirectory } from '../helpers/engine';
import { ServerProcess, type Program } from '../helpers/process';
import { BINARY, describeAsRoot, holdfast } from './support/binary';

const program: Program = { command: [BINARY, 'serve'] };
const LAB = 'pools: [{ name: lab, kind: account, driver: simulated, size: 1 }]';

/** Starts a server that unpacks there, and stops it when all its jobs have run. */
async function serveOnce(cacheDir: string): Promise<void> {
  const server = await ServerProcess.start({ pools: LAB, env: { CACHE_DIR: cacheDir }, program });
  await server.until('ready', async () => (await server.http.get('/readyz')).status === 200);
  await server.stop();
}

/** Every file of a cache directory, by its name there, with its bytes. */
function contents(cacheDir: string): Record<string, string> {
  const entries = readdirSync(cacheDir, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(
    paths.map((path) => [relative(cacheDir, path), readFileSync(path, 'base64')]),
  );
}

describe('what the executable unpacks', () => {
  let cacheDir: string;
  let directory: string;
  let sound: Record<string, string>;

  beforeAll(async () => {
    cacheDir = join(temporaryDirectory(), 'cache');
    await serveOnce(cacheDir);
    directory = join(cacheDir, readdirSync(cacheDir)[0]!);
    sound = contents(cacheDir);
  });

  test('is what it needs as files, for its user only', () => {
    expect(readdirSync(directory).sort()).toEqual(['jobs', 'migrations', 'native']);
    for (const path of Object.keys(sound))
      expect(statSync(join(cacheDir, path)).mode & 0o077).toBe(0);
  });

  test('keeps out of what every thread reads the packages that few of them load', () => {
    const read = (name: string) => readFileSync(join(directory, 'jobs', `${name}.js`), 'utf8');
    const shared = read('worker');
    const marks = {
      zod: 'ZodError',
      ssh2: 'SSH-2.0-',
      dockerode: 'DOCKER_CERT_PATH',
      'pino-pretty': 'colorizeObjects',
    };
    for (const [name, mark] of Object.entries(marks)) {
      expect({ name, marked: read(name).includes(mark) }).toEqual({ name, marked: true });
      expect({ name, beside: shared.includes(`require("./${name}.js")`) }).toEqual({
        name,
        beside: true,
      });
      expect({ name, within: shared.includes(mark) }).toEqual({ name, within: false });
    }
  });

  test.each([
    [
      'changed',
      'jobs/worker.js',
      (path: string) => appendFileSync(path, '\nthrow new Error("not ours");\n'),
    ],
    ['cut short', 'native/better_sqlite3.node', (path: string) => truncateSync(path, 1000)],
    ['gone', 'migrations/0000_core.sql', (path: string) => rmSync(path)],
    ['a link', 'jobs/expire.js', (path: string) => (rmSync(path), symlinkSync('/dev/null', path))],
  ])('is put right where it is %s', async (_what, name, spoil) => {
    spoil(join(directory, name));
    chmodSync(directory, 0o755);
    await serveOnce(cacheDir);
    expect(contents(cacheDir)).toEqual(sound);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  test('is whole when many start at once', async () => {
    const fresh = join(temporaryDirectory(), 'cache');
    const starting = Array.from({ length: 6 }, () =>
      ServerProcess.start({ pools: LAB, env: { CACHE_DIR: fresh }, program }),
    );
    for (const server of await Promise.all(starting)) await server.stop();
    expect(contents(fresh)).toEqual(sound);
  });

  test('is not needed for what the executable says about itself', async () => {
    const home = temporaryDirectory();
    for (const words of [['--version'], ['--help'], ['completion', 'bash']])
      expect((await holdfast(words, { HOME: home })).code).toBe(0);
    expect(readdirSync(home)).toEqual([]);
  });
});

/** One line that names CACHE_DIR, and 78. */
async function expectRefusal(cacheDir: string, says: string): Promise<void> {
  const { code, stdout, stderr } = await holdfast(['serve'], {
    PORT: '0',
    CACHE_DIR: cacheDir,
    LOG_LEVEL: 'silent',
  });
  expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
  expect(stderr).toMatch(/^holdfast: CACHE_DIR: [^\n]+\n$/);
  expect(stderr).toContain(says);
}

describe('a cache directory that will not do is explained in one line', () => {
  test('one that is a file', async () => {
    const path = join(temporaryDirectory(), 'cache');
    writeFileSync(path, '');
    await expectRefusal(path, 'EEXIST');
  });

  test('one that others may write to', async () => {
    const path = join(temporaryDirectory(), 'cache');
    mkdirSync(path);
    chmodSync(path, 0o777);
    await expectRefusal(path, 'others may write');
  });
});

describeAsRoot('on a file system mounted noexec', () => {
  let mounted: string;

  beforeAll(() => {
    mounted = temporaryDirectory();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'noexec,size=32m', 'tmpfs', mounted]);
  });

  afterAll(() => void execFileSync('umount', [mounted]));

  test('it says so in one line', () => expectRefusal(join(mounted, 'cache'), 'noexec'));
});
