import { ConnectionError, type Loan, type Reservation } from '../../client';
import { spelledDuration } from '../remote/times';
import { extensionNow, guardWithin } from './deadlines';

const LOOK_EVERY = 250;
/** After an extension that could not be asked for, in ms. */
const RETRY_AFTER = 5_000;

export interface KeeperOptions {
  /** How early a loss is announced, in ms. */
  margin: number;
  /** By how much to extend at a time, in ms; null: not at all. */
  step: number | null;
  /** The longest lease, in ms; null: none. */
  maximum: number | null;
  /** Hears in how many ms the guard has to act, unless it is told again. */
  onDeadline: (ms: number) => void;
  /** Says something to people. */
  warn: (text: string) => void;
}

/**
 * Keeps a loan while a command runs: extends it before its end, warns of an end that cannot be moved,
 * and passes the deadlines on. The heartbeats are those of the loan.
 */
export class Keeper {
  private readonly timer: NodeJS.Timeout;
  private seen: Reservation | null = null;
  /** The server's clock minus ours, in ms, at least. */
  private offset = -Infinity;
  private isExtending = false;
  private notBefore = 0;
  private canExtend: boolean;
  private hasWarned = false;

  constructor(
    private readonly loan: Loan,
    private readonly options: KeeperOptions,
  ) {
    this.canExtend = options.step !== null;
    this.timer = setInterval(() => this.look(), LOOK_EVERY).unref();
    this.look();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const { reservation } = this.loan;
    if (reservation !== this.seen) this.note(reservation);
    const left = this.leftUntil(reservation.endsAt);
    if (left !== null && !this.isExtending) this.mind(left, reservation);
  }

  /** A later answer has come: its time is a clock to go by. */
  private note(reservation: Reservation): void {
    this.seen = reservation;
    this.offset = Math.max(this.offset, Date.parse(reservation.asOf) - performance.now());
    const lefts = [reservation.endsAt, reservation.heartbeatBy].map((at) => this.leftUntil(at));
    const left = Math.min(...lefts.filter((each) => each !== null));
    if (left < Infinity) this.options.onDeadline(guardWithin(left, this.options.margin));
  }

  private leftUntil(instant: string | null): number | null {
    return instant === null ? null : Date.parse(instant) - performance.now() - this.offset;
  }

  private mind(left: number, { startsAt }: Reservation): void {
    const { margin, step, maximum } = this.options;
    const lasted = startsAt === null ? 0 : -(this.leftUntil(startsAt) ?? 0);
    const usual = step ?? left + lasted;
    const isDue = extensionNow({ left, lasted, margin }, usual, null) > 0;
    if (!isDue || performance.now() < this.notBefore) return;
    const by = extensionNow({ left, lasted, margin }, usual, maximum);
    if (this.canExtend && by > 0) void this.extend(by, left);
    else this.warn(left, step === null ? '' : ' and cannot be extended any more');
  }

  private async extend(by: number, left: number): Promise<void> {
    this.isExtending = true;
    try {
      await this.loan.extend(`${by}ms`);
    } catch (error) {
      if (error instanceof ConnectionError) this.notBefore = performance.now() + RETRY_AFTER;
      else if (this.loan.isHeld) {
        this.canExtend = false;
        this.warn(left, ` and cannot be extended (${(error as Error).message})`);
      }
    } finally {
      this.isExtending = false;
    }
  }

  private warn(left: number, why: string): void {
    if (this.hasWarned) return;
    this.hasWarned = true;
    this.options.warn(
      `The lease ends in ${spelledDuration(left)}${why}; the command is ended before that.`,
    );
  }
}
