import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { whenDone } from '../helpers/cleanups';
import { allowedContainer, ProxyOverTcp } from '../helpers/docker-proxy';
import { temporaryDirectory } from '../helpers/engine';
import { MAIN } from '../helpers/process';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const CREATE = '/v1.41/containers/create?name=x';
const ALLOWED = 'POST /containers/create?name=x';

describe('over TCP', () => {
  let proxy: ProxyOverTcp;
  beforeAll(async () => (proxy = await ProxyOverTcp.start(['localhost', 'docker-proxy'])));

  /** The status of an answer to a call that would make a container. */
  async function create(headers: Record<string, string>): Promise<number> {
    const options = { port: proxy.port, host: '127.0.0.1', method: 'POST', path: CREATE, headers };
    const asked = request(options).end(JSON.stringify(allowedContainer()));
    const [answer] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }];
    answer.resume();
    return answer.statusCode;
  }

  test.each([
    ['no name', {}],
    ['its name', { Host: 'docker-proxy:2375' }],
    ['its name in other letters', { Host: 'Docker-Proxy.' }],
    ['an address', { Host: '192.0.2.7:2375' }],
    ['an IPv6 address', { Host: '[2001:db8::7]:2375' }],
    ['a charset', { 'Content-Type': 'application/json; charset=utf-8' }],
    ["Docker's own client", { 'User-Agent': 'Docker-Client/28.5.1 (linux)' }],
  ])('a call with %s passes', async (_what, headers) => {
    proxy.passed.splice(0);
    expect(await create({ ...JSON_TYPE, ...headers })).toBe(201);
    expect(proxy.passed).toEqual([ALLOWED]);
  });

  test.each<[string, Record<string, string>, string]>([
    ['plain text', { 'Content-Type': 'text/plain' }, ''],
    ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }, ''],
    ['no type', {}, ''],
    ['something like JSON', { 'Content-Type': 'text/plain; x=application/json' }, ''],
    ['Origin', { ...JSON_TYPE, Origin: 'http://localhost' }, ' (from a web page)'],
    ['Referer', { ...JSON_TYPE, Referer: 'http://localhost/' }, ' (from a web page)'],
    ['Fetch Metadata', { ...JSON_TYPE, 'Sec-Fetch-Site': 'none' }, ' (from a web page)'],
    ["a browser's name", { ...JSON_TYPE, 'User-Agent': 'Mozilla/5.0 (X11)' }, ' (from a web page)'],
    [
      'a name that leads here by DNS alone',
      { ...JSON_TYPE, Host: 'rebound.example:2375' },
      ' (for another host name; --host adds names)',
    ],
    [
      'a name that looks like an address',
      { ...JSON_TYPE, Host: '127.0.0.1.rebound.example' },
      ' (for another host name; --host adds names)',
    ],
  ])('a call with %s is refused', async (_what, headers, why) => {
    proxy.passed.splice(0);
    proxy.refused.splice(0);
    expect(await create(headers)).toBe(403);
    expect(proxy.passed).toEqual([]);
    expect(proxy.refused).toEqual([`POST /v1.41/containers/create${why}`]);
  });
});

describe('holdfast docker-proxy', () => {
  /** Runs the command until it has said something or ended. */
  async function run(...words: string[]) {
    const child = spawn(process.execPath, [MAIN, 'docker-proxy', ...words], {
      env: {},
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(child, 'close') as Promise<[number]>;
    whenDone(() => void child.kill('SIGKILL'));
    const [said] = (await once(child.stderr, 'data')) as [Buffer];
    return {
      said: said.toString(),
      ended,
      stop: async () => {
        child.kill('SIGTERM');
        return (await ended)[0];
      },
    };
  }

  test('makes a socket, and its directory, for its user and its group', async () => {
    const path = join(temporaryDirectory(), 'made', 'engine.sock');
    for (const _turn of ['first', 'over the socket that the first leaves behind']) {
      const { said, stop } = await run('--listen', path);
      expect(said).toBe(`listening on ${path}\n`);
      expect(statSync(path).mode & 0o777).toBe(0o660);
      expect(statSync(join(path, '..')).mode & 0o027).toBe(0);
      expect(await stop()).toBe(0);
    }
  });

  test('replaces nothing but a socket', async () => {
    const path = join(temporaryDirectory(), 'engine.sock');
    writeFileSync(path, 'mine');
    const { said, ended } = await run('--listen', path);
    expect(said).toBe(`holdfast: --listen: ${path} exists, and is no socket.\n`);
    expect((await ended)[0]).toBe(73);
    expect(existsSync(path)).toBe(true);
  });

  test('says in one line that it cannot listen there', async () => {
    const { said, ended } = await run('--listen', '192.0.2.1:2375');
    expect(said).toBe('holdfast: --listen: 192.0.2.1:2375 cannot be used (EADDRNOTAVAIL).\n');
    expect((await ended)[0]).toBe(78);
  });
});
