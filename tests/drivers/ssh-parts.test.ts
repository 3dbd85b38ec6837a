import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyPair } from '../../src/drivers/ssh-login/key-pair';
import { sshDriver } from '../../src/drivers/ssh';
import { controlLogin, endpointOf } from '../../src/drivers/ssh/entry';
import { differences, foundError, hashOf, parseInventory } from '../../src/drivers/ssh/inventory';
import { commandFor, inputFor, SCRIPT } from '../../src/drivers/ssh/script';
import { hostFields } from '../../src/drivers/ssh/settings';
import { settingsOf } from './ssh.fixture';

const pair = keyPair();
const key = pair.public.trim().split(' ').slice(0, 2).join(' ');
let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'holdfast-ssh-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string, text: string, mode = 0o600) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};
const settings = (more: Record<string, unknown> = {}) =>
  settingsOf({ privateKeyFile: fileOf('key', pair.private), knownHosts: `lab-1 ${key}` }, more);
const at = (host: string, port?: number) => ({
  fields: { host, ...(port !== undefined && { port }) },
});

describe('the way in', () => {
  test('is the key of a file that nobody else can use', () => {
    expect(controlLogin(settings())).toEqual({ username: 'root', privateKey: pair.private });
    for (const mode of [0o640, 0o604, 0o602])
      expect(() =>
        controlLogin(settings({ privateKeyFile: fileOf('open', pair.private, mode) })),
      ).toThrow('its mode must be 600');
  });

  test('is refused, as a fault of the pool, with a file that is missing or no private key', () => {
    const wrong = { nothing: '', public: pair.public, text: 'no key' };
    for (const [name, text] of Object.entries(wrong)) {
      const privateKeyFile = fileOf(name, text);
      expect(() => controlLogin(settings({ privateKeyFile }))).toThrow(
        expect.objectContaining({
          scope: 'backend',
          message: expect.stringContaining('no private key'),
        }),
      );
    }
    expect(() => controlLogin(settings({ privateKeyFile: join(folder, 'none') }))).toThrow(
      expect.objectContaining({ scope: 'backend', message: expect.stringContaining('(ENOENT)') }),
    );
  });

  test('leads only to hosts whose key is known, by the lines of the settings or by a file', () => {
    expect(endpointOf(at('lab-1'), settings())).toMatchObject({ host: 'lab-1', port: 22 });
    expect(() => endpointOf(at('lab-2'), settings())).toThrow('knownHosts has no key of lab-2:22');
    expect(() => endpointOf(at('lab-1', 23), settings())).toThrow('no key of lab-1:23');
    const knownHosts = fileOf('known_hosts', `[lab-2]:23 ${key}\n`);
    expect(endpointOf(at('lab-2', 23), settings({ knownHosts }))).toMatchObject({ port: 23 });
    writeFileSync(knownHosts, `[lab-2]:23 ${key}\n@revoked * ${key}\n`);
    expect(() => endpointOf(at('lab-2', 23), settings({ knownHosts }))).toThrow(
      'no key of lab-2:23',
    );
  });

  test('needs fields that name a host', () => {
    for (const host of ['', '-oProxyCommand=id', 'a b', 'a;id', '$(id)', 'a/b', 'a\nb', 'ä'])
      expect(hostFields.safeParse({ host }).success).toBe(false);
    for (const host of ['lab-1.example.org', '192.0.2.1', '::1', '2001:db8::1'])
      expect(hostFields.safeParse({ host, port: '23' }).success).toBe(true);
  });
});

describe('settings', () => {
  const problemsOf = (more: Record<string, unknown>) =>
    sshDriver.settings.safeParse({
      user: 'root',
      privateKeyFile: '/key',
      knownHosts: `lab-1 ${key}`,
      ...more,
    }).error?.issues[0]?.message;

  test('that are wrong are named', () => {
    expect(problemsOf({})).toBeUndefined();
    expect(problemsOf({ knownHosts: `lab-1 ${key}\nlab-2` })).toBe(
      'line 2 is no line of known_hosts',
    );
    expect(problemsOf({ knownHosts: '' })).toBe('must be an absolute path, or have a line');
    expect(problemsOf({ user: 'root; id' })).toBe('must be a login name');
    expect(problemsOf({ groups: ['lab,sudo'] })).toBe('must be the name of a group');
    expect(problemsOf({ roots: ['/tmp -delete'] })).toBe('must be an absolute path');
    expect(problemsOf({ userNumbers: { from: 3_000, to: 2_000 } })).toBe(
      'from must not be above to',
    );
    expect(problemsOf({ checkCommand: [] })).toBeDefined();
  });

  test('the API sets none but times', () => {
    const all = Object.keys((sshDriver.settings as unknown as { shape: object }).shape);
    expect(all.filter((name) => !sshDriver.fileOnly.includes(name))).toEqual([
      'rebootTimeoutMs',
      'settleMs',
    ]);
    expect(sshDriver.listing?.(settings()).fileOnly).toEqual(['host', 'port']);
  });
});

