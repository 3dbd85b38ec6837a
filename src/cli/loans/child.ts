import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { withInheritedUmask } from '../../umask';
import { Family } from './processes';

/** A shell's exit codes for a command that cannot be executed, and for one that is not there. */
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;
/** A shell's exit code for a command that signal n ended is this much more than n. */
const BY_SIGNAL = 128;

/** Those that a terminal gives to its whole foreground group: the command has had them already. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];
/** Those that mean the whole job; others mean the program itself. */
const FOR_GROUP: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** How a command ended. `failure`: it never started, for this reason. */
export interface ChildEnd {
  code: number;
  signal: NodeJS.Signals | null;
  failure: string | null;
}

export interface ChildOptions {
  /** The program and its arguments; no shell reads them. */
  command: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** The variable of `env` that marks it and its descendants. */
  marker: string;
  /**
   * On a terminal it stays in our process group, so that Ctrl-C, Ctrl-Z, the window's size and
   * /dev/tty work as if we were not there. Otherwise it leads a session of its own.
   */
  onTerminal: boolean;
}

/** A command that runs with our stdin, stdout and stderr. */
export class Child {
  /** Resolves when the command itself has ended; its descendants may live on. */
  readonly ended: Promise<ChildEnd>;
  /** The command with all that came of it; null if it never started. */
  readonly family: Family | null;
  private readonly process: ChildProcess;
  private hasEnded = false;

  constructor(private readonly options: ChildOptions) {
    const [program = '', ...words] = options.command;
    this.process = withInheritedUmask(() =>
      spawn(program, words, {
        env: options.env,
        stdio: 'inherit',
        detached: this.ownsGroup,
      }),
    );
    const { pid } = this.process;
    this.family = pid === undefined ? null : new Family(options.marker, pid, this.ownsGroup);
    this.ended = this.end(program);
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Does it lead a group of its own? */
  get ownsGroup(): boolean {
    return !this.options.onTerminal;
  }

  /** Passes a signal on that we got. Once the command has ended, it has no effect. */
  pass(signal: NodeJS.Signals): void {
    const { onTerminal } = this.options;
    const { pid } = this.process;
    if (pid === undefined || this.hasEnded || (onTerminal && FROM_TERMINAL.includes(signal)))
      return;
    const toGroup = !onTerminal && FOR_GROUP.includes(signal);
    try {
      process.kill(toGroup ? -pid : pid, signal);
    } catch {
      // It has ended, and its exit is on the way to us; or it changed its user.
    }
  }

  private end(program: string): Promise<ChildEnd> {
    return new Promise((resolve) => {
      this.process.once('error', (error: NodeJS.ErrnoException) => {
        if (this.pid === undefined) resolve(failed(program, error));
      });
      this.process.once('exit', (code, signal) => {
        this.hasEnded = true;
        resolve({ code: code ?? codeOf(signal), signal, failure: null });
      });
    });
  }
}

/** The exit code that stands for a signal. */
export function codeOf(signal: NodeJS.Signals | null): number {
  return BY_SIGNAL + (signal === null ? 0 : constants.signals[signal]);
}

function failed(program: string, { code, message }: NodeJS.ErrnoException): ChildEnd {
  const isMissing = code === 'ENOENT';
  return {
    code: isMissing ? NOT_FOUND : NOT_EXECUTABLE,
    signal: null,
    failure: isMissing
      ? `There is no command ${program}.`
      : `${program} cannot be executed (${code ?? message}).`,
  };
}
