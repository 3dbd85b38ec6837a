import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Holdfast } from '../../../src/client';
import { whenDone } from '../../helpers/cleanups';
import { temporaryDirectory } from '../../helpers/engine';
import { BASIC, MAIN, ServerProcess } from '../../helpers/process';
import { readProcesses } from '../../../src/cli/loans/processes';

export const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 2 }]';

/** The output of `npm run build`. */
const COMPILED = [process.execPath, MAIN];

/** A real server with one admin, whose token the commands have. */
export class Lab {
  private constructor(
    readonly server: ServerProcess,
    readonly token: string,
    readonly admin: Holdfast,
    private readonly program: readonly string[],
  ) {}

  /** `program`: the first words of the server and of every command. */
  static async start(pools = POOLS, program: readonly string[] = COMPILED): Promise<Lab> {
    const server = await ServerProcess.start({
      pools,
      program: { command: [...program, 'serve'] },
    });
    const token = await server.setUp();
    return new Lab(server, token, new Holdfast({ url: server.url, token }), program);
  }

  /** Starts a command; one that still runs is killed after the tests. */
  start(words: readonly string[], options: Partial<StartOptions> = {}): Running {
    const { env = {}, url = this.server.url, stdio = ['pipe', 'pipe', 'pipe'] } = options;
    const [file, ...first] = this.program;
    const child = spawn(file!, [...first, ...words], {
      cwd: temporaryDirectory(),
      detached: options.detached ?? false,
      env: {
        ...BASIC,
        XDG_CONFIG_HOME: temporaryDirectory(),
        HOLDFAST_URL: url,
        HOLDFAST_TOKEN: this.token,
        ...env,
      },
      stdio,
    });
    return new Running(child);
  }

  /** Runs a command to its end. */
  run(words: readonly string[], options: Partial<StartOptions> = {}): Promise<Ended> {
    const running = this.start(words, options);
    running.child.stdin?.end();
    return running.ended;
  }

  /** Those that are lent now, or waited for. */
  async live(): Promise<string[]> {
    const all = await this.admin.reservations.list().all();
    return all.filter(({ status }) => status !== 'ended').map(({ id }) => id);
  }
}

export interface StartOptions {
  env: Record<string, string>;
  url: string;
  stdio: StdioOptions;
  detached: boolean;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A command that runs. */
export class Running {
  readonly ended: Promise<Ended>;
  private out = '';
  private err = '';

  constructor(readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (part: string) => (this.out += part));
    child.stderr?.setEncoding('utf8').on('data', (part: string) => (this.err += part));
    child.stdin?.on('error', () => undefined);
    this.ended = once(child, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: this.out,
      stderr: this.err,
    }));
    whenDone(async () => {
      child.kill('SIGKILL');
      await this.ended;
    });
  }

  /** Waits until stdout fits. */
  wrote(pattern: RegExp): Promise<RegExpExecArray> {
    return this.until(() => pattern.exec(this.out), this.child.stdout!, pattern);
  }

  /** Waits until stderr fits. */
  told(pattern: RegExp): Promise<RegExpExecArray> {
    return this.until(() => pattern.exec(this.err), this.child.stderr!, pattern);
  }

  private async until<T>(
    look: () => T | null,
    stream: NodeJS.ReadableStream,
    pattern: RegExp,
  ): Promise<T> {
    for (;;) {
      const found = look();
      if (found) return found;
      const more = once(stream, 'data').catch(() => null);
      const over = await Promise.race([more.then(() => null), this.ended]);
      if (over && !look())
        throw new Error(`Never saw ${pattern}: ${over.code} ${over.stdout} ${over.stderr}`);
    }
  }
}

/** Is there such a process, and is it no zombie? */
export function isAlive(pid: number): boolean {
  return readProcesses()!.some((row) => row.pid === pid && !row.isZombie);
}

/** The command lines of a process and all its descendants. */
export function commandLines(root: number): string[] {
  const rows = readProcesses()!;
  const below = (pid: number): number[] => [
    pid,
    ...rows.filter(({ parent }) => parent === pid).flatMap((row) => below(row.pid)),
  ];
  return below(root).map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
}