describe('the inventory', () => {
  const read = (...lines: string[]) => parseInventory(lines);
  const before = read(
    'user root\t0:0',
    '/etc/a\tf',
    'content of /etc/a\t1',
    'listener tcp 00000000:22\tuid 0',
  );

  test('names what is new, has changed or is gone, users first', () => {
    const now = read('user root\t0:1', 'user eve\t1', '/etc/b\tf', 'content of /etc/b\t2');
    expect(differences(before, now, [])).toEqual([
      'user eve is new',
      'user root has changed',
      '/etc/b is new',
      '/etc/a is gone',
    ]);
    expect(differences(before, before, [])).toEqual([]);
  });

  test('leaves out what may change by itself: a path with all below it, and a listener', () => {
    const now = read(
      ...['user root\t0:0', '/etc/a\tf', 'content of /etc/a\t2', '/etc/ab\tf', '/etc/c/d\tf'],
      ...['setuid /etc/c/e\t4755', 'listener tcp 0100007F:81\tuid 0'],
    );
    expect(differences(before, now, ['/etc/a', '/etc/c', 'listener tcp 127.0.0.1'])).toEqual([
      '/etc/ab is new',
    ]);
  });

  test('shows addresses as people write them', () => {
    const lines = [
      'listener tcp 0100007F:4444\tuid 0',
      'listener tcp6 00000000000000000000000001000000:22\tuid 0',
    ];
    expect([...read(...lines).keys()]).toEqual([
      'listener tcp 127.0.0.1:4444',
      'listener tcp6 [::1]:22',
    ]);
  });

  test('has one hash, in any order', () => {
    const [one, two] = ['user root\t0', '/etc/a\tf'];
    expect(hashOf(read(one, two))).toBe(hashOf(read(two, one)));
    expect(hashOf(read(one))).not.toBe(hashOf(read(two)));
  });

  test('is told in one short line, whatever names are in it', () => {
    const { message } = foundError([`/etc/${'x'.repeat(500)}\u001b[31m\n`, ...'abcdefgh']);
    expect(message).toMatch(/^The search found: [ -~]{120}…; a; b; c; d; e; 3 more\.$/);
  });
});

describe('the script', () => {
  const HOSTILE = [
    ...['$(touch canary)', '`touch canary`', '; touch canary', '| touch canary', '&& touch canary'],
    ...[
      "'; touch canary; '",
      '"; touch canary; "',
      "'$(touch canary)'",
      "\\'; touch canary",
      '> canary',
    ],
    ...[
      'a\ntouch canary',
      '\n#end\ntouch canary',
      '-e',
      '--',
      '*',
      '~',
      '!!',
      '%s%n',
      '\\n',
      '$IFS',
      '',
    ],
  ];

  test.each([['sh'], ['bash']])('gets words as they are, whatever is in them (%s)', (shell) => {
    const words = HOSTILE.map((word) => word.replaceAll('\0', ''));
    const command = commandFor(words, false);
    // Another script in its place prints the words, and then what is left of stdin.
    const input = inputFor(['password $(touch canary)']).replace(
      SCRIPT,
      'for word in "$@"; do printf "%s\\037" "$word"; done; IFS= read -r line; printf "%s" "$line"',
    );
    const output = execFileSync(shell, ['-c', command], { cwd: folder, input }).toString();
    expect(output.split('\x1f')).toEqual([...words, 'password $(touch canary)']);
    expect(execFileSync('ls', [folder]).toString()).toBe('');
  });

  test('is understood by the shells of hosts', () => {
    for (const shell of ['dash', 'bash']) execFileSync(shell, ['-n'], { input: SCRIPT });
  });
});
