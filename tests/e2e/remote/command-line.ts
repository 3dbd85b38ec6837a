import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { temporaryDirectory } from '../../helpers/engine';
import { MAIN } from '../../helpers/process';

/** The end of a command. */
export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The command line as a user has it: a home of their own, and nothing else in the environment. */
export class CommandLine {
  readonly home = temporaryDirectory();

  constructor(private readonly env: Record<string, string> = {}) {}

  /** The file of the contexts. */
  get contexts(): string {
    return join(this.home, 'holdfast', 'contexts.json');
  }

  /** Runs a command to its end. */
  run(...words: string[]): Promise<Outcome> {
    return this.with({}, ...words);
  }

  /** Runs a command, and hands on whatever it writes to stderr. */
  telling(told: (text: string) => void, ...words: string[]): Promise<Outcome> {
    return this.start({}, words, told);
  }

  /** Runs a command with more variables, and with `stdin` if there is some. */
  with(env: Record<string, string | undefined>, ...words: string[]): Promise<Outcome> {
    return this.start(env, words);
  }

  private async start(
    { stdin = '', ...env }: Record<string, string | undefined>,
    words: string[],
    told: (text: string) => void = () => undefined,
  ): Promise<Outcome> {
    const child = spawn(process.execPath, [MAIN, ...words], {
      cwd: this.home,
      env: { XDG_CONFIG_HOME: this.home, HOLDFAST_TIMEOUT: '0s', ...this.env, ...env },
    });
    child.stdin.on('error', () => undefined).end(stdin);
    child.stderr.setEncoding('utf8').on('data', told);
    const ended = once(child, 'close') as Promise<[number | null]>;
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: (await ended)[0], stdout, stderr };
  }
}
