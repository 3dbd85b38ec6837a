import { spawn, type ChildProcess } from 'node:child_process';
import { GUARD_SCRIPT } from './guard-script';

const SHELL = '/bin/sh';

export interface GuardOptions {
  /** The variable that marks the processes of the command. */
  marker: string;
  /** Whole seconds between SIGTERM and SIGKILL, if we are killed. */
  graceSeconds: number;
  /** Removed if we are killed. */
  files: readonly string[];
  /** The folders in which the guard finds its tools. */
  path: string | undefined;
  /** It cannot be started, or ended twice; `reason` says why. */
  onMissing: (reason: string) => void;
}

/**
 * A shell of some hundred kilobytes that outlives us: it holds the read end of a pipe, and ends the
 * processes of the command once the pipe closes without our word, because somebody killed us, or
 * once the time that we gave it is over, because we stand still. It has a session of its own, so
 * that a signal to our group, or from the terminal, does not reach it.
 */
export class Guard {
  private shell: ChildProcess | null = null;
  private child: string | null = null;
  private deadline: number | null = null;
  private starts = 0;
  private isDone = false;

  constructor(private readonly options: GuardOptions) {
    this.start();
  }

  /** The command has started; `ownsGroup`: as the leader of a group of its own. */
  watch(pid: number, ownsGroup: boolean): void {
    this.child = `child ${pid} ${ownsGroup ? 'own' : 'shared'}`;
    this.tell(this.child);
  }

  /** The command has to be dead in `ms` milliseconds from now, unless this is called again. */
  until(ms: number): void {
    this.deadline = performance.now() + ms;
    this.tell(`until ${seconds(ms)}`);
  }

  /** The guard is not needed any more. */
  done(): void {
    this.isDone = true;
    this.tell('done');
    this.shell?.stdin?.end();
  }

  private start(): void {
    const { marker, graceSeconds, files, path } = this.options;
    this.starts += 1;
    this.shell = spawn(
      SHELL,
      ['-c', GUARD_SCRIPT, 'holdfast-guard', marker, String(graceSeconds), ...files],
      // Nothing of the loan, and no stream that somebody reads to its end.
      { detached: true, env: { PATH: path }, cwd: '/', stdio: ['pipe', 'ignore', 'ignore'] },
    );
    // Written to after its end: the exit tells it.
    this.shell.stdin!.on('error', () => undefined);
    this.shell.once('error', (error) => this.missing(error.message));
    this.shell.once('exit', (code, signal) => this.restart(signal ?? `exit code ${code}`));
    this.shell.unref();
    (this.shell.stdin as unknown as { unref(): void }).unref();
  }

  /** Somebody killed the guard: it gets a successor. */
  private restart(reason: string): void {
    if (this.isDone) return;
    if (this.starts > 1) return this.missing(reason);
    this.start();
    if (this.child !== null) this.tell(this.child);
    if (this.deadline !== null) this.until(this.deadline - performance.now());
  }

  private missing(reason: string): void {
    if (!this.isDone) this.options.onMissing(reason);
    this.isDone = true;
  }

  private tell(line: string): void {
    this.shell?.stdin?.write(`${line}\n`);
  }
}

/** For `sleep`. */
function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3);
}
