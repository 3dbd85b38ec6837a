import type { Call, CredentialSecret, Driver, Target } from '../../src/drivers/driver';
import { keyPair } from '../../src/drivers/ssh-login/key-pair';
import { callOf, newThing } from '../contracts/driver';
import { driverOf, letsIn } from '../drivers/ssh.fixture';
import { describeWithHosts, Lab, type SshHost } from '../helpers/ssh-host';

jest.setTimeout(100_000);

/** Text that means something to a shell, to a program, or to one of the files that it lands in. */
const HOSTILE = [
  ...[
    '$(touch /canary)',
    '`touch /canary`',
    '; touch /canary',
    '| touch /canary',
    '& touch /canary',
  ],
  ...['&& touch /canary', '|| touch /canary', "'; touch /canary; '", '"; touch /canary; "'],
  ...["'$(touch /canary)'", "\\'; touch /canary #", '> /canary', '>> /canary', '<(touch /canary)'],
  ...[
    '${IFS}touch${IFS}/canary',
    'a\ntouch /canary',
    'a\r\ntouch /canary',
    '\n#end\ntouch /canary',
  ],
  ...[
    'x:0:0::/:/bin/sh',
    'root',
    '-o',
    '--help',
    '-u0',
    '*',
    '~root',
    '!!',
    '%s%n',
    '\\n',
    '\\0',
    '..',
  ],
  ...[
    '../../canary',
    '/canary',
    'a,b',
    'a b',
    'a\tb',
    'A',
    'ä',
    '\u202eroot',
    '{touch,/canary}',
    '$HOME',
  ],
  ...['password x', 'key x', 'x\npassword y', `x${'y'.repeat(300)}`],
];

