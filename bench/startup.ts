import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** What the start may take: so many times `node -e 0`, and so many ms. */
const ALLOWED = { times: 2, plus: 150 };
const RUNS = 9;
const LOOK_EVERY = 2;
const GIVE_UP = 30_000;

/**
 * From exec to the first answer of the executable: its first start in an empty directory, and the
 * starts after that.
 */
async function main(binary: string): Promise<void> {
  const node = median(times(RUNS, () => timed(() => spawnSync(process.execPath, ['-e', '0']))));
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-startup-'));
  try {
    const first = await timeToAnswer(binary, directory);
    const later: number[] = [];
    for (let run = 0; run < RUNS; run++) later.push(await timeToAnswer(binary, directory));
    report(node, first, median(later));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function report(node: number, first: number, later: number): void {
  const allowed = node * ALLOWED.times + ALLOWED.plus;
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  process.stdout.write(
    `node -e 0: ${ms(node)}; first start: ${ms(first)}; start: ${ms(later)} (median of ` +
      `${RUNS}, ${(later / node).toFixed(1)} x node -e 0; allowed ${ms(allowed)})\n`,
  );
  if (later >= allowed) process.exitCode = 1;
}

/** Starts it, asks until it answers, and stops it; ms until the answer was there. */
async function timeToAnswer(binary: string, directory: string): Promise<number> {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn(binary, ['serve'], {
    cwd: directory,
    env: { PORT: String(port), LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'close');
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  try {
    while (!(await answers(port))) {
      if (child.exitCode !== null || performance.now() - begun > GIVE_UP)
        throw new Error(`It never answered: ${complaint}`);
      await pause(LOOK_EVERY);
    }
    return performance.now() - begun;
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    get({ host: '127.0.0.1', port, path: '/livez', agent: false }, (response) =>
      done(response.resume().statusCode === 200),
    ).on('error', () => done(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

function timed(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

main(resolve(process.argv[2] ?? 'dist/holdfast')).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
