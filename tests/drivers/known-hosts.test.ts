import { createHmac } from 'node:crypto';
import { utils } from 'ssh2';
import {
  keysOf,
  knownHostsLine,
  parseKnownHosts,
  writtenKey,
} from '../../src/drivers/ssh-login/known-hosts';
import { keyPair } from '../../src/drivers/ssh-login/key-pair';

const [one, two] = [keyPair(), keyPair()].map((pair) =>
  pair.public.trim().split(' ').slice(0, 2).join(' '),
) as [string, string];
const blobOf = (line: string) => Buffer.from(line.split(' ')[1]!, 'base64');

/** Is the key of `line` accepted at this address by a file of this text? null: no key is known. */
function accepts(text: string, line: string, host = 'lab-1.example.org', port = 22) {
  const { hosts, wrong } = parseKnownHosts(text);
  expect(wrong).toEqual([]);
  return keysOf(hosts, { host, port })?.accepts(blobOf(line)) ?? null;
}

describe('known_hosts', () => {
  test('a host is known by its name, its patterns, and its port', () => {
    expect(accepts(`lab-1.example.org,10.0.0.1 ${one} a comment`, one)).toBe(true);
    expect(accepts(`lab-1.example.org ${one}`, two)).toBe(false);
    expect(accepts(`lab-2.example.org ${one}`, one)).toBeNull();
    expect(accepts(`*.example.org,!lab-1.* ${one}`, one)).toBeNull();
    expect(accepts(`lab-?.example.org ${one}`, one)).toBe(true);
    expect(accepts(`LAB-1.Example.org ${one}`, one)).toBe(true);
    expect(accepts(`lab-1xexample.org ${one}`, one)).toBeNull();
    expect(accepts(`lab-1.example.org ${one}`, one, undefined, 2222)).toBeNull();
    expect(accepts(`[lab-1.example.org]:2222 ${one}`, one, undefined, 2222)).toBe(true);
    expect(accepts(`[::1]:2222 ${one}`, one, '::1', 2222)).toBe(true);
  });

  test('a hashed name is found', () => {
    const salt = Buffer.from('twenty bytes of salt');
    const hash = createHmac('sha1', salt).update('[lab-1.example.org]:2222').digest('base64');
    const text = `|1|${salt.toString('base64')}|${hash} ${one}`;
    expect(accepts(text, one, undefined, 2222)).toBe(true);
    expect(accepts(text, one)).toBeNull();
  });

  test('a revoked key is refused, also where another line accepts it', () => {
    expect(accepts(`lab-1.example.org ${one}\n@revoked * ${one}`, one)).toBeNull();
    const text = `lab-1.example.org ${one}\nlab-1.example.org ${two}\n@revoked * ${one}`;
    expect(accepts(text, one)).toBe(false);
    expect(accepts(text, two)).toBe(true);
  });

  test('an authority of certificates is no host key', () => {
    expect(accepts(`@cert-authority * ${one}`, one)).toBeNull();
  });

  test('lines that are none are named', () => {
    const text = [
      '# fine',
      '',
      'lab-1',
      `@other lab-1 ${one}`,
      'lab-1 ssh-ed25519 AAAA',
      `lab-1 ${one}`,
    ];
    expect(parseKnownHosts([...text, `|1|x ${one}`].join('\n'))).toMatchObject({
      hosts: [{ patterns: ['lab-1'] }],
      wrong: [3, 4, 5, 7],
    });
  });

  test('only algorithms of known keys are asked for', () => {
    const rsa = utils.generateKeyPairSync('rsa', { bits: 1024 }).public.trim();
    const { hosts } = parseKnownHosts(`a ${one}\nb ${rsa}\n`);
    expect(keysOf(hosts, { host: 'a', port: 22 })?.algorithms).toEqual(['ssh-ed25519']);
    expect(keysOf(hosts, { host: 'b', port: 22 })?.algorithms).toEqual([
      'rsa-sha2-512',
      'rsa-sha2-256',
    ]);
  });

  test('a key is written as OpenSSH does, with the name of its host', () => {
    expect(writtenKey(blobOf(one))).toBe(one);
    expect(knownHostsLine({ host: 'a', port: 22 }, one)).toBe(`a ${one}`);
    expect(knownHostsLine({ host: '::1', port: 23 }, one)).toBe(`[::1]:23 ${one}`);
  });
});
