import type { Waiting } from '../../client';
import { plain } from '../plain';
import { cutTo } from '../remote/table';
import { relative, withInstants } from '../remote/times';

const REDRAW_EVERY = 1_000;
/** A terminal that does not know its width says 0. */
const WIDTH = 80;
const CLEAR = '\r\u001b[K';

/** The part of stderr that is needed. */
export interface Screen {
  isTTY?: boolean;
  columns?: number;
  write: (text: string) => unknown;
}

/**
 * Says why a request waits: on a terminal in one line that is kept true, elsewhere in a line for each
 * change. `now` gives epoch ms.
 */
export class Progress {
  private waiting: Waiting | null = null;
  private last = '';
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly screen: Screen,
    private readonly now: () => number,
  ) {}

  /** Shows a new state. */
  show(waiting: Waiting): void {
    this.waiting = waiting;
    this.draw();
    if (this.screen.isTTY) this.timer ??= setInterval(() => this.draw(), REDRAW_EVERY).unref();
  }

  /** Removes the live line; other lines stay. */
  clear(): void {
    if (this.timer !== null) clearInterval(this.timer);
    if (this.screen.isTTY && this.last !== '') this.screen.write(CLEAR);
    this.timer = null;
    this.waiting = null;
    this.last = '';
  }

  private draw(): void {
    if (this.waiting === null) return;
    const { isTTY, columns } = this.screen;
    // Without a terminal, a time that comes nearer would be a change.
    const text = isTTY
      ? cutTo(
          waitingText(this.waiting, (at) => relative(at, this.now())),
          (columns || WIDTH) - 1,
        )
      : waitingText(this.waiting, (at) => `at ${at}`);
    if (text === this.last) return;
    this.last = text;
    this.screen.write(isTTY ? `${CLEAR}${text}` : `${text}\n`);
  }
}

/** A line about a request that waits. `spelled` writes an instant (RFC 3339). */
export function waitingText(waiting: Waiting, spelled: (instant: string) => string): string {
  const { status, position, positionIsExact, estimate, sentence } = waiting;
  const place = position === null ? '' : `, place ${positionIsExact ? '' : 'over '}${position}`;
  const soonest = estimate?.toISOString();
  // An instant that the sentence has is not told twice: a line of a terminal is short.
  const isSaid = soonest === undefined || sentence.includes(soonest);
  const when = isSaid ? '' : `, ${spelled(soonest)} at the earliest`;
  const reasons = withInstants(plain(sentence), spelled);
  const why = reasons === '' ? '' : `: ${reasons}`;
  return `${status === 'preparing' ? 'Preparing' : 'Waiting'}${place}${when}${why}`;
}
