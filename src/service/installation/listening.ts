import { hear, type Listener } from '../../domain/hearing';
import { contextOf, type Engine } from '../engine';

/** How often a process notes for itself that it can hear callers; ms. */
const NOTE_EVERY = 100;
/** A longer time between two notes is a silence, in which nobody was heard; ms. */
const SILENCE = 1_000;
/** How often it says so in the database; ms. */
const SAY_EVERY = 5_000;
/** Deadlines that are moved in one transaction. */
const BATCH = 200;

interface Log {
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/**
 * The last moment at which this process could hear callers, shared with its threads; epoch ms. While
 * it stands still, no deadline passes that asks for a sign of life.
 */
export class HeardUntil {
  private readonly shared: Float64Array;

  /** `memory` comes from another thread's `memory`. */
  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.shared = new Float64Array(memory);
  }

  readonly get = (): number => this.shared[0]!;

  set(at: number): void {
    this.shared[0] = at;
  }
}

/** A process that serves callers, as far as their signs of life are concerned. */
export class Listening {
  /** The times of the last note, and of the last word in the database; epoch ms. */
  private notedAt = 0;
  private saidAt = 0;
  private saying: Promise<void> | null = null;
  private isFailing = false;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly engine: Engine,
    private readonly heard: HeardUntil,
    private readonly log: Log,
    /** Called after each silence: the clock may have jumped. */
    private readonly afterSilence: () => Promise<void> = async () => undefined,
  ) {}

  /**
   * Callers can be heard from now on: first moves on the deadlines that passed while they could
   * not, because no process ran. `alone`: none serves the database at present.
   */
  async start(alone: boolean): Promise<void> {
    const ticks = Object.values(await this.engine.store.heartbeats());
    await this.say({
      since: null,
      earlier: ticks.length === 0 ? null : Math.max(...ticks),
      tolerated: alone ? 0 : SAY_EVERY + SILENCE,
    });
    this.timer = setInterval(() => this.note(), NOTE_EVERY);
  }

  /** Says for the last time that callers could be heard. */
  async stop(): Promise<void> {
    if (this.timer === null) return;
    clearInterval(this.timer);
    await this.saying;
    if (!this.isFailing) await this.sayAgain().catch(() => undefined);
  }

  /**
   * Finds out whether this process stood still: it was suspended or stopped, or its event loop was
   * blocked; or the database cannot be written, so that no heartbeat counts. The mark is one note
   * behind: calls that arrived during a shorter standstill are still in time.
   */
  private note(): void {
    const now = this.engine.store.now();
    const stoodStill = now - this.notedAt > SILENCE;
    if (this.saying !== null) return;
    if (!stoodStill && !this.isFailing) {
      this.heard.set(this.notedAt);
      this.notedAt = now;
      if (now - this.saidAt < SAY_EVERY) return;
    }
    this.saying = this.sayAgain().finally(() => (this.saying = null));
  }

  private async sayAgain(): Promise<void> {
    const since = this.heard.get();
    try {
      const wasSilent = await this.say({ since, earlier: null, tolerated: SILENCE });
      if (wasSilent) {
        this.log.warn({ ms: this.notedAt - since }, 'nobody could be heard');
        await this.afterSilence();
      }
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.log.error({ err: error }, 'no heartbeat can be written');
      this.isFailing = true;
    }
  }

  /** Returns whether deadlines had to be moved on. */
  private async say(listener: Listener): Promise<boolean> {
    const { engine } = this;
    const step = () =>
      engine.store.transact({ load: 'hearing', limit: BATCH }, (snapshot, now) =>
        hear(snapshot, listener, contextOf(engine, now)),
      );
    let steps = 0;
    while (await step()) steps += 1;
    this.notedAt = this.saidAt = engine.store.now();
    this.heard.set(this.notedAt);
    return steps > 0;
  }
}
