import { StringDecoder } from 'node:string_decoder';

/** A longer line is not logged: a secret could lie across the place where it is cut. */
const LONGEST_LINE = 8_192;
const LONGEST_SHOWN = 2_000;
/** The most lines that one call may log. */
const MOST_LINES = 200;
const SECOND = 1_000;

/** How many lines may be logged per second, over all calls of a driver. */
export class LineRate {
  private left: number;
  private since: number;

  /** `now`: a clock in ms. */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number,
  ) {
    this.left = perSecond;
    this.since = now();
  }

  /** May one more line be logged? */
  take(): boolean {
    const now = this.now();
    const gained = (Math.max(0, now - this.since) / SECOND) * this.perSecond;
    this.left = Math.min(this.perSecond, this.left + gained);
    this.since = now;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}

/**
 * Cuts the stderr of one call into lines for the log. A line is complete before it is looked at, so
 * that a secret is found however the program writes it. Control characters are replaced: they could
 * forge lines or steer a terminal.
 */
export class StderrLines {
  private readonly decoder = new StringDecoder('utf8');
  private readonly held: string[] = [];
  private rest = '';
  private isTooLong = false;
  private count = 0;
  private dropped = 0;

  constructor(
    private readonly rate: LineRate,
    private readonly write: (line: string) => void,
  ) {}

  /** Takes the next bytes. Lines are held until `flush`. */
  push(chunk: Buffer): void {
    const [first = '', ...more] = this.decoder.write(chunk).split('\n');
    this.extend(first);
    for (const part of more) {
      this.complete();
      this.extend(part);
    }
  }

  /** Writes the lines held so far, with secrets hidden by `hide`. */
  flush(hide: (text: string) => string): void {
    for (const line of this.held.splice(0))
      this.write(
        hide(line)
          .replaceAll(/\p{Cc}/gu, ' ')
          .slice(0, LONGEST_SHOWN),
      );
  }

  /** Ends the last line, writes all that is held, and says how many lines are missing. */
  end(hide: (text: string) => string): void {
    this.extend(this.decoder.end());
    if (this.rest !== '' || this.isTooLong) this.complete();
    this.flush(hide);
    if (this.dropped > 0) this.write(`(${this.dropped} more lines are not logged)`);
    this.dropped = 0;
  }

  private extend(part: string): void {
    if (this.isTooLong) return;
    this.rest += part;
    this.isTooLong = this.rest.length > LONGEST_LINE;
    if (this.isTooLong) this.rest = '';
  }

  private complete(): void {
    const line = this.isTooLong ? `(a line of over ${LONGEST_LINE} characters)` : this.rest;
    this.rest = '';
    this.isTooLong = false;
    if (line.trim() === '') return;
    if (this.count >= MOST_LINES || !this.rate.take()) this.dropped += 1;
    else {
      this.count += 1;
      this.held.push(line);
    }
  }
}
