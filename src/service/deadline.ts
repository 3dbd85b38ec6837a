import { DriverError } from '../drivers/driver';

/** How long a driver that was stopped may take to say whether the thing or the back end kept it waiting; ms. */
const LAST_WORD = 1_000;

/**
 * Holds calls to their time. One serves all calls that follow one another: who was stopped once is not asked again, and to
 * make a signal costs as much as a call to a quick driver.
 */
export class Deadline {
  private readonly cancel = new AbortController();
  private readonly silence: Promise<never>;

  constructor() {
    const { signal } = this.cancel;
    // Rejects when the driver has been stopped and still says nothing.
    this.silence = new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => void setTimeout(() => reject(signal.reason as Error), LAST_WORD).unref(), { once: true });
    });
  }

  /**
   * What `call` gives within `ms`; its signal aborts then. Errors: the DriverError of the one that was stopped, or a DriverError
   * `resource` where it said nothing of use; what came after the deadline does not count, whatever it says.
   */
  async hold<T>(ms: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.cancel;
    // Made when it is wanted: an error is dear too.
    const late = () => new DriverError('resource', `The call took longer than ${ms / 1000} seconds.`);
    const timer = setTimeout(() => this.cancel.abort(late()), ms);
    try {
      const answer = await Promise.race([call(signal), this.silence]);
      if (signal.aborted) throw late();
      return answer;
    } catch (error) {
      throw signal.aborted && !(error instanceof DriverError) ? late() : error;
    } finally {
      clearTimeout(timer);
    }
  }
}
