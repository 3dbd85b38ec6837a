import type { BorrowOptions, Duration, Holdfast } from '../client';
import { Borrowing } from './borrowing';
import { ToolError } from './failures';

/** The most requests and loans that one session keeps. */
const MOST = 100;

/** Everything that one session has borrowed; it ends with the session. */
export class LoanSet {
  private readonly all = new Set<Borrowing>();
  private isClosed = false;

  /** `heartbeat`: the silence after which the server takes a loan back; undefined: as the client does. */
  constructor(
    private readonly holdfast: Holdfast,
    private readonly heartbeat?: Duration,
  ) {}

  /** Begins to borrow. Errors: ToolError `conflict` if the session has ended, or has too many loans. */
  borrow(options: BorrowOptions): Borrowing {
    if (this.isClosed) throw new ToolError('conflict', 'The session has ended.');
    if (this.all.size >= MOST) this.forgetOver();
    if (this.all.size >= MOST)
      throw new ToolError('conflict', `A session has ${MOST} loans at most; release some.`);
    const made = new Borrowing(this.holdfast, { ...options, heartbeat: this.heartbeat });
    this.all.add(made);
    // One that was never served is told once, by the call that waits for it.
    void made.settled.then(() => made.failure && made.id === null && this.all.delete(made));
    return made;
  }

  /** One of this session, by the id of its reservation. Errors: ToolError `not_found`. */
  find(id: string): Borrowing {
    const found = this.list().find((each) => each.id === id);
    if (found) return found;
    throw new ToolError('not_found', 'This session has no such loan; my_loans lists them.');
  }

  /** Those whose reservation is known, in the order in which they were asked for. */
  list(): Borrowing[] {
    return [...this.all].filter(({ id }) => id !== null);
  }

  /** Gives one back. Errors: `ConnectionError`; then it ends for want of heartbeats. */
  async release(borrowing: Borrowing): Promise<void> {
    await borrowing.release();
    this.all.delete(borrowing);
  }

  /** The shortest silence after which the server would take a loan of this session back, in ms. */
  get silence(): number {
    const silences = [...this.all].map(({ loan }) => {
      const { heartbeatBy, asOf } = loan?.reservation ?? {};
      return heartbeatBy && asOf ? Date.parse(heartbeatBy) - Date.parse(asOf) : Infinity;
    });
    return Math.min(...silences);
  }

  /** Ends the session: everything is given back, as far as the server can be reached. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.allSettled([...this.all].map((each) => this.release(each)));
  }

  private forgetOver(): void {
    for (const each of this.all) if (each.failure || each.lost) this.all.delete(each);
  }
}
