import { millisecondsOf } from '../client/duration';
import type { Borrowing } from './borrowing';
import { ToolError } from './failures';
import { MOST_WAITED } from './schemas';

/** How often a call that waits is heard of, in ms: clients give up on silence. */
const TELL_EVERY = 10_000;

/** The call of a tool. */
export interface ToolCall {
  /** Aborts if the caller gives the call up. */
  signal: AbortSignal;
  /** Tells the caller how far it is; `seconds` rises. */
  tell: (seconds: number, message: string) => void;
}

/**
 * Waits until a request is served, or never will be, or the time is over; `written`: how long. A
 * request of which nothing is known yet is waited for all the same. Errors: the reason why it was
 * not served, that of the signal, ToolError `invalid`.
 */
export async function waitFor(
  borrowing: Borrowing,
  written: string,
  { signal, tell }: ToolCall,
): Promise<void> {
  const patience = millisecondsOf(written, 'wait');
  if (patience > MOST_WAITED) throw new ToolError('invalid', 'A call waits for 10m at most.');
  const since = performance.now();
  const say = () => {
    const { sentence = '', position = null } = borrowing.waiting ?? {};
    const place = position === null ? '' : `Place ${position} in the queue. `;
    tell(Math.round((performance.now() - since) / 1000), `${place}${sentence}`.trim());
  };
  const timer = setInterval(say, TELL_EVERY);
  const stop = borrowing.onWaiting(say);
  try {
    await Promise.race([borrowing.settled, overAfter(patience, borrowing), aborted(signal)]);
  } finally {
    clearInterval(timer);
    stop();
  }
  signal.throwIfAborted();
  if (borrowing.failure) throw borrowing.failure.error;
}

/** Resolves after some ms, but not before it is known under which id the request waits. */
function overAfter(ms: number, borrowing: Borrowing): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      if (borrowing.id !== null) return resolve();
      const stop = borrowing.onWaiting(() => {
        stop();
        resolve();
      });
    }, ms);
    void borrowing.settled.then(() => clearTimeout(timer));
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
