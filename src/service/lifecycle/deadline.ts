import { DriverError } from '../../drivers/driver';

/**
 * How long a driver that was stopped may take to say whether the thing or the back end kept it
 * waiting; ms.
 */
const LAST_WORD = 1_000;

/** Listeners that calls leave behind on a signal are dropped with it after this many uses. */
const MOST_TIMES = 50;

/**
 * Holds calls to their time. One serves all calls that follow one another: who was stopped once is
 * not asked again, and to make a signal costs as much as a call to a quick driver.
 */
export class Deadline {
  private readonly cancel = new AbortController();
  private times = 0;

  /**
   * Can it be used once more, for other calls? Not if it has stopped one. Asked once after each
   * use.
   */
  isReusable(): boolean {
    this.times += 1;
    return !this.cancel.signal.aborted && this.times < MOST_TIMES;
  }

  /**
   * Gives the result of `call`, whose signal aborts after `ms`. Errors: the DriverError that the
   * stopped call raised, or a DriverError `resource` if it raised nothing useful. Results that come
   * after the deadline do not count.
   */
  async hold<T>(ms: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.cancel;
    // Made when it is wanted: an error is dear too.
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
