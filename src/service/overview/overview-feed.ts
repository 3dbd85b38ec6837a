import { isDeepStrictEqual } from 'node:util';
import type { Engine } from '../engine';
import { TIMING } from '../events/feed';
import { Inbox, restAfter, tellAll, type Following } from '../events/inbox';
import { concernsCredentials } from '../events/listener';
import { Overview, type Found, type Snapshot } from './overview';
import { Pace } from './pace';
import { Untold, type Round } from './untold';

/**
 * News of a listener: all pools once, then what has changed. `changedBy`: the watched user, a token or
 * a session of theirs has changed with the event of this number.
 */
export type OverviewNews = { all: Snapshot } | { round: Round } | { changedBy: number };

/** A round is told twice a second or more often: half a minute may wait. */
const BOUNDS = { behind: 100, atOnce: 10 };
/** How long changes gather before a look, in ms: the answer to the call that made one goes first. */
const GATHER = 60;
/** Everything beside pools, for its pace; no pool has this id. */
const REST = 'rest';

interface Listener {
  watched: string;
  inbox: Inbox<OverviewNews>;
}

/**
 * Gives the overview of all pools, and follows it for any number of listeners. One reader for all of
 * them looks at the events since its last look, whichever process wrote them, and reads the pools that
 * have changed. Without listeners, it does nothing.
 */
