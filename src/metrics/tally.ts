import type { DriverCall } from '../service/engine';

/** The measurements of a thread since it last told, which is about a second ago. */
export interface Tallied {
  thread: string;
  calls: DriverCall[];
  /** Of each commit: its tasks, and how long it took in ms. */
  commits: [tasks: number, ms: number][];
}

/** How often a thread tells what it has measured, if there is anything; ms. */
const TELL_EVERY = 1_000;

/**
 * Collects what one thread measures, and tells it in one message a second at most, so that nothing
 * is sent or counted for each loan.
 */
export class Tally {
  private calls: DriverCall[] = [];
  private commits: Tallied['commits'] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly thread: string,
    private readonly tell: (tallied: Tallied) => void,
  ) {
    this.timer = setInterval(() => this.flush(), TELL_EVERY).unref();
  }

  readonly onDriverCall = (call: DriverCall): void => void this.calls.push(call);

  readonly onMeasured = (tasks: number, ms: number): void => void this.commits.push([tasks, ms]);

  /** Tells at once, and nothing more after that. */
  stop(): void {
    clearInterval(this.timer);
    this.flush();
  }

  private flush(): void {
    const { thread, calls, commits } = this;
    if (calls.length === 0 && commits.length === 0) return;
    [this.calls, this.commits] = [[], []];
    this.tell({ thread, calls, commits });
  }
}
