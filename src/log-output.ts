import { constants, fstatSync, openSync, writeSync } from 'node:fs';

/** The most that is kept for an output that takes nothing at the moment; bytes, for each thread. */
const MOST_KEPT = 1024 * 1024;
/** Pauses before an output is tried again, in ms: one that fails, and one whose reader is behind. */
const TRY_AGAIN_AFTER = 250;
const CATCH_UP_AFTER = 10;

/** Lines that an output never took, and why the first of them was not taken. */
export interface LostLines {
  lines: number;
  /** The system's code, such as ENOSPC; EAGAIN: its reader does not read. */
  code: string;
}

export interface LogOutputOptions {
  /** Called once the output works again after it lost lines. */
  onLost?: (lost: LostLines) => void;
  /** As `fs.writeSync` of text; returns the number of bytes written. */
  write?: (fd: number, bytes: Uint8Array) => number;
  /** The most that is kept meanwhile, in bytes. */
  mostKept?: number;
}

/**
 * Writes lines to a file descriptor, and never throws or waits: whoever reads the log must not stop
 * whoever works. While the output takes nothing (a full disk, a pipe whose reader is gone or does
 * not read, a terminal that is stopped), lines are kept up to a bound, then dropped and counted.
 */
export class LogOutput {
  private kept: Uint8Array[] = [];
  private size = 0;
  private lost: LostLines | null = null;
  private again: NodeJS.Timeout | null = null;
  private code = '';
  private readonly fd: number;
  private readonly options: Required<LogOutputOptions>;

  constructor(fd: number, options: LogOutputOptions = {}) {
    this.options = {
      onLost: () => undefined,
      write: writeSync,
      mostKept: MOST_KEPT,
      ...options,
    };
    this.fd = neverWaiting(fd);
  }

  /** Takes a text that ends with a line feed. */
  write(line: string): void {
    this.add(Buffer.from(line));
    if (this.again === null) this.flush();
  }

  private add(bytes: Uint8Array): void {
    if (this.size > 0 && this.size + bytes.length > this.options.mostKept) {
      this.lost ??= { lines: 0, code: this.code };
      this.lost.lines += 1;
      return;
    }
    this.kept.push(bytes);
    this.size += bytes.length;
  }

  /** Writes what is kept, as far as the output takes it, and comes back later for the rest. */
  flush(): void {
    if (this.again !== null) clearTimeout(this.again);
    this.again = null;
    try {
      while (this.kept.length > 0) this.writeFirst();
    } catch (error) {
      this.code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      const pause = this.code === 'EAGAIN' ? CATCH_UP_AFTER : TRY_AGAIN_AFTER;
      this.again = setTimeout(() => this.flush(), pause).unref();
      return;
    }
    const { lost } = this;
    this.lost = null;
    if (lost !== null) this.options.onLost(lost);
  }

  private writeFirst(): void {
    const line = this.kept[0]!;
    const written = this.options.write(this.fd, line);
    this.size -= written;
    if (written < line.length) this.kept[0] = line.subarray(written);
    else this.kept.shift();
  }
}

/**
 * The same output by a descriptor with which a write does not wait. Node has made pipes and sockets
 * so by the time anything is logged (main.ts touches `process.stdout`); files do not wait; only a
 * terminal has to be opened anew, as others share the descriptor. One that may not be opened is used
 * as it is.
 */
function neverWaiting(fd: number): number {
  const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
  try {
    return fstatSync(fd).isCharacterDevice()
      ? openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK | O_NOCTTY)
      : fd;
  } catch {
    return fd;
  }
}
