import { execFileSync } from 'node:child_process';
import { sshLineOf } from '../../../web/app/pages/reservation/ssh-line';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE+/x0';
const DETAILS = { host: 'box-1.example.org', port: 2222, hostKey: `${KEY} a comment` };

describe('the line that logs in to a loan', () => {
  test('binds ssh to the host key, and uses no connection that is kept open', () => {
    const { command } = sshLineOf(DETAILS, { username: 'ann', password: 'x' })!;
    expect(command).not.toContain('password');
    const asked = command.replace(/^ssh /, 'ssh -F none -G ');
    const options = execFileSync('sh', ['-c', asked], { stdio: 'pipe' }).toString().split('\n');
    expect(options).toEqual(
      expect.arrayContaining([
        `knownhostscommand /bin/echo holdfast-loan ${KEY}`,
        'hostkeyalias holdfast-loan',
        'stricthostkeychecking true',
        'userknownhostsfile /dev/null',
        'port 2222',
        'user ann',
        'hostname box-1.example.org',
      ]),
    );
  });

  test('tells a fingerprint, and where a private key goes', () => {
    const details = { host: 'h', hostKey: 'SHA256:abc+/=' };
    const line = sshLineOf(details, { user: 'ann', privateKey: '---' });
    expect(line?.command).toBe(
      'ssh -o ControlPath=none -o IdentitiesOnly=yes -i KEYFILE -l ann -- h',
    );
    expect(line?.hint).toContain('SHA256:abc+/=');
    expect(line?.hint).toContain('KEYFILE');
  });

  test.each([
    ['no login', {}, { password: 'x' }],
    ['a command in the host', { host: 'a;reboot' }, { username: 'ann' }],
    ['an option as the name', { host: 'a' }, { username: '-oProxyCommand=x' }],
    ['a variable', { host: '$HOME' }, { username: 'ann' }],
    ['a port of words', { host: 'a', port: '22 -o x' }, { username: 'ann' }],
  ])('is not there for %s', (_why, details, credentials) => {
    expect(sshLineOf(details, credentials)).toBeNull();
  });

  test('a host key that would leave its quotes is left out', () => {
    const details = { host: 'a', hostKey: "ssh-ed25519 AAA'; reboot; '" };
    expect(sshLineOf(details, { username: 'ann' })?.command).toBe(
      'ssh -o ControlPath=none -l ann -- a',
    );
  });
});
