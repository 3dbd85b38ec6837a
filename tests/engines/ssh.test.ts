import { levelOf } from '../../src/domain/returns/level';
import { keyPair } from '../../src/drivers/ssh-login/key-pair';
import { callOf } from '../contracts/driver';
import { letsIn } from '../drivers/ssh.fixture';
import { describeWithHosts, Lab, type SshHost } from '../helpers/ssh-host';
import { Loan } from '../helpers/ssh-loan';

jest.setTimeout(120_000);

const stranger = keyPair();
const listening = (port: number) =>
  `perl -MSocket -e 'socket(S, AF_INET, SOCK_STREAM, 6) and bind(S, sockaddr_in(${port}, INADDR_ANY)) ` +
  "and listen(S, 1) or die; sleep'";
/** Waits, inside the host, until somebody listens. */
const untilListening = (port: number) =>
  `until grep -q :${port.toString(16).toUpperCase()} /proc/net/tcp; do sleep 0.1; done`;
/** Listens in the background, in a session of its own. `as`: what begins it. */
const LISTEN = (port: number, as = 'setsid') =>
  `${as} ${listening(port)} >/dev/null 2>&1 </dev/null & ${untilListening(port)}`;

describeWithHosts('with hosts', () => {
  let lab: Lab;
  beforeAll(() => void (lab = new Lab()));
  afterAll(() => lab.close());

  describe('a holder leaves', () => {
    let host: SshHost;
    let loan: Loan;
    const processes = (what: string) => host.inside(`pgrep -cf '${what}' || true`);

    beforeAll(async () => {
      host = await lab.host();
      loan = await Loan.open(lab, host);
      await loan.seed(
        'touch /tmp/left /dev/shm/left && mkdir -p /var/tmp/.hidden && touch /var/tmp/.hidden/left',
        'cp /bin/dash /var/tmp/shell && chmod 4755 /var/tmp/shell',
        `echo '* * * * * touch /tmp/cron' | crontab -`,
        `echo 'sleep 1' | at now + 1 hour`,
        '(setsid sh -c "exec -a in-a-session sleep 100001" >/dev/null 2>&1 </dev/null & ) &',
        LISTEN(4444),
        `echo '${stranger.public.trim()}' >>.ssh/authorized_keys`,
        `perl -e 'shmget(42, 100, 01666) // die'`,
      );
      expect(await processes('sleep 10000[1]|listen.S')).toBe('2\n');
      expect(await letsIn(host, { username: loan.name, privateKey: stranger.private })).toBe(true);
      await loan.giveBack();
    });

    test('no session', async () => {
      await loan.cut;
    });

    test('no login', async () => {
      expect(await letsIn(host, loan.access)).toBe(false);
    });

    test('no key in their own authorized_keys', async () => {
      expect(await letsIn(host, { username: loan.name, privateKey: stranger.private })).toBe(false);
    });

    test('no file', async () => {
      expect(await host.inside('find /tmp /var/tmp /dev/shm /home -mindepth 1')).toBe('');
    });

    test('no setuid shell', async () => {
      expect(await host.inside('ls /var/tmp/shell 2>/dev/null || true')).toBe('');
    });

    test('no cron job', async () => {
      expect(await host.inside('ls /var/spool/cron/crontabs')).toBe('');
    });

    test('no job of at', async () => {
      expect(await host.inside('atq')).toBe('');
    });

    test('no background process', async () => {
      expect(await processes('sleep 10000[1]')).toBe('0\n');
    });

    test('no listening back door', async () => {
      expect(await host.inside('grep -c :115C /proc/net/tcp || true')).toBe('0\n');
    });

    test('no shared memory', async () => {
      expect(await host.inside('tail -n +2 /proc/sysvipc/shm')).toBe('');
    });

    test('no user and no group', async () => {
      expect(
        await host.inside(`grep -c ${loan.name} /etc/passwd /etc/group /etc/shadow || true`),
      ).toBe('/etc/passwd:0\n/etc/group:0\n/etc/shadow:0\n');
    });

    test('and the return shows R3', () => {
      expect(loan.shown).toMatchObject({
        refused: { times: 3, accepted: 3, endpoint: `[127.0.0.1]:${host.port}` },
        derived: { how: 'ended' },
        searched: { passes: 2, inventory: expect.stringMatching(/^[0-9a-f]{64}$/) },
      });
      expect(levelOf(loan.shown)).toBe('R3');
    });

    test('the number of the user is not given again', async () => {
      const next = await Loan.again(loan.driver, loan.target, host);
      expect((await next.run('id -u')).output).toBe('20001\n');
      next.client.end();
    });
  });

  describe('a holder who became root', () => {
    const CASES: [string, string, string][] = [
      [
        "a key of root's",
        `echo '${stranger.public.trim()}' | sudo tee -a /root/.ssh/authorized_keys`,
        'content of /root/.ssh/authorized_keys has changed',
      ],
      ['a second user', 'sudo useradd -m eve', 'user eve is new'],
      ['a second root', 'sudo useradd -o -u 0 toor', 'user toor is new'],
      [
        'a user with the mark of another installation',
        'sudo useradd -u 20007 -c holdfast/0123456789/0123456789/op mallory',
        'user mallory is new',
      ],
      ["a password of root's", 'echo root:secret | sudo chpasswd', 'password of root has changed'],
      [
        'a cron job of the system',
        'echo "* * * * * root id" | sudo tee /etc/cron.d/job',
        '/etc/cron.d/job is new',
      ],
      ["a cron job of root's", 'echo "* * * * * id" | sudo crontab -', '/crontabs/root is new'],
      ["a job of root's at", 'echo id | sudo env -i at now + 1 hour', '/var/spool/cron/atjobs/'],
      [
        'a rule of sudo',
        'echo "daemon ALL=NOPASSWD: ALL" | sudo tee /etc/sudoers.d/rule',
        '/etc/sudoers.d/rule is new',
      ],
      [
        'a unit of systemd',
        'sudo mkdir -p /etc/systemd/system && echo | sudo tee /etc/systemd/system/door.service',
        '/etc/systemd/system/door.service is new',
      ],
      [
        "a setuid shell of root's",
        'sudo cp /bin/dash /var/tmp/shell && sudo chmod 4755 /var/tmp/shell',
        'setuid /var/tmp/shell is new',
      ],
      [
        "a listener that root's at began",
        `sudo env -i at now <<'END'\n${listening(4445)}\nEND\n${untilListening(4445)}`,
        'listener tcp 0.0.0.0:4445 is new',
      ],
      [
        'a start-up file of root',
        'echo "touch /tmp/here" | sudo tee -a /root/.bashrc',
        'content of /root/.bashrc has changed',
      ],
      ['a device', 'sudo mknod -m 666 /var/tmp/null c 1 3', 'device /var/tmp/null is new'],
      [
        'another inventory',
        'sudo sh -c "sed -i s/./x/ /var/lib/holdfast/*/*/inventory"',
        'The inventory that the host keeps is not the one',
      ],
      [
        'their own user, under another name and without our records',
        'sudo sh -c "sed -i s#^$(id -un):#mallory:# /etc/passwd /etc/shadow; ' +
          'sed -i s#holdfast/[^:]*## /etc/passwd; rm /var/lib/holdfast/*/*/uids"',
        'user mallory is new',
      ],
    ];

    test.each(CASES)('and leaves %s is found', async (_what, command, reason) => {
      const host = await lab.host();
      const loan = await Loan.open(lab, host, { groups: ['lab'] });
      await loan.seed(command);
      loan.client.end();
      await loan.close();
      await expect(loan.clean()).rejects.toMatchObject({
        scope: 'resource',
        message: expect.stringContaining(reason),
      });
      expect(levelOf(loan.shown)).not.toBe('R3');
      await host.stop();
    });

    test('and leaves a listener that was begun without a trace of them: it is ended', async () => {
      const host = await lab.host();
      const loan = await Loan.open(lab, host, { groups: ['lab'] });
      await loan.seed(LISTEN(4447, 'sudo env -i setsid'));
      await loan.giveBack();
      expect(await host.inside('grep -c :115F /proc/net/tcp || true')).toBe('0\n');
      await host.stop();
    });

    test('and leaves a process that sudo began: it is ended', async () => {
      const host = await lab.host();
      const loan = await Loan.open(lab, host, { groups: ['lab'] });
      await loan.seed(
        'sudo setsid sleep 100002 >/dev/null 2>&1 </dev/null & until pgrep -x sleep; do :; done',
      );
      await loan.giveBack();
      expect(await host.inside('pgrep -cf "sleep 10000[2]" || true')).toBe('0\n');
      await host.stop();
    });

    test('and takes another name is put out by number', async () => {
      const host = await lab.host();
      const loan = await Loan.open(lab, host, { groups: ['lab'] });
      await loan.seed('sudo sh -c "sed -i s#^$(id -un):#mallory:# /etc/passwd /etc/shadow"');
      await loan.giveBack();
      expect(await host.inside('grep -c mallory /etc/passwd || true')).toBe('0\n');
      await host.stop();
    });

    test('and marks root as a holder gets nothing of root removed', async () => {
      const host = await lab.host();
      const loan = await Loan.open(lab, host, { groups: ['lab'] });
      const mark = (await loan.run('getent passwd $(id -un) | cut -d: -f5')).output.trim();
      await loan.seed(
        `sudo usermod -c '${mark}' root`,
        'sudo sh -c "for file in /var/lib/holdfast/*/*/uids; do echo 0 root >>\\$file; done"',
      );
      await loan.close();
      await expect(loan.clean()).rejects.toMatchObject({
        message: expect.stringContaining('user root has changed'),
      });
      expect(await host.inside('ls -d /root /root/.ssh/authorized_keys')).toBe(
        '/root\n/root/.ssh/authorized_keys\n',
      );
      await host.stop();
    });
  });

  describe('two installations on one host', () => {
    test('neither sees nor touches the users of the other', async () => {
      const host = await lab.host();
      const here = await Loan.open(lab, host);
      const there = await Loan.open(lab, host);
      await there.seed('touch /tmp/theirs && echo "0 0 1 1 * id" | crontab -', LISTEN(4446));
      await here.giveBack();
      expect(levelOf(here.shown)).toBe('R3');
      expect((await there.run('ls /tmp/theirs && crontab -l')).output).toBe(
        '/tmp/theirs\n0 0 1 1 * id\n',
      );
      expect(await host.users()).toEqual([there.name]);
      await there.giveBack();
      await expect(here.driver.verify(here.target, null, callOf())).resolves.toMatchObject({
        ok: true,
      });
      expect(await host.users()).toEqual([]);
      await host.stop();
    });
  });
});
