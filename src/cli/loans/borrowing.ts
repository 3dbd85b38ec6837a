import {
  NotServedError,
  UnavailableNowError,
  type BorrowOptions,
  type Holdfast,
  type Loan,
  type Waiting,
} from '../../client';
import { wallMs } from '../../clock';
import { tell } from '../alone';
import { Refusal } from '../exit-codes';
import { interruptible, type Signals } from './interrupted';
import { Progress } from './progress';

/**
 * Borrows, and says on stderr why it waits. Errors: `Interrupted` by a signal, once the request is
 * cancelled; Refusal `timedOut` after `wait`; those of `borrow`.
 */
export async function borrowed(
  holdfast: Holdfast,
  signals: Signals,
  options: BorrowOptions,
): Promise<Loan> {
  return interruptible(signals, async (signal) => {
    const loan = await showing((onWaiting) =>
      explained(holdfast, onWaiting, (told) =>
        holdfast.borrow({ ...options, signal, onWaiting: told }),
      ),
    );
    // The signal came while the last answer was on its way.
    if (signal.aborted) {
      await loan.release().catch((error: Error) => tell(`holdfast: ${error.message}`));
      throw signal.reason;
    }
    return loan;
  });
}

/** Runs `work`, which tells why it waits, and shows that until it is done. Errors: those of `work`. */
export async function showing<T>(
  work: (onWaiting: (waiting: Waiting) => void) => Promise<T>,
): Promise<T> {
  const progress = new Progress(process.stderr, wallMs);
  try {
    return await work((waiting) => progress.show(waiting));
  } finally {
    progress.clear();
  }
}

/** Tells the end of the time to wait from a refusal, which have the same error. */
async function explained<T>(
  holdfast: Holdfast,
  onWaiting: (waiting: Waiting) => void,
  work: (onWaiting: (waiting: Waiting) => void) => Promise<T>,
): Promise<T> {
  let id: string | undefined;
  const noted = (waiting: Waiting) => {
    id = waiting.id;
    onWaiting(waiting);
  };
  try {
    return await work(noted);
  } catch (error) {
    if (error instanceof UnavailableNowError) throw new Refusal('timedOut', error.detail);
    if (!(error instanceof NotServedError) || id === undefined) throw error;
    const { endReason, endDetail } = await holdfast.reservations.get(id);
    if (endReason !== 'timed_out') throw error;
    throw new Refusal('timedOut', endDetail ?? 'The time to wait is over, and nothing was free.');
  }
}
