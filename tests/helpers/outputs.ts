import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { whenDone } from './cleanups';
import { temporaryDirectory } from './engine';
import { BASIC, MAIN, SETUP_TOKEN } from './process';

/** A server whose output goes where the test says, so that nothing can be read from it. */
export interface Unheard {
  url: string;
  pid: number;
  /** Its exit code and signal, once it has ended. */
  ended: Promise<[code: number | null, signal: NodeJS.Signals | null]>;
}

/**
 * Starts a server with these outputs (descriptors, or `pipe`, which nobody reads), and waits until
 * it is ready.
 */
export async function startUnheard(
  stdout: number | 'pipe',
  stderr: number | 'pipe' | 'ignore' = 'ignore',
  env: Record<string, string> = {},
): Promise<Unheard> {
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    cwd: temporaryDirectory(),
    env: { ...BASIC, DATA_DIR: temporaryDirectory(), ...settings(port), ...env },
    stdio: ['ignore', stdout, stderr],
  });
  const ended = once(child, 'exit') as Unheard['ended'];
  whenDone(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const url = `http://127.0.0.1:${port}`;
  await ready(url);
  return { url, pid: child.pid!, ended };
}

/** The variables of a server that answers at `port`, for whoever starts it. */
export function settings(port: number): Record<string, string> {
  return { PORT: String(port), BCRYPT_COST: '4', SETUP_TOKEN };
}

/** A port at which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Resolves when the server there is ready. It looks at itself once a second, whatever happens, so
 * that no commit and no line of its log tells.
 */
export async function ready(url: string): Promise<void> {
  for (const deadline = performance.now() + 30_000; performance.now() < deadline;) {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => null,
    );
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${url} was never ready.`);
}

/** A pipe that nobody reads and that is full: its reading end, and the descriptor to write to. */
export function fullPipe(): { reader: number; writer: number } {
  const path = join(temporaryDirectory(), 'pipe');
  execFileSync('mkfifo', [path]);
  const { O_RDONLY, O_WRONLY, O_NONBLOCK } = fs.constants;
  const reader = fs.openSync(path, O_RDONLY | O_NONBLOCK);
  const filler = fs.openSync(path, O_WRONLY | O_NONBLOCK);
  for (const size of [4096, 1]) fill(filler, size);
  return { reader, writer: fs.openSync(path, O_WRONLY) };
}

/** A file system of `size`, such as `64k`, that is mounted below a directory of its own. */
export function smallDisk(size: string): string {
  const path = temporaryDirectory();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'holdfast-test', path]);
  whenDone(() => void execFileSync('umount', ['--lazy', path]));
  return path;
}

/** Writes to a file until the disk is full. */
export function fillDisk(directory: string): { free(): void } {
  const path = join(directory, 'filler');
  const filler = fs.openSync(path, 'w');
  for (const size of [4096, 1]) fill(filler, size);
  fs.closeSync(filler);
  return { free: () => fs.rmSync(path) };
}

/** Tests that mount something: skipped without root, except with CI=true, where they fail. */
export const describeAsRoot =
  process.getuid!() === 0 || process.env.CI === 'true' ? describe : describe.skip;

function fill(fd: number, size: number): void {
  const bytes = Buffer.alloc(size, '\n');
  try {
    for (;;) fs.writeSync(fd, bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EAGAIN' && code !== 'ENOSPC') throw error;
  }
}