describeWithHosts('with hosts', () => {
  const lab = new Lab();
  const pair = keyPair();
  let host: SshHost;
  let driver: Driver;
  let target: Target;
  let isTaken = false;
  beforeAll(async () => void (host = await lab.host()));
  afterAll(() => lab.close());
  afterEach(async () => {
    if (isTaken) await driver.destroy(target, callOf());
    isTaken = false;
  });

  /** Takes the host by a driver with these settings. */
  async function take(settings: Record<string, unknown> = {}): Promise<void> {
    driver = driverOf(lab, Lab.installation(), settings);
    target = { ...newThing('host'), fields: host.fields };
    isTaken = true;
    target = { ...target, handle: (await driver.provision(target, callOf())).handle };
  }
  const open = (wish = {}): Promise<CredentialSecret> =>
    driver.openAccess(target, { publicKey: pair.public, ...wish }, callOf());
  const failure = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'none',
      (error: Error & { scope?: string }) => `${error.scope}: ${error.message}`,
    );
  const canary = () => host.inside('find / -xdev -name "*canary*" 2>/dev/null');

  test('text of holders and of the pools file is only text', async () => {
    await take({ cleanCommands: HOSTILE.map((word) => ['/bin/true', word]) });
    for (const word of HOSTILE) {
      for (const wish of [{ username: word }, { publicKey: word }, { password: `two\n${word}` }])
        expect(await failure(open(wish))).toMatch(/^resource: /);
      const strange = { ...target, fields: { ...target.fields, host: word } };
      expect(await failure(driver.verify(strange, null, callOf()))).toBe('none');
    }
    const [first, ...others] = HOSTILE.filter(
      (word) => !/[\n\r\t]/.test(word) && word.length < 200,
    );
    for (const password of [first!, others[0]!, others.join(' ').slice(0, 250)]) {
      const access = await open({ publicKey: undefined, password });
      expect(await letsIn(host, access)).toBe(true);
    }
    await driver.clean(target, null, callOf(undefined, 1, AbortSignal.timeout(60_000)));
    expect(await canary()).toBe('');
    expect(await host.users()).toEqual([]);
  });

  test('a name that the host has already is refused, and that user is left alone', async () => {
    await take();
    const before = await host.inside('cat /etc/passwd /etc/shadow /etc/group');
    for (const username of ['daemon', 'lab', 'sudo'])
      expect(await failure(open({ username }))).toContain(`named ${username} already`);
    expect(await host.inside('cat /etc/passwd /etc/shadow /etc/group')).toBe(before);
  });

  test('without a key or a password of their own, holders get a key where the pool says so', async () => {
    await take({ login: 'key' });
    const access = await driver.openAccess(target, {}, callOf());
    expect(access.password).toBeUndefined();
    expect(await letsIn(host, access)).toBe(true);
  });

  test('keys imported from elsewhere let their owner in, beside the password', async () => {
    await take();
    const wish = { authorizedKeys: [pair.public.trim(), 'ssh-ed25519 AAAAdamaged'] };
    const { username } = await driver.openAccess(target, wish, callOf());
    expect(await letsIn(host, { username, privateKey: pair.private })).toBe(true);
  });

  test('the password is in no list of processes', async () => {
    await host.inside(
      'mv /usr/sbin/chpasswd /usr/sbin/chpasswd.real; ' +
        `printf '#!/bin/sh\\ncat /proc/[0-9]*/cmdline >/var/seen\\nexec chpasswd.real\\n' ` +
        '>/usr/sbin/chpasswd; chmod 755 /usr/sbin/chpasswd',
    );
    await take();
    await open({ publicKey: undefined, password: 'zoroaster' });
    expect(await host.inside('grep -c zoroaster /var/seen || true')).toBe('0\n');
    await host.inside('mv /usr/sbin/chpasswd.real /usr/sbin/chpasswd; rm /var/seen');
  });

  test('a server that lets nobody in by password is told of, and no user is left', async () => {
    await host.configure('PasswordAuthentication no');
    await take();
    expect(await failure(driver.openAccess(target, {}, callOf()))).toContain(
      'lets nobody new in by password',
    );
    expect(await host.users()).toEqual([]);
    await host.inside('sed -i 1d /etc/pam.d/sshd');
  });

  test('a host with another key is not logged in at', async () => {
    await take();
    const [type, other] = keyPair().public.split(' ');
    const knownHosts = `[127.0.0.1]:${host.port} ${type} ${other}`;
    const deaf = driverOf(lab, Lab.installation(), { knownHosts });
    await expect(deaf.verify(target, null, callOf())).resolves.toEqual({
      ok: false,
      reason: `SSH at 127.0.0.1:${host.port} has another host key than the known ones.`,
    });
  });

  test('the user of the settings may become root by sudo', async () => {
    await host.inside(
      'useradd -m -s /bin/bash control; cp -r /root/.ssh /home/control; chown -R control /home/control; ' +
        'echo "control ALL=(root) NOPASSWD: ALL" >/etc/sudoers.d/control',
    );
    await take({ user: 'control', sudo: true });
    expect(await letsIn(host, { ...(await open()), privateKey: pair.private })).toBe(true);
    const without = driverOf(lab, Lab.installation(), { user: 'control' });
    expect(await failure(without.destroy(target, callOf()))).toContain('may not become root');
  });

  test('a check that fails keeps the host out', async () => {
    await take({ checkCommand: ['/bin/sh', '-c', 'test -e /fine'] });
    await expect(driver.verify(target, null, callOf())).resolves.toMatchObject({ ok: false });
    await host.inside('touch /fine');
    await expect(driver.verify(target, null, callOf())).resolves.toMatchObject({ ok: true });
  });

  test('commands for cleaning run in order, and one that fails is named', async () => {
    await take({ cleanCommands: [['/bin/sh', '-c', 'echo done >/ran'], ['/bin/false']] });
    expect(await failure(driver.clean(target, null, callOf()))).toBe(
      'resource: On the host, cleanCommands[1] ended with status 1.',
    );
    expect(await host.inside('cat /ran')).toBe('done\n');
  });

  test('one host is not two resources', async () => {
    await take();
    const second = { ...newThing('host'), fields: host.fields };
    expect(await failure(driver.provision(second, callOf()))).toContain('is this host already');
  });

  test('a host restarts between two loans, and is back once it has', async () => {
    const own = await lab.host('--restart', 'always');
    const settings = {
      reboot: ['/bin/sh', '-c', 'kill 1'],
      ignore: ['listener tcp 127.0.0.11'],
    };
    const restarts = driverOf(lab, Lab.installation(), settings);
    const listed: Target = { ...newThing('host'), fields: own.fields };
    const { handle } = await restarts.provision(listed, callOf());
    const call = callOf();
    const clean = (memo: string | null): Promise<unknown> => {
      const again: Call = { ...call, memo, signal: AbortSignal.timeout(30_000) };
      return restarts.clean({ ...listed, handle }, null, again);
    };
    let paused = await clean(null).catch((error: { memo: string }) => error);
    expect(paused).toMatchObject({ name: 'NotYet', reason: 'The host restarts.' });
    // The port of a container may change when it starts again.
    await own.untilBack();
    listed.fields = own.fields;
    paused = await clean((paused as { memo: string }).memo).catch(
      (error: { memo: string }) => error,
    );
    expect(paused).toMatchObject({ handle });
  });
});
