import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { enter } from '../../src/sqlite/presence';
import { whenDone } from '../helpers/cleanups';
import { temporaryDirectory } from '../helpers/engine';
import { describeAsRoot, freePort } from '../helpers/outputs';
import { BASIC, MAIN, poolsFile, ServerProcess } from '../helpers/process';
import { problem } from '../helpers/server';

jest.setTimeout(60_000);

const SIGHUP = 1;
const ENDS_WITHIN = 10_000;

interface Starting {
  /** The process of the program itself. */
  pid: number;
  ended: Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  said: () => string;
}

/**
 * A server that cannot go on with its start, because another one sets up its data directory; resolves
 * as soon as it takes signals. `command` runs it.
 */
async function heldStart(command: string[] = [], port = 0): Promise<Starting> {
  const dataDir = temporaryDirectory();
  const presence = await enter(join(dataDir, 'presence.lock'));
  whenDone(() => presence.leave());
  const [program, ...words] = [...command, process.execPath, MAIN, 'serve'];
  const child = spawn(program, words, {
    cwd: temporaryDirectory(),
    env: { ...BASIC, DATA_DIR: dataDir, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit') as Starting['ended'];
  whenDone(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  const pid = command.length === 0 ? child.pid! : await onlyChildOf(child.pid!);
  // Node itself takes SIGTERM for a moment, to end; SIGHUP is ours, and the last that is taken.
  while (!takes(pid, SIGHUP)) await new Promise((resolve) => setImmediate(resolve));
  return { pid, ended, said: () => said };
}

/** The first answer from there, once something listens. */
async function answerFrom(url: string): Promise<Response> {
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    if (answer) return answer;
  }
}

async function onlyChildOf(pid: number): Promise<number> {
  for (;;) {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    if (child) return Number(child);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Has the process a handler of its own for this signal? */
function takes(pid: number, signal: number): boolean {
  const [, mask] = /^SigCgt:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return (BigInt(`0x${mask}`) & (1n << BigInt(signal - 1))) !== 0n;
}

async function expectOrderlyEnd({ pid, ended, said }: Starting): Promise<void> {
  const begun = performance.now();
  process.kill(pid, 'SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(performance.now() - begun).toBeLessThan(ENDS_WITHIN);
  expect(said()).not.toContain('"serving"');
}

describe('a server that is still starting', () => {
  test('ends with 0 on SIGTERM, from the first moment', async () => {
    await expectOrderlyEnd(await heldStart());
  });

  test('asks callers to come again', async () => {
    const port = await freePort();
    const starting = await heldStart([], port);
    const answer = await answerFrom(`http://127.0.0.1:${port}/v1/pools`);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toEqual(problem(503, 'busy'));
    await expectOrderlyEnd(starting);
  });

  test('is not ended by SIGHUP', async () => {
    const starting = await heldStart();
    process.kill(starting.pid, 'SIGHUP');
    await expectOrderlyEnd(starting);
  });
});

describeAsRoot('the first process of a container', () => {
  test('ends with 0 on SIGTERM while it is starting', async () => {
    await expectOrderlyEnd(await heldStart(['unshare', '--pid', '--fork']));
  });
});

describe('SIGHUP', () => {
  const file = (size: number) =>
    `pools: [{ name: boxes, kind: container, driver: simulated, size: ${size} }]`;
  const said = (text: string) => (line: { msg: string }) => line.msg === text;

  test('reloads the pools file; a wrong one changes nothing, and is told in the log', async () => {
    const path = poolsFile(file(1));
    const server = await ServerProcess.start({ env: { POOLS_FILE: path } });
    const token = await server.setUp();
    const size = async () => (await server.http.get('/v1/pools/boxes', { token })).body.size;
    writeFileSync(path, file(2));
    server.signal('SIGHUP');
    await server.log.line(said('the pools file was reloaded'), 'the reload');
    expect(await size()).toBe(2);
    writeFileSync(path, 'pools: [{ name: boxes }]');
    server.signal('SIGHUP');
    const line = await server.log.line(said('the pools file was not reloaded'), 'the refusal');
    expect(line).toMatchObject({
      err: { type: 'ConfigError', message: expect.stringContaining(path) },
    });
    expect(await size()).toBe(2);
    await server.stop();
  });

  test('without a pools file is one line', async () => {
    const server = await ServerProcess.start();
    server.signal('SIGHUP');
    await server.log.line(said('SIGHUP: there is no POOLS_FILE to reload'), 'the line');
    expect((await server.http.get('/livez')).status).toBe(200);
    await server.stop();
  });
});
