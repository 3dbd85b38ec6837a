import { DriverError } from '../../drivers/driver';

/**
 * How long a stopped driver may take to say whether the resource or the back end delayed it; ms.
 */
const LAST_WORD = 1_000;

/** The uses after which a signal is replaced, since calls leave listeners behind on it. */
const MOST_TIMES = 50;

/**
 * Holds calls to a time limit. One deadline serves many calls in turn, because making a signal
 * costs as much as a call to a quick driver; once it has stopped a call, it is not used again.
 */
export class Deadline {
  private readonly cancel = new AbortController();
  private times = 0;

  /** Can it serve other calls? Not once it has stopped one. Ask once after each use. */
  isReusable(): boolean {
    this.times += 1;
    return !this.cancel.signal.aborted && this.times < MOST_TIMES;
  }

  /**
   * Returns the result of `call` if it comes within `ms`; its signal aborts then. Errors: the
   * DriverError of the stopped call, or a DriverError `resource` if it gave no useful one. A result
   * that comes after the deadline does not count.
   */
  async hold<T>(ms: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.cancel;
    // Made only when needed: errors are costly too.
    const late = () =>
      new DriverError('resource', `The call took longer than ${ms / 1000} seconds.`);
    if (signal.aborted) throw late();
    let timer: NodeJS.Timeout;
    try {
      const answer = await new Promise<T>((resolve, reject) => {
        timer = setTimeout(() => {
          timer = setTimeout(() => reject(late()), LAST_WORD).unref();
          this.cancel.abort(late());
        }, ms);
        call(signal).then(resolve, reject);
      });
      if (signal.aborted) throw late();
      return answer;
    } catch (error) {
      throw signal.aborted && !(error instanceof DriverError) ? late() : error;
    } finally {
      clearTimeout(timer!);
    }
  }
}