export class OverviewFeed {
  private readonly overview: Overview;
  private readonly listeners = new Set<Listener>();
  /** Listeners, and those who are about to be. */
  private streams = 0;
  private stopListening: (() => void) | null = null;
  /** The next round, and when it begins. */
  private next: { timer: NodeJS.Timeout; at: number } | null = null;
  private untold = new Untold();
  private pace = new Pace();
  private reservations: Snapshot['reservations'] | null = null;
  /** How long to rest after the last round, in ms. */
  private rest = 0;
  /** Ends when nobody works on the overview. */
  private work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly engine: Engine,
    readonly timing = { ...TIMING },
  ) {
    this.overview = new Overview(engine);
  }

  /** Gives all pools as they are now. */
  present(): Promise<Snapshot> {
    return this.alone(async () => {
      await this.look();
      this.overview.doubtAll();
      await this.readPools(this.overview.unread);
      return this.overview.snapshot();
    });
  }

  /**
   * Tells all pools, then what changes: of each pool at most twice a second. `watched`: a user whose
   * changes are told. Ends when the signal aborts, and when the listener reads too slowly.
   */
  follow(watched: string, signal: AbortSignal): Following<OverviewNews> {
    const lost = new AbortController();
    const inbox = new Inbox<OverviewNews>(BOUNDS, this.timing, () => lost.abort());
    return { told: this.tell({ watched, inbox }, signal), lost: lost.signal };
  }

  private async *tell(
    listener: Listener,
    signal: AbortSignal,
  ): ReturnType<Inbox<OverviewNews>['told']> {
    try {
      this.enter();
      yield [{ all: await this.alone(() => this.begin(listener)) }];
      // A change before it was a listener was told to nobody.
      yield ['recheck'];
      yield* listener.inbox.told(signal);
    } finally {
      this.leave(listener);
    }
  }

  /** Listens before it looks, so that no commit falls between. */
  private enter(): void {
    this.streams += 1;
    this.stopListening ??= this.engine.store.onChange(() => this.lookIn(GATHER));
  }

  private leave(listener: Listener): void {
    this.listeners.delete(listener);
    this.streams -= 1;
    if (this.streams > 0) return;
    this.stopListening?.();
    clearTimeout(this.next?.timer);
    [this.stopListening, this.next] = [null, null];
  }

  /** Gives all pools as of now, and adds a listener without a pause, so that no change falls between. */
  private async begin(listener: Listener): Promise<Snapshot> {
    await this.look();
    await this.readPools(this.overview.unread);
    const all = await this.overview.snapshot();
    if (this.listeners.size === 0) {
      // All that had not been told is in it.
      [this.untold, this.pace, this.reservations] = [new Untold(), new Pace(), all.reservations];
    } else {
      // The new listener never saw the pools that are gone, and may see others of their names.
      await this.tellRound({ pools: [], removed: this.untold.takeRemoved(), ...NOTHING });
    }
    this.listeners.add(listener);
    return all;
  }

  /** Has a round begin in so many ms at the latest; later if it has to rest. */
  private lookIn(ms: number): void {
    const delay = Math.max(ms, this.rest);
    const at = performance.now() + delay;
    if (this.next && this.next.at <= at) return;
    clearTimeout(this.next?.timer);
    this.next = { at, timer: setTimeout(() => void this.round(), delay).unref() };
  }

  private round(): Promise<void> {
    this.next = null;
    return this.alone(async () => {
      const begun = performance.now();
      await this.look();
      await this.tellDue(begun);
      this.rest = restAfter(performance.now() - begun);
      this.planNext();
    }).catch(() => {
      // The next change looks on from the same event.
    });
  }

  /** Things that are not told yet are told when their time comes, without another change. */
  private planNext(): void {
    if (this.streams === 0) return;
    const waiting = [...this.waitingPools(), ...(this.untold.hasRest ? [REST] : [])];
    const next = this.pace.until(waiting, performance.now());
    if (next !== null) this.lookIn(next);
  }

  private waitingPools(): Set<string> {
    return new Set([...this.untold.pools.keys(), ...this.overview.unread]);
  }

  private async look(): Promise<void> {
    const found = await this.overview.look();
    if (this.listeners.size === 0) return;
    this.untold.add(found);
    this.tellOfCredentials(found);
  }

  private async readPools(ids: Iterable<string>): Promise<void> {
    this.untold.addPools(await this.overview.read(ids));
  }

  private tellOfCredentials({ others }: Found): void {
    for (const { type, userId, seq } of others)
      if (userId !== null && concernsCredentials(type ?? ''))
        for (const { watched, inbox } of this.listeners)
          if (watched === userId) {
            inbox.add({ changedBy: seq });
            inbox.deliver();
          }
  }

  private async tellDue(now: number): Promise<void> {
    const due = [...this.waitingPools()].filter((id) => this.pace.isDue(id, now));
    await this.readPools(due);
    const pools = this.untold.takePools(due);
    // At once: a pool that was made under the name of one that is gone is not told before that.
    const removed = this.untold.takeRemoved();
    const hasRest = this.untold.hasRest && this.pace.isDue(REST, now);
    this.pace.told(hasRest ? [...due, REST] : due, now);
    const rest = hasRest ? await this.takeRest() : NOTHING;
    await this.tellRound({ pools, removed, ...rest });
  }

  /** Tells all listeners, if there is something to tell. */
  private async tellRound(round: Omit<Round, 'seq'>): Promise<void> {
    const { pools, removed, reservations, others } = round;
    if (pools.length + removed.length + others.length === 0 && reservations === null) return;
    const news: OverviewNews = { round: { seq: this.overview.seq, ...round } };
    await tellAll(this.listeners, ({ inbox }) => {
      inbox.add(news);
      inbox.deliver();
    });
  }

  private async takeRest(): Promise<Rest> {
    const { reservations: mayDiffer, ...rest } = this.untold.takeRest();
    const reservations = mayDiffer ? await this.engine.store.read.liveReservations() : null;
    if (!reservations || isDeepStrictEqual(reservations, this.reservations))
      return { ...rest, reservations: null };
    this.reservations = reservations;
    return { ...rest, reservations };
  }

  /** Works on the overview when nobody else does. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.work.then(work);
    this.work = done.catch(() => undefined);
    return done;
  }
}

type Rest = Pick<Round, 'reservations' | 'others'>;

const NOTHING: Rest = { reservations: null, others: [] };
