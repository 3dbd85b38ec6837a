import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { quoted } from '../../../src/cli/remote/fields';
import { temporaryDirectory } from '../../helpers/engine';
import { BASIC, MAIN } from '../../helpers/process';

/** The circumstances in which somebody runs a command. */
export interface Situation {
  title: string;
  /** Columns of the terminal; undefined: a pipe. */
  columns?: number;
  env?: Record<string, string>;
  /** Follows the command in the line of the shell. */
  after?: string;
  /** Does nothing come of it? */
  isRefused?: true;
}

const WAYS: Situation[] = [
  { title: 'a terminal of 80 columns', columns: 80 },
  { title: 'a terminal of 40 columns', columns: 40 },
  { title: 'a terminal, NO_COLOR', columns: 80, env: { NO_COLOR: '1' } },
  { title: 'a pipe' },
  { title: 'a pipe to head', after: '| head -n 1' },
];

/** Nothing listens there. */
const UNREACHABLE = 'http://127.0.0.1:2';

/** Those of a command that calls a server. */
export const OF_CALLERS: readonly Situation[] = [
  ...WAYS,
  { title: 'no server', env: { HOLDFAST_URL: UNREACHABLE }, isRefused: true },
  { title: 'a wrong token', env: { HOLDFAST_TOKEN: 'hf_wrong' }, isRefused: true },
];

/** Those of a command that runs or repairs a server. */
export const OF_SERVERS: readonly Situation[] = [
  ...WAYS,
  { title: 'no installation' },
  { title: 'a server at work' },
];

/** A command to run. */
export interface Run {
  words: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd?: string;
  /** Acts while it runs. */
  meanwhile?: (running: Watched) => Promise<void>;
}

/** Runs a command in a situation to its end; gives everything that the person sees. */
export async function seen(run: Run, { columns, env, after = '' }: Situation): Promise<string> {
  const note = join(temporaryDirectory(), 'pid');
  const words = [process.execPath, MAIN, ...run.words].map(quoted).join(' ');
  const line = `sh -c 'echo $$ >${note}; exec "$@"' sh ${words} </dev/null`;
  const atTerminal = `stty cols ${columns} rows 24; ${line}; echo exit $?`;
  const [program, ...rest] =
    columns === undefined
      ? ['bash', '-c', `${line} 2>&1 ${after}; echo "exit \${PIPESTATUS[0]}"`]
      : ['script', '-qc', atTerminal, '/dev/null'];
  const child = spawn(program, rest, {
    cwd: run.cwd ?? temporaryDirectory(),
    env: { ...BASIC, SHELL: '/bin/bash', TERM: 'xterm-256color', ...run.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const running = new Watched(child.stdout, note);
  await run.meanwhile?.(running);
  await ended;
  return running.text;
}

/** A command that runs, and what it has shown. */
export class Watched {
  text = '';
  private isOver = false;

  constructor(
    private readonly stream: Readable,
    private readonly note: string,
  ) {
    stream.setEncoding('utf8').on('data', (part: string) => (this.text += part));
    stream.once('end', () => (this.isOver = true));
  }

  /** Waits until it has shown something that fits. */
  async shows(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.text)) {
      if (this.isOver) throw new Error(`It ended without ${pattern}: ${this.text}`);
      await Promise.race([once(this.stream, 'data'), once(this.stream, 'end')]);
    }
  }

  /** Ends it by SIGTERM. */
  end(): void {
    process.kill(Number(readFileSync(this.note, 'utf8')), 'SIGTERM');
  }
}
