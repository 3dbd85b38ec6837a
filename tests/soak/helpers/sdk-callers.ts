import { setMaxListeners } from 'node:events';
import { Holdfast, HoldfastError, type BorrowOptions, type Loan } from '../../../src/client';
import type { SeenLoan } from './loans';
import { pause, type Dice } from './soak';

/** A hold as its caller saw it. */
export interface Hold extends SeenLoan {
  /** Epoch ms at which the caller learned that it is over. */
  toldAt: number;
  isLost: boolean;
  /** Did the caller follow the stream of events? */
  hears: boolean;
}

export type Counts = Record<
  'released' | 'lost' | 'cutOff' | 'notServed' | 'givenUp' | 'extended',
  number
>;

/** Longer than any loan may last without a heartbeat, in ms. */
const FOR_EVER = 120_000;

/** Terms as callers write them: mostly none, sometimes a lease that is shorter than its use. */
const DEFAULTS: Partial<BorrowOptions> = {};
const SHORT: Partial<BorrowOptions> = { for: '20s' };

/** A process that borrows by a client of its own, with the settings of the client by default. */
export class Caller {
  private isCutOff = false;
  private readonly holdfast: Holdfast;

  /** `hears`: false if it has no stream of events, so that only heartbeats tell it of an end. */
  constructor(
    to: { url: string; token: string },
    private readonly hears: boolean,
    private readonly dice: Dice,
    private readonly holds: Hold[],
    private readonly counts: Counts,
  ) {
    this.holdfast = new Holdfast({ ...to, fetch: this.fetch as typeof fetch });
  }

  /** One loan, held for a while, extended at times, given back or lost; or a wait that is given up. */
  async borrowOnce(): Promise<void> {
    const isShort = this.dice.between(1, 4) === 1;
    await this.borrow(isShort ? SHORT : DEFAULTS, (loan) =>
      this.use(loan, this.dice.between(0, isShort ? 30_000 : 8_000)),
    );
  }

  /** A loan whose caller loses its network while it holds: only the clock tells it the end. */
  async borrowAndLoseNetwork(): Promise<void> {
    await this.borrow(DEFAULTS, async (loan) => {
      this.isCutOff = true;
      this.counts.cutOff += 1;
      const back = () => (this.isCutOff = false);
      loan.signal.addEventListener('abort', back, { once: true });
      await this.use(loan, FOR_EVER);
    });
  }

  private async borrow(
    terms: Partial<BorrowOptions>,
    use: (loan: Loan) => Promise<void>,
  ): Promise<void> {
    const given = new AbortController();
    const patience = this.dice.between(1, 5) === 1 ? this.dice.between(500, 20_000) : FOR_EVER;
    const timer = setTimeout(() => given.abort(), patience);
    const asked = { items: [{ pool: 'rare' }], wait: '1m', signal: given.signal, ...terms };
    try {
      await use(await this.holdfast.borrow(asked));
    } catch (error) {
      if (!given.signal.aborted && !(error instanceof HoldfastError)) throw error;
      this.counts[given.signal.aborted ? 'givenUp' : 'notServed'] += 1;
    } finally {
      clearTimeout(timer);
    }
  }

  private async use(loan: Loan, most: number): Promise<void> {
    const { signal } = loan;
    setMaxListeners(0, signal);
    // Lost before anybody could use it, as when its answer was held back for too long.
    if (signal.aborted) return void (this.counts.lost += 1);
    const from = performance.now();
    const over = new Promise<{ to: number; toldAt: number }>((resolve) => {
      const told = () => resolve({ to: performance.now(), toldAt: Date.now() });
      signal.addEventListener('abort', told, { once: true });
    });
    let isLost = false;
    void loan.lost.then(() => (isLost = true));
    await Promise.race([over, this.extended(loan).then(() => pause(most))]);
    // The signal aborts before the server hears of it.
    const released = loan.release().catch(() => {});
    const end = await over;
    const { name: resource, generation } = loan.resources[0]!;
    const seen = { resource, reservation: loan.id, generation, priority: 0, from };
    this.holds.push({ ...seen, ...end, isLost, hears: this.hears });
    this.counts[isLost ? 'lost' : 'released'] += 1;
    await released;
  }

  private async extended(loan: Loan): Promise<void> {
    if (this.dice.between(1, 3) > 1) return;
    await loan.extend('5s').then(
      () => (this.counts.extended += 1),
      () => {},
    );
  }

  private readonly fetch = (url: string, init: RequestInit): Promise<Response> => {
    if (this.isCutOff || (!this.hears && url.includes('/v1/events')))
      return Promise.reject(new TypeError('fetch failed'));
    return fetch(url, init);
  };
}
