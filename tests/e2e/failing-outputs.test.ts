import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { whenDone } from '../helpers/cleanups';
import { temporaryDirectory } from '../helpers/engine';
import {
  describeAsRoot,
  fillDisk,
  freePort,
  fullPipe,
  ready,
  settings,
  smallDisk,
  startUnheard,
  type Unheard,
} from '../helpers/outputs';
import { BASIC, MAIN } from '../helpers/process';

jest.setTimeout(60_000);

/** More calls than any buffer between the server and its reader holds lines. */
const CALLS = 30;
/** A server that waits for its reader never answers; a busy machine is slow. In ms. */
const ANSWERED_WITHIN = 20_000;
const ENDS_WITHIN = 10_000;

/** The server answers, lends and ends as if its log were read. */
async function expectUnharmed({ url, pid, ended }: Unheard): Promise<void> {
  await expectAnswers(url);
  const begun = performance.now();
  process.kill(pid, 'SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(performance.now() - begun).toBeLessThan(ENDS_WITHIN);
}

async function expectAnswers(url: string): Promise<void> {
  for (let call = 0; call < CALLS; call += 1) {
    const signal = AbortSignal.timeout(ANSWERED_WITHIN);
    expect((await fetch(`${url}/livez`, { signal })).status).toBe(200);
  }
  const wrong = await fetch(`${url}/v1/setup`, { method: 'POST' });
  expect(wrong.status).toBe(400);
}

describe('a server goes on, and ends with 0, while its log', () => {
  test.each(['json', 'pretty'])('is on a full device, as %s', async (format) => {
    const full = fs.openSync('/dev/full', 'w');
    const server = await startUnheard(full, full, { LOG_FORMAT: format });
    fs.closeSync(full);
    await expectUnharmed(server);
  });

  test('is a full pipe that nobody reads, on stdout and stderr', async () => {
    const { writer } = fullPipe();
    await expectUnharmed(await startUnheard(writer, writer));
  });

  test('is a socket that nobody reads', async () => {
    const server = await startUnheard('pipe', 'pipe', { LOG_LEVEL: 'trace' });
    const long = { 'X-Request-ID': 'x'.repeat(128) };
    for (let call = 0; call < 2_000; call += 1)
      await fetch(`${server.url}/livez`, {
        headers: long,
        signal: AbortSignal.timeout(ANSWERED_WITHIN),
      });
    await expectUnharmed(server);
  });

  test('is a pipe whose reader is gone', async () => {
    const { reader, writer } = fullPipe();
    fs.closeSync(reader);
    await expectUnharmed(await startUnheard(writer, writer));
  });

  test('is closed', async () => {
    const port = await freePort();
    const code = await runInShell(`exec "$0" "$@" >&- 2>&-`, port);
    expect(code).toBe(0);
  });
});

test('a terminal that is stopped, and one that is gone, stop nobody', async () => {
  const port = await freePort();
  const code = join(temporaryDirectory(), 'code');
  // The terminal is full as soon as `script`, which nobody reads, is.
  const terminal = spawn(
    'script',
    ['-qfc', `trap "" HUP; "${process.execPath}" "${MAIN}" serve; echo $? > ${code}`, '/dev/null'],
    { cwd: temporaryDirectory(), env: environment(port), stdio: ['pipe', 'pipe', 'ignore'] },
  );
  whenDone(() => void terminal.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}`;
  await ready(url);
  terminal.kill('SIGSTOP');
  for (let call = 0; call < 200; call += 1)
    await fetch(`${url}/livez`, {
      headers: { 'X-Request-ID': 'x'.repeat(128) },
      signal: AbortSignal.timeout(ANSWERED_WITHIN),
    });
  await expectAnswers(url);
  terminal.kill('SIGKILL');
  await once(terminal, 'exit');
  await expectAnswers(url);
  const written = new Promise<void>((resolve) => {
    const watcher = fs.watch(dirname(code), () => {
      if (!fs.existsSync(code) || fs.readFileSync(code, 'utf8') === '') return;
      watcher.close();
      resolve();
    });
  });
  process.kill(listenerAt(port), 'SIGTERM');
  await written;
  expect(fs.readFileSync(code, 'utf8')).toBe('0\n');
});

describeAsRoot('a server whose log is on a small disk', () => {
  test('goes on when that is full, and writes on when there is room', async () => {
    const disk = smallDisk('64k');
    const file = join(disk, 'log');
    const log = fs.openSync(file, 'a');
    const server = await startUnheard(log, log);
    const filler = fillDisk(disk);
    await expectAnswers(server.url);
    filler.free();
    await expectUnharmed(server);
    fs.closeSync(log);
    expect(fs.readFileSync(file, 'utf8')).toMatch(/"msg":"stopping"}\n$/);
  });

  test('starts when that is full already', async () => {
    const disk = smallDisk('64k');
    const log = fs.openSync(join(disk, 'log'), 'a');
    fillDisk(disk);
    const server = await startUnheard(log, log);
    fs.closeSync(log);
    await expectUnharmed(server);
  });
});

function environment(port: number): Record<string, string | undefined> {
  return { ...BASIC, DATA_DIR: temporaryDirectory(), ...settings(port) };
}

/** Starts a server by a shell, ends it once it answers, and gives its exit code. */
async function runInShell(script: string, port: number): Promise<number | null> {
  const child = spawn('sh', ['-c', script, process.execPath, MAIN, 'serve'], {
    cwd: temporaryDirectory(),
    env: environment(port),
    stdio: 'ignore',
  });
  whenDone(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  await ready(`http://127.0.0.1:${port}`);
  await expectAnswers(`http://127.0.0.1:${port}`);
  child.kill('SIGTERM');
  return (await ended)[0] as number | null;
}

/** The process that runs our program with this PORT. */
function listenerAt(port: number): number {
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    try {
      const variables = fs.readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return words[1] === MAIN && variables.includes(`PORT=${port}`);
    } catch {
      return false;
    }
  });
  return Number(found);
}

test('a command whose stdout is full says so in one line, with 74', async () => {
  const full = fs.openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [MAIN, 'check-config'], {
    cwd: temporaryDirectory(),
    env: { ...BASIC, DATA_DIR: join(temporaryDirectory(), 'data') },
    stdio: ['ignore', full, 'pipe'],
  });
  fs.closeSync(full);
  const [stderr, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit')]);
  expect({ code, stderr }).toEqual({
    code: 74,
    stderr: 'holdfast: stdout cannot be written (ENOSPC).\n',
  });
});
