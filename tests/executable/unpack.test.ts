import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../src/config-error';
import { sha256Of, unpack, type Unpacking } from '../../src/executable/unpack';
import { temporaryDirectory } from '../helpers/engine';

const FILES: Record<string, string> = {
  'native/addon.node': 'code',
  'migrations/meta/journal.json': '[]',
};

function unpacking(more: Partial<Unpacking> = {}): Unpacking {
  const files = Object.entries(FILES).map(([name, text]) => ({
    name,
    sha256: sha256Of(Buffer.from(text)),
  }));
  return { buildId: 'b1', files, read: (name) => Buffer.from(FILES[name]!), ...more };
}

let cacheDir: string;
beforeEach(() => (cacheDir = join(temporaryDirectory(), 'a', 'cache')));

test('makes the files and the directories above them, for nobody else', () => {
  const directory = unpack(unpacking(), cacheDir);
  expect(directory).toBe(join(cacheDir, 'b1'));
  for (const [name, text] of Object.entries(FILES))
    expect(readFileSync(join(directory, name), 'utf8')).toBe(text);
  for (const path of ['.', 'native', 'migrations', 'migrations/meta'])
    expect(statSync(join(directory, path)).mode & 0o777).toBe(0o700);
  expect(statSync(join(directory, 'native/addon.node')).mode & 0o777).toBe(0o600);
});

test('reads from the executable only the files that are wrong, and leaves nothing else behind', () => {
  const directory = unpack(unpacking(), cacheDir);
  const read = jest.fn(unpacking().read);
  unpack(unpacking({ read }), cacheDir);
  expect(read).not.toHaveBeenCalled();
  writeFileSync(join(directory, 'native/addon.node'), 'CODE');
  unpack(unpacking({ read }), cacheDir);
  expect(read.mock.calls).toEqual([['native/addon.node']]);
  expect(readFileSync(join(directory, 'native/addon.node'), 'utf8')).toBe('code');
  expect(readdirSync(join(directory, 'native'))).toEqual(['addon.node']);
});

test('works with the existing files if nothing can be written', () => {
  const directory = unpack(unpacking(), cacheDir);
  expect(() =>
    unpack(
      unpacking({
        read: () => {
          throw new Error('read');
        },
      }),
      cacheDir,
    ),
  ).not.toThrow();
  expect(existsSync(directory)).toBe(true);
});

test('does not write a file that does not match its hash', () => {
  expect(() => unpack(unpacking({ read: () => Buffer.from('other') }), cacheDir)).toThrow(
    'The executable is damaged',
  );
  expect(readdirSync(join(cacheDir, 'b1/native'))).toEqual([]);
});

function expectRefusal(): void {
  expect(() => unpack(unpacking(), cacheDir)).toThrow(ConfigError);
  expect(() => unpack(unpacking(), cacheDir)).toThrow(/^CACHE_DIR: [^\n]+\.$/);
}

test('refuses a directory in which others may rename, unless its sticky bit prevents it', () => {
  mkdirSync(cacheDir, { recursive: true });
  chmodSync(cacheDir, 0o777);
  expectRefusal();
  chmodSync(cacheDir, 0o1777);
  expect(existsSync(unpack(unpacking(), cacheDir))).toBe(true);
});

test('refuses a link in place of its directory', () => {
  mkdirSync(cacheDir, { recursive: true });
  symlinkSync(temporaryDirectory(), join(cacheDir, 'b1'));
  expectRefusal();
});

test('refuses anything that is no directory', () => {
  mkdirSync(join(cacheDir, '..'), { recursive: true });
  writeFileSync(cacheDir, '');
  expectRefusal();
});

// Only root can give a directory away; with CI=true, whoever cannot fails.
const asRoot = process.getuid?.() === 0 || process.env.CI === 'true' ? test : test.skip;

asRoot("refuses somebody else's directory", () => {
  unpack(unpacking(), cacheDir);
  chownSync(join(cacheDir, 'b1', 'native'), 1000, 1000);
  expectRefusal();
});
